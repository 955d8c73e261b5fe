/** Normalizations with a scale and a bias a channel, of x [batch, C, ...size]. */
import type { Builder } from '../compiler/builder.ts';
import { divideDims, type Shape, sameShape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { printShape, type TensorType } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import {
  axesFrom,
  epsilon,
  inverseDeviation,
  type Standardized,
  standardize,
  standardizeGradient,
} from './standardize.ts';

/** Values [C] in a shape that broadcasts to [N, C, ...size]. */
function alongChannels(b: Builder, value: Value, like: Value): Value {
  return b.reshape(value, [value.type.shape[0] ?? 1, ...like.type.shape.slice(2).map(() => 1)]);
}

const batchAxes = (x: Value) => [0, ...axesFrom(2, x.type.shape.length)];

/** Fails unless every input after the first holds one value a channel of x [N, C, ...size]. */
function checkChannels(ctx: InferContext<unknown>, ports: readonly PortSpec[], axes: number): TensorType {
  const [x] = checkDtypes(ctx, ports);
  if (!x) throw new Error('The operand is missing');
  if (x.shape.length < axes) {
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(0)} is ${printShape(x.shape)}, but needs at least ${axes} axes`,
      cause: `Axis 1 is that of the channels: ${axes > 2 ? '[batch, channels, ...size]' : '[batch, channels] or [batch, channels, ...size]'}.`,
      port: 'x',
    });
  }
  const channels = x.shape[1] ?? 1;
  for (const [at, type] of ctx.inputs.entries()) {
    if (at === 0 || !type || sameShape(type.shape, [channels])) continue;
    ctx.fail(type.shape.length === 1 ? 'shape/mismatch' : 'shape/rank', {
      title: `${ctx.nameOf(at)} is ${printShape(type.shape)}, but ${channels} channels need ${printShape([channels])}`,
      cause: `${ctx.nameOf(0)} is ${printShape(x.shape)}; axis 1 is that of the channels.`,
      port: ports[at]?.name ?? '',
      conflict:
        type.shape.length === 1
          ? [
              [0, 1],
              [at, 0, ...(typeof channels === 'number' ? ([channels] as const) : ([] as const))],
            ]
          : [],
    });
  }
  return x;
}

const instancePorts = [
  { name: 'x', doc: 'Images [batch, C, height, width], or signals [batch, C, length].', dtypes: FLOAT },
  { name: 'scale', doc: 'One value a channel, [C].', dtypes: FLOAT },
  { name: 'b', doc: 'Bias [C].', dtypes: FLOAT },
];

const instanceNormalization = defineOp({
  name: 'InstanceNormalization',
  category: 'Normalization',
  glyph: '𝒩ᵢ',
  aliases: ['InstanceNorm', 'instance norm', 'contrast normalization', 'style transfer'],
  inputs: instancePorts,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: { epsilon },
  infer: (ctx) => [checkChannels(ctx, instancePorts, 3)],
  gradient: ({ b, x, g, attributes }) => {
    const [from, dy] = [operand(x, 0), operand(g, 0)];
    const axes = axesFrom(2, from.type.shape.length);
    const parts = () => standardize(b, from, axes, attributes.epsilon);
    return [
      () => {
        const standard = b.mul(dy, alongChannels(b, operand(x, 1), from));
        return standardizeGradient(b, from, parts(), { standard }, axes);
      },
      () => b.reduceSum(b.mul(dy, parts().standard), batchAxes(from)),
      () => b.reduceSum(dy, batchAxes(from)),
    ];
  },
  lower: ({ b, x, attributes }) => {
    const from = operand(x, 0);
    const { standard } = standardize(b, from, axesFrom(2, from.type.shape.length), attributes.epsilon);
    const [scale, bias] = [alongChannels(b, operand(x, 1), from), alongChannels(b, operand(x, 2), from)];
    return [b.add(b.mul(standard, scale), bias)];
  },
  doc: {
    summary: 'Brings every channel of every image to mean 0 and variance 1, then scales and shifts it.',
    formula: tex`y_{nc} = \gamma_c\, \hat x_{nc} + \beta_c,\quad \hat x = \frac{x - \mu_{nc}}{\sqrt{\sigma^2_{nc} + \varepsilon}}`,
    gradient: tex`\bar x = \frac{g - \operatorname{mean} g - \hat x \operatorname{mean}(g \odot \hat x)}{\sqrt{\sigma^2 + \varepsilon}},\quad g = \gamma_c\, \bar y,\quad \bar\gamma_c = \sum \bar y \odot \hat x,\quad \bar\beta_c = \sum \bar y`,
    notes: 'Mean and variance are those of the pixels of one channel; the variance divides by their number.',
  },
  cases: [['f32[batch,3,5] f32[3] f32[3]']],
  examples: [
    {
      inputs: [f32([1, 3, 10, 2], [1, 2, 2]), f32([1, 2]), f32([0, 5])],
      attributes: { epsilon: 0 },
      outputs: [f32([-1, 1, 7, 3], [1, 2, 2])],
    },
  ],
});

const batchPorts = [
  { name: 'x', doc: 'Rows [batch, C], or images [batch, C, height, width].', dtypes: FLOAT },
  { name: 'scale', doc: 'One value a channel, [C].', dtypes: FLOAT },
  { name: 'b', doc: 'Bias [C].', dtypes: FLOAT },
  { name: 'input_mean', doc: 'Running mean [C].', dtypes: FLOAT },
  { name: 'input_var', doc: 'Running variance [C].', dtypes: FLOAT },
];

interface BatchAttributes {
  readonly training_mode: boolean;
  readonly epsilon: number;
}

/** What the scale is multiplied with, from the batch itself in training and from running statistics otherwise. */
function batchStandardize(b: Builder, x: readonly (Value | null)[], attributes: BatchAttributes): Standardized {
  const from = operand(x, 0);
  if (attributes.training_mode) return standardize(b, from, batchAxes(from), attributes.epsilon);
  const [mean, variance] = [alongChannels(b, operand(x, 3), from), alongChannels(b, operand(x, 4), from)];
  const centered = b.sub(from, mean);
  const inverse = inverseDeviation(b, variance, attributes.epsilon);
  return { mean, variance, inverse, standard: b.mul(centered, inverse) };
}

const channelShape = (x: Value): Shape => [x.type.shape[1] ?? 1];

const batchNormalization = defineOp({
  name: 'BatchNormalization',
  category: 'Normalization',
  glyph: '𝒩ᵦ',
  aliases: ['BatchNorm', 'batch norm', 'BatchNorm2d', 'standardize columns'],
  inputs: batchPorts,
  outputs: [
    { name: 'y', doc: 'Of the shape of x.' },
    { name: 'running_mean', doc: 'The next running mean [C]; as given where not in training.' },
    { name: 'running_var', doc: 'The next running variance [C]; as given where not in training.' },
  ],
  attributes: {
    training_mode: attr.flag(
      true,
      'In training, normalizes by the mean and variance of the batch, not by the running ones. (Off by default in ONNX.)',
    ),
    momentum: attr.float(0.9, 'Weight of the old value in the running mean and variance.', {
      min: 0,
      max: 1,
      when: { attribute: 'training_mode', is: [true] },
    }),
    epsilon,
  },
  infer: (ctx) => {
    const x = checkChannels(ctx, batchPorts, 2);
    const channels: TensorType = { dtype: x.dtype, shape: x.shape.slice(1, 2) };
    return [x, channels, channels];
  },
  gradient: ({ b, x, g, attributes }) => {
    const [from, dy, dMean, dVariance] = [operand(x, 0), operand(g, 0), operand(g, 1), operand(g, 2)];
    const { training_mode, momentum } = attributes;
    const axes = batchAxes(from);
    const parts = () => batchStandardize(b, x, attributes);
    const scaled = () => b.mul(dy, alongChannels(b, operand(x, 1), from));
    const dScale = () => b.reduceSum(b.mul(dy, parts().standard), axes);
    const dBias = () => b.reduceSum(dy, axes);
    if (training_mode) {
      const old = (dRunning: Value) => b.mul(dRunning, b.scalar(momentum));
      const current = (dRunning: Value) => b.mul(alongChannels(b, dRunning, from), b.scalar(1 - momentum));
      return [
        () => {
          const statistics = { mean: current(dMean), variance: current(dVariance) };
          return standardizeGradient(b, from, parts(), { standard: scaled(), statistics }, axes);
        },
        dScale,
        dBias,
        () => old(dMean),
        () => old(dVariance),
      ];
    }
    const slope = () => b.mul(operand(x, 1), inverse());
    const inverse = () => b.reshape(parts().inverse, channelShape(from));
    return [
      () => b.mul(scaled(), parts().inverse),
      dScale,
      dBias,
      () => b.sub(dMean, b.mul(slope(), dBias())),
      () => b.sub(dVariance, b.mul(b.mul(b.mul(slope(), inverse()), b.scalar(0.5)), dScale())),
    ];
  },
  lower: ({ b, x, attributes }) => {
    const from = operand(x, 0);
    const { standard, mean, variance } = batchStandardize(b, x, attributes);
    const [scale, bias] = [alongChannels(b, operand(x, 1), from), alongChannels(b, operand(x, 2), from)];
    const y = b.add(b.mul(standard, scale), bias);
    if (!attributes.training_mode) return [y, operand(x, 3), operand(x, 4)];
    const average = (old: Value, current: Value) =>
      b.add(
        b.mul(old, b.scalar(attributes.momentum)),
        b.mul(b.reshape(current, channelShape(from)), b.scalar(1 - attributes.momentum)),
      );
    return [y, average(operand(x, 3), mean), average(operand(x, 4), variance)];
  },
  inference: ({ b, x, attributes }) => b.emitAll('BatchNormalization', x, { ...attributes, training_mode: false }),
  doc: {
    summary: 'Brings every channel to mean 0 and variance 1 over the batch, then scales and shifts it.',
    formula: tex`y = \gamma_c\, \hat x + \beta_c,\quad \hat x = \frac{x - \mu_c}{\sqrt{\sigma^2_c + \varepsilon}},\quad \mu' = m \mu + (1 - m)\, \mu_c`,
    gradient: tex`\bar x = \frac{g - \operatorname{mean} g - \hat x \operatorname{mean}(g \odot \hat x)}{\sqrt{\sigma^2_c + \varepsilon}},\quad g = \gamma_c\, \bar y,\quad \bar\gamma_c = \sum \bar y \odot \hat x,\quad \bar\beta_c = \sum \bar y`,
    notes:
      "Outside of training, in evaluation, metrics and outputs, it normalizes by input_mean and input_var and passes them on. Wire running_mean and running_var to the update of the parameters that input_mean and input_var come from. The momentum is ONNX's, 1 less that of PyTorch; the variance divides by the count in both uses, where PyTorch's running variance divides by one less. Without training_mode, mean and variance are constants to x, and x has the gradient of a scaling.",
  },
  cases: [
    ['f32[batch,3,5] f32[3] f32[3] f32[3] f32[3](0.3,2)', { momentum: 0.7 }],
    ['f32[batch,3,5] f32[3] f32[3] f32[3] f32[3](0.3,2)', { training_mode: false }],
  ],
  examples: [
    {
      inputs: [f32([1, 10, 3, 2], [2, 2]), f32([1, 2]), f32([0, 5]), f32([0, 2]), f32([1, 2])],
      attributes: { momentum: 0.5, epsilon: 0 },
      outputs: [f32([-1, 7, 1, 3], [2, 2]), f32([1, 4]), f32([1, 9])],
    },
    {
      inputs: [f32([1, 10, 3, 2], [2, 2]), f32([1, 2]), f32([0, 5]), f32([1, 2]), f32([4, 1])],
      attributes: { training_mode: false, epsilon: 0 },
      outputs: [f32([0, 21, 1, 5], [2, 2]), f32([1, 2]), f32([4, 1])],
    },
  ],
});

const groupPorts = [
  {
    name: 'x',
    doc: 'Images [batch, C, height, width], signals [batch, C, length], or rows [batch, C].',
    dtypes: FLOAT,
  },
  { name: 'scale', doc: 'One value a channel, [C].', dtypes: FLOAT },
  { name: 'b', doc: 'Bias [C].', dtypes: FLOAT },
];

/** [batch, groups, elements of a group] */
function groupShape({ type: { shape } }: Value, groups: number): Shape {
  const [batch = 1, channels = 1, ...size] = shape;
  return [batch, groups, sizeOf([divideDims(channels, groups) ?? 1, ...size])];
}

const groupNormalization = defineOp({
  name: 'GroupNormalization',
  category: 'Normalization',
  glyph: '𝒩ᵧ',
  aliases: ['GroupNorm', 'group norm', 'group_norm'],
  inputs: groupPorts,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    num_groups: attr.int(1, 'Channels are split into so many groups of neighbours.', { min: 1 }),
    epsilon,
  },
  infer: (ctx) => {
    const x = checkChannels(ctx, groupPorts, 2);
    const { num_groups } = ctx.attributes;
    const channels = x.shape[1] ?? 1;
    if (!Number.isInteger(num_groups) || num_groups < 1 || divideDims(channels, num_groups) === null) {
      ctx.fail('attribute/invalid', {
        title: `${channels} channels do not split into ${num_groups} groups`,
        cause: 'All groups have the same number of channels.',
        attribute: 'num_groups',
        conflict: [[0, 1]],
        fixes: [
          {
            label: 'Use one group',
            safety: 'maybe',
            edit: { kind: 'set-attribute', attribute: 'num_groups', value: 1 },
          },
        ],
      });
    }
    return [x];
  },
  gradient: ({ b, x, g, attributes }) => {
    const [from, dy] = [operand(x, 0), operand(g, 0)];
    const { shape } = from.type;
    const grouped = groupShape(from, attributes.num_groups);
    const split = b.reshape(from, grouped);
    const parts = () => standardize(b, split, [2], attributes.epsilon);
    return [
      () => {
        const standard = b.reshape(b.mul(dy, alongChannels(b, operand(x, 1), from)), grouped);
        return b.reshape(standardizeGradient(b, split, parts(), { standard }, [2]), shape);
      },
      () => b.reduceSum(b.mul(dy, b.reshape(parts().standard, shape)), batchAxes(from)),
      () => b.reduceSum(dy, batchAxes(from)),
    ];
  },
  lower: ({ b, x, attributes }) => {
    const from = operand(x, 0);
    const split = b.reshape(from, groupShape(from, attributes.num_groups));
    const standard = b.reshape(standardize(b, split, [2], attributes.epsilon).standard, from.type.shape);
    const [scale, bias] = [alongChannels(b, operand(x, 1), from), alongChannels(b, operand(x, 2), from)];
    return [b.add(b.mul(standard, scale), bias)];
  },
  doc: {
    summary:
      'Brings every group of channels of every image to mean 0 and variance 1, then scales and shifts its channels.',
    formula: tex`y_{nc} = \gamma_c\, \hat x_{nc} + \beta_c,\quad \hat x = \frac{x - \mu_{n,G(c)}}{\sqrt{\sigma^2_{n,G(c)} + \varepsilon}}`,
    gradient: tex`\bar x = \frac{g - \operatorname{mean} g - \hat x \operatorname{mean}(g \odot \hat x)}{\sqrt{\sigma^2 + \varepsilon}},\quad g = \gamma_c\, \bar y,\quad \bar\gamma_c = \sum \bar y \odot \hat x,\quad \bar\beta_c = \sum \bar y`,
    notes:
      'Mean and variance are those of all pixels of the channels of a group; the variance divides by their number. As many groups as channels make it InstanceNormalization, one group a layer normalization of images.',
  },
  cases: [
    ['f32[batch,6,5] f32[6] f32[6]', { num_groups: 3 }],
    ['f32[batch,4,3,5] f32[4] f32[4]', { num_groups: 2, epsilon: 0.01 }],
    ['f32[batch,6] f32[6] f32[6]', { num_groups: 2 }],
  ],
  examples: [
    {
      inputs: [f32([1, 3, 3, 1, 10, 2, 2, 10], [1, 4, 2]), f32([1, 2, 3, 4]), f32([0, 5, 0, 0])],
      attributes: { num_groups: 2, epsilon: 0 },
      outputs: [f32([-1, 1, 7, 3, 3, -3, -4, 4], [1, 4, 2])],
    },
  ],
});

export const channelNormalizationOps: readonly OpRecord[] = [
  batchNormalization,
  instanceNormalization,
  groupNormalization,
];
