import { describe, expect, test } from 'vitest';
import { type LoopChoices, loopOptions } from '../../compiler/training-options.ts';
import { isConstant, rateFactor } from './learning-rate.ts';

const PER_EPOCH = 5;

function factors(schedule: LoopChoices['schedule'], steps: number, falls: readonly number[] = []): number[] {
  const complete = loopOptions({ ...(schedule && { schedule }) }).schedule;
  return Array.from({ length: steps }, (_, step) =>
    rateFactor(complete, { step, stepsPerEpoch: PER_EPOCH, falls: falls.filter((fall) => fall <= step).length }),
  );
}

function expectAll(found: readonly number[], expected: (step: number) => number): void {
  found.forEach((factor, step) => {
    expect(factor, `step ${step}`).toBeCloseTo(expected(step), 12);
  });
}

const epochOf = (step: number) => Math.floor(step / PER_EPOCH);

/**
 * PyTorch computes schedules from one step to the next (torch/optim/lr_scheduler.py); these are its recurrences, with the
 * learning rate that is set as 1.
 */
describe('as PyTorch', () => {
  test('StepLR: every step_size epochs the rate is multiplied by gamma', () => {
    let rate = 1;
    const byEpoch = Array.from({ length: 30 }, (_, epoch) => {
      if (epoch > 0 && epoch % 4 === 0) rate *= 0.3;
      return rate;
    });
    expectAll(factors({ kind: 'step', factor: 0.3, every: 4 }, 150), (step) => byEpoch[epochOf(step)] as number);
  });

  test('CosineAnnealingLR, step by step down to eta_min', () => {
    const [min, most] = [0.1, 12 * PER_EPOCH];
    const byStep = [1];
    for (let t = 1; t <= most; t++) {
      const before = byStep[t - 1] as number;
      const ratio = (1 + Math.cos((Math.PI * t) / most)) / (1 + Math.cos((Math.PI * (t - 1)) / most));
      byStep.push(ratio * (before - min) + min);
    }
    expectAll(factors({ kind: 'cosine', period: 12, floor: min }, most + 1), (step) => byStep[step] as number);
    expect(factors({ kind: 'cosine', period: 12, floor: min }, 200).at(-1)).toBe(min);
  });

  test('ReduceLROnPlateau: max(rate * factor, min_lr) at every fall', () => {
    const falls = [10, 20, 25, 60];
    let rate = 1;
    const byStep = Array.from({ length: 80 }, (_, step) => {
      if (falls.includes(step)) rate = Math.max(rate * 0.25, 1 / 100);
      return rate;
    });
    const found = factors({ kind: 'plateau', factor: 0.25, floor: 1 / 100 }, 80, falls);
    expectAll(found, (step) => byStep[step] as number);
    expect(new Set(found)).toEqual(new Set([1, 0.25, 0.0625, 0.015625, 0.01]));
  });

  test('LinearLR warms up, and times another it is a ChainedScheduler', () => {
    const [start, total] = [0.2, 8];
    let warm = start;
    const byStep = Array.from({ length: 60 }, (_, step) => {
      if (step > 0 && step <= total) warm *= 1 + (1 - start) / (total * start + (step - 1) * (1 - start));
      return warm;
    });
    const warmup = { warmup: total, warmupStart: start };
    expectAll(factors(warmup, 60), (step) => byStep[step] as number);
    const both = factors({ ...warmup, kind: 'step', factor: 0.5, every: 1 }, 60);
    expectAll(both, (step) => (byStep[step] as number) * 0.5 ** epochOf(step));
  });
});

test('the tutorials: η₀/(1+d·epoch) with epochs counted from 0', () => {
  expectAll(factors({ kind: 'inverse' }, 500), (step) => 1 / (1 + 0.001 * epochOf(step)));
});

test('the tutorials: η₀/2 again and again, down to η₀/1024', () => {
  const falls = Array.from({ length: 14 }, (_, at) => 10 * (at + 1));
  const found = new Set(factors({ kind: 'plateau' }, 200, falls));
  expect([...found]).toEqual(Array.from({ length: 11 }, (_, at) => 1 / 2 ** at));
});

test('nothing is scaled by default', () => {
  expect(isConstant(loopOptions({}).schedule)).toBe(true);
  expect(isConstant(loopOptions({ schedule: { warmup: 1 } }).schedule)).toBe(false);
  expect(new Set(factors({}, 50))).toEqual(new Set([1]));
});
