import { describe, expect, test } from 'vitest';
import { Checkpoints } from './checkpoints.ts';
import type { Checkpoint } from './protocol.ts';
import { leastMissed } from './thinning.ts';

const checkpoint = (step: number, size = 1, value = 1): Checkpoint => ({
  key: 'a',
  step,
  state: step === 0 ? null : { w: new Float32Array(size).fill(value) },
  hyperparameters: {},
});

describe('of a long run', () => {
  const kept = new Checkpoints();
  for (let step = 0; step <= 20_000; step += 10) kept.add(checkpoint(step));

  test('a bounded number is kept, the first and the latest among them', () => {
    expect(kept.steps).toHaveLength(24);
    expect(kept.steps[0]).toBe(0);
    expect(kept.steps.slice(-3)).toEqual([19_980, 19_990, 20_000]);
  });

  test('they lie closer together towards the present', () => {
    const gaps = kept.steps.slice(1).map((step, at) => step - (kept.steps[at] ?? 0));
    const half = gaps.length / 2;
    const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
    expect(sum(gaps.slice(0, half))).toBeGreaterThan(4 * sum(gaps.slice(half)));
    for (const gap of gaps.slice(1)) expect(gap).toBeLessThan(12_000);
  });
});

test('large ones are kept within a bound of bytes', () => {
  const kept = new Checkpoints();
  for (let step = 0; step < 20; step++) kept.add(checkpoint(step, 2 ** 21));
  // Eight megabytes each.
  expect(kept.steps).toHaveLength(9);
  expect(kept.steps[0]).toBe(0);
});

test('one that holds no numbers leads nowhere', () => {
  const kept = new Checkpoints();
  kept.add(checkpoint(0));
  kept.add(checkpoint(5));
  kept.add(checkpoint(9, 1, Number.NaN));
  expect(kept.newest(20, 'a')?.step).toBe(5);
  expect(kept.newest(4, 'a')?.step).toBe(0);
  expect(kept.newest(20, 'b')).toBeNull();
});

test('a change from outside is not made again', () => {
  const kept = new Checkpoints();
  kept.add(checkpoint(0));
  kept.add(checkpoint(5));
  kept.breakHere();
  kept.add(checkpoint(9));
  const first = kept.newest(4, 'a') as Checkpoint;
  expect(first.step).toBe(0);
  expect([4, 5, 9].map((step) => kept.leadsTo(first, step))).toEqual([true, false, false]);
  expect(kept.leadsTo(kept.newest(8, 'a') as Checkpoint, 8)).toBe(true);
  // Going back forgets what came later.
  kept.add(checkpoint(3));
  expect(kept.steps).toEqual([0, 3]);
  kept.add(checkpoint(8));
  expect(kept.leadsTo(kept.newest(7, 'a') as Checkpoint, 7)).toBe(true);
});

test('of moments the first and the last are never let go of', () => {
  expect(leastMissed([0, 1, 2, 100])).toBe(1);
  expect(leastMissed([0, 100])).toBe(-1);
  expect(leastMissed([0, 1, 2, 100], (at) => at === 2)).toBe(2);
});
