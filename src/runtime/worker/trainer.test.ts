import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { softmaxReference } from '../../../scripts/softmax-reference.ts';
import { testPlan, testProbe } from '../../../scripts/test-plan.ts';
import type { TrainingPlan } from '../../compiler/plan.ts';
import type { EventName, RuntimeEvents } from '../protocol.ts';
import { loadDataset } from './datasets/load.ts';
import { splitRows } from './evaluator.ts';
import { Trainer } from './trainer.ts';

const fromDisk = async (path: string) => new Uint8Array(await readFile(`public/${path}`));
const WASM = { backend: 'wasm', keep: false } as const;

let trainer: Trainer;
let events: { event: EventName; data: unknown }[];

const seen = <E extends EventName>(event: E) =>
  events.filter((each) => each.event === event).map((each) => each.data as RuntimeEvents[E]);
const losses = () => seen('losses').flatMap((each) => [...each.losses]);

beforeEach(() => {
  events = [];
  trainer = new Trainer({ emit: (event, data) => events.push({ event, data }), readFile: fromDisk });
});

afterEach(() => trainer.close());

const inFileOrder = (step: number) => Array.from({ length: 50 }, (_, i) => (step % 30) * 50 + i);

describe('training on wasm', () => {
  test('follows the trajectory of a float64 reference over more than an epoch', async () => {
    const expected = await softmaxReference(40, 0.5, inFileOrder, fromDisk);
    await trainer.load(testPlan(), WASM);
    const result = await trainer.run(40);
    expect(result).toMatchObject({ steps: 40, step: 40, why: 'done' });
    expect(losses()).toHaveLength(40);
    losses().forEach((loss, step) => {
      expect(loss).toBeCloseTo(expected.losses[step] ?? Number.NaN, 5);
    });
    expect(result.loss).toBe(losses().at(-1));
    const { W } = await trainer.readState();
    W?.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.W[i] ?? Number.NaN, 5);
    });
  });

  test('losses arrive in order, each once, whatever the turns', async () => {
    await trainer.load(testPlan(), WASM);
    await trainer.run(7);
    await trainer.step(1);
    await trainer.step(100);
    let next = 0;
    for (const { from, losses } of seen('losses')) {
      expect(from).toBe(next);
      next += losses.length;
    }
    expect(next).toBe(108);
  });

  test('reset gives the same run again, shuffled or not', async () => {
    await trainer.load(testPlan({ shuffle: true }), WASM);
    await trainer.run(70);
    const first = losses();
    events = [];
    await trainer.reset();
    await trainer.run(70);
    expect(losses()).toEqual(first);
    await trainer.load(testPlan({ key: 'ordered' }), WASM);
    events = [];
    await trainer.run(70);
    expect(losses()).not.toEqual(first);
  });

  test('a hyperparameter set while paused or training holds from the next turn', async () => {
    await trainer.load(testPlan(), WASM);
    await trainer.setHyperparameter('lr', 0);
    await trainer.run(30);
    expect(Math.max(...((await trainer.readState()).W ?? []))).toBe(0);
    await expect(trainer.setHyperparameter('momentum', 1)).rejects.toMatchObject({ code: 'runtime/data' });
  });

  test('pause ends the run soon, and training goes on from there', async () => {
    await trainer.load(testPlan(), WASM);
    const run = trainer.run(null);
    while (losses().length < 20) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(trainer.status.phase).toBe('training');
    await trainer.pause();
    const { step, why } = await run;
    expect(why).toBe('paused');
    expect(trainer.status).toMatchObject({ phase: 'paused', step });
    expect(losses()).toHaveLength(step);
    expect(await trainer.step(3)).toMatchObject({ steps: 3, step: step + 3 });
  });

  test('another run ends the one before it', async () => {
    await trainer.load(testPlan(), WASM);
    const endless = trainer.run(null);
    const steps = await Promise.all([trainer.step(5), endless]);
    expect(steps.map(({ why }) => why)).toEqual(['done', 'paused']);
  });

  test('stops after the epochs that the plan says', async () => {
    await trainer.load(testPlan({ epochs: 3 }), WASM);
    expect(await trainer.run(null)).toMatchObject({ step: 90, why: 'epochs' });
    expect(trainer.status).toMatchObject({ epoch: 3, stepsPerEpoch: 30 });
    expect(await trainer.run(null)).toMatchObject({ steps: 0, why: 'epochs' });
    expect(await trainer.step(1)).toMatchObject({ step: 91 });
  });

  test('a diverged run pauses and says at which step', async () => {
    await trainer.load(testPlan({ lr: 1e38 }), WASM);
    const { why } = await trainer.run(1000);
    expect(why).toBe('diverged');
    const first = losses().findIndex((loss) => !Number.isFinite(loss));
    const [problem] = seen('problem');
    expect(problem?.code).toBe('runtime/diverged');
    expect(problem?.message).toContain(`at step ${first + 1}.`);
  });

  test('without a training graph there is nothing to run', async () => {
    const plan = testPlan();
    const graphs = { ...plan.graphs, wasm: { ...plan.graphs.wasm, train: null } };
    await trainer.load({ ...plan, graphs }, WASM);
    await expect(trainer.run(1)).rejects.toMatchObject({ code: 'runtime/no-training' });
    expect(await trainer.evaluate()).toMatchObject({ rows: 297 });
  });
});

describe('evaluation', () => {
  test('is the mean over all rows of the validation split, with the smaller last batch', async () => {
    await trainer.load(testPlan(), WASM);
    const untrained = await trainer.evaluate();
    expect(untrained).toMatchObject({ step: 0, rows: 297 });
    expect(untrained?.loss).toBeCloseTo(Math.log(10), 5);
    await trainer.run(300);
    const trained = await trainer.evaluate();
    expect(trained?.metrics.error).toBeLessThan(0.15);
    // A whole number of the 297 rows is wrong.
    const wrong = (trained?.metrics.error ?? 0) * 297;
    expect(wrong).toBeCloseTo(Math.round(wrong), 3);
    expect(wrong).toBeGreaterThan(0);
  });

  test('covers each split, whatever is left over', async () => {
    const splits = { train: [0, 1500], validation: [1500, 1580], test: [1580, 1797] } as const;
    const covered = (from: number, to: number, sizes: number[]) =>
      splitRows(
        sizes.map((batch) => ({ onnx: new Uint8Array(), inputs: [], outputs: [], external: [], batch })),
        [from, to],
      ).flatMap(({ batches }) => batches.map((rows) => rows?.length));
    expect(covered(0, 850, [500, 100, 250, 350])).toEqual([500, 350]);
    expect(covered(0, 750, [500, 100, 250])).toEqual([500, 250]);
    expect(covered(0, 620, [500, 20, 100])).toEqual([500, 100, 20]);
    await trainer.load(testPlan({ splits }), WASM);
    expect(await trainer.evaluate()).toMatchObject({ split: 'validation', rows: 80 });
    expect(seen('evaluation')).toHaveLength(1);
    await trainer.load(testPlan(), WASM);
    expect(await trainer.evaluate('test')).toBeNull();
    expect(await trainer.evaluate('train')).toMatchObject({ split: 'train', rows: 1500 });
    expect(seen('evaluation')).toHaveLength(1);
  });

  test('takes place at the start, then at the ends of epochs a second or more apart', async () => {
    await trainer.load(testPlan(), WASM);
    const run = trainer.run(null);
    await new Promise((resolve) => setTimeout(resolve, 2300));
    await trainer.pause();
    await run;
    const steps = seen('evaluation').map(({ step }) => step);
    expect(steps[0]).toBe(0);
    // At 0 s, 1 s and 2 s, if the machine has nothing else to do.
    expect([2, 3]).toContain(steps.length);
    for (const step of steps) expect(step % 30).toBe(0);
  });
});

describe('observation', () => {
  test('one frame at once, the gradient of the batch that is at hand', async () => {
    await trainer.load(testPlan(), WASM);
    await trainer.observe(testProbe());
    const { label = [] } = await loadDataset('digits', fromDisk);
    const counts = Array.from({ length: 10 }, (_, c) => label.slice(0, 50).filter((each) => each === c).length);
    const [frame] = seen('frame');
    expect(frame).toMatchObject({ probe: 'probe', step: 0 });
    frame?.outputs.summary?.forEach((value, c) => {
      expect(value).toBeCloseTo(0.1 - (counts[c] ?? 0) / 50, 5);
    });
  });

  test('keeps to its share of the time, does not change training, ends with null', async () => {
    await trainer.load(testPlan(), WASM);
    await trainer.run(200);
    const [alone, before] = [losses(), seen('frame').length];
    expect(before).toBe(0);
    await trainer.reset();
    await trainer.observe(testProbe());
    events = [];
    const started = performance.now();
    const run = trainer.run(null);
    while (losses().length < 200 || performance.now() - started < 1000) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await trainer.pause();
    await run;
    const elapsed = performance.now() - started;
    const frames = seen('frame');
    expect(frames.length).toBeGreaterThan(1);
    // A tenth by design; a busy machine may hold up single frames.
    expect(frames.reduce((sum, frame) => sum + frame.milliseconds, 0)).toBeLessThan(0.25 * elapsed);
    expect(losses().slice(0, 200)).toEqual(alone);
    await trainer.observe(null);
    events = [];
    await trainer.step(10);
    expect(seen('frame')).toHaveLength(0);
  });

  test('on demand', async () => {
    await trainer.load(testPlan(), WASM);
    const frame = await trainer.probe(testProbe());
    expect(frame.outputs.summary).toHaveLength(10);
    expect(seen('frame')).toHaveLength(0);
  });
});

describe('state', () => {
  const trained = async (plan: TrainingPlan) => {
    await trainer.load(plan, WASM);
    await trainer.run(20);
    return trainer.readState();
  };

  test('survives a load with the same key, with its step', async () => {
    const before = await trained(testPlan());
    const status = await trainer.load(testPlan({ batchSize: 25 }), WASM);
    expect(status.step).toBe(20);
    expect(await trainer.readState()).toEqual(before);
  });

  test('with another key is initial, unless it is to be kept', async () => {
    const before = await trained(testPlan());
    await trainer.load(testPlan({ key: 'b' }), { ...WASM, keep: true });
    expect(trainer.status.step).toBe(20);
    expect(await trainer.readState()).toEqual(before);
    await trainer.load(testPlan({ key: 'c' }), WASM);
    expect(trainer.status.step).toBe(0);
    expect(Math.max(...((await trainer.readState()).W ?? []))).toBe(0);
  });

  test('a checkpoint carries on in another trainer as if nothing had happened', async () => {
    await trainer.load(testPlan({ shuffle: true }), WASM);
    await trainer.setHyperparameter('lr', 0.25);
    await trainer.run(20);
    await trainer.loadState(await trainer.readState());
    const checkpoint = seen('checkpoint').at(-1);
    expect(checkpoint).toMatchObject({ step: 20, hyperparameters: { lr: 0.25 } });
    await trainer.run(50);
    const whole = losses();

    const other = new Trainer({ emit: (event, data) => events.push({ event, data }), readFile: fromDisk });
    await other.load(testPlan({ shuffle: true }), { ...WASM, ...(checkpoint && { resume: checkpoint }) });
    events = [];
    await other.run(50);
    expect(seen('losses')[0]?.from).toBe(20);
    expect(losses()).toEqual(whole.slice(20));
    await other.close();
  });

  test('loaded values must fit', async () => {
    await trainer.load(testPlan(), WASM);
    await trainer.loadState({ b: new Float32Array(10).fill(3) });
    expect((await trainer.readState()).b?.[9]).toBe(3);
    await expect(trainer.loadState({ b: new Float32Array(4) })).rejects.toMatchObject({
      message: 'b takes 10 values, not 4.',
    });
  });

  test('the first checkpoint needs no values: the seeds make them', async () => {
    await trainer.load(testPlan(), WASM);
    expect(seen('checkpoint')).toEqual([{ key: 'digits-softmax', step: 0, state: null, hyperparameters: { lr: 0.5 } }]);
  });
});

describe('problems', () => {
  test('data that cannot be loaded leaves the plan before it in place', async () => {
    await trainer.load(testPlan(), WASM);
    await trainer.run(5);
    await expect(trainer.load({ ...testPlan(), classes: { 'digits.label': 3 } }, WASM)).rejects.toMatchObject({
      code: 'runtime/labels',
    });
    expect(trainer.status).toMatchObject({ phase: 'paused', step: 5 });
    expect(await trainer.step(1)).toMatchObject({ step: 6 });
  });

  test('without WebGPU training runs on wasm and says why', async () => {
    const status = await trainer.load(testPlan(), { backend: 'webgpu', keep: false });
    expect(status).toMatchObject({ requested: 'webgpu', backend: 'wasm', build: 'wasm', threads: 1 });
    expect(seen('problem')).toMatchObject([{ code: 'runtime/webgpu-missing' }]);
    events = [];
    const auto = await trainer.load(testPlan(), { backend: 'auto', keep: false });
    expect(auto.reason).toBe('WebGPU is not available in this browser');
    expect(seen('problem')).toEqual([]);
  });

  test('a model that ONNX Runtime refuses', async () => {
    const plan = testPlan();
    const train = plan.graphs.wasm.train;
    const broken = { ...plan.graphs.wasm, train: train && { ...train, onnx: Uint8Array.of(1, 2, 3) } };
    await expect(trainer.load({ ...plan, graphs: { ...plan.graphs, wasm: broken } }, WASM)).rejects.toThrow();
    expect(trainer.status.phase).toBe('failed');
    await trainer.load(plan, WASM);
    expect(await trainer.step(1)).toMatchObject({ step: 1 });
  });

  test('nothing loaded', async () => {
    await expect(trainer.run(1)).rejects.toMatchObject({ message: 'No graph is loaded.' });
  });
});
