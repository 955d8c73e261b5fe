import type { Line } from '../panels/Chart.tsx';
import type { KeptRun, RunPoints } from './run.ts';

/** Colours of runs, over and over; see runs.css. */
const COLOURS = 6;
/** Curves of fewer points than this say little. */
const ENOUGH = 3;

export function runColour(at: number): string {
  return `run-${(at % COLOURS) + 1}`;
}

/** From the seventh run on colours return, and lines are dashed. */
export function isDashed(at: number): boolean {
  return Math.floor(at / COLOURS) % 2 === 1;
}

/** The losses of the runs that are shown: on the validation split where they were told often enough. */
export function runLines(list: readonly KeptRun[]): readonly Line[] {
  return list.flatMap(({ name, shown, curves }, at) => {
    if (!shown) return [];
    const curve = curveOf(curves.validation.x.length >= ENOUGH ? curves.validation : curves.training);
    return [{ label: name, curve: () => curve, colour: runColour(at), dashed: isDashed(at) }];
  });
}

function curveOf(points: RunPoints) {
  const end = points.x.length - 1;
  const last = end < 0 ? null : { x: points.x[end] as number, y: points.y[end] as number };
  return { points: () => points, last };
}
