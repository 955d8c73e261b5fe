import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { tutorialEarlyStopping } from '../../../scripts/early-stopping.ts';
import { softmaxReference } from '../../../scripts/softmax-reference.ts';
import { compile } from '../../compiler/compile.ts';
import type { TrainingOptions } from '../../compiler/document.ts';
import type { TrainingPlan } from '../../compiler/plan.ts';
import { registry } from '../../nodes/registry.ts';
import type { EventName, RuntimeEvents } from '../protocol.ts';
import { Trainer } from './trainer.ts';

const fromDisk = async (path: string) => new Uint8Array(await readFile(`public/${path}`));
const WASM = { backend: 'wasm', keep: false } as const;
/** Rows of the digits to train on. */
const ROWS = 1500;

let trainer: Trainer;
let events: { event: EventName; data: unknown }[];

const seen = <E extends EventName>(event: E) =>
  events.filter((each) => each.event === event).map((each) => each.data as RuntimeEvents[E]);
const losses = () => seen('losses').flatMap((each) => [...each.losses]);
/** At the steps that the rules asked for. */
const validations = () => seen('rules').map(({ step }) => seen('evaluation').find((each) => each.step === step));

function open(): Trainer {
  return new Trainer({ emit: (event, data) => events.push({ event, data }), readFile: fromDisk });
}

beforeEach(() => {
  events = [];
  trainer = open();
});

afterEach(() => trainer.close());

/** Softmax regression on the digits that begins at zero, or a small network, as it is compiled from a drawing. */
function planOf(training: Partial<TrainingOptions>, { lr = 0.5, hidden = 0 } = {}): TrainingPlan {
  const zeros = { initializer: 'zeros' };
  const layer = {
    W1: ['Parameter', {}, { shape: [64, hidden], seed: 1 }],
    sum: ['MatMul', { a: 'digits', b: 'W1' }],
    act: ['Tanh', { x: 'sum' }],
  } as const;
  const document = drawing(
    {
      digits: ['Data', {}, { dataset: 'digits' }],
      ...(hidden > 0 && layer),
      W: ['Parameter', {}, { shape: [hidden || 64, 10], ...zeros }],
      b: ['Parameter', {}, { shape: [10], ...zeros }],
      logits: ['Gemm', { a: hidden > 0 ? 'act' : 'digits', b: 'W', c: 'b' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'logits', labels: 'digits:y' }],
      sgd: ['SGD', { cost: 'loss' }, { lr }],
    },
    { training: { batchSize: 50, shuffle: false, ...training } },
  );
  const { plan, diagnostics } = compile(document, registry);
  if (!plan) throw new Error(diagnostics.map(({ title }) => title).join('; '));
  return plan;
}

describe('the last batch of an epoch', () => {
  const batch = 64;
  const cases = [
    { lastBatch: 'drop', perEpoch: 23, rows: (at: number) => range(at * batch, batch) },
    { lastBatch: 'keep', perEpoch: 24, rows: (at: number) => range(at * batch, at === 23 ? 28 : batch) },
    { lastBatch: 'fill', perEpoch: 24, rows: (at: number) => range(at * batch, batch).map((row) => row % ROWS) },
  ] as const;

  for (const { lastBatch, perEpoch, rows } of cases) {
    test(`${lastBatch}: follows a float64 reference over more than two epochs`, async () => {
      const steps = 2 * perEpoch + 3;
      const expected = await softmaxReference(steps, 0.5, (step) => rows(step % perEpoch), fromDisk);
      const status = await trainer.load(planOf({ batchSize: batch, lastBatch }), WASM);
      expect(status.stepsPerEpoch).toBe(perEpoch);
      await trainer.run(steps);
      expect(losses()).toHaveLength(steps);
      losses().forEach((loss, step) => {
        expect(loss).toBeCloseTo(expected.losses[step] ?? Number.NaN, 5);
      });
      const { W } = await trainer.readState();
      W?.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.W[i] ?? Number.NaN, 5);
      });
    });
  }

  test('keep: fewer rows than a batch are one batch', async () => {
    const plan = planOf({ batchSize: 2000, lastBatch: 'keep' });
    const expected = await softmaxReference(3, 0.5, () => range(0, ROWS), fromDisk);
    await trainer.load(plan, WASM);
    await trainer.run(3);
    losses().forEach((loss, step) => {
      expect(loss).toBeCloseTo(expected.losses[step] ?? Number.NaN, 4);
    });
  });
});

describe('batches of any size', () => {
  test('one row: online', async () => {
    const expected = await softmaxReference(120, 0.05, (step) => [step], fromDisk);
    await trainer.load(planOf({ batchSize: 1 }, { lr: 0.05 }), WASM);
    await trainer.run(120);
    losses().forEach((loss, step) => {
      expect(loss).toBeCloseTo(expected.losses[step] ?? Number.NaN, 4);
    });
    expect(trainer.status.stepsPerEpoch).toBe(ROWS);
  });

  test('all rows: an epoch is a step', async () => {
    await trainer.load(planOf({ batchSize: ROWS, epochs: 12, shuffle: true }), WASM);
    const expected = await softmaxReference(12, 0.5, () => range(0, ROWS), fromDisk);
    expect(await trainer.run(null)).toMatchObject({ steps: 12, why: 'epochs' });
    losses().forEach((loss, step) => {
      expect(loss).toBeCloseTo(expected.losses[step] ?? Number.NaN, 4);
    });
  });
});

describe('a schedule', () => {
  const schedule = { kind: 'step', factor: 0.5, every: 1, warmup: 10, warmupStart: 0.1 } as const;

  test('makes the steps that are made when the rate is set by hand before each', async () => {
    await trainer.load(planOf({ schedule }), WASM);
    await trainer.run(70);
    const state = await trainer.readState();
    const scheduled = losses();
    events = [];
    await trainer.load({ ...planOf({}), key: 'by hand' }, WASM);
    for (let step = 0; step < 70; step++) {
      const warm = step < 10 ? 0.1 + (0.9 * step) / 10 : 1;
      await trainer.setHyperparameter('lr', 0.5 * Math.fround(warm * 0.5 ** Math.floor(step / 30)));
      await trainer.step(1);
    }
    expect(losses()).toEqual(scheduled);
    expect(await trainer.readState()).toEqual(state);
  });

  test('goes on in another trainer, and tells the rate of the last step', async () => {
    const plan = planOf({ schedule });
    await trainer.load(plan, WASM);
    await trainer.run(40);
    expect(seen('losses').at(-1)?.learningRate).toBeCloseTo(0.25, 12);
    await trainer.loadState({});
    const checkpoint = seen('checkpoint').at(-1);
    await trainer.run(65);
    const whole = losses();
    const other = open();
    await other.load(plan, { ...WASM, ...(checkpoint && { resume: checkpoint }) });
    events = [];
    await other.run(65);
    expect(losses()).toEqual(whole.slice(40));
    await other.close();
  });
});

describe('validation', () => {
  test('takes place every so many steps, whatever the turns', async () => {
    await trainer.load(planOf({ validation: { every: 'steps', steps: 7 } }), WASM);
    await trainer.run(40);
    expect(seen('evaluation').map(({ step }) => step)).toEqual([0, 7, 14, 21, 28, 35]);
    expect(new Set(seen('evaluation').map(({ split }) => split))).toEqual(new Set(['validation']));
  });

  test('at the end of every epoch', async () => {
    await trainer.load(planOf({ validation: { every: 'epoch' }, epochs: 4 }), WASM);
    await trainer.run(null);
    expect(seen('evaluation').map(({ step }) => step)).toEqual([0, 30, 60, 90, 120]);
  });
});

describe('early stopping', () => {
  const patience = { rule: 'patience', patience: 60, patienceIncrease: 2.5, improvementThreshold: 0.99 } as const;

  /** A learning rate at which the validation loss goes up and down. */
  const lively = { lr: 2, hidden: 16 };

  test('by patience ends where the pseudo-code of the tutorial does on the same validation losses', async () => {
    await trainer.load(planOf({ earlyStopping: patience, epochs: 100 }, lively), WASM);
    const result = await trainer.run(null);
    const found = new Map(validations().map((evaluation) => [evaluation?.step, evaluation?.loss ?? Number.NaN]));
    const expected = tutorialEarlyStopping(
      { n_train_batches: 30, n_epochs: 100, patience: 60, patience_increase: 2.5, improvement_threshold: 0.99 },
      (iter) => found.get(iter + 1) ?? Number.NaN,
    );
    expect(expected.done_looping).toBe(true);
    expect(result).toMatchObject({ why: 'early', step: expected.minibatches });
    expect(seen('rules').at(-1)).toMatchObject({
      best: { step: (expected.best_iter ?? 0) + 1, value: expected.best_validation_loss },
    });
    expect(result.step).toBeGreaterThan(61);
  });

  test('has no say in a run of a number of steps, and ends an open one at once where it would have ended', async () => {
    await trainer.load(planOf({ earlyStopping: { ...patience, patience: 5 } }, { lr: 0 }), WASM);
    expect(await trainer.run(20)).toMatchObject({ step: 20, why: 'done' });
    expect(await trainer.run(null)).toMatchObject({ steps: 0, why: 'early' });
  });

  test('survives another trainer: the same end, and the same best', async () => {
    const plan = planOf({ earlyStopping: patience, best: 'restore', epochs: 100 }, lively);
    await trainer.load(plan, WASM);
    const whole = await trainer.run(null);
    const state = await trainer.readState();
    const best = seen('rules').at(-1);

    await trainer.reset();
    events = [];
    await trainer.run(40);
    await trainer.loadState({});
    const checkpoint = seen('checkpoint').at(-1);
    expect(checkpoint?.loop?.rules.at).toBe(30);
    const other = open();
    await other.load(plan, { ...WASM, ...(checkpoint && { resume: checkpoint }) });
    expect(await other.run(null)).toMatchObject({ step: whole.step, why: 'early' });
    expect(seen('rules').at(-1)).toEqual(best);
    expect(await other.readState()).toEqual(state);
    await other.close();
  });

  test('reset and rewind take back what the rules knew', async () => {
    const plan = planOf({ earlyStopping: patience }, lively);
    await trainer.load(plan, WASM);
    await trainer.run(20);
    await trainer.loadState({});
    const checkpoint = seen('checkpoint').at(-1);
    const whole = await trainer.run(null);
    if (checkpoint) await trainer.rewind(checkpoint);
    expect(await trainer.run(null)).toMatchObject({ step: whole.step, why: 'early' });
    await trainer.reset();
    expect(seen('rules').at(-1)).toMatchObject({ step: 0, best: null, patience: 60 });
    expect(await trainer.run(null)).toMatchObject({ step: whole.step, why: 'early' });
  });
});

describe('the best parameters', () => {
  const earlyStopping = { rule: 'epochs', epochs: 3 } as const;
  const lively = { lr: 2, hidden: 16 };

  async function stateAt(step: number) {
    const other = open();
    await other.load(planOf({}, lively), WASM);
    await other.run(step);
    const state = await other.readState();
    await other.close();
    return state;
  }

  test('are restored when training ends by itself, and the step stays', async () => {
    await trainer.load(planOf({ earlyStopping, best: 'restore' }, lively), WASM);
    const { step, why } = await trainer.run(null);
    const best = seen('rules').at(-1)?.best;
    expect([why, step]).toEqual(['early', (best?.step ?? 0) + 90]);
    // The figures on show are those of what is there now.
    expect(seen('evaluation').at(-1)).toMatchObject({ step, loss: best?.value });
    expect(await trainer.readState()).toEqual(await stateAt(best?.step ?? 0));
  });

  test('or when they are asked for', async () => {
    await trainer.load(planOf({ earlyStopping }, lively), WASM);
    expect(await trainer.restoreBest()).toBeNull();
    const { step } = await trainer.run(null);
    const best = seen('rules').at(-1)?.best;
    expect(await trainer.readState()).not.toEqual(await stateAt(best?.step ?? 0));
    expect(await trainer.restoreBest()).toBe(best?.step);
    expect(await trainer.readState()).toEqual(await stateAt(best?.step ?? 0));
    expect(trainer.status.step).toBe(step);
  });

  test('are not kept unless something asks for it', async () => {
    await trainer.load(planOf({ validation: { every: 'epoch' } }, lively), WASM);
    await trainer.run(90);
    expect(seen('rules').at(-1)).toMatchObject({ kept: null });
    expect(await trainer.restoreBest()).toBeNull();
  });
});

test('a plateau lets the rate of later steps fall', async () => {
  const schedule = { kind: 'plateau', wait: 1, factor: 0.5, floor: 0.25 } as const;
  await trainer.load(planOf({ schedule }, { lr: 0 }), WASM);
  // The first epoch is the best there is. Then the rate falls twice, and a third time would be below the floor.
  expect(await trainer.run(null)).toMatchObject({ step: 120, why: 'early' });
  expect(seen('rules').at(-1)).toMatchObject({ falls: [60, 90], ending: 'floor' });
});

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
