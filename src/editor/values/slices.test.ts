import { expect, test } from 'vitest';
import { firstCorner, parseSlice } from './slices.ts';

test('parts are named as in NumPy', () => {
  expect(parseSlice('1', [2, 3])).toEqual({ indices: [3, 4, 5], shape: [3] });
  expect(parseSlice('[:, 1:]', [2, 3])).toEqual({ indices: [1, 2, 4, 5], shape: [2, 2] });
  expect(parseSlice('-1, -2', [2, 3])).toEqual({ indices: [4], shape: [] });
  expect(parseSlice('', [2, 2])).toEqual({ indices: [0, 1, 2, 3], shape: [2, 2] });
  expect(parseSlice('0:9, 0', [2, 2])?.indices).toEqual([0, 2]);
});

test('what is no part of a tensor is refused', () => {
  for (const text of ['2', '0, 3', '1:1', 'a', '0, 0, 0', '1:2:3', '-3']) expect(parseSlice(text, [2, 3])).toBeNull();
});

test('a corner fits into the room there is', () => {
  expect(firstCorner([3, 4], 64)).toBe(':, :');
  expect(firstCorner([64, 32], 64)).toBe('0:2, :');
  expect(firstCorner([8, 1, 100], 64)).toBe('0, :, 0:64');
  expect(parseSlice(firstCorner([20, 7, 5, 5], 64), [20, 7, 5, 5])?.indices.length).toBeLessThanOrEqual(64);
});
