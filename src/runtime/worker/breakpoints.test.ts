import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import digits from '../../../examples/digits-mlp.json' with { type: 'json' };
import { drawing } from '../../../scripts/drawing.ts';
import { compile } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import type { BreakpointKind, TrainingPlan } from '../../compiler/plan.ts';
import { compileGuard } from '../../compiler/questions/guard.ts';
import { registry } from '../../nodes/registry.ts';
import type { BreakpointHit } from '../protocol.ts';
import { Trainer } from './trainer.ts';

let trainer: Trainer;
let hits: BreakpointHit[];
let losses: number[];

beforeEach(() => {
  hits = [];
  losses = [];
  trainer = new Trainer({
    emit(event, data) {
      if (event === 'breakpoint') hits.push(data as BreakpointHit);
      if (event === 'losses') losses.push(...(data as { losses: Float32Array }).losses);
    },
    readFile: async (path) => new Uint8Array(await readFile(`public/${path}`)),
  });
});

afterEach(() => trainer.close());

const load = (document: GraphDocument) =>
  trainer.load(compile(document, registry).plan as TrainingPlan, { backend: 'wasm', keep: false });

const pauseWhen = (document: GraphDocument, when: BreakpointKind, at: string | null, limit = 0) => {
  const [node = '', port = 'y'] = at?.split(':') ?? [];
  const request = { id: 'b', when, limit, at: at === null ? null : { node, port } };
  return trainer.setBreakpoints(compileGuard(document, registry, [request]));
};

/** Both elements of w fall by 0.5 a step, from 5 and 1.25: the logarithm of the second is NaN in step 4. */
const falling = drawing({
  w: ['Parameter', {}, { shape: [1, 2], initializer: 'values', values: [5, 1.25] }],
  log: ['Log', { x: 'w' }],
  none: ['Constant', {}, { values: [0], shape: [1] }],
  nothing: ['Mul', { a: 'log', b: 'none' }],
  both: ['Add', { a: 'w', b: 'nothing' }],
  cost: ['ReduceSum', { x: 'both' }],
  sgd: ['SGD', { cost: 'cost' }, { lr: 0.5 }],
});

/** Both elements fall by 0.5 a step, and the loss by 1. */
const straight = drawing({
  w: ['Parameter', {}, { shape: [2], initializer: 'values', values: [5, 1] }],
  cost: ['ReduceSum', { x: 'w' }],
  sgd: ['SGD', { cost: 'cost' }, { lr: 0.5 }],
});

describe('training pauses before the first step in which a value', () => {
  test('is NaN, and names the element', async () => {
    await load(falling);
    await pauseWhen(falling, 'nan', 'log');
    const result = await trainer.run(20);
    expect(result).toMatchObject({ why: 'breakpoint', step: 3 });
    expect(hits).toEqual([
      {
        id: 'b',
        when: 'nan',
        step: 4,
        tensor: { node: 'log', port: 'y', of: 'value', shape: [1, 2] },
        index: 1,
        value: Number.NaN,
      },
    ]);
    // The state is that before the step.
    expect(Array.from((await trainer.readState()).w ?? [])).toEqual([3.5, -0.25]);
  });

  test('is NaN anywhere, and names the first node', async () => {
    await load(falling);
    await pauseWhen(falling, 'nan', null);
    await trainer.run(20);
    expect(hits).toMatchObject([{ step: 4, tensor: { node: 'log', of: 'value' }, index: 1 }]);
  });

  test('exceeds a limit', async () => {
    await load(straight);
    await pauseWhen(straight, 'value-above', 'w:value', 5);
    expect(await trainer.run(8)).toMatchObject({ why: 'done', step: 8 });
    expect(hits).toEqual([]);
    await trainer.reset();
    await pauseWhen(straight, 'value-above', 'w:value', 4.9);
    await trainer.run(8);
    expect(hits).toMatchObject([{ step: 1, index: 0, value: 5 }]);
  });

  test('is infinite', async () => {
    const growing = drawing({
      w: ['Parameter', {}, { shape: [2], initializer: 'values', values: [86, 1] }],
      exp: ['Exp', { x: 'w' }],
      cut: ['ZeroGrad', { x: 'exp' }],
      none: ['Constant', {}, { values: [-1], shape: [1] }],
      down: ['Mul', { a: 'w', b: 'none' }],
      cost: ['ReduceSum', { x: 'down' }],
      seen: ['ReduceSum', { x: 'cut' }],
      told: ['Metric', { value: 'seen' }],
      sgd: ['SGD', { cost: 'cost' }, { lr: 1 }],
    });
    await load(growing);
    await pauseWhen(growing, 'infinite', 'exp');
    await trainer.run(20);
    // 86, 87, 88 have an exponential in float32; 89 has none.
    expect(hits).toMatchObject([{ step: 4, index: 0, value: Number.POSITIVE_INFINITY }]);
  });

  test('has a gradient above a limit, or one that is zero', async () => {
    const square = drawing({
      w: ['Parameter', {}, { shape: [2], initializer: 'values', values: [1, 2] }],
      square: ['Mul', { a: 'w', b: 'w' }],
      cost: ['ReduceSum', { x: 'square' }],
      sgd: ['SGD', { cost: 'cost' }, { lr: 1.5 }],
    });
    // w is multiplied by -2 in each step; the gradient is 2w.
    await load(square);
    await pauseWhen(square, 'gradient-above', 'w:value', 30);
    await trainer.run(20);
    expect(hits).toMatchObject([{ step: 4, tensor: { node: 'w', of: 'gradient' }, index: 1, value: -32 }]);
    await trainer.setHyperparameter('lr', 0.5);
    await pauseWhen(square, 'gradient-zero', 'w:value');
    await trainer.run(20);
    expect(hits[1]).toMatchObject({ step: 5, when: 'gradient-zero', value: 0 });
  });
});

test('the loss has risen so many times in a row', async () => {
  await load(straight);
  await pauseWhen(straight, 'loss-rises', null, 3);
  expect(await trainer.run(3)).toMatchObject({ why: 'done' });
  await trainer.setHyperparameter('lr', -1);
  // Losses are those before the update: 6, 5, 4, 3 and then 5, 7, 9.
  expect(await trainer.run(20)).toMatchObject({ why: 'breakpoint', step: 7 });
  expect(hits).toEqual([
    { id: 'b', when: 'loss-rises', step: 7, tensor: null, index: null, value: 9, losses: [3, 5, 7, 9] },
  ]);
  expect(losses.slice(3)).toEqual([3, 5, 7, 9]);
});

test('training goes on over a breakpoint, and pauses at the next step that meets it', async () => {
  await load(straight);
  await pauseWhen(straight, 'value-above', 'w:value', 4);
  await trainer.run(10);
  await trainer.run(10);
  await trainer.run(10);
  expect(hits.map(({ step, value }) => [step, value])).toEqual([
    [1, 5],
    [2, 4.5],
  ]);
  expect(trainer.status.step).toBe(10);
});

test('with breakpoints a run makes the same steps', async () => {
  const document = readDocument(digits).document as GraphDocument;
  await load(document);
  await trainer.run(12);
  const expected = await trainer.readState();
  const expectedLosses = losses.splice(0);
  await trainer.reset();
  await pauseWhen(document, 'nan', null);
  await trainer.run(12);
  expect(losses).toEqual(expectedLosses);
  expect(await trainer.readState()).toEqual(expected);
  expect(hits).toEqual([]);
});
