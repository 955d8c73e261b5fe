/** Training with random operators: reproducible, resumable, and without them where a model is evaluated. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { drawing, numbersOf } from '../../scripts/drawing.ts';
import { compile } from '../compiler/compile.ts';
import type { GraphDocument } from '../compiler/document.ts';
import { f32 } from '../nodes/common.ts';
import { registry } from '../nodes/registry.ts';
import type { EventName, RuntimeEvents, State } from './protocol.ts';
import { Trainer } from './worker/trainer.ts';

const ROOT = new URL('../../', import.meta.url);

/** Logistic regression on digits of which half the pixels are dropped and noise is added. */
function noisy(ratio: number, seed = 1): GraphDocument {
  const nodes = {
    digits: ['Data', {}, { dataset: 'digits' }],
    dropped: ['Dropout', { x: 'digits:x' }, { ratio }],
    noise: ['RandomNormal', {}, { shape: ['batch', 64], scale: ratio }],
    input: ['Add', { a: 'dropped', b: 'noise' }],
    W: ['Parameter', {}, { shape: [64, 10] }],
    scores: ['MatMul', { a: 'input', b: 'W' }],
    loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }],
    sgd: ['SGD', { cost: 'loss' }, { lr: 0.1 }],
  } as const;
  return drawing(nodes, { training: { batchSize: 50, seed } });
}

async function begin(document: GraphDocument, state: State = {}) {
  const { plan, diagnostics } = compile(document, registry);
  if (!plan) throw new Error(diagnostics.map((found) => found.title).join('; '));
  const losses: number[] = [];
  const emit = <E extends EventName>(event: E, data: RuntimeEvents[E]): void => {
    if (event === 'losses') losses.push(...(data as RuntimeEvents['losses']).losses);
  };
  const trainer = new Trainer({ emit, readFile: (path) => readFile(new URL(`public/${path}`, ROOT)) });
  await trainer.load(plan, { backend: 'wasm', keep: false });
  await trainer.loadState({ ...(await trainer.readState()), ...state });
  return { trainer, losses };
}

async function lossesOf(document: GraphDocument, steps: number): Promise<number[]> {
  const { trainer, losses } = await begin(document);
  await trainer.step(steps);
  return losses;
}

test('the seed decides', async () => {
  const [first, again, other] = [noisy(0.5), noisy(0.5), noisy(0.5, 2)];
  expect(await lossesOf(first, 5)).toEqual(await lossesOf(again, 5));
  expect(await lossesOf(first, 5)).not.toEqual(await lossesOf(other, 5));
});

test('every step draws anew, and the state of the generators counts them', async () => {
  const { trainer } = await begin(noisy(0.5));
  const before = await trainer.readState();
  await trainer.step(7);
  const after = await trainer.readState();
  for (const name of ['dropped.generator', 'noise.generator']) {
    expect(after[name]).toEqual(Float32Array.of(before[name]?.[0] ?? Number.NaN, 7));
  }
  expect(before['dropped.generator']?.[0]).not.toBe(before['noise.generator']?.[0]);
});

test('a run goes on from its state as if it had not stopped', async () => {
  const whole = await begin(noisy(0.5));
  await whole.trainer.step(12);
  const part = await begin(noisy(0.5));
  await part.trainer.step(6);
  const rest = await begin(noisy(0.5));
  await rest.trainer.step(6);
  await rest.trainer.loadState(await part.trainer.readState());
  await rest.trainer.step(6);
  expect(rest.losses.slice(6)).toEqual(whole.losses.slice(6));
});

test('nothing is dropped where the model is evaluated', async () => {
  const { trainer } = await begin(noisy(0));
  await trainer.step(20);
  const state = await trainer.readState();
  const { W } = state;
  if (!W) throw new Error('There is no W');
  const plain = (await trainer.evaluate())?.loss;
  const dropping = await begin(
    drawing({
      digits: ['Data', {}, { dataset: 'digits' }],
      dropped: ['Dropout', { x: 'digits:x' }, { ratio: 0.9 }],
      W: ['Parameter', {}, { shape: [64, 10] }],
      scores: ['MatMul', { a: 'dropped', b: 'W' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }],
      sgd: ['SGD', { cost: 'loss' }],
    }),
    { W },
  );
  expect((await dropping.trainer.evaluate())?.loss).toBeCloseTo(plain ?? Number.NaN, 5);
  // The step, in contrast, sees a tenth of the pixels.
  await dropping.trainer.step(1);
  expect(Math.abs((dropping.losses[0] ?? 0) - (plain ?? 0))).toBeGreaterThan(0.05);
});

test('a prediction passes everything on', async () => {
  const document = drawing({
    x: ['Input', {}, { shape: [4] }],
    dropped: ['Dropout', { x: 'x' }, { ratio: 0.5 }],
    y: ['Output', { value: 'dropped' }],
    mask: ['Output', { value: 'dropped:mask' }],
  });
  expect(await numbersOf(document, { x: f32([1, 2, 3, 4]) })).toEqual({ y: [1, 2, 3, 4], mask: [1, 1, 1, 1] });
});
