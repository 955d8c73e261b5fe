/**
 * Safetensors, https://github.com/huggingface/safetensors: eight bytes with the length of a JSON header, the header, the
 * tensors one after another without gaps.
 */
import {
  countElements,
  decodeElements,
  encodeElements,
  FormatError,
  ITEM_BYTES,
  type StoredDType,
  type StoredTensor,
} from './tensor.ts';

const CODES: Readonly<Record<string, StoredDType>> = {
  BOOL: 'bool',
  I8: 'int8',
  I16: 'int16',
  I32: 'int32',
  I64: 'int64',
  U8: 'uint8',
  U16: 'uint16',
  U32: 'uint32',
  U64: 'uint64',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
};

/** Of the format itself. */
const LONGEST_HEADER = 100_000_000;
const METADATA = '__metadata__';

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** `where` is what messages call the file. Throws a FormatError. */
export function readSafetensors(bytes: Uint8Array, where = 'The file'): Safetensors {
  const { header, data } = readHeader(bytes, where);
  const { [METADATA]: metadata = {}, ...rest } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((text) => typeof text === 'string')) {
    throw new FormatError(`${where}: ${METADATA} in the header is no list of texts by name.`);
  }
  const entries = Object.entries(rest).map(([name, entry]) => readEntry(name, entry, where));
  checkPlaces(entries, data.length, where);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, from, to } of entries) {
    tensors.set(name, { dtype, shape, data: decodeElements(dtype, data.subarray(from, to)) });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function readHeader(bytes: Uint8Array, where: string): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) throw new FormatError(`${where} has ${bytes.length} bytes, too few for a safetensors file.`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > LONGEST_HEADER) {
    throw new FormatError(`${where} is no safetensors file: its header would have ${length} bytes.`);
  }
  if (8 + length > bytes.length) {
    throw new FormatError(
      `${where} is cut off: its header should end at byte ${8 + length}, and there are ${bytes.length} bytes.`,
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length));
    const header: unknown = JSON.parse(text);
    if (isRecord(header)) return { header, data: bytes.subarray(8 + length) };
  } catch {
    // The sentence below says it.
  }
  throw new FormatError(`${where}: the header, bytes 8 to ${8 + length}, is no JSON object.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readEntry(name: string, entry: unknown, where: string): Entry {
  const place = `“${name}” in ${where}`;
  const { dtype: code, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const dtype = typeof code === 'string' && Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (!dtype) {
    throw new FormatError(`${place} has elements of “${String(code)}”; ${Object.keys(CODES).join(', ')} can be read.`);
  }
  if (!isNumbers(shape)) throw new FormatError(`${place} has no shape that is a list of sizes.`);
  if (!isNumbers(offsets) || offsets.length !== 2) throw new FormatError(`${place} has no data_offsets [begin, end].`);
  const [from = 0, to = 0] = offsets;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
    throw new FormatError(`${place} lies from byte ${from} to byte ${to} of the data, which is nowhere.`);
  }
  const needed = countElements(shape, `${place}: the shape [${shape.join(', ')}]`) * ITEM_BYTES[dtype];
  if (needed !== to - from) {
    throw new FormatError(
      `${place} of shape [${shape.join(', ')}] and ${code} takes ${needed} bytes, not ${to - from}.`,
    );
  }
  return { name, dtype, shape, from, to };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

/** Tensors lie side by side and fill the data, so that no byte is read twice and none is hidden. */
function checkPlaces(entries: readonly Entry[], length: number, where: string): void {
  let end = 0;
  let before = 'the beginning';
  for (const { name, from, to } of entries.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) throw new FormatError(`${where}: “${name}” begins at byte ${from} of the data, within ${before}.`);
    if (from > end) throw new FormatError(`${where}: bytes ${end} to ${from} of the data belong to no tensor.`);
    if (to > length) {
      throw new FormatError(
        `${where} is cut off: “${name}” should end at byte ${to} of the data, and ${length} are there.`,
      );
    }
    end = to;
    before = `“${name}”`;
  }
  if (end !== length) throw new FormatError(`${where}: bytes ${end} to ${length} of the data belong to no tensor.`);
}

/** Equal tensors give equal bytes. Data begin at a multiple of eight bytes, and wider elements come first, so all are aligned. */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const ordered = [...tensors].sort(
    ([a, { dtype: left }], [b, { dtype: right }]) => ITEM_BYTES[right] - ITEM_BYTES[left] || (a < b ? -1 : 1),
  );
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [name, tensor] of ordered) {
    if (name === METADATA) throw new FormatError(`A tensor cannot be called ${METADATA}.`);
    const part = encodeElements(tensor);
    const dtype = Object.keys(CODES).find((code) => CODES[code] === tensor.dtype);
    header.push([name, { dtype, shape: tensor.shape, data_offsets: [end, end + part.length] }]);
    parts.push(part);
    end += part.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end).fill(32, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  let at = 8 + length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
