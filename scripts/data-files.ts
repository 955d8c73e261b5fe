/** Files of data in a few lines, for tests. */
import { gzipSync, zipSync } from 'fflate';
import { type Opened, openFiles, type Ports, type Wishes } from '../src/data/load.ts';
import type { DataInput } from '../src/data/streams.ts';

const encode = (text: string) => new TextEncoder().encode(text);

export function file(path: string, content: string | Uint8Array): DataInput {
  return { path, blob: new Blob([content as BlobPart]) };
}

export const gzipped = (content: string | Uint8Array) =>
  gzipSync(typeof content === 'string' ? encode(content) : content);

export const zipped = (files: Readonly<Record<string, string | Uint8Array>>) =>
  zipSync(
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? encode(content) : content]),
    ),
  );

/** Bytes of an IDX file. */
export function idx(shape: readonly number[], values: readonly number[], type = 8): Uint8Array {
  const header = new Uint8Array(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  const view = new DataView(header.buffer);
  for (const [axis, size] of shape.entries()) view.setUint32(4 + 4 * axis, size);
  return Uint8Array.from([...header, ...values]);
}

/** Bytes of an npy file of version 1. */
export function npy(descr: string, shape: readonly number[], data: ArrayBufferView, fortran = false): Uint8Array {
  const order = fortran ? 'True' : 'False';
  const text = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const padded = `${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Uint8Array.from([
    0x93,
    ...encode('NUMPY'),
    1,
    0,
    padded.length & 255,
    padded.length >> 8,
    ...encode(padded),
    ...bytes,
  ]);
}

/** Pictures of tests are two sizes, height and width, and a shade of grey, or text that is none. */
export const picture = (height: number, width: number, shade: number) => Uint8Array.of(height, width, shade);

export const ports: Ports = {
  onProgress: () => {},
  builtIn: () => Promise.reject(new Error('none here')),
  decoder: {
    async sizeOf(bytes) {
      if (bytes.length !== 3) throw new Error('no picture');
      return { height: bytes[0] ?? 0, width: bytes[1] ?? 0 };
    },
    async decode(bytes, height, width) {
      if (bytes.length !== 3) throw new Error('no picture');
      const shade = bytes[2] ?? 0;
      return Uint8ClampedArray.from({ length: 4 * height * width }, (_, at) => (at % 4 === 3 ? 255 : shade));
    },
  },
};

export const open = (inputs: readonly DataInput[], wishes: Wishes = {}): Promise<Opened> =>
  openFiles(inputs, wishes, ports);
