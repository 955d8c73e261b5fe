/** Numbers as the symbolic language takes and returns them. */
import { type DType, type TensorData, tensorData } from '../compiler/types.ts';

export type Nested = number | boolean | readonly Nested[];

/** What stands for a tensor of known numbers wherever one is wanted. */
export type TensorLike = Nested | TensorData | Float32Array | Int32Array;

/** A tensor of numbers, as NumPy's arrays are for Theano. */
export class Tensor implements TensorData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData['data'];

  constructor({ dtype, shape, data }: TensorData) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }

  get ndim(): number {
    return this.shape.length;
  }

  /** The only element. Throws where there are several. */
  item(): number {
    if (this.data.length !== 1) throw new TypeError(`A tensor of shape [${this.shape.join(', ')}] is not one number`);
    return Number(this.data[0]);
  }

  /** Nested lists, or a number for a scalar. */
  tolist(): Nested {
    const values = Array.from(this.data as ArrayLike<number>, Number);
    const nest = (from: number, shape: readonly number[]): Nested => {
      const [first, ...rest] = shape;
      if (first === undefined) return values[from] as number;
      const size = rest.reduce((product, dim) => product * dim, 1);
      return Array.from({ length: first }, (_, at) => nest(from + at * size, rest));
    };
    return nest(0, this.shape);
  }
}

function isTensorData(value: TensorLike): value is TensorData {
  return typeof value === 'object' && 'dtype' in value;
}

function shapeOf(value: Nested): number[] {
  if (!Array.isArray(value)) return [];
  const list = value as readonly Nested[];
  const [first = 0] = list;
  const inner = list.length === 0 ? [] : shapeOf(first);
  const ragged = list.findIndex((row) => shapeOf(row).join() !== inner.join());
  if (ragged >= 0) {
    throw new TypeError(
      `Row ${ragged} has the shape [${shapeOf(list[ragged] as Nested).join(', ')}], row 0 has [${inner.join(', ')}]`,
    );
  }
  return [list.length, ...inner];
}

/**
 * Numbers as a tensor. Lists of truth values become bool; other lists float32, or int32 where `dtype` says so.
 * Throws where rows differ in length, or a whole number is wanted and another given.
 */
export function asTensor(value: TensorLike, dtype?: DType): Tensor {
  if (value instanceof Tensor && (!dtype || dtype === value.dtype)) return value;
  if (value instanceof Float32Array) return asTensor({ dtype: 'float32', shape: [value.length], data: value }, dtype);
  if (value instanceof Int32Array) return asTensor({ dtype: 'int32', shape: [value.length], data: value }, dtype);
  if (isTensorData(value)) {
    if (!dtype || dtype === value.dtype) return new Tensor(value);
    return new Tensor(convert(Array.from(value.data as ArrayLike<number>, Number), value.shape, dtype));
  }
  const shape = shapeOf(value);
  const flat = shape.length === 0 ? [value as number] : ((value as unknown[]).flat(shape.length) as number[]);
  const own = flat.length > 0 && flat.every((each) => typeof each === 'boolean') ? 'bool' : 'float32';
  return new Tensor(convert(flat.map(Number), shape, dtype ?? own));
}

function convert(values: readonly number[], shape: readonly number[], dtype: DType): TensorData {
  const broken = dtype === 'int32' ? values.find((value) => !Number.isInteger(value)) : undefined;
  if (broken !== undefined) throw new TypeError(`${broken} is no whole number; int32 is wanted`);
  return tensorData(dtype, shape, values);
}

export const zeros = (...shape: readonly number[]): Tensor => full(shape, 0);
export const ones = (...shape: readonly number[]): Tensor => full(shape, 1);

export function full(shape: readonly number[], value: number): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return new Tensor({ dtype: 'float32', shape, data: new Float32Array(size).fill(value) });
}
