/** Which rows make up which step, how many steps make up a turn, and how often something else may interrupt. */

import type { RowRange, TrainingPlan } from '../../compiler/plan.ts';
import { RandomState } from './random.ts';

type LastBatch = TrainingPlan['loop']['lastBatch'];

/**
 * The rows of every step, a function of the step alone, so that training goes on anywhere as if never interrupted. An
 * epoch is as many whole batches as fit into the split. Rows left over at its end are dropped, kept as a smaller batch, or
 * filled up with the first rows of the epoch. A split smaller than a batch is repeated to fill it, unless it is kept.
 */
export class BatchOrder {
  readonly stepsPerEpoch: number;
  readonly #split: RowRange;
  readonly #batch: number;
  readonly #seed: number | null;
  /** Rows of the last batch of an epoch. */
  readonly #last: number;
  #epoch = -1;
  #rows: Int32Array;

  /** `seed` null: file order. Otherwise epoch e is NumPy's RandomState([seed, e]).permutation of the split. */
  constructor(split: RowRange, batch: number, seed: number | null, last: LastBatch = 'drop') {
    this.#split = split;
    this.#batch = batch;
    this.#seed = seed;
    const [from, to] = split;
    const batches = (to - from) / batch;
    this.stepsPerEpoch = Math.max(1, last === 'drop' ? Math.floor(batches) : Math.ceil(batches));
    this.#last = (last === 'keep' && (to - from) % batch) || batch;
    this.#rows = Int32Array.from({ length: to - from }, (_, i) => from + i);
  }

  /** How many of `most` steps from step `from` have batches of one size. */
  alike(from: number, most: number): number {
    if (this.#last === this.#batch) return most;
    const toLast = this.stepsPerEpoch - 1 - (from % this.stepsPerEpoch);
    return toLast === 0 ? 1 : Math.min(most, toLast);
  }

  #size(step: number): number {
    return step % this.stepsPerEpoch === this.stepsPerEpoch - 1 ? this.#last : this.#batch;
  }

  /** Rows of `steps` steps from step `from`, `count` a step: the first of each batch if fewer than a batch. */
  rows(from: number, steps: number, count = this.#size(from)): Int32Array {
    const rows = new Int32Array(steps * count);
    for (let k = 0; k < steps; k++) {
      const epoch = Math.floor((from + k) / this.stepsPerEpoch);
      const order = this.#order(epoch);
      const first = (from + k - epoch * this.stepsPerEpoch) * this.#batch;
      for (let i = 0; i < count; i++) rows[k * count + i] = order[(first + i) % order.length] as number;
    }
    return rows;
  }

  #order(epoch: number): Int32Array {
    if (this.#seed !== null && epoch !== this.#epoch) {
      const [from, to] = this.#split;
      this.#rows = new RandomState([this.#seed, epoch]).permutation(to - from).map((row) => row + from);
      this.#epoch = epoch;
    }
    return this.#rows;
  }
}

/** Holds training to a number of steps a second, so that people can watch it. What was missed is not made up for. */
export class Pace {
  readonly #perSecond: number;
  #time: number;
  #step: number;

  constructor(perSecond: number, now: number, step: number) {
    this.#perSecond = perSecond;
    this.#time = now;
    this.#step = step;
  }

  /** Steps that may be made now. */
  due(now: number, step: number): number {
    const due = Math.floor(((now - this.#time) / 1000) * this.#perSecond) - (step - this.#step);
    if (due <= 1 + this.#perSecond / 4) return Math.max(0, due);
    this.#time = now;
    this.#step = step;
    return 1;
  }
}

/** Steps a turn, so that a turn takes about `target` ms whatever a step takes. */
export class Pacer {
  readonly #target: number;
  #perStep: number | null = null;
  #last = 1;

  constructor(target: number) {
    this.#target = target;
  }

  next(): number {
    if (this.#perStep === null) return 1;
    // Growing slowly: the first step of a session is no measure of the rest.
    return Math.max(1, Math.min(Math.round(this.#target / this.#perStep), this.#last * 4));
  }

  took(steps: number, ms: number): void {
    const perStep = Math.max(ms / steps, 1e-4);
    this.#perStep = this.#perStep === null ? perStep : 0.5 * (this.#perStep + perStep);
    this.#last = steps;
  }
}

/** Lets something of a measured cost happen no more often than `share` of the time allows, nor than `minimum` ms. */
export class Budget {
  readonly #share: number;
  readonly #minimum: number;
  #cost = 0;
  #last: number | null = null;

  constructor(share: number, minimum: number) {
    this.#share = share;
    this.#minimum = minimum;
  }

  /** From one start to the next, in ms. */
  get interval(): number {
    return Math.max(this.#minimum, this.#cost / this.#share);
  }

  due(now: number): boolean {
    return this.#last === null || now - this.#last >= this.interval;
  }

  spent(started: number, ended: number): void {
    const cost = ended - started;
    // The first time compiles shaders and says nothing of the next. Up at once and down slowly: a cheap run after a dear
    // one is no licence.
    if (this.#last !== null) this.#cost = Math.max(cost, 0.5 * (this.#cost + cost));
    this.#last = this.#last === null ? ended : started;
  }
}

/** Steps per second over the last second or so. */
export class Rate {
  perSecond = 0;
  #since: number;
  #step: number;
  #first = true;

  constructor(now: number, step: number) {
    this.#since = now;
    this.#step = step;
  }

  measure(now: number, step: number): void {
    const elapsed = now - this.#since;
    if (elapsed <= 0 || (elapsed < 1000 && !this.#first)) return;
    this.perSecond = ((step - this.#step) * 1000) / elapsed;
    if (elapsed < 1000) return;
    this.#first = false;
    this.#since = now;
    this.#step = step;
  }
}
