/** Bytes of files: counted, hashed and unpacked on their way. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { fail } from './errors.ts';

/** A file as the user chose it. `path` begins with the folder it was chosen in. */
export interface DataInput {
  readonly path: string;
  readonly blob: Blob;
}

export interface Progress {
  /** What is being done, such as `Reading iris.csv`. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

export type OnProgress = (progress: Progress) => void;

/** Bytes that one file may unpack to. */
const MOST_BYTES = 2 ** 32;

/** Of content that comes in pieces. */
export class Hash {
  readonly #hash = sha256.create();

  add(part: Uint8Array | string): void {
    this.#hash.update(typeof part === 'string' ? new TextEncoder().encode(part) : part);
  }

  hex(): string {
    return bytesToHex(this.#hash.digest());
  }
}

export async function startOf(blob: Blob, length: number): Promise<Uint8Array> {
  return new Uint8Array(await blob.slice(0, length).arrayBuffer());
}

export const isGzip = (start: Uint8Array) => start[0] === 0x1f && start[1] === 0x8b;

/** The pieces of a file, unpacked if it is gzip; `hash` gets what is in the file itself. */
export async function* piecesOf(
  { path, blob }: DataInput,
  onProgress: OnProgress,
  hash?: Hash,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      hash?.add(chunk);
      read += chunk.length;
      onProgress({ what: `Reading ${path}`, done: read, total: blob.size });
      controller.enqueue(chunk);
    },
  });
  const raw = (blob.stream() as ReadableStream<Uint8Array>).pipeThrough(counted);
  const packed = isGzip(await startOf(blob, 2));
  const stream = packed
    ? raw.pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>)
    : raw;
  const reader = stream.getReader();
  let unpacked = 0;
  for (;;) {
    const next = await reader.read().catch((error: unknown) => broken(path, packed, unpacked, error));
    if (next.done) return;
    unpacked += next.value.length;
    if (unpacked > MOST_BYTES) {
      await reader.cancel();
      fail('data/size', `${path} unpacks to more than 4 GB`, 'That does not fit into the memory of a browser.');
    }
    yield next.value;
  }
}

function broken(path: string, packed: boolean, unpacked: number, error: unknown): never {
  const why = error instanceof Error && error.message ? ` (${error.message})` : '';
  if (packed) {
    fail(
      'data/file',
      `${path} is cut off or damaged`,
      `Its gzip data ends or breaks after ${unpacked} unpacked bytes${why}. Download it again.`,
    );
  }
  return fail('data/file', `${path} cannot be read`, `The file has changed or is gone since it was chosen${why}.`);
}

/** The whole file, unpacked if it is gzip. */
export async function bytesOf(input: DataInput, onProgress: OnProgress, hash?: Hash): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of piecesOf(input, onProgress, hash)) {
    pieces.push(piece);
    length += piece.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
