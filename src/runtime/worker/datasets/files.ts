/** Reading the formats that data sets come in. */

import Papa from 'papaparse';

/** Reads a file of the app by its path below the page, such as `data/iris.csv`. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** For worker and page: `base` is the page's address. */
export function fetchFrom(base: string): ReadFile {
  return async (path) => {
    const response = await fetch(new URL(path, base));
    if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
}

/** Some servers send .gz files with `Content-Encoding: gzip`, and then they arrive unpacked already. */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Rows of numbers. */
export function parseCsv(bytes: Uint8Array): number[][] {
  const { data, errors } = Papa.parse<number[]>(new TextDecoder().decode(bytes), {
    dynamicTyping: true,
    skipEmptyLines: true,
  });
  const [error] = errors.filter((problem) => problem.type !== 'Delimiter');
  if (error) throw new Error(`row ${(error.row ?? 0) + 1}: ${error.message}`);
  return data;
}

/** IDX as in MNIST: two zero bytes, the type 8 (bytes), the rank, big-endian sizes, the bytes. */
export function parseIdx(bytes: Uint8Array): { shape: number[]; data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 + 4 * rank || view.getUint16(0) !== 0 || bytes[2] !== 8)
    throw new Error('not an IDX file of bytes');
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const data = bytes.subarray(4 + 4 * rank);
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (data.length !== size) throw new Error(`${data.length} bytes for shape [${shape.join(', ')}]`);
  return { shape, data };
}
