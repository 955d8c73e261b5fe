/** Convolutions and poolings, forward and backward on wasm, against plain loops over random attributes. */
import { describe, expect, test } from 'vitest';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { type Attributes, reference, type Tensor } from '../../scripts/window-references.ts';
import { Builder } from '../compiler/builder.ts';
import { gradients } from '../compiler/phases/3-differentiate.ts';
import { type TensorData, tensor, tensorData } from '../compiler/types.ts';
import { registry } from './registry.ts';

/** Whole numbers 0 … n-1 in a sequence that depends on the seed alone (mulberry32). */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

interface Case {
  readonly op: string;
  /** x, then w and b. */
  readonly operands: readonly Tensor[];
  readonly attributes: Attributes;
}

const AUTO_PAD = ['NOTSET', 'NOTSET', 'NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'];

function operand(shape: readonly number[], phase: number, levels = 0): Tensor {
  const size = shape.reduce((n, dim) => n * dim, 1);
  const values = scattered(size, phase);
  // A few levels make ties.
  return { shape, data: values.map((value) => (levels > 0 ? Math.round(value * levels) : Math.fround(value))) };
}

/** A random case, whether it is valid or not. */
function draw(op: string, rank: number, seed: number): Case {
  const roll = dice(seed);
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const list = (low: number, n: number) => (roll(4) === 0 ? [] : axes.map(() => low + roll(n)));
  const spatial = axes.map(() => (rank === 3 ? 2 + roll(3) : 3 + roll(5)));
  const kernel = axes.map(() => 1 + roll(3));
  const [batch, group] = [1 + roll(2), 1 + roll(3)];
  const [inner, outer] = [1 + roll(2), 1 + roll(2)];
  const auto_pad = AUTO_PAD[roll(AUTO_PAD.length)] ?? 'NOTSET';
  const attributes: Attributes = {
    strides: list(1, 3),
    dilations: list(1, 2),
    pads: auto_pad === 'NOTSET' && roll(4) > 0 ? [...axes, ...axes].map(() => roll(3)) : [],
    auto_pad,
  };
  const pooled = (more: Attributes): Case => ({
    op,
    operands: [operand([batch, inner, ...spatial], seed, roll(2) * 2)],
    attributes: { kernel_shape: kernel, ...attributes, ceil_mode: roll(2) === 1, ...more },
  });
  switch (op) {
    case 'MaxPool':
      return pooled({});
    case 'AveragePool':
      return pooled({ count_include_pad: roll(2) === 1 });
    case 'LpPool':
      return pooled({ p: 1 + roll(3) });
    case 'GlobalMaxPool':
    case 'GlobalAveragePool':
      return { op, operands: [operand([batch, inner, ...spatial], seed, roll(2) * 2)], attributes: {} };
    case 'GlobalLpPool':
      return { op, operands: [operand([batch, inner, ...spatial], seed)], attributes: { p: 1 + roll(3) } };
    case 'Conv': {
      const filters = group * outer;
      const x = operand([batch, group * inner, ...spatial], seed);
      const w = operand([filters, inner, ...kernel], seed + 0.3);
      const bias = roll(2) === 1 ? [operand([filters], seed + 0.6)] : [];
      return { op, operands: [x, w, ...bias], attributes: { ...attributes, group, flip: roll(3) === 0 } };
    }
    default: {
      const x = operand([batch, group * inner, ...spatial], seed);
      const w = operand([group * inner, outer, ...kernel], seed + 0.3);
      const bias = roll(2) === 1 ? [operand([group * outer], seed + 0.6)] : [];
      const stride = (axis: number) => (attributes.strides as number[])[axis] ?? 1;
      const output_padding = roll(3) === 0 ? axes.map((axis) => roll(stride(axis))) : [];
      const output_shape =
        roll(4) === 0 ? axes.map((axis) => Math.max(1, stride(axis) * (spatial[axis] ?? 1) - 1 + roll(3))) : [];
      return { op, operands: [x, w, ...bias], attributes: { ...attributes, group, output_shape, output_padding } };
    }
  }
}

/** The first cases of an operator that its reference accepts, by title. */
function cases(op: string, rank: number, count: number): [string, Case][] {
  const found = new Map<string, Case>();
  for (let seed = 1; found.size < count; seed++) {
    const one = draw(op, rank, 7919 * seed + 104729 * rank + op.length);
    if (!reference(one.op, one.operands, one.attributes)) continue;
    const shapes = one.operands.map(({ shape }) => shape.join('×')).join(', ');
    found.set(`${op}(${shapes}) ${JSON.stringify(one.attributes)}`, one);
  }
  return [...found];
}

/** The result, then the gradients of all operands. */
async function measured({ op, operands, attributes }: Case, cotangent: TensorData): Promise<TensorData[]> {
  const b = new Builder(registry);
  const feeds: Record<string, TensorData> = { g: cotangent };
  const inputs = operands.map(({ shape, data }, at) => {
    feeds[`x${at}`] = tensorData('float32', shape, data);
    return b.input(tensor('float32', shape), { kind: 'feed', node: `x${at}`, name: `x${at}` });
  });
  const y = b.emit(op, inputs, attributes);
  expect(y.type.shape).toEqual(cotangent.shape);
  const g = b.input(y.type, { kind: 'feed', node: 'g', name: 'g' });
  const found = gradients(b, [{ value: y, cotangent: g }], inputs).values;
  const outputs = [y, ...found.filter((value) => value !== null)];
  return runFunction(finish(b, outputs), registry, feeds);
}

async function agrees(one: Case): Promise<void> {
  const wanted = reference(one.op, one.operands, one.attributes);
  if (!wanted) throw new Error('The case is invalid');
  const cotangent = operand(wanted.y.shape, 0.9);
  const results = await measured(one, tensorData('float32', cotangent.shape, cotangent.data));
  const all = [wanted.y, ...wanted.gradients(cotangent.data)];
  expect(results.map(({ shape }) => shape)).toEqual(all.map(({ shape }) => shape));
  for (const [at, { data }] of all.entries()) {
    data.forEach((value, i) => {
      const found = Number(results[at]?.data[i]);
      // Sums of up to some hundred products in float32.
      const near = Math.abs(found - value) <= 2e-5 + 1e-5 * Math.abs(value);
      if (!near) expect.fail(`${at === 0 ? 'y' : `gradient ${at - 1}`}[${i}]: ${found} instead of ${value}`);
    });
  }
}

const COUNTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [14, 22, 14],
  ConvTranspose: [14, 22, 14],
  MaxPool: [12, 18, 12],
  AveragePool: [12, 18, 12],
  LpPool: [12, 18, 12],
  GlobalLpPool: [2, 2, 2],
  GlobalMaxPool: [2, 2, 2],
  GlobalAveragePool: [2, 2, 2],
};

describe.each(Object.entries(COUNTS))('%s', (op, counts) => {
  test.each(counts.flatMap((count, at) => cases(op, at + 1, count)))('%s', async (_, one) => {
    await agrees(one);
  });
});

describe('what does not fit is refused', () => {
  const image = [1, 2, 5];
  const kernels = [2, 2, 3];
  test.each<[string, number[][], Attributes, string]>([
    ['Conv', [image, kernels], { pads: [1e9, 1e9] }, 'the result would have 2000000003 elements a channel'],
    ['ConvTranspose', [image, kernels], { dilations: [1e9] }, 'the result would have 2000000005 elements a channel'],
    ['ConvTranspose', [image, kernels], { strides: [2], output_shape: [13] }, 'but there are at most 12'],
    ['ConvTranspose', [image, kernels], { output_shape: [4, 4] }, 'output_shape is [4, 4] for 1 spatial axes'],
    ['MaxPool', [image], { kernel_shape: [2], strides: [1], pads: [2, 0] }, 'a window lies wholly outside'],
    ['AveragePool', [[1, 1, 1]], { kernel_shape: [2], strides: [1], dilations: [4], pads: [2, 2] }, 'wholly outside'],
    ['LpPool', [image], { kernel_shape: [2], strides: [2], p: 0 }, 'p is 0'],
  ])('%s %# %j %j', (op, shapes, attributes, message) => {
    const b = new Builder(registry);
    const inputs = shapes.map((shape, at) =>
      b.input(tensor('float32', shape), { kind: 'feed', node: `x${at}`, name: `x${at}` }),
    );
    expect(() => b.emit(op, inputs, attributes)).toThrow(message);
  });
});
