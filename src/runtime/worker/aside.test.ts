import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import lineFit from '../../../examples/line-fit.json' with { type: 'json' };
import { drawing } from '../../../scripts/drawing.ts';
import { compile } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import type { GradientCheckPlan, TrainingPlan } from '../../compiler/plan.ts';
import { compileGradientCheck } from '../../compiler/questions/check-gradients.ts';
import { compileTrace, type Trace } from '../../compiler/questions/trace.ts';
import { registry } from '../../nodes/registry.ts';
import type { Checkpoint, State } from '../protocol.ts';
import { checkParameters } from './slopes.ts';
import { Trainer } from './trainer.ts';

const fromDisk = async (path: string) => new Uint8Array(await readFile(`public/${path}`));
let trainer: Trainer;
let checkpoints: Checkpoint[];

beforeEach(() => {
  checkpoints = [];
  trainer = new Trainer({
    emit: (event, data) => void (event === 'checkpoint' && checkpoints.push(data as Checkpoint)),
    readFile: fromDisk,
  });
});

afterEach(() => trainer.close());

const load = (document: GraphDocument) =>
  trainer.load(compile(document, registry).plan as TrainingPlan, { backend: 'wasm', keep: false });

describe('gradients are checked', () => {
  const check = (document: GraphDocument) =>
    trainer.checkGradients(compileGradientCheck(document, registry) as GradientCheckPlan);

  test('of a graph as it trains, and training goes on as if nothing had been asked', async () => {
    const document = readDocument(lineFit).document as GraphDocument;
    await load(document);
    await trainer.step(3);
    const before = await trainer.readState();
    const { step, parameters } = await check(document);
    expect(step).toBe(3);
    expect(parameters.map(({ slot, verdict }) => [slot, verdict])).toEqual([
      ['slope', 'pass'],
      ['intercept', 'pass'],
    ]);
    for (const { error } of parameters) expect(error).toBeLessThan(1e-2);
    expect(await trainer.readState()).toEqual(before);
  });

  test('with the same random numbers on both sides', async () => {
    const document = drawing({
      w: ['Parameter', {}, { shape: [50] }],
      kept: ['Dropout', { x: 'w' }, { p: 0.5 }],
      square: ['Mul', { a: 'kept', b: 'kept' }],
      cost: ['ReduceSum', { x: 'square' }],
      sgd: ['SGD', { cost: 'cost' }],
    });
    await load(document);
    await trainer.step(2);
    expect((await check(document)).parameters).toMatchObject([{ slot: 'w', verdict: 'pass' }]);
  });
});

describe('slopes', () => {
  const plan = {
    parameters: [{ node: 'w', slot: 'w', shape: [2], output: 'g' }],
  } as unknown as GradientCheckPlan;
  const state = (values: number[]): State => ({ w: Float32Array.from(values) });
  const verdictOf = async (cost: (w: number[]) => number, at: number[], gradient: number[]) => {
    const costAt = async ({ w }: State) => Math.fround(cost(Array.from(w ?? [])));
    const [found] = await checkParameters(plan, state(at), { g: Float32Array.from(gradient) }, costAt);
    return found;
  };
  const square = ([a = 0, b = 0]: number[]) => a * a + 3 * b * b;

  test('pass where they are right', async () => {
    expect(await verdictOf(square, [1, 2], [2, 12])).toMatchObject({ verdict: 'pass' });
  });

  test('fail where one element is wrong', async () => {
    const found = await verdictOf(square, [1, 2], [2, 11]);
    expect(found).toMatchObject({ verdict: 'fail' });
    expect(found?.error).toBeGreaterThan(0.05);
  });

  test('are unclear at a kink', async () => {
    const relu = ([a = 0, b = 0]: number[]) => Math.max(0, a) + 5 * b;
    expect(await verdictOf(relu, [0, 1], [0, 5])).toMatchObject({ verdict: 'unclear' });
  });

  test('fail where the cost is no number', async () => {
    expect(await verdictOf(() => Number.NaN, [0, 1], [0, 5])).toMatchObject({ verdict: 'fail' });
  });
});

describe('a loss that is no number', () => {
  /** w falls by 0.5 a step from 1.25: its logarithm is no number below 0, in step 4. */
  const document = drawing({
    w: ['Parameter', {}, { shape: [1], initializer: 'values', values: [1.25] }],
    log: ['Log', { x: 'w' }],
    none: ['Constant', {}, { values: [0], shape: [1] }],
    nothing: ['Mul', { a: 'log', b: 'none' }],
    both: ['Add', { a: 'w', b: 'nothing' }],
    cost: ['ReduceSum', { x: 'both' }],
    sgd: ['SGD', { cost: 'cost' }, { lr: 0.5 }],
  });

  test('is traced to the equation that made it, from a checkpoint before it', async () => {
    await load(document);
    await trainer.run(20);
    const state = await trainer.readState();
    const { graph, values } = compileTrace(document, registry) as Trace;
    const frames = await trainer.trace(graph, checkpoints[0] as Checkpoint, 4);
    expect(frames.map(({ step }) => step)).toEqual([3, 4]);
    const firstBad = (at: number) =>
      values.find(({ range }) => !Number.isFinite(frames[at]?.numbers[range.offset + 2] ?? 0));
    expect(firstBad(0)).toBeUndefined();
    expect(firstBad(1)).toMatchObject({ node: 'log', op: 'Log', role: 'forward' });
    // Read in full, the value has its element that is no number.
    const place = values.findIndex(({ node, role }) => node === 'log' && role === 'forward');
    const full = compileTrace(document, registry, place) as Trace;
    const [, bad] = await trainer.trace(full.graph, checkpoints[0] as Checkpoint, 4);
    expect(full.whole?.shape).toEqual([1]);
    expect(bad?.numbers[full.whole?.offset ?? -1]).toBeNaN();
    // The state that training has come to is put back.
    expect(await trainer.readState()).toEqual(state);
  });

  test('is left behind by going back', async () => {
    await load(document);
    await trainer.run(2);
    const state = (await trainer.readState()).w?.slice();
    await trainer.loadState({});
    const checkpoint = checkpoints.at(-1) as Checkpoint;
    expect(checkpoint.step).toBe(2);
    await trainer.run(20);
    await trainer.rewind(checkpoint);
    expect(trainer.status.step).toBe(2);
    expect((await trainer.readState()).w).toEqual(state);
  });
});
