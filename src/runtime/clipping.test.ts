/** Gradients that are clipped before an optimizer uses them, compared with PyTorch's definitions. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { drawing } from '../../scripts/drawing.ts';
import { softmaxReference } from '../../scripts/softmax-reference.ts';
import { compile } from '../compiler/compile.ts';
import type { AttributeValue } from '../compiler/document.ts';
import { registry } from '../nodes/registry.ts';
import { Trainer } from './worker/trainer.ts';

const read = async (path: string) => new Uint8Array(await readFile(`public/${path}`));
const BATCH = 50;
const STEPS = 40;

type Gradients = readonly Float64Array[];

/** torch.nn.utils.clip_grad_norm_ (torch/nn/utils/clip_grad.py): the coefficient is max_norm / (total_norm + 1e-6), at most 1. */
function clipNorm(gradients: Gradients, max: number): number {
  const norm = Math.hypot(...gradients.map((gradient) => Math.hypot(...gradient)));
  const coefficient = Math.min(1, max / (norm + 1e-6));
  for (const gradient of gradients) gradient.set(gradient.map((value) => value * coefficient));
  return norm;
}

/** torch.nn.utils.clip_grad_value_: every element is clamped to [-value, value]. */
function clipValue(gradients: Gradients, most: number): void {
  for (const gradient of gradients) gradient.set(gradient.map((value) => Math.min(most, Math.max(-most, value))));
}

function planOf(op: string, attributes: Readonly<Record<string, AttributeValue>>) {
  const zeros = { initializer: 'zeros' };
  const document = drawing(
    {
      digits: ['Data', {}, { dataset: 'digits' }],
      W: ['Parameter', {}, { shape: [64, 10], ...zeros }],
      b: ['Parameter', {}, { shape: [10], ...zeros }],
      logits: ['Gemm', { a: 'digits', b: 'W', c: 'b' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'logits', labels: 'digits:y' }],
      optimizer: [op, { cost: 'loss' }, attributes],
    },
    { training: { batchSize: BATCH, shuffle: false } },
  );
  const { plan, diagnostics } = compile(document, registry);
  if (!plan) throw new Error(diagnostics.map(({ title }) => title).join('; '));
  return plan;
}

async function train(op: string, attributes: Readonly<Record<string, AttributeValue>>) {
  const losses: number[] = [];
  const trainer = new Trainer({
    emit: (event, data) => {
      if (event === 'losses') losses.push(...(data as { losses: Float32Array }).losses);
    },
    readFile: read,
  });
  await trainer.load(planOf(op, attributes), { backend: 'wasm', keep: false });
  await trainer.run(STEPS);
  const state = await trainer.readState();
  await trainer.close();
  return { losses, state };
}

const inFileOrder = (step: number) => Array.from({ length: BATCH }, (_, i) => (step % 30) * BATCH + i);

async function expectSame(
  attributes: Readonly<Record<string, AttributeValue>>,
  adjust: (gradients: Gradients) => void,
): Promise<void> {
  const expected = await softmaxReference(STEPS, 0.5, inFileOrder, read, adjust);
  const { losses, state } = await train('SGD', { lr: 0.5, ...attributes });
  expect(losses).toHaveLength(STEPS);
  losses.forEach((loss, step) => void expect(loss).toBeCloseTo(expected.losses[step] ?? Number.NaN, 5));
  state.W?.forEach((value, i) => void expect(value).toBeCloseTo(expected.W[i] ?? Number.NaN, 5));
  state.b?.forEach((value, i) => void expect(value).toBeCloseTo(expected.b[i] ?? Number.NaN, 5));
}

describe('gradient clipping', () => {
  test('by norm takes the norm of all gradients together', async () => {
    const norms: number[] = [];
    await expectSame({ clip_norm: 0.5 }, (gradients) => void norms.push(clipNorm(gradients, 0.5)));
    // Some steps are clipped, others are not.
    expect(norms.filter((norm) => norm > 0.5).length).toBeGreaterThan(5);
    expect(norms.filter((norm) => norm < 0.5).length).toBeGreaterThan(5);
  });

  test('by value limits every element', () => expectSame({ clip_value: 0.02 }, (all) => clipValue(all, 0.02)));

  test('by value comes before by norm', () =>
    expectSame({ clip_value: 0.05, clip_norm: 0.1 }, (all) => {
      clipValue(all, 0.05);
      clipNorm(all, 0.1);
    }));

  test('with limits that are never met changes nothing', async () => {
    const free = await train('Adam', { lr: 0.01 });
    const limited = await train('Adam', { lr: 0.01, clip_value: 1000, clip_norm: 1000 });
    expect(limited.losses).toEqual(free.losses);
    expect(limited.state).toEqual(free.state);
  });
});
