/** The two models, their seeded weights and the order of their data: the same numbers for every contestant. */

import type { ModelName } from './contract.ts';
import type { Mnist } from './mnist.ts';

export const BATCH = 64;
export const CLASSES = 10;
export const LEARNING_RATE = 0.1;
/** Step k trains on rows 64 k … 64 k + 63 of MNIST's training split, without shuffling, and starts over after 8000. */
export const BATCHES = 125;

export interface Array32 {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export interface Batch {
  readonly x: Array32;
  /** One-hot rows. */
  readonly y: Array32;
  readonly labels: Int32Array<ArrayBuffer>;
}

export interface Problem {
  readonly weights: Readonly<Record<string, Array32>>;
  readonly batches: readonly Batch[];
}

interface WeightSpec {
  readonly shape: readonly number[];
  /** Uniform in [-limit, limit) from NumPy's RandomState(seed); zeros without one. */
  readonly limit?: number;
  readonly seed?: number;
}

/** Convolution weights are (out, in, height, width), dense weights (in, out), images (batch, channel, height, width). */
export const WEIGHTS: Record<ModelName, Record<string, WeightSpec>> = {
  mlp: {
    w1: { shape: [784, 128], limit: 0.08, seed: 1 },
    b1: { shape: [128] },
    w2: { shape: [128, 10], limit: 0.2, seed: 2 },
    b2: { shape: [10] },
  },
  lenet: {
    k1: { shape: [8, 1, 5, 5], limit: 0.2, seed: 1 },
    c1: { shape: [8] },
    k2: { shape: [12, 8, 5, 5], limit: 0.15, seed: 2 },
    c2: { shape: [12] },
    w: { shape: [192, 10], limit: 0.17, seed: 3 },
    b: { shape: [10] },
  },
};

export function makeProblem(model: ModelName, mnist: Mnist): Problem {
  const weights = Object.fromEntries(Object.entries(WEIGHTS[model]).map(([name, spec]) => [name, initialWeight(spec)]));
  const shape = model === 'mlp' ? [BATCH, 784] : [BATCH, 1, 28, 28];
  const batches = Array.from({ length: BATCHES }, (_, batch) => makeBatch(mnist, batch * BATCH, shape));
  return { weights, batches };
}

function initialWeight({ shape, limit = 0, seed = 0 }: WeightSpec): Array32 {
  const next = randomState(seed);
  return { shape, data: Float32Array.from({ length: size(shape) }, () => limit * (2 * next() - 1)) };
}

function makeBatch({ images, labels }: Mnist, from: number, shape: readonly number[]): Batch {
  const pixels = images.subarray(from * 784, (from + BATCH) * 784);
  const classes = Int32Array.from(labels.subarray(from, from + BATCH));
  const y = new Float32Array(BATCH * CLASSES);
  classes.forEach((label, row) => {
    y[row * CLASSES + label] = 1;
  });
  const x = Float32Array.from(pixels, (pixel) => pixel / 255);
  return { x: { shape, data: x }, y: { shape: [BATCH, CLASSES], data: y }, labels: classes };
}

export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A copy of `value` whose axis i is its axis `axes[i]`. */
export function transpose(value: Array32, axes: readonly number[]): Array32 {
  const shape = axes.map((axis) => value.shape[axis] as number);
  const strides = axes.map((axis) => size(value.shape.slice(axis + 1)));
  const data = new Float32Array(value.data.length);
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = value.data[index.reduce((offset, at, axis) => offset + at * (strides[axis] as number), 0)] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** NumPy's RandomState(seed).random_sample(): the Mersenne Twister, two words a double. */
function randomState(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const last = state[i - 1] as number;
    state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  let at = 624;
  const word = (): number => {
    if (at === 624) at = twist(state);
    let y = state[at++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  return () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
}

function twist(state: Uint32Array): 0 {
  for (let i = 0; i < 624; i++) {
    const y = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % 624] as number) & 0x7fffffff);
    state[i] = (state[(i + 397) % 624] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
  return 0;
}
