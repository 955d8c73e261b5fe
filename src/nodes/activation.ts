import { sameShape } from '../compiler/dims.ts';
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { printShape } from '../compiler/types.ts';
import { broadcastInputs, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { defineUnary } from './unary.ts';

const tanh = defineUnary({
  name: 'Tanh',
  category: 'Activation',
  glyph: 'th',
  aliases: ['hyperbolic tangent', 'th'],
  attributes: {},
  gradient: ({ b, y, g }) => b.sub(g, b.mul(b.mul(g, y), y)),
  doc: {
    summary: 'Squashes every element into -1 … 1.',
    formula: tex`y = \tanh x`,
    gradient: tex`\bar x = \bar y\,(1 - y^2)`,
  },
  examples: [{ inputs: [f32([-1, 0, 1])], outputs: [f32([-0.76159416, 0, 0.76159416])] }],
});

const sigmoid = defineUnary({
  name: 'Sigmoid',
  category: 'Activation',
  glyph: 'σ',
  aliases: ['logistic', 'expit'],
  attributes: {},
  gradient: ({ b, y, g }) => b.mul(b.mul(g, y), b.sub(b.like(y, 1), y)),
  doc: {
    summary: 'Squashes every element into 0 … 1, as the probability that belongs to a logit.',
    formula: tex`y = \sigma(x) = \frac{1}{1 + e^{-x}}`,
    gradient: tex`\bar x = \bar y\, y\,(1 - y)`,
  },
  examples: [{ inputs: [f32([-1, 0, 2])], outputs: [f32([0.26894142, 0.5, 0.88079708])] }],
});

const relu = defineUnary({
  name: 'Relu',
  category: 'Activation',
  glyph: '_/',
  aliases: ['rectifier', 'rectified linear unit', 'ramp'],
  attributes: {},
  gradient: ({ b, y, g }) => b.where(b.greater(y, b.like(y, 0)), g, b.like(g, 0)),
  doc: {
    summary: 'Keeps positive elements and makes the others zero.',
    formula: tex`y = \max(x, 0)`,
    gradient: tex`\bar x = \bar y\,[x > 0]`,
    notes: 'The gradient at 0 is 0.',
  },
  examples: [{ inputs: [f32([-1, 0, 2])], outputs: [f32([0, 0, 2])] }],
});

const leakyRelu = defineUnary({
  name: 'LeakyRelu',
  category: 'Activation',
  glyph: '_/',
  aliases: ['leaky rectifier'],
  attributes: { alpha: attr.float(0.01, 'Slope for negative elements.') },
  gradient: ({ b, x, g, attributes }) => b.where(b.greater(x, b.like(x, 0)), g, b.mul(g, b.like(g, attributes.alpha))),
  doc: {
    summary: 'Keeps positive elements and scales the others down.',
    formula: tex`y = \begin{cases} x & x > 0 \\ \alpha x & x \le 0 \end{cases}`,
    gradient: tex`\bar x = \bar y\,\begin{cases} 1 & x > 0 \\ \alpha & x \le 0 \end{cases}`,
    notes: 'The gradient at 0 is that of the negative side.',
  },
  examples: [{ attributes: { alpha: 0.25 }, inputs: [f32([-1, 0, 2])], outputs: [f32([-0.25, 0, 2])] }],
});

const elu = defineUnary({
  name: 'Elu',
  category: 'Activation',
  glyph: '_/',
  aliases: ['exponential linear unit'],
  attributes: { alpha: attr.float(1, 'Depth of the negative side: its limit is -alpha.') },
  gradient: ({ b, x, y, g, attributes }) =>
    b.where(b.greater(x, b.like(x, 0)), g, b.mul(g, b.add(y, b.like(y, attributes.alpha)))),
  doc: {
    summary: 'Keeps positive elements and bends the others towards -alpha.',
    formula: tex`y = \begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}`,
    gradient: tex`\bar x = \bar y\,\begin{cases} 1 & x > 0 \\ y + \alpha & x \le 0 \end{cases}`,
    notes: 'The gradient at 0 is that of the negative side, alpha.',
  },
  cases: [['f32[batch,3]', { alpha: 0.7 }]],
  examples: [{ attributes: { alpha: 2 }, inputs: [f32([-1, 0, 2])], outputs: [f32([-1.2642411, 0, 2])] }],
});

const selu = defineUnary({
  name: 'Selu',
  category: 'Activation',
  glyph: '_/',
  aliases: ['scaled exponential linear unit', 'self-normalizing'],
  attributes: {
    alpha: attr.float(1.6732631921768188, 'Depth of the negative side before scaling.'),
    gamma: attr.float(1.0507010221481323, 'Scale of both sides.'),
  },
  gradient: ({ b, x, y, g, attributes: { alpha, gamma } }) => {
    const negative = b.mul(g, b.add(y, b.like(y, alpha * gamma)));
    return b.where(b.greater(x, b.like(x, 0)), b.mul(g, b.like(g, gamma)), negative);
  },
  lower: ({ b, x, attributes: { alpha, gamma } }) => b.mul(b.emit('Elu', [x], { alpha }), b.like(x, gamma)),
  doc: {
    summary: 'Elu, scaled so that layers keep mean 0 and variance 1.',
    formula: tex`y = \gamma\,\begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}`,
    gradient: tex`\bar x = \bar y\,\begin{cases} \gamma & x > 0 \\ y + \gamma\alpha & x \le 0 \end{cases}`,
    notes: 'The gradient at 0 is that of the negative side.',
  },
  examples: [{ inputs: [f32([-1, 0, 2])], outputs: [f32([-1.1113307, 0, 2.101402])] }],
});

const softplus = defineUnary({
  name: 'Softplus',
  category: 'Activation',
  glyph: '_/',
  aliases: ['log1p exp', 'smooth relu', 'logaddexp'],
  attributes: {},
  gradient: ({ b, x, g }) => b.mul(g, b.emit('Sigmoid', [x])),
  doc: {
    summary: 'A smooth Relu.',
    formula: tex`y = \log(1 + e^x)`,
    gradient: tex`\bar x = \bar y\,\sigma(x)`,
    notes: 'Large elements do not overflow.',
  },
  examples: [{ inputs: [f32([-1, 0, 100])], outputs: [f32([0.31326169, Math.LN2, 100])] }],
});

const softsign = defineUnary({
  name: 'Softsign',
  category: 'Activation',
  glyph: '∫',
  attributes: {},
  gradient: ({ b, x, g }) => {
    const denominator = b.add(b.emit('Abs', [x]), b.like(x, 1));
    return b.div(g, b.mul(denominator, denominator));
  },
  lower: ({ b, x }) => b.div(x, b.add(b.emit('Abs', [x]), b.like(x, 1))),
  doc: {
    summary: 'Squashes every element into -1 … 1, more gently than Tanh.',
    formula: tex`y = \frac{x}{1 + |x|}`,
    gradient: tex`\bar x = \frac{\bar y}{(1 + |x|)^2}`,
  },
  examples: [{ inputs: [f32([-1, 0, 3])], outputs: [f32([-0.5, 0, 0.75])] }],
});

const hardSigmoid = defineUnary({
  name: 'HardSigmoid',
  category: 'Activation',
  glyph: 'hσ',
  attributes: { alpha: attr.float(0.2, 'Slope of the middle part.'), beta: attr.float(0.5, 'Value at 0.') },
  gradient: ({ b, y, g, attributes }) => {
    const inside = b.emit('And', [b.greater(y, b.like(y, 0)), b.emit('Less', [y, b.like(y, 1)])]);
    return b.where(inside, b.mul(g, b.like(g, attributes.alpha)), b.like(g, 0));
  },
  doc: {
    summary: 'A straight line, cut off at 0 and 1.',
    formula: tex`y = \min(\max(\alpha x + \beta, 0), 1)`,
    gradient: tex`\bar x = \alpha\,\bar y\,[0 < y < 1]`,
    notes: 'The gradient at both corners is 0.',
  },
  cases: [['f32[batch,3](-4.1,4.1)']],
  examples: [{ inputs: [f32([-3, 0, 1, 4])], outputs: [f32([0, 0.5, 0.7, 1])] }],
});

const gelu = defineUnary({
  name: 'Gelu',
  category: 'Activation',
  glyph: '_/',
  aliases: ['gaussian error linear unit'],
  attributes: {
    approximate: attr.choice(['none', 'tanh'], 'none', 'Whether the normal distribution is approximated with tanh.'),
  },
  gradient: ({ b, x, g, attributes }) => {
    const scaled = (value: typeof x, factor: number) => b.mul(value, b.like(x, factor));
    const plusOne = (value: typeof x) => b.add(value, b.like(x, 1));
    const square = b.mul(x, x);
    if (attributes.approximate === 'tanh') {
      const k = Math.sqrt(2 / Math.PI);
      const t = b.emit('Tanh', [b.mul(scaled(x, k), plusOne(scaled(square, 0.044715)))]);
      const inner = b.mul(scaled(x, k), plusOne(scaled(square, 3 * 0.044715)));
      const slope = b.mul(inner, b.sub(b.like(x, 1), b.mul(t, t)));
      return b.mul(g, scaled(b.add(plusOne(t), slope), 0.5));
    }
    const distribution = scaled(plusOne(b.emit('Erf', [scaled(x, Math.SQRT1_2)])), 0.5);
    const density = scaled(b.exp(scaled(square, -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return b.mul(g, b.add(distribution, b.mul(x, density)));
  },
  doc: {
    summary: 'Weighs every element with the probability that a normal variable is smaller.',
    formula: tex`y = x\,\Phi(x),\quad \Phi(x) = \tfrac12\bigl(1 + \operatorname{erf}(x/\sqrt2)\bigr)`,
    gradient: tex`\bar x = \bar y\,\Bigl(\Phi(x) + \frac{x\,e^{-x^2/2}}{\sqrt{2\pi}}\Bigr)`,
    notes: tex`With approximate = tanh, Φ(x) is ½(1 + tanh(√(2/π)(x + 0.044715 x³))), and the gradient is that of this formula.`,
  },
  cases: [['f32[batch,3]'], ['f32[batch,3]', { approximate: 'tanh' }]],
  examples: [
    { inputs: [f32([-1, 0, 2])], outputs: [f32([-0.15865526, 0, 1.9544997])] },
    { attributes: { approximate: 'tanh' }, inputs: [f32([-1, 0, 2])], outputs: [f32([-0.158808, 0, 1.9545977])] },
  ],
});

const celu = defineUnary({
  name: 'Celu',
  category: 'Activation',
  glyph: '_/',
  aliases: ['continuously differentiable exponential linear unit'],
  attributes: { alpha: attr.float(1, 'Depth and width of the negative side; not 0.') },
  check: ({ attributes: { alpha }, fail }) => {
    if (alpha === 0) fail('attribute/invalid', { title: 'alpha is 0, but x is divided by it', attribute: 'alpha' });
  },
  gradient: ({ b, x, y, g, attributes: { alpha } }) => {
    const slope = b.add(b.mul(y, b.like(y, 1 / alpha)), b.like(y, 1));
    return b.where(b.greater(x, b.like(x, 0)), g, b.mul(g, slope));
  },
  lower: ({ b, x, attributes: { alpha } }) => b.mul(b.emit('Elu', [b.mul(x, b.like(x, 1 / alpha))]), b.like(x, alpha)),
  doc: {
    summary: 'Elu whose slope at 0 is 1 for every alpha.',
    formula: tex`y = \begin{cases} x & x > 0 \\ \alpha\,(e^{x/\alpha} - 1) & x \le 0 \end{cases}`,
    gradient: tex`\bar x = \bar y\,\begin{cases} 1 & x > 0 \\ y/\alpha + 1 & x \le 0 \end{cases}`,
  },
  cases: [['f32[batch,3]', { alpha: 0.7 }]],
  examples: [{ attributes: { alpha: 2 }, inputs: [f32([-2, 0, 2])], outputs: [f32([-1.2642411, 0, 2])] }],
});

const thresholdedRelu = defineUnary({
  name: 'ThresholdedRelu',
  category: 'Activation',
  glyph: '_/',
  attributes: { alpha: attr.float(1, 'Elements up to here become zero.') },
  gradient: ({ b, x, g, attributes }) => b.where(b.greater(x, b.like(x, attributes.alpha)), g, b.like(g, 0)),
  doc: {
    summary: 'Keeps elements above a threshold and makes the others zero.',
    formula: tex`y = x\,[x > \alpha]`,
    gradient: tex`\bar x = \bar y\,[x > \alpha]`,
  },
  examples: [{ inputs: [f32([-1, 1, 2])], outputs: [f32([0, 0, 2])] }],
});

const hardSwish = defineUnary({
  name: 'HardSwish',
  category: 'Activation',
  glyph: '_/',
  aliases: ['hard silu'],
  attributes: {},
  gradient: ({ b, x, g }) => {
    const middle = b.mul(g, b.add(b.mul(x, b.like(x, 1 / 3)), b.like(x, 0.5)));
    const left = b.where(b.emit('Less', [x, b.like(x, -3)]), b.like(g, 0), middle);
    return b.where(b.greater(x, b.like(x, 3)), g, left);
  },
  doc: {
    summary: 'The element times a straight line cut off at 0 and 1.',
    formula: tex`y = x \min(\max(x/6 + 1/2, 0), 1)`,
    gradient: tex`\bar x = \bar y\,\begin{cases} 0 & x < -3 \\ x/3 + 1/2 & -3 \le x \le 3 \\ 1 & x > 3 \end{cases}`,
    notes: 'The gradients at both corners are those of the middle part.',
  },
  cases: [['f32[batch,3](-4.1,4.1)']],
  examples: [{ inputs: [f32([-4, -1, 3])], outputs: [f32([0, -1 / 3, 3])] }],
});

const mish = defineUnary({
  name: 'Mish',
  category: 'Activation',
  glyph: '_/',
  attributes: {},
  gradient: ({ b, x, g }) => {
    const t = b.emit('Tanh', [b.emit('Softplus', [x])]);
    const slope = b.mul(b.mul(x, b.emit('Sigmoid', [x])), b.sub(b.like(x, 1), b.mul(t, t)));
    return b.mul(g, b.add(t, slope));
  },
  lower: ({ b, x }) => b.mul(x, b.emit('Tanh', [b.emit('Softplus', [x])])),
  doc: {
    summary: 'The element times the Tanh of its Softplus.',
    formula: tex`y = x \tanh(\log(1 + e^x))`,
    gradient: tex`\bar x = \bar y\,\bigl(t + x\,\sigma(x)\,(1 - t^2)\bigr),\quad t = \tanh(\log(1 + e^x))`,
  },
  examples: [{ inputs: [f32([-1, 0, 2])], outputs: [f32([-0.30340147, 0, 1.943959])] }],
});

const preluInputs = [
  { name: 'x', doc: 'Any shape.', dtypes: FLOAT },
  { name: 'slope', doc: 'Slopes for negative elements; broadcasts to x.', dtypes: FLOAT },
];

const prelu = defineOp({
  name: 'PRelu',
  category: 'Activation',
  glyph: '_/',
  aliases: ['parametric relu'],
  inputs: preluInputs,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {},
  infer: (ctx) => {
    const types = checkDtypes(ctx, preluInputs);
    const [x = [], slope = []] = types.map((type) => type.shape);
    if (!sameShape(broadcastInputs(ctx, preluInputs), x)) {
      ctx.fail('shape/broadcast', {
        title: `slope ${printShape(slope)} does not broadcast to x ${printShape(x)}`,
        cause: 'The result has the shape of x, so slope may not be larger.',
        port: 'slope',
      });
    }
    return types.slice(0, 1);
  },
  gradient: ({ b, x, g }) => {
    const [from, slope, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const positive = () => b.greater(from, b.like(from, 0));
    return [() => b.where(positive(), dy, b.mul(dy, slope)), () => b.where(positive(), b.like(dy, 0), b.mul(dy, from))];
  },
  doc: {
    summary: 'Keeps positive elements and scales the others by slopes that can be trained.',
    formula: tex`y = \begin{cases} x & x > 0 \\ s x & x \le 0 \end{cases}`,
    gradient: tex`\bar x = \bar y\,\begin{cases} 1 & x > 0 \\ s & x \le 0 \end{cases},\quad \bar s = \bar y\, x\,[x \le 0]`,
    notes: 'The gradient at 0 is that of the negative side.',
  },
  cases: [['f32[batch,3,5] f32[3,1]'], ['f32[batch,3] f32[3]']],
  examples: [{ inputs: [f32([-1, 2, -3, 4], [2, 2]), f32([0.5, 0.25])], outputs: [f32([-0.5, 2, -1.5, 4], [2, 2])] }],
});

export const activationOps: readonly OpRecord[] = [
  tanh,
  sigmoid,
  relu,
  leakyRelu,
  elu,
  selu,
  gelu,
  softplus,
  softsign,
  hardSigmoid,
  celu,
  thresholdedRelu,
  hardSwish,
  mish,
  prelu,
];
