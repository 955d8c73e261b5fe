/** Agreement first, then exact counts, then rounds in which the lanes take turns. */

import type { Lane } from './lane.ts';
import { type Counts, NO_COUNTS } from './page/contract.ts';

export interface Measurement {
  readonly contender: Lane['contender'];
  readonly backend: Lane['backend'];
  /** Of single steps from the seeded weights. */
  readonly firstLosses: readonly number[];
  /** Milliseconds a step, one figure a round. */
  readonly rounds: number[];
  /** WebGPU calls a step. */
  readonly counts?: Counts;
}

/** Something to time, and where its milliseconds a step go. */
export interface Run {
  readonly steps: Lane['steps'];
  readonly times: number[];
  /** Steps for each of the others' steps: the fast ones need more of them for as long a block. */
  readonly scale: number;
}

const FIRST_LOSSES = 4;
const TOLERANCE = 1e-3;
const COUNTED_STEPS = 4;

/** Everybody's first losses; throws unless they are all the same. */
export async function firstLosses(lanes: readonly Lane[]): Promise<Map<Lane, number[]>> {
  const losses = new Map<Lane, number[]>();
  for (const lane of lanes) {
    const own: number[] = [];
    for (let i = 0; i < FIRST_LOSSES; i++) own.push((await lane.steps(1)).loss);
    losses.set(lane, own);
  }
  const [reference, ...others] = [...losses];
  for (const [lane, own] of others) {
    const agree = own.every((loss, i) => Math.abs(loss - (reference?.[1][i] as number)) <= TOLERANCE);
    if (agree) continue;
    const against = `${reference?.[0].contender}'s ${formatLosses(reference?.[1] ?? [])}`;
    throw new Error(
      `${lane.contender} on ${lane.backend} trains another model: losses ${formatLosses(own)}, ${against}.`,
    );
  }
  return losses;
}

/** What one more step costs: the difference between a long block and a block of one, so that the final read cancels. */
export async function countsPerStep(lane: Lane): Promise<Counts | undefined> {
  if (!lane.readCounts || lane.backend !== 'webgpu') return undefined;
  const marks = [await lane.readCounts()];
  for (const steps of [1, 1 + COUNTED_STEPS]) {
    await lane.steps(steps);
    marks.push(await lane.readCounts());
  }
  const [before, afterOne, afterMany] = marks as [Counts, Counts, Counts];
  const counts = { ...NO_COUNTS };
  for (const key of Object.keys(counts) as (keyof Counts)[]) {
    counts[key] = (afterMany[key] - afterOne[key] - (afterOne[key] - before[key])) / COUNTED_STEPS;
  }
  return counts;
}

/** Each round starts with another lane, so that none always runs on a warm or a tired machine. */
export async function timeRounds(lanes: readonly Run[], rounds: number, steps: number): Promise<void> {
  for (const lane of lanes) await lane.steps(steps * lane.scale);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < lanes.length; turn++) {
      const lane = lanes[(round + turn) % lanes.length];
      if (!lane) continue;
      const count = steps * lane.scale;
      lane.times.push((await lane.steps(count)).ms / count);
    }
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Six digits, to see where agreement ends. */
export function formatLosses(losses: readonly number[]): string {
  return losses.map((loss) => loss.toFixed(6)).join(' ');
}
