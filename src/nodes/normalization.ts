/** Normalizations along the last axes, or along any. */
import { sameShape, sizeOf } from '../compiler/dims.ts';
import { attr, defineOp, type InferContext, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { broadcastShapes, normalizeAxis, printShape, type TensorType } from '../compiler/types.ts';
import { checkAxis, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { axesFrom, epsilon, inverseDeviation, standardize, standardizeGradient } from './standardize.ts';

const layerPorts = [
  { name: 'x', doc: 'Any shape but a scalar.', dtypes: FLOAT },
  { name: 'scale', doc: 'Of the shape of the normalized axes, or one that broadcasts to it.', dtypes: FLOAT },
  { name: 'b', doc: 'Bias, like the scale.', dtypes: FLOAT, optional: true },
];

/** Checks that inputs after the first broadcast to the axes from `axis` on. */
function inferLast(ctx: InferContext<{ readonly axis: number }>, ports: readonly PortSpec[]): readonly TensorType[] {
  const [x] = checkDtypes(ctx, ports);
  if (!x) throw new Error('The operand is missing');
  const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, x.shape);
  const normalized = x.shape.slice(axis);
  for (const [at, type] of ctx.inputs.entries()) {
    if (at === 0 || !type) continue;
    const joined = broadcastShapes(normalized, type.shape);
    if (joined && sameShape(joined, normalized)) {
      ctx.broadcasts([normalized, ...ctx.inputs.slice(1, at).map(() => []), type.shape], normalized);
      continue;
    }
    const [wanted] = normalized;
    const vector = normalized.length === 1 && type.shape.length === 1;
    ctx.fail('shape/broadcast', {
      title: `${ctx.nameOf(at)} is ${printShape(type.shape)}, but the normalized axes of ${ctx.nameOf(0)} are ${printShape(normalized)}`,
      cause: `Axes from ${axis} on are normalized; what they are multiplied with or shifted by has a value for each of their elements.`,
      port: ports[at]?.name ?? '',
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
  category: 'Normalization',
  glyph: '𝒩ₗ',
  aliases: ['LayerNorm', 'layer norm', 'standardize rows'],
  inputs: layerPorts,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    axis: attr.int(-1, 'First of the axes to normalize over; negative axes count from the end.'),
    epsilon,
  },
  infer: (ctx) => inferLast(ctx, layerPorts),
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

const rmsPorts = [
  { name: 'x', doc: 'Any shape but a scalar.', dtypes: FLOAT },
  { name: 'scale', doc: 'Of the shape of the normalized axes, or one that broadcasts to it.', dtypes: FLOAT },
];

const rmsNormalization = defineOp({
  name: 'RMSNormalization',
  category: 'Normalization',
  glyph: '𝒩ᵣ',
  aliases: ['RMSNorm', 'rms_norm', 'root mean square', 'layer norm without mean'],
  inputs: rmsPorts,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    axis: attr.int(-1, 'First of the axes to normalize over; negative axes count from the end.'),
    epsilon: attr.float(1e-5, 'Added to the mean square, so that zeros are not divided by zero.', { min: 0 }),
  },
  infer: (ctx) => inferLast(ctx, rmsPorts),
  gradient: ({ b, x, g, attributes }) => {
    const [from, scale, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const axes = axesFrom(normalizeAxis(attributes.axis, from.type.shape.length), from.type.shape.length);
    const inverse = () => inverseDeviation(b, b.reduceMean(b.mul(from, from), axes, true), attributes.epsilon);
    return [
      () => {
        const [factor, slope] = [inverse(), b.mul(dy, scale)];
        const standard = b.mul(from, factor);
        return b.mul(factor, b.sub(slope, b.mul(standard, b.reduceMean(b.mul(slope, standard), axes, true))));
      },
      () => b.mul(dy, b.mul(from, inverse())),
    ];
  },
  lower: ({ b, x, attributes }) => {
    const from = operand(x, 0);
    const axes = axesFrom(normalizeAxis(attributes.axis, from.type.shape.length), from.type.shape.length);
    const inverse = inverseDeviation(b, b.reduceMean(b.mul(from, from), axes, true), attributes.epsilon);
    return [b.mul(b.mul(from, inverse), operand(x, 1))];
  },
  doc: {
    summary: 'Brings every row to mean square 1, then scales its elements.',
    formula: tex`y = \gamma \odot \hat x,\quad \hat x = \frac{x}{\sqrt{\operatorname{mean} x^2 + \varepsilon}}`,
    gradient: tex`\bar x = \frac{g - \hat x \operatorname{mean}(g \odot \hat x)}{\sqrt{\operatorname{mean} x^2 + \varepsilon}},\quad g = \bar y \odot \gamma,\quad \bar\gamma = \sum \bar y \odot \hat x`,
    notes:
      'The mean is that of the axes from `axis` on. LayerNormalization without its mean and bias. (PyTorch takes as ε by default the smallest step above 1; here it is 1e-5, as in ONNX.)',
  },
  cases: [['f32[batch,3,5] f32[5]'], ['f32[batch,3,5] f32[3,1]', { axis: 1, epsilon: 0.01 }]],
  examples: [
    {
      inputs: [f32([1, 7, 3, 3], [2, 2]), f32([10, 20])],
      attributes: { epsilon: 0 },
      outputs: [f32([2, 28, 10, 20], [2, 2])],
    },
  ],
});

const vectorPort = [{ name: 'x', doc: 'Any shape but a scalar.', dtypes: FLOAT }];

const lpNormalization = defineOp({
  name: 'LpNormalization',
  category: 'Normalization',
  glyph: 'x̂',
  aliases: ['F.normalize', 'unit vector', 'l2 normalize', 'normalize', 'cosine', 'np.linalg.norm'],
  inputs: vectorPort,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    axis: attr.int(-1, 'The axis that vectors lie along; negative axes count from the end.'),
    p: attr.int(2, 'The norm that becomes 1: the sum of absolute values (1) or the length (2).', { min: 1, max: 2 }),
  },
  infer: (ctx) => {
    const [x] = checkDtypes(ctx, vectorPort);
    if (!x) throw new Error('The operand is missing');
    const { axis, p } = ctx.attributes;
    checkAxis(ctx, 'axis', axis, x.shape);
    if (p !== 1 && p !== 2) {
      ctx.fail('attribute/invalid', {
        title: `p is ${p}`,
        cause: 'The norm is that of absolute values, 1, or the Euclidean, 2.',
        attribute: 'p',
        fixes: [
          {
            label: 'Take the Euclidean norm',
            safety: 'maybe',
            edit: { kind: 'set-attribute', attribute: 'p', value: 2 },
          },
        ],
      });
    }
    return [x];
  },
  gradient: 'expansion',
  lower: ({ b, x, attributes: { axis, p } }) => {
    const from = operand(x, 0);
    const norm = b.emit(p === 1 ? 'ReduceL1' : 'ReduceL2', [from], { axes: [axis], keepdims: true });
    const none = b.equal(norm, b.scalar(0));
    const unit = b.div(from, b.where(none, b.scalar(1), norm));
    return [b.where(none, b.scalar(0), unit)];
  },
  doc: {
    summary: 'Divides every vector along an axis by its norm.',
    formula: tex`y = \frac{x}{\lVert x \rVert_p}`,
    gradient: tex`\bar x = \frac{\bar y - \langle \bar y, y \rangle\, \partial \lVert x \rVert_p}{\lVert x \rVert_p},\quad \partial \lVert x \rVert_1 = \operatorname{sign} x,\quad \partial \lVert x \rVert_2 = y`,
    notes: 'A vector of zeros stays one, and its gradient is 0.',
  },
  cases: [['f32[batch,3,5]'], ['f32[batch,3,5]', { axis: 1, p: 1 }], ['f32[3,batch]', { axis: 1 }]],
  examples: [
    { inputs: [f32([3, -4, 0, 0], [2, 2])], outputs: [f32([0.6, -0.8, 0, 0], [2, 2])] },
    {
      inputs: [f32([3, -1, 0, 2], [2, 2])],
      attributes: { p: 1, axis: 0 },
      outputs: [f32([1, -1 / 3, 0, 2 / 3], [2, 2])],
    },
  ],
});

const meanVarianceNormalization = defineOp({
  name: 'MeanVarianceNormalization',
  category: 'Normalization',
  glyph: '𝒩',
  aliases: ['MVN', 'standardize', 'z-score', 'whiten'],
  inputs: vectorPort,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    axes: attr.ints([0, 2, 3], 'The axes of one mean and one variance; negative axes count from the end.'),
  },
  infer: (ctx) => {
    const [x] = checkDtypes(ctx, vectorPort);
    if (!x) throw new Error('The operand is missing');
    const { axes } = ctx.attributes;
    const whole = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const bad = axes.find((axis) => normalizeAxis(axis, x.shape.length) >= x.shape.length || axis < -x.shape.length);
    if (bad !== undefined) {
      ctx.fail('shape/axis', {
        title: `axis ${bad} lies outside ${printShape(x.shape)}`,
        cause: `${ctx.nameOf(0)} has ${x.shape.length} axes: ${-x.shape.length} … ${x.shape.length - 1}.`,
        attribute: 'axes',
        fixes:
          x.shape.length < 2
            ? []
            : [
                {
                  label: `Normalize over ${whole.join(', ')}: all but the channels`,
                  safety: 'maybe',
                  edit: { kind: 'set-attribute', attribute: 'axes', value: whole },
                },
              ],
      });
    }
    const distinct = new Set(axes.map((axis) => normalizeAxis(axis, x.shape.length)));
    if (distinct.size === 0 || distinct.size < axes.length) {
      ctx.fail('attribute/invalid', {
        title: axes.length === 0 ? 'no axis is named' : 'an axis is named twice',
        cause: `Mean and deviation are taken over the axes that are named, each once; of ${ctx.nameOf(0)} there are ${x.shape.length}.`,
        attribute: 'axes',
      });
    }
    return [x];
  },
  gradient: 'expansion',
  lower: ({ b, x, attributes: { axes } }) => {
    const from = operand(x, 0);
    const { shape } = from.type;
    const count = sizeOf(axes.map((axis) => shape[normalizeAxis(axis, shape.length)] ?? 1));
    const centered = b.sub(from, b.reduceMean(from, axes, true));
    const length = b.emit('ReduceL2', [centered], { axes, keepdims: true });
    const deviation = b.div(length, b.sqrt(b.dimSize(count)));
    return [b.div(centered, b.add(deviation, b.scalar(1e-9)))];
  },
  doc: {
    summary: 'Brings what lies along some axes to mean 0 and variance 1.',
    formula: tex`y = \frac{x - \mu}{\sigma + 10^{-9}},\quad \sigma^2 = \operatorname{mean}\,(x - \mu)^2`,
    gradient: tex`\bar x = \frac{\bar y - \operatorname{mean} \bar y - y \operatorname{mean}(\bar y \odot y)}{\sigma}`,
    notes: 'The variance divides by the number of elements. Where all elements are equal, y is 0.',
  },
  cases: [['f32[batch,2,3,5]'], ['f32[batch,3,5]', { axes: [-1] }], ['f32[3,batch,5]', { axes: [1, 2] }]],
  examples: [
    { inputs: [f32([1, 3, 10, 2], [2, 2])], attributes: { axes: [1] }, outputs: [f32([-1, 1, 1, -1], [2, 2])] },
    { inputs: [f32([1, 3, 3, 1], [1, 1, 2, 2])], outputs: [f32([-1, 1, 1, -1], [1, 1, 2, 2])] },
  ],
});

export const normalizationOps: readonly OpRecord[] = [
  layerNormalization,
  rmsNormalization,
  lpNormalization,
  meanVarianceNormalization,
];
