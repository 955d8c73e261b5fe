import type { Mark } from '../panels/Chart.tsx';
import { editor } from '../store/editor.ts';

/** More epochs than this are not told apart in the plot. */
const EPOCHS = 12;

/** Ends of epochs, where the best was, where the learning rate fell, and where training stopped early. */
export function trainingMarks(): readonly Mark[] {
  const { rules, step, stepsPerEpoch } = editor.session.getState();
  const epochs = stepsPerEpoch > 1 ? Math.floor(step / stepsPerEpoch) : 0;
  const ends = epochs <= EPOCHS ? Array.from({ length: epochs }, (_, at) => ({ x: (at + 1) * stepsPerEpoch })) : [];
  if (!rules?.best) return ends;
  const { best, ending, falls } = rules;
  return [
    ...ends,
    ...falls.map((x) => ({ x, name: '' })),
    { x: best.step, name: 'best' },
    ...(ending ? [{ x: rules.step, name: 'stop' }] : []),
  ];
}
