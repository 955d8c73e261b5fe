import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TutorialOptions, tutorialEarlyStopping } from '../../../scripts/early-stopping.ts';
import { DEFAULT_LOOP, type LoopOptions, loopOptions } from '../../compiler/training-options.ts';
import { beginRules, endingOf, validated, validationFrequency, validationSteps } from './rules.ts';

/** Steps until the rules end training, as the trainer asks them. */
function follow(loop: LoopOptions, stepsPerEpoch: number, most: number, validate: (step: number) => number) {
  let state = beginRules(loop);
  const every = validationSteps(loop, stepsPerEpoch);
  let step = 0;
  while (step < most && endingOf(loop, state, step) === null) {
    step++;
    if (every.some((each) => step % each === 0)) {
      state = validated(loop, state, step, stepsPerEpoch, validate(step));
    }
  }
  return { step, state, ending: endingOf(loop, state, step) };
}

function byPatience(options: TutorialOptions): LoopOptions {
  const { patience, patience_increase: patienceIncrease, improvement_threshold: improvementThreshold } = options;
  return loopOptions({ earlyStopping: { rule: 'patience', patience, patienceIncrease, improvementThreshold } });
}

function expectAgreement(options: TutorialOptions, lossAt: (iter: number) => number): void {
  const { n_train_batches, n_epochs } = options;
  const expected = tutorialEarlyStopping(options, lossAt);
  const found = follow(byPatience(options), n_train_batches, n_epochs * n_train_batches, (step) => lossAt(step - 1));
  expect({
    minibatches: found.step,
    best_validation_loss: found.state.best?.value ?? Number.POSITIVE_INFINITY,
    best_iter: found.state.best ? found.state.best.step - 1 : null,
    done_looping: found.ending === 'patience',
  }).toEqual(expected);
}

/** Validation errors in percent of the example mnist-logistic-regression, at the ends of its first 60 epochs of 16 steps. */
const RECORDED = [
  18.9, 15.6, 14.4, 13.8, 13.1, 13, 12.9, 12.7, 12, 11.6, 11.3, 11.3, 11.1, 11.2, 11.2, 11.1, 11, 11, 10.9, 10.7, 10.6,
  10.4, 10.4, 10.2, 10.2, 10.2, 10.2, 10.3, 10.4, 10.3, 10.3, 10.3, 10.4, 10.4, 10.3, 10.3, 10.2, 10.2, 10.3, 10.3,
  10.3, 10.3, 10.3, 10.3, 10.2, 10.2, 10.2, 10.1, 10.2, 10.1, 10.1, 10.1, 10.2, 10.2, 10.2, 10.2, 10.2, 10.2, 10.2,
  10.2,
];

describe('patience', () => {
  test('is that of the tutorial on a recorded course of the validation error', () => {
    const at = (iter: number) => RECORDED[Math.floor(iter / 16)] as number;
    const ends = [100, 200, 400, 5000].map((patience) => {
      const options = {
        n_train_batches: 16,
        n_epochs: 60,
        patience,
        patience_increase: 2,
        improvement_threshold: 0.995,
      };
      expectAgreement(options, at);
      return tutorialEarlyStopping(options, at);
    });
    // Patience grew with the best at step 384, the last by half a percent, in the first three.
    expect(ends.map(({ minibatches, done_looping }) => [minibatches, done_looping])).toEqual([
      [767, true],
      [767, true],
      [767, true],
      [960, false],
    ]);
  });

  test('is that of the tutorial on any losses', () => {
    const options = fc.record({
      n_train_batches: fc.integer({ min: 1, max: 40 }),
      n_epochs: fc.integer({ min: 1, max: 30 }),
      patience: fc.integer({ min: 1, max: 300 }),
      patience_increase: fc.double({ min: 1, max: 4, noNaN: true }),
      improvement_threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const course = fc.array(
      fc.oneof(
        { weight: 20, arbitrary: fc.double({ min: 0, max: 10, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
      ),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(options, course, (each, losses) => {
        expectAgreement(each, (iter) => losses[iter % losses.length] as number);
      }),
      { numRuns: 1000 },
    );
  });

  test('is that of the tutorial on losses that fall and rise again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.9, max: 1, noNaN: true }), (turn, threshold) => {
        const options = { n_train_batches: 7, n_epochs: 100, patience: 50, patience_increase: 2 };
        expectAgreement({ ...options, improvement_threshold: threshold }, (iter) => 1 + Math.abs(iter - turn) / 50);
      }),
    );
  });

  test('validates every epoch, or twice within the first patience where that is shorter', () => {
    expect(validationFrequency(2500, 5000)).toBe(2500);
    expect(validationFrequency(83, 5000)).toBe(83);
    expect(validationFrequency(9000, 5001)).toBe(2500);
    expect(validationFrequency(10, 1)).toBe(1);
  });
});

describe('epochs without a new best', () => {
  const loop = loopOptions({ earlyStopping: { rule: 'epochs', epochs: 3 } });

  test('stop training after so many in a row', () => {
    const losses = [5, 4, 4.5, 3, 3, 3.2, 3.1, 1];
    const { step, state, ending } = follow(loop, 10, 1000, (made) => losses[made / 10 - 1] as number);
    expect([step, ending, state.best]).toEqual([70, 'epochs', { step: 40, value: 3 }]);
  });

  test('are counted in the other direction where larger is better', () => {
    const accuracy = [0.5, 0.6, 0.7, 0.7, 0.65, 0.6];
    const larger = { ...loop, validation: { ...loop.validation, goal: 'larger' as const } };
    const { step, state } = follow(larger, 1, 1000, (made) => accuracy[made - 1] as number);
    expect([step, state.best]).toEqual([6, { step: 3, value: 0.7 }]);
  });

  test('include those whose loss is no number', () => {
    expect(follow(loop, 1, 1000, () => Number.NaN)).toMatchObject({ step: 3, state: { best: null } });
  });

  test('never end training while there are fewer', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 60 }), (losses) => {
        const { step } = follow(loop, 1, losses.length, (made) => losses[made - 1] as number);
        const firstBest = (upTo: number) => losses.indexOf(Math.min(...losses.slice(0, upTo)));
        const ends = losses.findIndex((_, at) => at - firstBest(at + 1) >= 3);
        expect(step).toBe(ends < 0 ? losses.length : ends + 1);
      }),
    );
  });
});

describe('a plateau', () => {
  const schedule = { kind: 'plateau', wait: 2 } as const;

  /** PyTorch's ReduceLROnPlateau (torch/optim/lr_scheduler.py) with threshold 0 and cooldown 0, for its falls. */
  function reduceOnPlateau(losses: readonly number[], wait: number): number[] {
    const patience = wait - 1;
    let best = Number.POSITIVE_INFINITY;
    let bad = 0;
    return losses.flatMap((loss, epoch) => {
      if (loss < best) {
        best = loss;
        bad = 0;
      } else bad++;
      if (bad <= patience) return [];
      bad = 0;
      return [epoch + 1];
    });
  }

  test('lets the learning rate fall when ReduceLROnPlateau does', () => {
    const loop = loopOptions({ schedule: { ...schedule, floor: 0, stopAtFloor: false } });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 80 }), (losses) => {
        const { state } = follow(loop, 4, losses.length * 4, (step) => losses[step / 4 - 1] as number);
        expect(state.plateau.falls).toEqual(reduceOnPlateau(losses, 2).map((epoch) => epoch * 4));
      }),
    );
  });

  test('halves ten times down to 1/1024, and then ends training', () => {
    const { step, state, ending } = follow(loopOptions({ schedule }), 1, 1000, () => 1);
    expect(state.plateau.falls).toEqual([3, 5, 7, 9, 11, 13, 15, 17, 19, 21]);
    expect([step, ending]).toEqual([23, 'floor']);
    expect(follow(loopOptions({ schedule: { ...schedule, stopAtFloor: false } }), 1, 60, () => 1).step).toBe(60);
  });
});

test('where no rule asks for it, evaluations come as time allows', () => {
  expect(validationSteps(DEFAULT_LOOP, 30)).toEqual([]);
  expect(validationSteps(loopOptions({ validation: { every: 'epoch' } }), 30)).toEqual([30]);
  expect(validationSteps(loopOptions({ validation: { every: 'steps', steps: 7 } }), 30)).toEqual([7]);
});
