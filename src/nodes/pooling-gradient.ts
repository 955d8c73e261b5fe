import type { Builder } from '../compiler/builder.ts';
import { multiplyDims, type Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { tensorData } from '../compiler/types.ts';
import { explicitAttributes, positions, remainder, splitImage, type Window } from './windows.ts';

export const product = (list: readonly number[]) => list.reduce((size, entry) => size * entry, 1);

/** Offsets of all points of a box, the last axis fastest. */
export function points(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (list, size) => list.flatMap((point) => Array.from({ length: size }, (_, i) => [...point, i])),
    [[]],
  );
}

/**
 * `g` where an element of `windows` is the first along `axis` that equals its maximum `y`, else 0. Elements get priorities
 * that fall in scan order; an element of priority 0 never wins.
 */
export function toFirstMaximum(b: Builder, windows: Value, y: Value, g: Value, priorities: Value, axis: number): Value {
  const zero = b.scalar(0);
  const scores = b.where(b.equal(windows, y), priorities, zero);
  return b.where(b.equal(scores, b.reduceMax(scores, [axis], true)), g, zero);
}

/** n, n-1, …, 1 in `shape`: earlier elements come first. */
export function falling(b: Builder, n: number, shape: readonly number[]): Value {
  return b.constant(
    tensorData(
      'float32',
      shape,
      Array.from({ length: n }, (_, i) => n - i),
    ),
  );
}

/** True where windows lie side by side and cover the image exactly. */
function tiles(spatial: readonly number[], window: Window): boolean {
  return spatial.every(
    (size, axis) =>
      window.kernel[axis] === window.strides[axis] &&
      window.dilations[axis] === 1 &&
      window.begin[axis] === 0 &&
      window.end[axis] === 0 &&
      size % (window.kernel[axis] ?? 1) === 0,
  );
}

/**
 * The gradient of max-pooling with windows side by side: they are laid out as columns [elements, windows] and back by
 * transposes. Slower with the windows in place, where every comparison would broadcast along rows of two or three elements.
 */
function tiledMaxGradient(b: Builder, x: Value, y: Value, g: Value, window: Window): Value {
  const [batch, channels, spatial] = splitImage(x.type.shape);
  const counts = spatial.map((size, axis) => size / (window.kernel[axis] ?? 1));
  const cells = window.kernel.flatMap((size, axis) => [counts[axis] ?? 1, size]);
  const [first = 1, ...rest] = cells;
  const images = multiplyDims(batch, channels);
  const split: Shape = [multiplyDims(images, first), ...rest];
  const perm = [...window.kernel.map((_, axis) => 2 * axis + 1), ...window.kernel.map((_, axis) => 2 * axis)];
  const elements = product(window.kernel);
  const columns = [elements, multiplyDims(images, product(counts))];
  const row = [1, columns[1] ?? 1];

  const windows = b.reshape(b.transpose(b.reshape(x, split), perm), columns);
  const chosen = toFirstMaximum(
    b,
    windows,
    b.reshape(y, row),
    b.reshape(g, row),
    falling(b, elements, [elements, 1]),
    0,
  );
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return b.reshape(
    b.transpose(
      b.reshape(
        chosen,
        perm.map((axis) => split[axis] ?? 1),
      ),
      inverse,
    ),
    x.type.shape,
  );
}

/**
 * The gradient of max-pooling in general: windows are gathered as [images, elements, positions], and what they chose is
 * added back into the images by a transposed convolution with one kernel an element. Elements outside the image have
 * priority 0.
 */
function gatheredMaxGradient(b: Builder, x: Value, y: Value, g: Value, window: Window): Value {
  const [batch, channels, spatial] = splitImage(x.type.shape);
  const counts = spatial.map((size, axis) => positions(size, window, axis));
  const elements = product(window.kernel);
  const places = product(counts);
  const indices: number[] = [];
  const priorities: number[] = [];
  for (const [element, offset] of points(window.kernel).entries()) {
    for (const position of points(counts)) {
      const at = spatial.map(
        (_, axis) =>
          (position[axis] ?? 0) * (window.strides[axis] ?? 1) +
          (offset[axis] ?? 0) * (window.dilations[axis] ?? 1) -
          (window.begin[axis] ?? 0),
      );
      const inside = at.every((index, axis) => index >= 0 && index < (spatial[axis] ?? 0));
      indices.push(inside ? at.reduce((flat, index, axis) => flat * (spatial[axis] ?? 1) + index, 0) : 0);
      priorities.push(inside ? elements - element : 0);
    }
  }
  const images = multiplyDims(batch, channels);
  const gathered = b.emit(
    'Gather',
    [b.reshape(x, [images, product(spatial)]), b.constant(tensorData('int32', [elements * places], indices))],
    { axis: 1 },
  );
  const chosen = toFirstMaximum(
    b,
    b.reshape(gathered, [images, elements, places]),
    b.reshape(y, [images, 1, places]),
    b.reshape(g, [images, 1, places]),
    b.constant(tensorData('float32', [elements, places], priorities)),
    1,
  );
  const identity = Array.from({ length: elements * elements }, (_, i) => (i % (elements + 1) === 0 ? 1 : 0));
  const kernels = b.constant(tensorData('float32', [elements, 1, ...window.kernel], identity));
  return spread(b, b.reshape(chosen, [images, elements, ...counts]), kernels, x.type.shape, window);
}

/** Adds the values of all windows, [images, kernels, ...positions], into images of `shape`. */
export function spread(b: Builder, values: Value, kernels: Value, shape: Shape, window: Window): Value {
  const [, , spatial] = splitImage(shape);
  const output_padding = spatial.map((size, axis) => remainder(size, window, axis));
  return b.reshape(
    b.emit('ConvTranspose', [values, kernels, null], { ...explicitAttributes(window), output_padding }),
    shape,
  );
}

/** The gradient of max-pooling x to y. */
export function maxPoolGradient(b: Builder, x: Value, y: Value, g: Value, window: Window): Value {
  const rule = tiles(splitImage(x.type.shape)[2], window) ? tiledMaxGradient : gatheredMaxGradient;
  return rule(b, x, y, g, window);
}
