import { expect, test } from 'vitest';
import { pixelsOf, planeAt, planesOf, rangeOf } from './planes.ts';

test('tensors are stacks of pictures by their rank', () => {
  expect(planesOf([5, 3, 8, 9], null)).toEqual({ rows: 5, channels: 3, height: 8, width: 9 });
  expect(planesOf([3, 8, 9], null)).toEqual({ rows: 1, channels: 3, height: 8, width: 9 });
  expect(planesOf([8, 9], null)).toEqual({ rows: 1, channels: 1, height: 8, width: 9 });
  expect(planesOf([50, 64], [8, 8])).toEqual({ rows: 50, channels: 1, height: 8, width: 8 });
  expect(planesOf([7], null)).toBeNull();
});

test('a plane is the one of its row and channel', () => {
  const planes = planesOf([2, 3, 2, 2], null);
  const values = Float32Array.from({ length: 24 }, (_, at) => at);
  expect(planes && [...planeAt(values, planes, 1, 2)]).toEqual([20, 21, 22, 23]);
});

test('grey goes from the least to the greatest; zero is the middle of what diverges; no number is red', () => {
  const plane = Float32Array.from([-1, 0, 3, Number.NaN]);
  const range = rangeOf(plane);
  expect(range).toEqual({ low: -1, high: 3 });
  const at = (pixels: Uint8ClampedArray, pixel: number) => [...pixels.subarray(4 * pixel, 4 * pixel + 3)];
  const grey = pixelsOf(plane, range, 'grey');
  expect([at(grey, 0), at(grey, 1), at(grey, 2)]).toEqual([
    [0, 0, 0],
    [64, 64, 64],
    [255, 255, 255],
  ]);
  const coloured = pixelsOf(plane, range, 'diverging');
  expect(at(coloured, 1)).toEqual([246, 247, 249]);
  expect(at(coloured, 2)).toEqual([26, 102, 217]);
  const [red = 0, , blue = 0] = at(coloured, 0);
  expect(red).toBeGreaterThan(blue);
  expect(at(coloured, 3)).toEqual([220, 40, 40]);
});
