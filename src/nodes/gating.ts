/** Activations that decide which elements pass, and how much of them. */
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { normalizeAxis, tensor } from '../compiler/types.ts';
import { firstIndexOf } from './axis.ts';
import { checkAxis, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { defineUnary } from './unary.ts';

const shrink = defineUnary({
  name: 'Shrink',
  category: 'Activation',
  glyph: '⊣⊢',
  aliases: ['hardshrink', 'softshrink', 'soft threshold', 'Hardshrink', 'Softshrink', 'proximal l1'],
  attributes: {
    lambd: attr.float(0.5, 'Elements of at most this size become zero.', { min: 0 }),
    bias: attr.float(0, 'Brings the others nearer to zero: 0 is a hard threshold, lambd a soft one.'),
  },
  check: ({ attributes: { lambd }, fail }) => {
    if (lambd < 0) {
      fail('attribute/invalid', {
        title: `lambd is ${lambd}, but a threshold cannot be below 0`,
        attribute: 'lambd',
        fixes: [
          {
            label: `Set lambd to ${-lambd}`,
            safety: 'maybe',
            edit: { kind: 'set-attribute', attribute: 'lambd', value: -lambd },
          },
        ],
      });
    }
  },
  gradient: ({ b, x, g, attributes: { lambd } }) =>
    b.where(b.greater(b.emit('Abs', [x]), b.like(x, lambd)), g, b.like(g, 0)),
  lower: ({ b, x, attributes: { lambd, bias } }) => {
    const low = b.where(b.emit('Less', [x, b.like(x, -lambd)]), b.add(x, b.like(x, bias)), b.like(x, 0));
    return b.where(b.greater(x, b.like(x, lambd)), b.sub(x, b.like(x, bias)), low);
  },
  doc: {
    summary: 'Makes small elements zero and moves the others towards it.',
    formula: tex`y = \begin{cases} x - \mathrm{bias} & x > \lambda \\ x + \mathrm{bias} & x < -\lambda \\ 0 & \text{otherwise} \end{cases}`,
    gradient: tex`\bar x = \bar y\,[|x| > \lambda]`,
    notes: 'The gradient at both thresholds is 0. With bias = lambd this is the proximal step of an L1 penalty.',
  },
  cases: [['f32[batch,3,5]'], ['f32[batch,7]', { lambd: 1, bias: 0.7 }]],
  examples: [
    { inputs: [f32([-2, -0.5, 0, 0.25, 0.5, 0.75])], outputs: [f32([-2, 0, 0, 0, 0, 0.75])] },
    {
      attributes: { lambd: 1, bias: 1 },
      inputs: [f32([-3, -1, 0.5, 1.5])],
      outputs: [f32([-2, 0, 0, 0.5])],
    },
  ],
});

const swish = defineUnary({
  name: 'Swish',
  category: 'Activation',
  glyph: 'xσ',
  aliases: ['SiLU', 'silu', 'sigmoid linear unit', 'x sigmoid(x)', 'quick gelu'],
  attributes: { alpha: attr.float(1, 'Steepness of the sigmoid: 0 is half of x, large ones come near Relu.') },
  gradient: ({ b, x, y, g, attributes: { alpha } }) => {
    const gate = b.emit('Sigmoid', [b.mul(x, b.like(x, alpha))]);
    const bend = b.mul(b.mul(y, b.like(y, alpha)), b.sub(b.like(gate, 1), gate));
    return b.mul(g, b.add(gate, bend));
  },
  lower: ({ b, x, attributes: { alpha } }) => {
    const scaled = alpha === 1 ? x : b.mul(x, b.like(x, alpha));
    return b.mul(x, b.emit('Sigmoid', [scaled]));
  },
  doc: {
    summary: 'Every element times the sigmoid of itself: a smooth Relu with a dip below zero.',
    formula: tex`y = x\,\sigma(\alpha x)`,
    gradient: tex`\bar x = \bar y\,\bigl(\sigma(\alpha x) + \alpha y\,(1 - \sigma(\alpha x))\bigr)`,
    notes: 'With alpha = 1 this is SiLU; with alpha = 1.702 it comes near Gelu.',
  },
  cases: [['f32[batch,3]'], ['f32[batch,3]', { alpha: 1.7 }], ['f32[5,batch]', { alpha: -0.6 }]],
  examples: [
    { inputs: [f32([-1, 0, 2])], outputs: [f32([-0.26894142, 0, 1.7615942])] },
    { attributes: { alpha: 2 }, inputs: [f32([-0.5, 1])], outputs: [f32([-0.13447071, 0.88079708])] },
  ],
});

const hardmaxInputs = [{ name: 'x', doc: 'Any shape but a scalar.', dtypes: FLOAT }];

const hardmax = defineOp({
  name: 'Hardmax',
  category: 'Activation',
  glyph: '⋁¹',
  aliases: ['one-hot argmax', 'winner takes all', 'argmax one hot'],
  inputs: hardmaxInputs,
  outputs: [{ name: 'y', doc: 'Of the shape of x, with a single 1 along the axis.' }],
  attributes: { axis: attr.int(-1, 'The axis to search along; negative axes count from the end.') },
  infer: (ctx) => {
    const types = checkDtypes(ctx, hardmaxInputs);
    checkAxis(ctx, 'axis', ctx.attributes.axis, types[0]?.shape ?? []);
    return types.map(({ dtype, shape }) => tensor(dtype, shape));
  },
  gradient: { none: 'zero', reason: 'It is a step function: flat wherever it has a derivative.' },
  lower: ({ b, x, attributes: { axis } }) => {
    const from = operand(x, 0);
    const { shape } = from.type;
    const at = normalizeAxis(axis, shape.length);
    const size = Number(shape[at]);
    const places = b.reshape(
      b.iota(size),
      shape.map((_, other) => (other === at ? size : 1)),
    );
    const first = firstIndexOf(b, from, b.reduceMax(from, [at], true), at);
    return [b.cast(b.equal(places, first), 'float32')];
  },
  doc: {
    summary: '1 at the largest element along an axis and 0 elsewhere: Softmax without doubt.',
    formula: tex`y_i = [i = \operatorname{arg\,max}_j x_j]`,
    gradient: tex`\bar x = 0`,
    notes: 'The first of several that tie has the 1. Where an element is not a number there is none.',
  },
  cases: [['f32[batch,3,5]', { axis: 1 }], ['f32[batch,3]'], ['f32[batch,3]', { axis: 0 }]],
  examples: [
    { inputs: [f32([1, 3, 3, 9, 2, 0], [2, 3])], outputs: [f32([0, 1, 0, 1, 0, 0], [2, 3])] },
    {
      attributes: { axis: 0 },
      inputs: [f32([1, 3, 3, 9, 2, 3], [2, 3])],
      outputs: [f32([0, 1, 1, 1, 0, 0], [2, 3])],
    },
  ],
});

export const gatingOps: readonly OpRecord[] = [shrink, swish, hardmax];
