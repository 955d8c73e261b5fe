/** Tensors as files keep them, with more element types than the language computes with. */

/** What is wrong with a file, and where: a sentence for the user. */
export class FormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FormatError';
  }
}

export type StoredDType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64';

export type StoredArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/**
 * Row-major. bool is one byte an element, 0 or 1; float16 and bfloat16 are widened to float32, which is exact both ways.
 */
export interface StoredTensor {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  readonly data: StoredArray;
}

export const ITEM_BYTES: Readonly<Record<StoredDType, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
};

/** More axes than NumPy allows are no tensor but a broken file. */
const MOST_AXES = 64;

/** The elements of `shape`; `where` begins the message if those are no sizes. */
export function countElements(shape: readonly number[], where: string): number {
  const wrong = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (wrong !== undefined) throw new FormatError(`${where} has the size ${wrong}, which is no whole number from 0 on.`);
  if (shape.length > MOST_AXES) throw new FormatError(`${where} has ${shape.length} axes; ${MOST_AXES} are the most.`);
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}

/** Elements from little-endian bytes, which are copied. */
export function decodeElements(dtype: StoredDType, bytes: Uint8Array): StoredArray {
  const { buffer } = bytes.slice();
  switch (dtype) {
    case 'bool':
      return new Uint8Array(buffer).map((byte) => (byte === 0 ? 0 : 1));
    case 'int8':
      return new Int8Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint8':
      return new Uint8Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer), widenHalf);
    case 'bfloat16':
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
  }
}

/** Little-endian bytes of a tensor. The array has to be the one that `decodeElements` makes for the dtype. */
export function encodeElements({ dtype, data }: StoredTensor): Uint8Array {
  if (dtype === 'float16') return bytesOf(Uint16Array.from(data as Float32Array, narrowToHalf));
  if (dtype === 'bfloat16') {
    const bits = new Uint32Array(Float32Array.from(data as Float32Array).buffer);
    return bytesOf(Uint16Array.from(bits, narrowBits));
  }
  return bytesOf(data);
}

function bytesOf(array: StoredArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The value of IEEE 754 half precision bits. */
function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The nearest half precision bits, ties to even; what is too large becomes infinite. */
function narrowToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  // Of the interval between powers of two the value lies in; subnormal numbers share the lowest.
  const exponent = Math.max(-14, size === 0 ? -14 : Math.floor(Math.log2(size)));
  const steps = roundToEven(size / 2 ** (exponent - 10));
  // A full interval carries over into the exponent by itself.
  const magnitude = (exponent + 14) * 1024 + steps;
  return sign | Math.min(magnitude, 0x7c00);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The upper half of float32 bits, rounded to nearest, ties to even. */
function narrowBits(bits: number): number {
  const notANumber = (bits & 0x7fffffff) > 0x7f800000;
  return notANumber ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
