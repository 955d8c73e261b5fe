/** A stretch of training, from being asked for to its end. */
import type { RunResult } from '../protocol.ts';

export interface Run {
  /** Steps in all at which it ends, and at which it began. */
  readonly until: number;
  readonly from: number;
  /** By the trainer's clock. */
  readonly started: number;
  /**
   * Goes on until it is paused or the plan's loop says otherwise, and keeps to the pace; a run of a number of steps makes
   * them as fast as it can.
   */
  readonly open: boolean;
  /** Why it is to end; null while it goes on. */
  why: RunResult['why'] | null;
  readonly ended: Promise<RunResult>;
}
