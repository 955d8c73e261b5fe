/** Arrays as files: IDX as of MNIST, and NumPy's npy. */
import { readNpy } from '../formats/npy.ts';
import { FormatError, type StoredTensor } from '../formats/tensor.ts';
import { fail } from './errors.ts';
import { MOST_NUMBERS, numbersColumn, sizeOf, type TableColumn, textColumn } from './table.ts';

export const isNpy = (start: Uint8Array) =>
  start[0] === 0x93 && String.fromCharCode(...start.subarray(1, 6)) === 'NUMPY';

const IDX_TYPES: Readonly<Record<number, readonly [bytes: number, read: (view: DataView, at: number) => number]>> = {
  8: [1, (view, at) => view.getUint8(at)],
  9: [1, (view, at) => view.getInt8(at)],
  11: [2, (view, at) => view.getInt16(at)],
  12: [4, (view, at) => view.getInt32(at)],
  13: [4, (view, at) => view.getFloat32(at)],
  14: [8, (view, at) => view.getFloat64(at)],
};

/** Two zero bytes, a type, and up to eight sizes follow. */
export const isIdx = (start: Uint8Array) =>
  start[0] === 0 && start[1] === 0 && (start[2] ?? 0) in IDX_TYPES && (start[3] ?? 0) >= 1 && (start[3] ?? 0) <= 8;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const amount = (size: number) => size.toLocaleString('en');

/** Refuses sizes that cannot be, before anything of that size is made. */
function checkSizes(name: string, shape: readonly number[], bytes: number, there: number): void {
  const text = shape.map(amount).join(' × ');
  const wanted = sizeOf(shape) * bytes;
  if (there < wanted) {
    fail(
      'data/file',
      `${name} is cut off`,
      `Its header promises ${text} numbers, ${amount(wanted)} bytes, but ${amount(there)} follow. Download it again.`,
    );
  }
  if (there > wanted) {
    const cause = `Its header promises ${text} numbers, ${amount(wanted)} bytes, but ${amount(there)} follow.`;
    fail('data/file', `${name} is longer than its header says`, cause);
  }
  if (sizeOf(shape) > MOST_NUMBERS) {
    fail('data/size', `${name} has ${text} numbers`, 'They do not fit into the memory of a browser.');
  }
}

/** An array by its rows; rows with two axes are pictures, or with three where one has a single channel. */
function columnOf(name: string, shape: readonly number[], numbers: Float32Array | Uint8Array): TableColumn {
  const [, ...row] = shape;
  const flat = row.filter((size) => size !== 1);
  const [height = 1, width = 1] = flat;
  if (flat.length === 2) return numbersColumn(name, [height * width], numbers, [height, width]);
  return numbersColumn(name, flat.length === 0 ? [] : row, numbers);
}

/** Throws where the bytes are no IDX file. `file` is what messages call it. */
export function readIdxColumn(name: string, bytes: Uint8Array, file: string): TableColumn {
  const rank = bytes[3] ?? 0;
  const [width, read] = IDX_TYPES[bytes[2] ?? 0] ?? [0, () => 0];
  if (!isIdx(bytes)) {
    const seen = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    fail(
      'data/file',
      `${file} is no IDX file`,
      `It begins with the bytes ${seen || 'of nothing'}. IDX begins with 00 00, a type and the number of sizes, such as 00 00 08 03.`,
    );
  }
  const view = viewOf(bytes);
  const start = 4 + 4 * rank;
  if (bytes.length < start) fail('data/file', `${file} is cut off`, 'It ends within its header. Download it again.');
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  checkSizes(file, shape, width, bytes.length - start);
  if (shape[0] === 0) fail('data/empty', `${file} has no rows`, 'Its first size is 0.');
  if (width === 1 && bytes[2] === 8) return columnOf(name, shape, bytes.slice(start));
  const numbers = new Float32Array(sizeOf(shape));
  for (let at = 0; at < numbers.length; at++) numbers[at] = read(view, start + width * at);
  return columnOf(name, shape, numbers);
}

/** A list of texts of a fixed number of letters each: `'descr': '<U3'`. Null for other arrays. */
function readTexts(bytes: Uint8Array): string[] | null {
  const header = new TextDecoder('latin1').decode(bytes.subarray(0, 256));
  const [, order, kind, letters] = /'descr':\s*'([<>|])([US])(\d+)'/.exec(header) ?? [];
  const [, rows] = /'shape':\s*\((\d+),\)/.exec(header) ?? [];
  if (!kind || !rows || bytes[6] !== 1) return null;
  const view = viewOf(bytes);
  const start = 10 + view.getUint16(8, true);
  const length = Number(letters);
  const width = kind === 'U' ? 4 : 1;
  if (bytes.length < start + Number(rows) * length * width) return null;
  return Array.from({ length: Number(rows) }, (_, row) => {
    let text = '';
    for (let at = 0; at < length; at++) {
      const place = start + (row * length + at) * width;
      const code = width === 4 ? view.getUint32(place, order === '<') : view.getUint8(place);
      if (code !== 0) text += String.fromCodePoint(Math.min(code, 0x10ffff));
    }
    return text;
  });
}

function readNumbers(bytes: Uint8Array, file: string): StoredTensor {
  try {
    return readNpy(bytes, file);
  } catch (error) {
    if (error instanceof FormatError) fail('data/file', error.message.replace(/\.$/, ''), 'Download or save it again.');
    throw error;
  }
}

/** Throws where the bytes are no npy file of numbers or texts. `file` is what messages call it. */
export function readNpyColumn(name: string, bytes: Uint8Array, file: string): TableColumn {
  const texts = readTexts(bytes);
  if (texts && texts.length > 0) return textColumn(name, texts);
  const { shape, data } = readNumbers(bytes, file);
  if (shape.length === 0) fail('data/empty', `${file} is a single number`, 'An array of rows is needed.');
  if (data.length === 0) fail('data/empty', `${file} has no rows`, 'One of its sizes is 0.');
  if (data.length > MOST_NUMBERS)
    fail('data/size', `${file} is too large`, 'It does not fit into the memory of a browser.');
  return columnOf(name, shape, data instanceof Uint8Array ? data : Float32Array.from(data as Float64Array, Number));
}
