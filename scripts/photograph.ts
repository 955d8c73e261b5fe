/**
 * Makes public/data/photograph.npy.gz of a JPEG: `npm run photograph -- china.jpg`. The picture is scaled to the
 * height, cut to the width around its middle, and laid out as [channel, row, column]. Decoders and scalers differ between
 * browsers, so the pixels are shipped and not the JPEG.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'fflate';
import jpeg from 'jpeg-js';
import { writeNpy } from '../src/formats/npy.ts';
import { differences } from '../src/runtime/worker/datasets/photograph.ts';

const HEIGHT = 639;
const WIDTH = 516;

const { data, width, height } = jpeg.decode(readFileSync(process.argv[2] ?? ''), {
  useTArray: true,
  formatAsRGBA: false,
});
const scale = height / HEIGHT;

/** Between the four pixels around a point, which lies in the middle of a pixel where it is whole. */
function sample(channel: number, row: number, column: number): number {
  const clamp = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  const at = (y: number, x: number) => data[(clamp(y, height) * width + clamp(x, width)) * 3 + channel] as number;
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [down, right] = [row - top, column - left];
  const above = at(top, left) * (1 - right) + at(top, left + 1) * right;
  const below = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right;
  return Math.round(above * (1 - down) + below * down);
}

const pixels = new Uint8Array(3 * HEIGHT * WIDTH);
for (let at = 0; at < pixels.length; at++) {
  const [channel, row, column] = [Math.floor(at / (HEIGHT * WIDTH)), Math.floor(at / WIDTH) % HEIGHT, at % WIDTH];
  pixels[at] = sample(channel, (row + 0.5) * scale - 0.5, (column + 0.5 - WIDTH / 2) * scale + width / 2 - 0.5);
}
const shape = [3, HEIGHT, WIDTH];
const packed = gzipSync(writeNpy({ dtype: 'uint8', shape, data: differences(pixels, shape) }), { level: 9, mtime: 0 });
writeFileSync('public/data/photograph.npy.gz', packed);
console.log(`public/data/photograph.npy.gz: ${packed.length} bytes`);
