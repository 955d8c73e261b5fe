/** The photograph that the convolution tutorials filter: one row, [channel, row, column], values in 0 … 1. */
import { readNpy } from '../../../formats/npy.ts';
import { gunzip, type ReadFile } from './files.ts';
import type { Columns } from './load.ts';

/** Divides by 256, as the tutorials do. */
export async function loadPhotograph(readFile: ReadFile): Promise<Columns> {
  const { data, shape } = readNpy(await gunzip(await readFile('data/photograph.npy.gz')), 'photograph.npy');
  return { pixels: Float32Array.from(restored(data as Uint8Array, shape), (pixel) => pixel / 256) };
}

/**
 * What is stored: each pixel less those on its left and above, plus the one between them, modulo 256. Where colours change
 * slowly these are small numbers, which pack well.
 */
export function differences(pixels: Uint8Array, shape: readonly number[]): Uint8Array {
  const [, height = 1, width = 1] = shape;
  return pixels.map((pixel, at) => pixel - predicted(pixels, at, height, width));
}

export function restored(stored: Uint8Array, shape: readonly number[]): Uint8Array {
  const [, height = 1, width = 1] = shape;
  const pixels = stored.slice();
  for (let at = 0; at < pixels.length; at++) pixels[at] = (stored[at] as number) + predicted(pixels, at, height, width);
  return pixels;
}

function predicted(pixels: Uint8Array, at: number, height: number, width: number): number {
  const inRow = at % width > 0;
  const inColumn = Math.floor(at / width) % height > 0;
  const left = inRow ? (pixels[at - 1] as number) : 0;
  const above = inColumn ? (pixels[at - width] as number) : 0;
  const between = inRow && inColumn ? (pixels[at - width - 1] as number) : 0;
  return left + above - between;
}
