import { bindShape, type Dim, type DimBindings, type Shape, sameShape } from './dims.ts';

/** int64 occurs only in emitted ONNX (shapes and axes); the language itself has the other three. */
export type DType = 'float32' | 'int32' | 'int64' | 'bool';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Integer values are known to lie in 0 … bound-1 (class labels, indices). */
  readonly bound?: number;
}

export type TypedArray = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** A tensor of known values, row-major. bool is stored as one byte an element. */
export interface TensorData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

const SHORT: Record<DType, string> = { float32: 'f32', int32: 'i32', int64: 'i64', bool: 'bool' };

export function tensor(dtype: DType, shape: Shape, bound?: number): TensorType {
  return bound === undefined ? { dtype, shape } : { dtype, shape, bound };
}

/** `f32[batch,784]`; a scalar prints as `f32[]`. */
export function printType(type: TensorType): string {
  return `${SHORT[type.dtype]}[${type.shape.join(',')}]`;
}

export function printShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

export function bindType(type: TensorType, bindings: DimBindings): TensorType {
  return { ...type, shape: bindShape(type.shape, bindings) };
}

/** Numpy's rule: align at the last axis, sizes are equal or one of them is 1. `null` where they do not fit. */
export function broadcastDims(a: Dim, b: Dim): Dim | null {
  if (a === b || b === 1) return a;
  return a === 1 ? b : null;
}

export function broadcastShapes(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const dim = broadcastDims(a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1);
    if (dim === null) return null;
    result.push(dim);
  }
  return result;
}

/** An axis counted from the front; negative ones count from the end as in ONNX. */
export function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function makeArray(dtype: DType, values: ArrayLike<number> | number): TypedArray {
  const list = typeof values === 'number' ? [values] : Array.from(values);
  switch (dtype) {
    case 'float32':
      return Float32Array.from(list);
    case 'int32':
      // It would become 0.
      if (list.some(Number.isNaN)) throw new Error('A whole number is not a number');
      return Int32Array.from(list);
    case 'int64':
      return BigInt64Array.from(list, (value) => BigInt(value));
    case 'bool':
      return Uint8Array.from(list);
  }
}

export function tensorData(dtype: DType, shape: readonly number[], values: ArrayLike<number> | number): TensorData {
  const data = makeArray(dtype, values);
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (data.length !== size) throw new Error(`${data.length} values for shape [${shape.join(',')}]`);
  return { dtype, shape, data };
}
