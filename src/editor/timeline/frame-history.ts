/**
 * What was seen of a run, moment by moment, in bounded room: the latest moments lie close together, and those before them
 * the further apart the longer ago.
 */
import type { Frame } from '../../runtime/protocol.ts';
import type { FrameKey } from '../../runtime/telemetry-hub.ts';
import { leastMissed } from '../../runtime/thinning.ts';

export interface Moment {
  readonly frame: Frame;
  /** What the frame is read by. */
  readonly probe: FrameKey;
  /** The sheet that was open. */
  readonly sheet: string;
}

interface Kept extends Moment {
  readonly bytes: number;
}

export interface HistoryLimits {
  readonly moments: number;
  readonly bytes: number;
}

const LIMITS: HistoryLimits = { moments: 240, bytes: 24 * 2 ** 20 };

export class FrameHistory {
  readonly #limits: HistoryLimits;
  #kept: Kept[] = [];
  #bytes = 0;

  constructor(limits: HistoryLimits = LIMITS) {
    this.#limits = limits;
  }

  add(moment: Moment): void {
    const bytes = Object.values(moment.frame.outputs).reduce((sum, values) => sum + values.byteLength, 0);
    // The latest word about a step counts: values set by hand, or the same step looked at again.
    this.truncate(moment.frame.step - 1);
    this.#kept.push({ ...moment, bytes });
    this.#bytes += bytes;
    while (this.#kept.length > 2 && (this.#kept.length > this.#limits.moments || this.#bytes > this.#limits.bytes)) {
      this.#remove(Math.max(1, leastMissed(this.#kept.map(({ frame }) => frame.step))));
    }
  }

  #remove(at: number): void {
    const [gone] = this.#kept.splice(at, 1);
    this.#bytes -= gone?.bytes ?? 0;
  }

  /** Training went back to `step`: what came later is no longer so. */
  truncate(step: number): void {
    while ((this.#kept.at(-1)?.frame.step ?? Number.NEGATIVE_INFINITY) > step) this.#remove(this.#kept.length - 1);
  }

  clear(): void {
    this.#kept = [];
    this.#bytes = 0;
  }

  /** Those of a sheet, in order. */
  moments(sheet: string): readonly Moment[] {
    return this.#kept.filter((moment) => moment.sheet === sheet);
  }

  get bytes(): number {
    return this.#bytes;
  }
}
