import { expect, test } from 'vitest';
import { elementDirection, placesAround, randomDirection } from './directions.ts';

const W = { slot: 'W', shape: [3, 2], values: Float32Array.from([1, 10, 2, 20, 2, 20]) };
const K = { slot: 'K', shape: [2, 1, 2, 2], values: Float32Array.from([1, 1, 1, 1, 3, 3, 3, 3]) };
const b = { slot: 'b', shape: [2], values: Float32Array.from([5, 5]) };
const norm = (values: readonly number[]) => Math.hypot(...values);

test('random directions are as large as the parameters, filter by filter, and leave biases', () => {
  const [w = new Float32Array(), k = new Float32Array(), bias] = randomDirection([W, K, b], 7);
  // Columns of a matrix are the weights of a unit.
  expect(norm([w[0] ?? 0, w[2] ?? 0, w[4] ?? 0])).toBeCloseTo(3, 4);
  expect(norm([w[1] ?? 0, w[3] ?? 0, w[5] ?? 0])).toBeCloseTo(30, 3);
  expect(norm([...k.subarray(0, 4)])).toBeCloseTo(2, 4);
  expect(norm([...k.subarray(4)])).toBeCloseTo(6, 4);
  expect([...(bias ?? [])]).toEqual([0, 0]);
});

test('the same seed gives the same direction, another gives another', () => {
  expect(randomDirection([W], 1)).toEqual(randomDirection([W], 1));
  expect(randomDirection([W], 1)).not.toEqual(randomDirection([W], 2));
});

test('where there are only vectors, those are moved', () => {
  const [direction = new Float32Array()] = randomDirection([b], 3);
  expect(norm([...direction])).toBeCloseTo(Math.hypot(5, 5), 4);
});

test('a single element, and places with the origin in the middle', () => {
  expect(elementDirection([W, b], 'b', 1).map((each) => [...each])).toEqual([
    [0, 0, 0, 0, 0, 0],
    [0, 1],
  ]);
  expect([...placesAround(2, 5)]).toEqual([-2, -1, 0, 1, 2]);
});
