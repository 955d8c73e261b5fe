/** Gradients at ties, kinks and boundaries, where a convention decides: PyTorch's. */
import { expect, test } from 'vitest';
import { finish } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { gradients } from '../compiler/phases/3-differentiate.ts';
import { type TensorData, tensor } from '../compiler/types.ts';
import { bools, f32, i32 } from './common.ts';
import { registry } from './registry.ts';

/** Gradients of the sum of the outputs with respect to all float inputs. */
async function gradientsOf(op: string, inputs: readonly TensorData[], attributes: IrAttributes): Promise<number[][]> {
  const b = new Builder(registry);
  const feeds: Record<string, TensorData> = {};
  const values = inputs.map((data, at) => {
    const name = `input${at}`;
    feeds[name] = data;
    return b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: name, name });
  });
  const y = b.emit(op, values, attributes);
  const wrt = values.filter(({ type }) => type.dtype === 'float32');
  const found = gradients(b, [{ value: y, cotangent: b.full(y.type.shape, 1) }], wrt).values;
  const outputs = found.flatMap((value) => (value ? [value] : []));
  return (await runFunction(finish(b, outputs), registry, feeds)).map(({ data }) => Array.from(data, Number));
}

const logits = f32([0, 0, 0, Math.log(3)], [2, 2]);

test.each<[string, string, TensorData[], number[][], IrAttributes?]>([
  ['Relu', 'is flat at 0', [f32([-1, 0, 1])], [[0, 0, 1]]],
  ['LeakyRelu', 'has its negative slope at 0', [f32([0])], [[0.5]], { alpha: 0.5 }],
  ['Elu', 'has its negative slope at 0', [f32([0])], [[2]], { alpha: 2 }],
  ['HardSigmoid', 'is flat at its corners', [f32([-2.5, 0, 2.5])], [[0, 0.2, 0]]],
  ['HardSwish', 'has its middle slope at the corners', [f32([-4, -3, 3, 4])], [[0, -0.5, 1.5, 1]]],
  ['LpNormalization', 'is flat at a vector of zeros', [f32([0, 0])], [[0, 0]]],
  [
    'LpPool',
    'is flat where a window holds only zeros',
    [f32([0, 0, 3, 4], [1, 1, 4])],
    [[0, 0, 0.6, 0.8]],
    { kernel_shape: [2], strides: [2] },
  ],
  ['Abs', 'is flat at 0', [f32([-1, 0, 1])], [[-1, 0, 1]]],
  ['Clip', 'passes at its bounds', [f32([-1, 0, 1, 2])], [[0, 1, 1, 0]], { min: 0, max: 1 }],
  [
    'Max',
    'shares ties',
    [f32([1, 2, 3]), f32([2, 2, 2])],
    [
      [0, 0.5, 1],
      [1, 0.5, 0],
    ],
  ],
  [
    'Min',
    'shares ties',
    [f32([1, 2, 3]), f32([2, 2, 2])],
    [
      [1, 0.5, 0],
      [0, 0.5, 1],
    ],
  ],
  ['Max', 'shares three ties', [f32([6]), f32([6]), f32([6])], [[1 / 3], [1 / 3], [1 / 3]]],
  [
    'Pow',
    'is flat where the exponent or the base is 0',
    [f32([0, 0, 0]), f32([0, 1, 2])],
    [
      [0, 1, 0],
      [0, 0, 0],
    ],
  ],
  ['ReduceMax', 'shares ties', [f32([3, 1, 3])], [[0.5, 0, 0.5]]],
  ['ReduceMin', 'shares ties', [f32([3, 1, 1])], [[0, 0.5, 0.5]]],
  ['TopK', 'takes the first of ties', [f32([1, 3, 3, 3])], [[0, 1, 1, 0]], { k: 2 }],
  ['TopK', 'keeps within bounds without numbers', [f32([Number.NaN, Number.NaN])], [[0, 1]]],
  ['ReduceL1', 'is flat at 0', [f32([0, -2])], [[0, -1]]],
  ['ReduceL2', 'is flat at 0', [f32([0, 0])], [[0, 0]]],
  ['PNorm', 'is flat at 0', [f32([0, 0])], [[0, 0]], { p: 3 }],
  ['PNorm', 'is flat where an element is 0', [f32([0, -4])], [[0, -1]], { p: 0.5 }],
  ['ClipByNorm', 'passes at its limit', [f32([3, -4])], [[1, 1]], { max_norm: 5 }],
  ['ClipByNorm', 'passes at 0', [f32([0, 0])], [[1, 1]]],
  ['Shrink', 'is flat at its thresholds', [f32([-0.6, -0.5, 0, 0.5, 0.6])], [[1, 0, 0, 0, 1]]],
  ['Mod', 'has the slope of its value where it jumps', [f32([6]), f32([3])], [[1], [-2]]],
  ['Mod', 'rounds quotients down', [f32([-5.5]), f32([2])], [[1], [3]]],
  ['Mod', 'rounds quotients towards 0 with fmod', [f32([-5.5]), f32([2])], [[1], [2]], { fmod: true }],
  ['Compress', 'has no slope where slices are missing', [f32([1, 2]), bools([0, 1])], [[0, 1]], { size: 3 }],
  ['ReduceProd', 'is right with one zero', [f32([2, 0, 3])], [[0, 6, 0]]],
  ['ReduceProd', 'is right with two zeros', [f32([2, 0, 0])], [[0, 0, 0]]],
  ['ReduceLogSumExp', 'does not overflow', [f32([1000, 1000])], [[0.5, 0.5]]],
  ['Sigmoid', 'does not overflow', [f32([-1000, 1000])], [[0, 0]]],
  ['Softplus', 'does not overflow', [f32([-1000, 1000])], [[0, 1]]],
  [
    'SoftmaxCrossEntropyLoss',
    'divides a weighted mean by the weights of the labels',
    [logits, i32([0, 1]), f32([1, 3])],
    [[-0.125, 0.125, 0.1875, -0.1875]],
  ],
  [
    'SoftmaxCrossEntropyLoss',
    'takes a label for every position',
    [f32([0, 0, 0, Math.log(3)], [1, 2, 2]), i32([0, 1], [1, 2])],
    [[-0.5, 0.25, 0.5, -0.25]],
    { reduction: 'sum' },
  ],
  [
    'NegativeLogLikelihoodLoss',
    'weighs every label by itself without reduction',
    [logits, i32([0, 1]), f32([2, 3])],
    [[-2, 0, 0, -3]],
    { reduction: 'none' },
  ],
  [
    'MeanAbsoluteError',
    'is flat where both are equal',
    [f32([1, 1]), f32([1, 0])],
    [
      [0, 1],
      [0, -1],
    ],
    { reduction: 'sum' },
  ],
  [
    'HuberLoss',
    'has the slope delta at its corners',
    [f32([-2, 2]), f32([0, 0])],
    [
      [-2, 2],
      [2, -2],
    ],
    { delta: 2, reduction: 'sum' },
  ],
  [
    'HingeLoss',
    'is flat at the margin',
    [f32([1, -1]), f32([1, 1])],
    [
      [0, -1],
      [0, 1],
    ],
    { reduction: 'sum' },
  ],
  [
    'MultiMarginLoss',
    'is flat at the margin',
    [f32([1, 0, 2], [1, 3]), i32([0])],
    [[-1 / 3, 0, 1 / 3]],
    { reduction: 'sum' },
  ],
  ['KLDivergence', 'is finite where a target is 0', [f32([-1]), f32([0])], [[0], [1]], { reduction: 'sum' }],
  [
    'CosineSimilarity',
    'divides by eps at length 0',
    [f32([0, 0]), f32([3, 4])],
    [
      [1.2, 1.6],
      [0, 0],
    ],
    { eps: 0.5 },
  ],
  [
    'CosineEmbeddingLoss',
    'passes at the margin',
    [f32([1, 0]), f32([0, 1]), f32([-1], [])],
    [
      [0, 1],
      [1, 0],
    ],
  ],
  [
    'RNN',
    'is flat at the corner of Relu',
    [f32([1], [1, 1, 1]), f32([0], [1, 1, 1]), f32([0], [1, 1, 1])],
    [[0], [0]],
    { activation: 'Relu' },
  ],
  ['SoftmaxCrossEntropyLoss', 'leaves out labels that are ignored', [logits, i32([-100, 1])], [[0, 0, 0.25, -0.25]]],
])('%s %s', async (op, _, inputs, expected, attributes = {}) => {
  const found = await gradientsOf(op, inputs, attributes);
  // Weights of classes are float inputs without a gradient.
  expect(found).toHaveLength(expected.length);
  found.forEach((values, at) => {
    expect(values).toHaveLength(expected[at]?.length ?? 0);
    values.forEach((value, i) => void expect(value, `gradient ${at}[${i}]`).toBeCloseTo(expected[at]?.[i] ?? 0, 5));
  });
});
