/** Undo and redo as lists of patches. Knows patches and labels; applying them is the document store's business. */
import type { Patch } from 'immer';

/** Edits younger than this join the step before them, if both are of the policy `merge` and have the same label. */
const MERGE_MS = 1000;

export interface Step {
  readonly label: string;
  readonly patches: readonly Patch[];
  /** In the order they have to be applied. */
  readonly inverse: readonly Patch[];
  /** Milliseconds; of the latest edit in the step. */
  readonly time: number;
  /** Later edits may join. */
  readonly open: boolean;
}

function samePlace(a: Patch | undefined, b: Patch | undefined): boolean {
  return (
    a?.op === 'replace' &&
    b?.op === 'replace' &&
    a.path.length === b.path.length &&
    a.path.every((part, index) => part === b.path[index])
  );
}

/** One step with the effect of both. A drag writes the same place at every move: only its ends are kept. */
export function joinSteps(first: Step, second: Step): Step {
  const last = first.patches.at(-1);
  const single = first.patches.length === 1 && second.patches.length === 1 && samePlace(last, second.patches[0]);
  return {
    ...second,
    label: first.label,
    patches: single ? second.patches : [...first.patches, ...second.patches],
    inverse: single ? first.inverse : [...second.inverse, ...first.inverse],
  };
}

export interface History {
  readonly past: readonly Step[];
  readonly future: readonly Step[];
}

export const EMPTY_HISTORY: History = { past: [], future: [] };

export function pushStep(history: History, step: Step): History {
  const last = history.past.at(-1);
  const joins = step.open && last?.open && last.label === step.label && step.time - last.time < MERGE_MS;
  return { past: joins ? [...history.past.slice(0, -1), joinSteps(last, step)] : [...history.past, step], future: [] };
}
