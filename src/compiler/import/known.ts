/** Values that are known before anything runs: numbers, and sizes that are names. */
import { addDims, type Dim, divideDims, multiplyDims, subtractDims } from '../dims.ts';
import type { DType } from '../types.ts';

export interface Known {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Row-major; booleans are 0 and 1, named sizes are texts. */
  readonly values: readonly Dim[];
}

/** Larger ones are computed when the graph runs. */
export const LARGEST_KNOWN = 65_536;

export function isNumbers(values: readonly Dim[]): values is readonly number[] {
  return values.every((value) => typeof value === 'number');
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => countOf(shape.slice(axis + 1)));
}

/** Calls back with the index along each axis of every element in order. */
export function* indicesOf(shape: readonly number[]): Generator<readonly number[]> {
  const index = shape.map(() => 0);
  for (let left = countOf(shape); left > 0; left--) {
    yield index;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if (index[axis] !== shape[axis]) break;
      index[axis] = 0;
    }
  }
}

function broadcast(shapes: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (const [at, size] of shape.entries()) {
      const axis = rank - shape.length + at;
      if (size === 1) continue;
      if (result[axis] !== 1 && result[axis] !== size) return null;
      result[axis] = size;
    }
  }
  return result;
}

/** Applies a function to elements that broadcast together; null where one of its results is not known. */
export function elementwise(
  dtype: DType,
  operands: readonly Known[],
  apply: (...values: Dim[]) => Dim | null,
): Known | null {
  const shape = broadcast(operands.map((operand) => operand.shape));
  if (!shape || countOf(shape) > LARGEST_KNOWN) return null;
  const strides = operands.map((operand) => {
    const own = stridesOf(operand.shape);
    const added = shape.length - operand.shape.length;
    return shape.map((_, axis) => (axis < added || operand.shape[axis - added] === 1 ? 0 : (own[axis - added] ?? 0)));
  });
  const values: Dim[] = [];
  for (const index of indicesOf(shape)) {
    const result = apply(
      ...operands.map((operand, which) => {
        const at = index.reduce((sum, each, axis) => sum + each * (strides[which]?.[axis] ?? 0), 0);
        return operand.values[at] as Dim;
      }),
    );
    if (result === null) return null;
    values.push(result);
  }
  return { dtype, shape, values };
}

/** Elements of `x` in another order or shape, by the place each comes from. */
export function picked(x: Known, shape: readonly number[], from: (index: readonly number[]) => number): Known | null {
  if (countOf(shape) > LARGEST_KNOWN) return null;
  const values: Dim[] = [];
  for (const index of indicesOf(shape)) {
    const value = x.values[from(index)];
    if (value === undefined) return null;
    values.push(value);
  }
  return { dtype: x.dtype, shape, values };
}

const numeric =
  (apply: (a: number, b: number) => number) =>
  (a: Dim, b: Dim): Dim | null =>
    typeof a === 'number' && typeof b === 'number' ? apply(a, b) : null;

const compared =
  (apply: (a: number, b: number) => boolean) =>
  (a: Dim, b: Dim): Dim | null =>
    typeof a === 'number' && typeof b === 'number' ? Number(apply(a, b)) : null;

type Binary = (a: Dim, b: Dim) => Dim | null;

/** Of numbers, and of names where the result is a size again. Names stand for sizes above zero. */
export const INTEGER: Readonly<Record<string, Binary>> = {
  Add: addDims,
  Sub: subtractDims,
  Mul: multiplyDims,
  Div: (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? (b === 0 ? null : Math.trunc(a / b)) : divideDims(a, b),
  Mod: numeric((a, b) => (b === 0 ? 0 : a - b * Math.floor(a / b))),
  Pow: numeric((a, b) => a ** b),
  Max: (a, b) => (a === b ? a : numeric(Math.max)(a, b)),
  Min: (a, b) => (a === b ? a : numeric(Math.min)(a, b)),
};

export const REAL: Readonly<Record<string, Binary>> = {
  Add: numeric((a, b) => a + b),
  Sub: numeric((a, b) => a - b),
  Mul: numeric((a, b) => a * b),
  Div: numeric((a, b) => a / b),
  Pow: numeric((a, b) => a ** b),
  Max: numeric(Math.max),
  Min: numeric(Math.min),
};

/** A name is never 0 or negative, and two unlike texts may be equal. */
const negativeOrZero = (a: Dim, b: Dim) => typeof a === 'string' && typeof b === 'number' && b <= 0;

export const COMPARISON: Readonly<Record<string, Binary>> = {
  Equal: (a, b) => (a === b ? 1 : negativeOrZero(a, b) || negativeOrZero(b, a) ? 0 : compared(() => false)(a, b)),
  Greater: (a, b) => (negativeOrZero(a, b) ? 1 : compared((x, y) => x > y)(a, b)),
  Less: (a, b) => (negativeOrZero(b, a) ? 1 : compared((x, y) => x < y)(a, b)),
  GreaterOrEqual: (a, b) => (a === b || negativeOrZero(a, b) ? 1 : compared((x, y) => x >= y)(a, b)),
  LessOrEqual: (a, b) => (a === b || negativeOrZero(b, a) ? 1 : compared((x, y) => x <= y)(a, b)),
  And: compared((a, b) => a !== 0 && b !== 0),
  Or: compared((a, b) => a !== 0 || b !== 0),
  Xor: compared((a, b) => (a !== 0) !== (b !== 0)),
};

export const UNARY: Readonly<Record<string, (value: number) => number>> = {
  Neg: (value) => -value,
  Abs: Math.abs,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sqrt: Math.sqrt,
  Reciprocal: (value) => 1 / value,
  Not: (value) => Number(value === 0),
};
