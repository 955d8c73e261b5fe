/** A stretch of training, from being asked for to its end. */
import type { RunResult } from '../protocol.ts';

export interface Run {
  /** Steps in all at which it ends, and at which it began. */
  readonly until: number;
  readonly from: number;
  /** By the trainer's clock. */
  readonly started: number;
  /** Runs without an end keep to the pace; those that were asked for a number of steps make them as fast as they can. */
  readonly paced: boolean;
  /** Why it is to end; null while it goes on. */
  why: RunResult['why'] | null;
  readonly ended: Promise<RunResult>;
}
