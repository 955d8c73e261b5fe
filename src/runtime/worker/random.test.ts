import { describe, expect, test } from 'vitest';
import { RandomState } from './random.ts';

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);

/** Expected values are NumPy's. */
describe('RandomState', () => {
  test('random_sample', () => {
    const random = new RandomState(42);
    expect(draw(3, () => random.uniform())).toEqual([0.3745401188473625, 0.9507143064099162, 0.7319939418114051]);
  });

  test('uniform', () => {
    const random = new RandomState(23455);
    expect(draw(3, () => random.uniform(-0.5, 0.25))).toEqual([
      0.12620738887597127, -0.41387786445536373, 0.001748132845093009,
    ]);
  });

  test('normal', () => {
    const random = new RandomState(0);
    expect(draw(5, () => random.normal())).toEqual([
      1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675,
    ]);
  });

  test('normal with the largest seed', () => {
    const random = new RandomState(4294967295);
    expect(draw(3, () => random.normal(3, 2))).toEqual([4.296817348461305, 4.338647061267633, 0.8389125545051015]);
  });

  test('beyond the first 624 words', () => {
    const samples = new RandomState(7);
    expect(draw(2000, () => samples.uniform())[1999]).toBe(0.6485816947897555);
    const normals = new RandomState(7);
    expect(draw(2001, () => normals.normal())[2000]).toBe(-0.07555973833375573);
  });

  test('a list of seeds, permutation', () => {
    const random = new RandomState([1, 2]);
    expect([...random.permutation(10)]).toEqual([6, 5, 4, 2, 1, 9, 0, 3, 8, 7]);
    expect(random.uniform()).toBe(0.7834176941382364);
    expect([...new RandomState([12, 0]).permutation(300).subarray(0, 5)]).toEqual([258, 265, 64, 114, 275]);
  });
});
