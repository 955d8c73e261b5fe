/** Bringing values to mean 0 and variance 1: what normalizations share. */
import type { Builder } from '../compiler/builder.ts';
import { sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr } from '../compiler/op.ts';

export const epsilon = attr.float(1e-5, 'Added to the variance, so that a constant is not divided by zero.', {
  min: 0,
});

export interface Standardized {
  /** With the axes kept. */
  readonly mean: Value;
  readonly variance: Value;
  /** 1 / √(variance + ε) */
  readonly inverse: Value;
  readonly standard: Value;
}

export function inverseDeviation(b: Builder, variance: Value, eps: number): Value {
  return b.div(b.scalar(1), b.sqrt(b.add(variance, b.scalar(eps))));
}

/** Deviations from the mean over the axes, in units of the standard deviation; the variance divides by the count. */
export function standardize(b: Builder, x: Value, axes: readonly number[], eps: number): Standardized {
  const mean = b.reduceMean(x, axes, true);
  const centered = b.sub(x, mean);
  const variance = b.reduceMean(b.mul(centered, centered), axes, true);
  const inverse = inverseDeviation(b, variance, eps);
  return { mean, variance, inverse, standard: b.mul(centered, inverse) };
}

interface StandardizedGradients {
  readonly standard: Value;
  /** With the axes kept; where the statistics are used for nothing else they have none. */
  readonly statistics?: { readonly mean: Value; readonly variance: Value };
}

/** The gradient of x. Terms of mean and variance are joined before they meet x, as most often they are zero. */
export function standardizeGradient(
  b: Builder,
  x: Value,
  { standard, inverse }: Standardized,
  { standard: g, statistics }: StandardizedGradients,
  axes: readonly number[],
): Value {
  let level = b.reduceMean(g, axes, true);
  let along = b.reduceMean(b.mul(g, standard), axes, true);
  if (statistics) {
    const count = b.dimSize(sizeOf(axes.map((axis) => x.type.shape[axis] ?? 1)));
    const deviation = b.div(b.scalar(1), b.mul(inverse, count));
    level = b.sub(level, b.mul(statistics.mean, deviation));
    along = b.sub(along, b.mul(b.mul(b.scalar(2), statistics.variance), b.div(deviation, inverse)));
  }
  return b.mul(inverse, b.sub(b.sub(g, level), b.mul(standard, along)));
}

/** All axes from `first` on. */
export function axesFrom(first: number, rank: number): number[] {
  return Array.from({ length: rank - first }, (_, at) => first + at);
}
