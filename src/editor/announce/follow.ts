/** Says when training starts and ends and when errors come and go; single steps are never told. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { Editor } from '../store/create-editor.ts';
import type { SessionState } from '../store/types.ts';
import { formatAmount, formatCount, formatFigure } from '../widgets/format.ts';
import type { Announcer } from './announcer.ts';

const isBad = (value: number | null) => value !== null && !Number.isFinite(value);

/** `Training. Step 1,200, epoch 40. Loss 0.0810. accuracy 0.970. 2 problems.` */
export function trainingSummary(editor: Editor): string {
  const { phase, step, epoch, loss, metrics, problems } = editor.session.getState();
  const count = editor.document.getState().check.diagnostics.length + problems.length;
  const names = Object.entries(metrics).filter(([name]) => name !== 'loss');
  return [
    PHASE[phase],
    `Step ${formatCount(step)}, epoch ${formatCount(epoch)}`,
    loss === null ? 'No loss yet' : `Loss ${formatFigure(loss)}`,
    ...names.map(([name, value]) => `${name} ${formatFigure(value)}`),
    count > 0 ? formatAmount(count, 'problem') : 'No problems',
  ]
    .map((part) => `${part}.`)
    .join(' ');
}

const PHASE: Readonly<Record<SessionState['phase'], string>> = {
  idle: 'Not trained yet',
  loading: 'Training begins',
  running: 'Training',
  paused: 'Training paused',
  finished: 'Training finished',
  failed: 'Training failed',
};

function phaseText({ phase, step, loss }: SessionState): string {
  if (phase === 'running' || phase === 'idle' || phase === 'failed') return PHASE[phase];
  return `${PHASE[phase]} at step ${formatCount(step)}${loss === null ? '' : `, loss ${formatFigure(loss)}`}`;
}

/** Of errors alone: notices and warnings can be read when one likes. */
function errorText(before: readonly Diagnostic[], after: readonly Diagnostic[]): string | null {
  const known = new Set(before.map(({ title }) => title));
  const fresh = after.filter(({ title }) => !known.has(title));
  if (fresh[0]) return `${formatAmount(after.length, 'error')}. ${fresh[0].title}`;
  if (after.length < before.length)
    return after.length === 0 ? 'No errors left' : `${formatAmount(after.length, 'error')} left`;
  return null;
}

/** Follows the editor until the result is called. */
export function followEditor(editor: Editor, announcer: Announcer): () => void {
  const errors = () =>
    [...editor.document.getState().check.diagnostics, ...editor.session.getState().problems].filter(
      ({ severity }) => severity === 'error',
    );
  let said = errors();
  let opened = editor.document.getState().opened;
  const compare = () => {
    const now = errors();
    if (now.length === said.length && now.every((item, at) => item.title === said[at]?.title)) return;
    const text = errorText(said, now);
    said = now;
    if (text) announcer.say('errors', text);
  };
  const ends = [
    editor.document.subscribe((state, previous) => {
      if (state.opened !== opened) {
        opened = state.opened;
        announcer.say('document', `Opened ${state.document.name}`);
      }
      if (state.check !== previous.check) compare();
    }),
    editor.session.subscribe((state, previous) => {
      if (state.problems !== previous.problems) compare();
      if (isBad(state.loss) && !isBad(previous.loss)) {
        announcer.say('nan', `The loss is no number any more, at step ${formatCount(state.step)}`);
      }
      if (state.phase !== previous.phase && state.phase !== 'loading') announcer.say('phase', phaseText(state));
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
