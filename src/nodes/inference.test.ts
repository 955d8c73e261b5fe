import { describe, expect, it } from 'vitest';
import { inferTypes, refusalOf } from '../../scripts/refusals.ts';
import type { DiagnosticCode } from '../compiler/diagnostics.ts';
import { bindShape } from '../compiler/dims.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import type { OpRecord } from '../compiler/op.ts';
import { type DType, type TensorType, tensor } from '../compiler/types.ts';
import { activationOps } from './activation.ts';
import { arithmeticOps } from './arithmetic.ts';
import { axisOps } from './axis.ts';
import { comparisonOps } from './comparison.ts';
import { elementwiseOps } from './elementwise.ts';
import { lossOps } from './loss.ts';
import { marginLossOps } from './margin-loss.ts';
import { normalizationOps } from './normalization.ts';
import { channelNormalizationOps } from './normalization-channels.ts';
import { probabilityLossOps } from './probability-loss.ts';
import { reductionOps } from './reduction.ts';
import { regressionLossOps } from './regression-loss.ts';
import { similarityOps } from './similarity.ts';
import { softmaxOps } from './softmax.ts';
import { trigonometryOps } from './trigonometry.ts';

const ops = [
  activationOps,
  arithmeticOps,
  axisOps,
  comparisonOps,
  elementwiseOps,
  lossOps,
  marginLossOps,
  normalizationOps,
  channelNormalizationOps,
  reductionOps,
  regressionLossOps,
  probabilityLossOps,
  similarityOps,
  softmaxOps,
  trigonometryOps,
].flat();

const NAMES = ['one', 'two', 'three'];

/** `f32[batch,10]`, `i32[batch]<10` with a bound. */
function parse(text: string): TensorType {
  const [, name = '', dims = '', bound] = /^(\w+)\[(.*)\](?:<(\d+))?$/.exec(text) ?? [];
  const dtypes: Record<string, DType> = { f32: 'float32', i32: 'int32', bool: 'bool' };
  const shape = dims === '' ? [] : dims.split(',').map((dim) => (/^\d+$/.test(dim) ? Number(dim) : dim));
  return tensor(dtypes[name] ?? 'float32', shape, bound === undefined ? undefined : Number(bound));
}

const failureOf = (op: string, inputs: readonly string[], attributes: IrAttributes = {}) =>
  refusalOf(op, inputs.map(parse), attributes, NAMES);

describe('inference', () => {
  it.each(ops.map((record) => [record.name, record] as const))('%s keeps named sizes', (_, record) => {
    for (const example of record.examples) {
      const sizes: Record<string, number> = {};
      const inputs = example.inputs.map((data, input) => {
        if (!data) return undefined;
        const shape = data.shape.map((size, axis) => {
          const classes = [...lossOps, ...marginLossOps.slice(1)].includes(record) && (axis === 1 || input === 2);
          const grouped = record.name === 'GroupNormalization' && (axis === 1 || input > 0);
          if (size === 1 || classes || grouped) return size;
          sizes[`n${size}`] = size;
          return `n${size}`;
        });
        return tensor(data.dtype, shape);
      });
      const types = inferTypes(record, inputs, example.attributes);
      expect(types.map(({ dtype, shape }) => [dtype, bindShape(shape, sizes)])).toEqual(
        example.outputs.map(({ dtype, shape }) => [dtype, shape]),
      );
    }
  });

  it.each<[string, string[], DiagnosticCode, string, IrAttributes?]>([
    [
      'Add',
      ['f32[batch,10]', 'f32[batch,3]'],
      'shape/broadcast',
      'one [batch, 10] and two [batch, 3] do not broadcast',
    ],
    ['Where', ['bool[4]', 'f32[3]', 'f32[]'], 'shape/broadcast', 'one [4] and two [3] do not broadcast'],
    ['Sum', ['f32[2,1]', 'f32[3]', 'f32[4]'], 'shape/broadcast', 'two [3] and three [4] do not broadcast'],
    ['PRelu', ['f32[3]', 'f32[2,3]'], 'shape/broadcast', 'slope [2, 3] does not broadcast to x [3]'],
    ['Add', ['f32[2]', 'i32[2]'], 'type/dtype', 'one is float32, but two is int32'],
    ['Tanh', ['i32[2]'], 'type/dtype', 'one is int32, but x takes float32'],
    ['And', ['f32[2]', 'bool[2]'], 'type/dtype', 'one is float32, but a takes bool'],
    ['Where', ['i32[2]', 'f32[2]', 'f32[2]'], 'type/dtype', 'one is int32, but condition takes bool'],
    ['Softmax', ['f32[2,3]'], 'shape/axis', 'axis 2 lies outside [2, 3]', { axis: 2 }],
    ['ReduceSum', ['f32[batch]'], 'shape/axis', 'axis -2 lies outside [batch]', { axes: [0, -2] }],
    ['ReduceSum', ['f32[2,3]'], 'attribute/invalid', 'axes [1, -1] name axis 1 twice', { axes: [1, -1] }],
    [
      'LayerNormalization',
      ['f32[batch,5]', 'f32[5]', 'f32[batch,5]'],
      'shape/broadcast',
      'three is [batch, 5], but the normalized axes of one are [5]',
    ],
    [
      'BatchNormalization',
      ['f32[5]', 'f32[5]', 'f32[5]', 'f32[5]', 'f32[5]'],
      'shape/rank',
      'one is [5], but needs at least 2 axes',
    ],
    [
      'InstanceNormalization',
      ['f32[batch,3,4]', 'f32[1,3]', 'f32[3]'],
      'shape/rank',
      'two is [1, 3], but 3 channels need [3]',
    ],
    [
      'GroupNormalization',
      ['f32[batch,4,3]', 'f32[4]', 'f32[4]'],
      'attribute/invalid',
      '4 channels do not split into 3 groups',
      { num_groups: 3 },
    ],
    [
      'RMSNormalization',
      ['f32[batch,5]', 'f32[3]'],
      'shape/broadcast',
      'two is [3], but the normalized axes of one are [5]',
    ],
    ['LpNormalization', ['f32[2]'], 'attribute/invalid', 'p is 3', { p: 3 }],
    ['MeanVarianceNormalization', ['f32[batch,5]'], 'shape/axis', 'axis 2 lies outside [batch, 5]'],
    ['ArgMax', ['f32[]'], 'shape/axis', 'axis -1 lies outside []'],
    ['Clip', ['f32[2]'], 'attribute/invalid', 'min is 2, above max, 1', { min: 2, max: 1 }],
    ['Celu', ['f32[2]'], 'attribute/invalid', 'alpha is 0, but x is divided by it', { alpha: 0 }],
    [
      'SoftmaxCrossEntropyLoss',
      ['f32[10]', 'i32[]'],
      'shape/rank',
      'one is [10], but scores have at least two axes, [N, K]',
    ],
    [
      'SoftmaxCrossEntropyLoss',
      ['f32[batch,10]', 'i32[batch,10]'],
      'shape/rank',
      'two is i32[batch,10], rows as long as the scores, but labels are class numbers',
    ],
    [
      'NegativeLogLikelihoodLoss',
      ['f32[batch,10]', 'i32[64]'],
      'shape/mismatch',
      'one [batch, 10] and two [64]: batch and 64 differ',
    ],
    [
      'Accuracy',
      ['f32[batch,classes]', 'i32[batch]'],
      'shape/symbolic',
      'the number of classes, classes, has to be a number',
    ],
    ['Accuracy', ['f32[batch,7]', 'i32[batch]<10'], 'data/labels', 'two goes up to 9, but one has 7 classes'],
    [
      'SoftmaxCrossEntropyLoss',
      ['f32[batch,7]', 'i32[batch]<7', 'f32[3]'],
      'shape/mismatch',
      'three is [3], but 7 classes need [7]',
    ],
    [
      'MeanSquaredError',
      ['f32[batch,1]', 'f32[batch]'],
      'shape/mismatch',
      'prediction is [batch, 1], but target is [batch]',
    ],
  ])('%s of %j fails with %s', (op, inputs, code, title, attributes) => {
    const { code: found, failure } = failureOf(op, inputs, attributes);
    expect([found, failure.title]).toEqual([code, title]);
  });

  // Sizes in conflict as `input.axis`, with the size wanted instead if one is known.
  it.each<[string, string[], string, string[]]>([
    ['Add', ['f32[batch,10]', 'f32[batch,3]'], '0.1 1.1', []],
    ['Sub', ['f32[batch,10]', 'f32[batch]'], '0.1 1.0', ['Unsqueeze two to [batch, 1]']],
    [
      'Mul',
      ['f32[10,batch]', 'f32[batch,10]'],
      '0.0 1.0',
      ['Transpose two to [10, batch]', 'Transpose one to [batch, 10]'],
    ],
    ['Max', ['f32[2,1]', 'f32[3]', 'f32[4]'], '1.0 2.0', []],
    ['Accuracy', ['f32[batch,7]', 'i32[batch]<10'], '0.1=10', []],
    ['SoftmaxCrossEntropyLoss', ['f32[batch,10,6]', 'i32[batch,5]'], '0.2 1.1', []],
    ['MeanSquaredError', ['f32[batch,2]', 'f32[batch,3]'], '0.1 1.1', []],
    ['LayerNormalization', ['f32[batch,5]', 'f32[3]'], '0.1 1.0=5', []],
    ['InstanceNormalization', ['f32[batch,3,4]', 'f32[3]', 'f32[2]'], '0.1 2.0=3', []],
  ])('%s of %j names the sizes in conflict', (op, inputs, conflict, labels) => {
    const { failure } = failureOf(op, inputs);
    const sizes = (failure.conflict ?? []).map(([at, axis, wanted]) => `${at}.${axis}${wanted ? `=${wanted}` : ''}`);
    expect(sizes.join(' ')).toBe(conflict);
    expect((failure.fixes ?? []).map((fix) => fix.label)).toEqual(labels);
  });

  it.each<[string, string[], unknown[]]>([
    ['Add', ['f32[2]', 'i32[2]'], [{ port: 'b', op: 'Cast', attributes: { to: 'float32' } }]],
    ['Tanh', ['i32[2]'], [{ port: 'x', op: 'Cast', attributes: { to: 'float32' } }]],
    ['Sum', ['f32[2]', 'f32[2]', 'i32[2]'], [{ port: 'x.2', op: 'Cast', attributes: { to: 'float32' } }]],
    ['Accuracy', ['f32[batch,7]', 'i32[batch,1]'], [{ port: 'labels', op: 'Squeeze', attributes: { axes: [-1] } }]],
    [
      'MeanSquaredError',
      ['f32[batch,1]', 'f32[batch]'],
      [
        { port: 'prediction', op: 'Reshape', attributes: { shape: ['batch'] } },
        { port: 'target', op: 'Reshape', attributes: { shape: ['batch', 1] } },
      ],
    ],
  ])('%s of %j offers an operator on the wire', (op, inputs, edits) => {
    const { failure } = failureOf(op, inputs);
    expect(failure.fixes?.map(({ edit }) => edit)).toEqual(
      edits.map((edit) => ({ kind: 'insert-on-wire', ...(edit as object) })),
    );
  });

  it('bounds the result of ArgMax by the length of the axis', () => {
    const argMax = ops.find(({ name }) => name === 'ArgMax') as OpRecord;
    expect(inferTypes(argMax, [parse('f32[batch,10]')])).toEqual([tensor('int32', ['batch'], 10)]);
    expect(inferTypes(argMax, [parse('f32[10,batch]')])).toEqual([tensor('int32', [10])]);
  });
});
