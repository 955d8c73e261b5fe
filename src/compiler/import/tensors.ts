/** Values of ONNX tensors. */
import { TensorProto_DataLocation as DataLocation, type TensorProto } from '../onnx/onnx_pb.ts';
import type { DType } from '../types.ts';
import { hasControl, OnnxProblem, quoted } from './problem.ts';

/** Reads a part of a file beside the model. The path is relative and stays within the folder of the model; null if there is no such file. */
export type ReadExternal = (path: string, offset: number, length: number | null) => Uint8Array | null;

/** Whole numbers and booleans are exact as float64. */
export interface OnnxTensor {
  /** TensorProto.DataType */
  readonly elem: number;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

interface ElementType {
  readonly name: string;
  readonly bytes: number;
  /** The dtype of the language that holds it. */
  readonly dtype: DType;
}

export const ELEM = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, float16: 10, double: 11 } as const;

const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  1: { name: 'float32', bytes: 4, dtype: 'float32' },
  2: { name: 'uint8', bytes: 1, dtype: 'int32' },
  3: { name: 'int8', bytes: 1, dtype: 'int32' },
  4: { name: 'uint16', bytes: 2, dtype: 'int32' },
  5: { name: 'int16', bytes: 2, dtype: 'int32' },
  6: { name: 'int32', bytes: 4, dtype: 'int32' },
  7: { name: 'int64', bytes: 8, dtype: 'int32' },
  9: { name: 'bool', bytes: 1, dtype: 'bool' },
  10: { name: 'float16', bytes: 2, dtype: 'float32' },
  11: { name: 'float64', bytes: 8, dtype: 'float32' },
  12: { name: 'uint32', bytes: 4, dtype: 'int32' },
  13: { name: 'uint64', bytes: 8, dtype: 'int32' },
  16: { name: 'bfloat16', bytes: 2, dtype: 'float32' },
};

const FOREIGN: Readonly<Record<number, string>> = {
  8: 'text',
  14: 'complex64',
  15: 'complex128',
  17: 'float8',
  18: 'float8',
  19: 'float8',
  20: 'float8',
  21: 'uint4',
  22: 'int4',
  23: 'float4',
};

export function elemName(elem: number): string {
  return ELEMENT_TYPES[elem]?.name ?? FOREIGN[elem] ?? `element type ${elem}`;
}

/** Throws an OnnxProblem where the language has nothing that holds the elements. */
export function dtypeOf(elem: number): DType {
  const known = ELEMENT_TYPES[elem];
  if (known) return known.dtype;
  throw new OnnxProblem(
    'onnx/dtype',
    `its elements are ${elemName(elem)}`,
    'Tensors of float32, float16, bfloat16, float64, whole numbers of 8 to 64 bits and booleans can be read.',
  );
}

/** A shape and the number of its elements; throws where sizes are no sizes. */
export function sizesOf(dims: readonly bigint[]): { readonly shape: readonly number[]; readonly count: number } {
  let count = 1n;
  for (const dim of dims) {
    if (dim < 0n) throw new OnnxProblem('onnx/malformed', `its shape [${dims.join(', ')}] has a negative size`);
    count *= dim;
  }
  if (count > 2n ** 31n - 1n || dims.some((dim) => dim > 2n ** 31n - 1n)) {
    throw new OnnxProblem('onnx/malformed', `its shape [${dims.join(', ')}] has more elements than fit in memory`);
  }
  return { shape: dims.map(Number), count: Number(count) };
}

function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function widenBrain(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0] as number;
}

function fromRaw(elem: number, raw: Uint8Array): Float32Array | Float64Array {
  // A copy, so that elements begin at a multiple of their size.
  const { buffer } = new Uint8Array(raw);
  switch (elem) {
    case 1:
      return new Float32Array(buffer);
    case 2:
      return Float64Array.from(new Uint8Array(buffer));
    case 3:
      return Float64Array.from(new Int8Array(buffer));
    case 4:
      return Float64Array.from(new Uint16Array(buffer));
    case 5:
      return Float64Array.from(new Int16Array(buffer));
    case 6:
      return Float64Array.from(new Int32Array(buffer));
    case 7:
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 9:
      return Float64Array.from(new Uint8Array(buffer), (byte) => (byte === 0 ? 0 : 1));
    case 10:
      return Float32Array.from(new Uint16Array(buffer), widenHalf);
    case 11:
      return Float32Array.from(new Float64Array(buffer));
    case 12:
      return Float64Array.from(new Uint32Array(buffer));
    case 13:
      return Float64Array.from(new BigUint64Array(buffer), Number);
    default:
      return Float32Array.from(new Uint16Array(buffer), widenBrain);
  }
}

function fromFields(tensor: TensorProto): Float32Array | Float64Array {
  const { dataType: elem, floatData, doubleData, int32Data, int64Data, uint64Data } = tensor;
  switch (elem) {
    case 1:
      return Float32Array.from(floatData);
    case 11:
      return Float32Array.from(doubleData);
    case 7:
      return Float64Array.from(int64Data, Number);
    case 12:
    case 13:
      return Float64Array.from(uint64Data, Number);
    case 10:
      return Float32Array.from(int32Data, widenHalf);
    case 16:
      return Float32Array.from(int32Data, widenBrain);
    case 9:
      return Float64Array.from(int32Data, (value) => (value === 0 ? 0 : 1));
    default:
      return Float64Array.from(int32Data);
  }
}

/** Where a tensor keeps its elements outside of the model. Throws where the path leads out of its folder. */
function externalPart({ externalData }: TensorProto): { path: string; offset: number; length: number | null } {
  const fields = new Map(externalData.map(({ key, value }) => [key, value]));
  const path = fields.get('location') ?? '';
  const parts = path.split('/');
  const outside = path === '' || /^[/\\]|^[A-Za-z]:|\\/.test(path) || parts.includes('..') || hasControl(path);
  if (outside) {
    throw new OnnxProblem(
      'onnx/external',
      `its values are to be in the file ${quoted(path)}`,
      'Files beside a model are read from the folder of the model and from folders in it, and from nowhere else.',
    );
  }
  const number = (key: string): number | null => {
    const text = fields.get(key);
    if (text === undefined || text === '') return null;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
    if (value >= 0) return value;
    throw new OnnxProblem('onnx/malformed', `the ${key} of its values, ${quoted(text)}, is no number of bytes`);
  };
  return { path, offset: number('offset') ?? 0, length: number('length') };
}

/** The values of a tensor. Throws an OnnxProblem where they are not what its type and shape say. */
export function readTensor(tensor: TensorProto, external: ReadExternal = () => null): OnnxTensor {
  const { dataType: elem, rawData } = tensor;
  dtypeOf(elem);
  const { shape, count } = sizesOf(tensor.dims);
  const { bytes } = ELEMENT_TYPES[elem] as ElementType;
  const needed = count * bytes;
  let values: Float32Array | Float64Array;
  if (tensor.dataLocation === DataLocation.EXTERNAL) {
    const { path, offset, length } = externalPart(tensor);
    if (length !== null && length !== needed) {
      throw new OnnxProblem('onnx/malformed', `it needs ${needed} bytes, but claims ${length} of ${quoted(path)}`);
    }
    const part = external(path, offset, needed);
    if (!part) {
      throw new OnnxProblem(
        'onnx/external',
        `its values are in the file ${quoted(path)}, which is not there`,
        'Keep the files of a model together: values that are not inside of it are read from its folder.',
      );
    }
    if (part.length !== needed) {
      throw new OnnxProblem(
        'onnx/external',
        `it needs ${needed} bytes of ${quoted(path)} from byte ${offset} on, but ${part.length} are there`,
      );
    }
    values = fromRaw(elem, part);
  } else if (rawData.length > 0) {
    if (rawData.length !== needed) {
      throw new OnnxProblem('onnx/malformed', `[${shape.join(', ')}] needs ${needed} bytes, but has ${rawData.length}`);
    }
    values = fromRaw(elem, rawData);
  } else values = fromFields(tensor);
  if (values.length !== count) {
    throw new OnnxProblem('onnx/malformed', `[${shape.join(', ')}] needs ${count} elements, but has ${values.length}`);
  }
  return { elem, shape, values };
}
