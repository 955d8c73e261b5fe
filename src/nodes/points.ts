/** Positions given as rows of indices along the first axes of a tensor: what GatherND and ScatterND share. */
import type { Builder } from '../compiler/builder.ts';
import type { Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import type { InferContext } from '../compiler/op.ts';
import { printShape, tensorData } from '../compiler/types.ts';

/** Positions along the first q axes as positions along these axes joined. */
export function joinedIndices(b: Builder, indices: Value, shape: readonly number[]): Value {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, dim) => size * dim, 1));
  const vector = (list: readonly number[]) => b.constant(tensorData('int32', [list.length], list));
  const negative = b.greater(b.scalar(0, 'int32'), indices);
  const front = indices.type.bound === undefined ? b.where(negative, b.add(indices, vector(shape)), indices) : indices;
  return b.reduceSum(b.mul(front, vector(strides)), [-1]);
}

/** The sizes of the axes a row of indices points along, from axis `first` on; they are numbers. */
export function checkPoints(ctx: InferContext<unknown>, x: Shape, indices: Shape, first = 0): readonly number[] {
  const count = indices.at(-1);
  if (typeof count !== 'number' || count < 1 || count > x.length - first) {
    return ctx.fail('shape/rank', {
      title: `rows of ${count ?? 0} indices do not point into ${printShape(x)}`,
      cause: `The last axis of the indices holds a position of 1 to ${x.length - first} numbers.`,
      port: 'indices',
    });
  }
  const free = x.findIndex((dim, axis) => axis >= first && axis < first + count && typeof dim === 'string');
  if (free >= 0) {
    ctx.fail('shape/symbolic', {
      title: `axis ${free} of ${ctx.nameOf(0)} has the size ${x[free]}, which is not a number`,
      conflict: [[0, free]],
    });
  }
  return x.slice(first, first + count) as readonly number[];
}

/** x with its indexed axes joined into one. */
export function joinedShape(x: Shape, indices: Shape): readonly [axes: readonly number[], joined: Shape] {
  const count = Number(indices.at(-1));
  const axes = x.slice(0, count) as readonly number[];
  return [axes, [axes.reduce((size, dim) => size * dim, 1), ...x.slice(count)]];
}
