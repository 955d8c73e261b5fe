/** Pictures by folder: each is made the same size, and is of the class its folder is called. */
import type { PictureFormat } from '../compiler/datasets.ts';
import { fail } from './errors.ts';
import type { OnProgress } from './streams.ts';
import { MOST_NUMBERS, type Table, type TableColumn, textColumn } from './table.ts';

/** Browsers decode pictures; whoever reads them elsewhere brings a decoder. */
export interface PictureDecoder {
  readonly sizeOf: (bytes: Uint8Array) => Promise<{ readonly height: number; readonly width: number }>;
  /** Red, green, blue and opacity of each pixel, row by row, of a picture made this size. */
  readonly decode: (bytes: Uint8Array, height: number, width: number) => Promise<Uint8ClampedArray>;
}

export interface PictureFile {
  readonly path: string;
  readonly bytes: () => Promise<Uint8Array> | Uint8Array;
}

export const isPicture = (path: string) => /\.(png|jpe?g|gif|bmp|webp|avif)$/i.test(path);

/** Pictures that are decoded at a time. */
const AT_ONCE = 32;
/** Larger pictures are made smaller unless the user says otherwise. */
const DEFAULT_SIDE = 64;
const MOST_SIDE = 1024;

function folderOf(path: string): string {
  const parts = path.split('/');
  return parts.at(-2) ?? '';
}

/** The size of the first picture, or as much of it as is usual. */
export async function suggestFormat(files: readonly PictureFile[], decoder: PictureDecoder): Promise<PictureFormat> {
  for (const file of files.slice(0, 20)) {
    const bytes = await file.bytes();
    const size = await decoder.sizeOf(bytes).catch(() => null);
    if (!size) continue;
    const scale = Math.min(1, DEFAULT_SIDE / Math.max(size.height, size.width));
    const height = Math.max(1, Math.round(size.height * scale));
    const width = Math.max(1, Math.round(size.width * scale));
    const pixels = await decoder.decode(bytes, height, width);
    let grey = true;
    for (let at = 0; at < pixels.length && grey; at += 4) {
      grey = pixels[at] === pixels[at + 1] && pixels[at] === pixels[at + 2];
    }
    return { height, width, channels: grey ? 1 : 3 };
  }
  return { height: 28, width: 28, channels: 1 };
}

/** Grey as `0.299 R + 0.587 G + 0.114 B`; colours as three planes. What is transparent lies on white. */
function writePixels(pixels: Uint8ClampedArray, channels: 1 | 3, target: Uint8Array): void {
  const count = target.length / channels;
  for (let at = 0; at < count; at++) {
    const opacity = (pixels[4 * at + 3] ?? 255) / 255;
    const part = (channel: number) => (pixels[4 * at + channel] ?? 0) * opacity + 255 * (1 - opacity);
    if (channels === 1) target[at] = Math.round(0.299 * part(0) + 0.587 * part(1) + 0.114 * part(2));
    else for (let channel = 0; channel < 3; channel++) target[channel * count + at] = Math.round(part(channel));
  }
}

/** Two columns: the pixels, and the class where there is more than one folder. */
export async function readPictures(
  name: string,
  files: readonly PictureFile[],
  format: PictureFormat,
  decoder: PictureDecoder,
  onProgress: OnProgress,
  /** Called for each in their order. */
  onBytes: (path: string, bytes: Uint8Array) => void = () => {},
): Promise<Table> {
  const { height, width, channels } = format;
  const size = height * width * channels;
  if (files.length === 0) fail('data/empty', `${name} has no pictures`, 'PNG, JPEG, GIF, BMP, WebP and AVIF are read.');
  if (Math.max(height, width) > MOST_SIDE || files.length * size > MOST_NUMBERS) {
    fail(
      'data/size',
      `${files.length} pictures of ${width} × ${height} are too large`,
      'They do not fit into the memory of a browser. Make them smaller.',
    );
  }
  const numbers = new Uint8Array(files.length * size);
  const flaws = new Map<number, string>();
  const read = async (bytes: Uint8Array, row: number) => {
    try {
      const pixels = await decoder.decode(bytes, height, width);
      writePixels(pixels, channels, numbers.subarray(row * size, (row + 1) * size));
    } catch {
      flaws.set(row, 'is no picture that can be read');
    }
  };
  for (let first = 0; first < files.length; first += AT_ONCE) {
    const part = files.slice(first, first + AT_ONCE);
    const contents = await Promise.all(part.map((file) => file.bytes()));
    for (const [at, { path }] of part.entries()) onBytes(path, contents[at] ?? new Uint8Array());
    await Promise.all(contents.map((bytes, at) => read(bytes, first + at)));
    onProgress({ what: `Decoding ${name}`, done: first + part.length, total: files.length });
  }
  const pixels: TableColumn = {
    name: 'pixels',
    shape: channels === 1 ? [height * width] : [3, height, width],
    ...(channels === 1 && { image: [height, width] as const }),
    numbers,
    codes: null,
    texts: [],
    missing: 0,
    bad: 0,
    odd: [],
  };
  const classes = textColumn(
    'class',
    files.map(({ path }) => folderOf(path)),
  );
  return {
    name,
    rows: files.length,
    columns: classes.texts.length > 1 ? [pixels, classes] : [pixels],
    flaws,
    place: (row) => files[row]?.path ?? '',
  };
}
