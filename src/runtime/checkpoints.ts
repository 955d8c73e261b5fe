/** Checkpoints of a run, to go back to: the latest few, and before them the fewer the longer ago, in bounded room. */
import type { Checkpoint } from './protocol.ts';
import { leastMissed } from './thinning.ts';

const MOST = 24;
const MOST_BYTES = 2 ** 26;
const LATEST = 3;

interface Kept {
  readonly checkpoint: Checkpoint;
  readonly bytes: number;
}

export class Checkpoints {
  #kept: readonly Kept[] = [];
  /** Steps at which the state or the graph was changed from outside: what came before does not lead to what came after. */
  #breaks: readonly number[] = [];

  add(checkpoint: Checkpoint): void {
    const bytes = Object.values(checkpoint.state ?? {}).reduce((sum, values) => sum + values.byteLength, 0);
    const before = this.#kept.filter(
      ({ checkpoint: { key, step } }) => key === checkpoint.key && step < checkpoint.step,
    );
    this.#breaks = before.length === 0 ? [] : this.#breaks.filter((step) => step <= checkpoint.step);
    this.#kept = [...before, { checkpoint, bytes }];
    this.#thin();
  }

  /** The newest was made by a change from outside. */
  breakHere(): void {
    const newest = this.#kept.at(-1);
    if (newest)
      this.#breaks = [...this.#breaks.filter((step) => step !== newest.checkpoint.step), newest.checkpoint.step];
  }

  #thin(): void {
    for (;;) {
      const bytes = this.#kept.reduce((sum, kept) => sum + kept.bytes, 0);
      if (this.#kept.length <= LATEST || (this.#kept.length <= MOST && bytes <= MOST_BYTES)) return;
      const end = this.#kept.length - LATEST;
      const steps = this.#kept.map(({ checkpoint }) => checkpoint.step);
      const least = leastMissed(steps, (at) => at < end);
      if (least < 0) return;
      this.#kept = this.#kept.filter((_, at) => at !== least);
    }
  }

  /** The newest with at most so many steps whose numbers are finite; null where there is none. */
  newest(most: number, key: string | undefined): Checkpoint | null {
    // Losses of a GPU arrive late, so what was saved meanwhile may be no numbers any more.
    const isSound = ({ step, state, ...rest }: Checkpoint) =>
      step <= most && rest.key === key && Object.values(state ?? {}).every((values) => values.every(Number.isFinite));
    return this.#kept.findLast(({ checkpoint }) => isSound(checkpoint))?.checkpoint ?? null;
  }

  /** Whether the steps from a checkpoint to `step` can be made again as they were. */
  leadsTo(checkpoint: Checkpoint, step: number): boolean {
    return !this.#breaks.some((change) => change > checkpoint.step && change <= step);
  }

  get steps(): readonly number[] {
    return this.#kept.map(({ checkpoint }) => checkpoint.step);
  }
}
