/** NumPy's .npy files, versions 1.0 to 3.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import {
  countElements,
  decodeElements,
  encodeElements,
  FormatError,
  ITEM_BYTES,
  type StoredDType,
  type StoredTensor,
} from './tensor.ts';

const MAGIC = '\x93NUMPY';

const CODES: Readonly<Record<string, StoredDType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** What cannot be read, by NumPy's letter. */
const FOREIGN: Readonly<Record<string, string>> = {
  U: 'text',
  S: 'bytes of text',
  a: 'bytes of text',
  O: 'Python objects',
  c: 'complex numbers',
  M: 'dates',
  m: 'durations',
  V: 'records or raw bytes',
  f: 'floating point numbers of a size that is not 2, 4 or 8 bytes',
};

/** `where` is what messages call the file. Throws a FormatError. */
export function readNpy(bytes: Uint8Array, where = 'The file'): StoredTensor {
  const { header, start } = readHeader(bytes, where);
  const { dtype, big } = readDescr(header, where);
  const { shape, fortran } = readLayout(header, where);
  const count = countElements(shape, `${where}: the shape (${shape.join(', ')})`);
  const needed = count * ITEM_BYTES[dtype];
  if (needed > bytes.length - start) {
    throw new FormatError(
      `${where} is cut off: its ${count} elements of ${dtype} take ${needed} bytes from byte ${start} on, and ${bytes.length - start} are there.`,
    );
  }
  const raw = bytes.subarray(start, start + needed);
  const data = decodeElements(dtype, big ? reversed(raw, ITEM_BYTES[dtype]) : raw);
  if (!fortran || shape.length < 2) return { dtype, shape, data };
  return { dtype, shape, data: toRowMajor(data, shape) };
}

function readHeader(bytes: Uint8Array, where: string): { header: string; start: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw new FormatError(`${where} is no .npy file: it does not begin with the bytes \\x93NUMPY.`);
  const major = bytes[6];
  if (major !== 1 && major !== 2 && major !== 3) {
    throw new FormatError(`${where} is of version ${major ?? '?'} of the .npy format; 1 to 3 can be read.`);
  }
  const width = major === 1 ? 2 : 4;
  const at = 8;
  if (bytes.length < at + width) throw new FormatError(`${where} is cut off in its header, at byte ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
  const start = at + width + length;
  if (start > bytes.length) {
    throw new FormatError(
      `${where} is cut off: its header should end at byte ${start}, and there are ${bytes.length} bytes.`,
    );
  }
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(at + width, start));
  return { header: text, start };
}

function readDescr(header: string, where: string): { dtype: StoredDType; big: boolean } {
  if (/['"]descr['"]\s*:\s*\[/.test(header)) {
    throw new FormatError(`${where} holds records of several fields; only plain arrays of numbers can be read.`);
  }
  const descr = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(header)?.[1];
  if (descr === undefined) throw new FormatError(`${where}: the header does not say what the elements are ('descr').`);
  const code = descr.replace(/^[<>=|]/, '');
  const dtype = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (dtype) return { dtype, big: descr.startsWith('>') };
  const letter = code[0] ?? '';
  const what = Object.hasOwn(FOREIGN, letter) ? FOREIGN[letter] : 'elements of an unknown kind';
  throw new FormatError(`${where} holds ${what} (“${descr}”); numbers and booleans can be read.`);
}

function readLayout(header: string, where: string): { shape: number[]; fortran: boolean } {
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(header)?.[1];
  if (!order) throw new FormatError(`${where}: the header does not say the order of the axes ('fortran_order').`);
  const sizes = /['"]shape['"]\s*:\s*\(([^)]*)\)/.exec(header)?.[1];
  if (sizes === undefined) throw new FormatError(`${where}: the header has no 'shape'.`);
  const words = sizes.split(',').map((word) => word.trim());
  // A single size is written `(3,)`; Python 2 wrote `3L`.
  if (words.at(-1) === '') words.pop();
  const wrong = words.find((word) => !/^\d+L?$/.test(word));
  if (wrong !== undefined) throw new FormatError(`${where}: “${wrong}” in the shape (${sizes}) is no size.`);
  return { shape: words.map((word) => Number.parseInt(word, 10)), fortran: order === 'True' };
}

/** The bytes of each element in the opposite order. */
function reversed(bytes: Uint8Array, size: number): Uint8Array {
  const result = bytes.slice();
  for (let at = 0; at < result.length; at += size) result.subarray(at, at + size).reverse();
  return result;
}

/** Elements whose first axis runs fastest, in the order where the last does. */
function toRowMajor<T extends StoredTensor['data']>(data: T, shape: readonly number[]): T {
  const result = data.slice() as T;
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let from = 0;
  for (let at = 0; at < result.length; at++) {
    result[at] = data[from] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if (index[axis] !== shape[axis]) break;
      from -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}

/** As `numpy.save` writes it: version 1.0, little-endian, row-major, data at a multiple of 64 bytes. */
export function writeNpy(tensor: StoredTensor): Uint8Array {
  const { dtype, shape } = tensor;
  const code = Object.keys(CODES).find((known) => CODES[known] === dtype);
  if (!code) throw new FormatError(`NumPy has no ${dtype}.`);
  const order = ITEM_BYTES[dtype] === 1 ? '|' : '<';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((MAGIC.length + 4 + header.length + 1) / 64) * 64;
  const data = encodeElements(tensor);
  const bytes = new Uint8Array(start + data.length);
  const text = `${MAGIC}\x01\x00\x00\x00${header}`.padEnd(start - 1, ' ');
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes[start - 1] = 10;
  bytes.set(data, start);
  return bytes;
}
