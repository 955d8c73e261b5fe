import type { Builder } from '../compiler/builder.ts';
import { type Shape, sameShape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { broadcastShapes, normalizeAxis, printShape, type TensorType } from '../compiler/types.ts';
import { checkAxis, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';

const epsilon = attr.float(1e-5, 'Added to the variance, so that a constant is not divided by zero.', { min: 0 });

interface Standardized {
  /** With the axes kept. */
  readonly mean: Value;
  readonly variance: Value;
  /** 1 / √(variance + ε) */
  readonly inverse: Value;
  readonly standard: Value;
}

function inverseDeviation(b: Builder, variance: Value, eps: number): Value {
  return b.div(b.scalar(1), b.sqrt(b.add(variance, b.scalar(eps))));
}

/** Deviations from the mean over the axes, in units of the standard deviation; the variance divides by the count. */
function standardize(b: Builder, x: Value, axes: readonly number[], eps: number): Standardized {
  const mean = b.reduceMean(x, axes, true);
  const centered = b.sub(x, mean);
  const variance = b.reduceMean(b.mul(centered, centered), axes, true);
  const inverse = inverseDeviation(b, variance, eps);
  return { mean, variance, inverse, standard: b.mul(centered, inverse) };
}

interface StandardizedGradients {
  readonly standard: Value;
  /** With the axes kept; where the statistics are used for nothing else they have none. */
  readonly statistics?: { readonly mean: Value; readonly variance: Value };
}

/** The gradient of x. Terms of mean and variance are joined before they meet x, as most often they are zero. */
function standardizeGradient(
  b: Builder,
  x: Value,
  { standard, inverse }: Standardized,
  { standard: g, statistics }: StandardizedGradients,
  axes: readonly number[],
): Value {
  let level = b.reduceMean(g, axes, true);
  let along = b.reduceMean(b.mul(g, standard), axes, true);
  if (statistics) {
    const count = b.dimSize(sizeOf(axes.map((axis) => x.type.shape[axis] ?? 1)));
    const deviation = b.div(b.scalar(1), b.mul(inverse, count));
    level = b.sub(level, b.mul(statistics.mean, deviation));
    along = b.sub(along, b.mul(b.mul(b.scalar(2), statistics.variance), b.div(deviation, inverse)));
  }
  return b.mul(inverse, b.sub(b.sub(g, level), b.mul(standard, along)));
}

/** All axes from `first` on. */
function axesFrom(first: number, rank: number): number[] {
  return Array.from({ length: rank - first }, (_, at) => first + at);
}

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

const layerPorts = [
  { name: 'x', doc: 'Any shape but a scalar.', dtypes: FLOAT },
  { name: 'scale', doc: 'Of the shape of the normalized axes, or one that broadcasts to it.', dtypes: FLOAT },
  { name: 'b', doc: 'Bias, like the scale.', dtypes: FLOAT, optional: true },
];

function inferLayer(ctx: InferContext<{ readonly axis: number }>): readonly TensorType[] {
  const [x] = checkDtypes(ctx, layerPorts);
  if (!x) throw new Error('LayerNormalization without an operand');
  const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, x.shape);
  const normalized = x.shape.slice(axis);
  for (const [at, type] of ctx.inputs.entries()) {
    if (at === 0 || !type) continue;
    const joined = broadcastShapes(normalized, type.shape);
    if (joined && sameShape(joined, normalized)) continue;
    const [wanted] = normalized;
    const vector = normalized.length === 1 && type.shape.length === 1;
    ctx.fail('shape/broadcast', {
      title: `${ctx.nameOf(at)} is ${printShape(type.shape)}, but the normalized axes of ${ctx.nameOf(0)} are ${printShape(normalized)}`,
      cause: `Axes from ${axis} on are normalized, and have a scale and a bias for each of their elements.`,
      port: layerPorts[at]?.name ?? '',
      conflict: vector
        ? [
            [0, axis],
            [at, 0, ...(typeof wanted === 'number' ? ([wanted] as const) : ([] as const))],
          ]
        : [],
    });
  }
  return [x];
}

const layerNormalization = defineOp({
  name: 'LayerNormalization',
  category: 'Activation',
  glyph: '𝒩ₗ',
  aliases: ['LayerNorm', 'layer norm', 'standardize rows'],
  inputs: layerPorts,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    axis: attr.int(-1, 'First of the axes to normalize over; negative axes count from the end.'),
    epsilon,
  },
  infer: inferLayer,
  gradient: ({ b, x, g, attributes }) => {
    const [from, scale, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const rank = from.type.shape.length;
    const axes = axesFrom(normalizeAxis(attributes.axis, rank), rank);
    const parts = () => standardize(b, from, axes, attributes.epsilon);
    const gradients = [
      () => standardizeGradient(b, from, parts(), { standard: b.mul(dy, scale) }, axes),
      () => b.mul(dy, parts().standard),
      () => dy,
    ];
    return gradients.slice(0, x.length);
  },
  lower: ({ b, x, attributes }) => {
    const from = operand(x, 0);
    const rank = from.type.shape.length;
    const axes = axesFrom(normalizeAxis(attributes.axis, rank), rank);
    const scaled = b.mul(standardize(b, from, axes, attributes.epsilon).standard, operand(x, 1));
    return [x[2] ? b.add(scaled, x[2]) : scaled];
  },
  doc: {
    summary: 'Brings every row to mean 0 and variance 1, then scales and shifts its elements.',
    formula: tex`y = \gamma \odot \hat x + \beta,\quad \hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}`,
    gradient: tex`\bar x = \frac{g - \operatorname{mean} g - \hat x \operatorname{mean}(g \odot \hat x)}{\sqrt{\sigma^2 + \varepsilon}},\quad g = \bar y \odot \gamma,\quad \bar\gamma = \sum \bar y \odot \hat x,\quad \bar\beta = \sum \bar y`,
    notes: 'Mean and variance are those of the axes from `axis` on; the variance divides by the number of elements.',
  },
  cases: [['f32[batch,3,5] f32[5] f32[5]'], ['f32[batch,3,5] f32[3,1] _', { axis: 1, epsilon: 0.01 }]],
  examples: [
    {
      inputs: [f32([1, 3, 10, 2], [2, 2]), f32([1, 2]), f32([0, 5])],
      attributes: { epsilon: 0 },
      outputs: [f32([-1, 7, 1, 3], [2, 2])],
    },
  ],
});

const instancePorts = [
  { name: 'x', doc: 'Images [batch, C, height, width], or signals [batch, C, length].', dtypes: FLOAT },
  { name: 'scale', doc: 'One value a channel, [C].', dtypes: FLOAT },
  { name: 'b', doc: 'Bias [C].', dtypes: FLOAT },
];

const instanceNormalization = defineOp({
  name: 'InstanceNormalization',
  category: 'Activation',
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
  category: 'Activation',
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
      'Normalizes by the mean and variance of the batch, not by the running ones. (Off by default in ONNX.)',
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
  doc: {
    summary: 'Brings every channel to mean 0 and variance 1 over the batch, then scales and shifts it.',
    formula: tex`y = \gamma_c\, \hat x + \beta_c,\quad \hat x = \frac{x - \mu_c}{\sqrt{\sigma^2_c + \varepsilon}},\quad \mu' = m \mu + (1 - m)\, \mu_c`,
    gradient: tex`\bar x = \frac{g - \operatorname{mean} g - \hat x \operatorname{mean}(g \odot \hat x)}{\sqrt{\sigma^2_c + \varepsilon}},\quad g = \gamma_c\, \bar y,\quad \bar\gamma_c = \sum \bar y \odot \hat x,\quad \bar\beta_c = \sum \bar y`,
    notes:
      "Wire running_mean and running_var to the update of the parameters that input_mean and input_var come from. The momentum is ONNX's, 1 less that of PyTorch; the variance divides by the count in both uses, where PyTorch's running variance divides by one less. Without training_mode, mean and variance are constants to x, and x has the gradient of a scaling.",
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

export const normalizationOps: readonly OpRecord[] = [layerNormalization, batchNormalization, instanceNormalization];
