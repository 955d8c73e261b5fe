import { attr, type NoGradient, type OpRecord } from '../compiler/op.ts';
import { f32, i32, NUMBER, tex } from './common.ts';
import { defineUnary } from './unary.ts';

const STEPS: NoGradient = { none: 'zero', reason: 'It is a step function: flat wherever it has a derivative.' };

const identity = defineUnary({
  name: 'Identity',
  category: 'Arithmetic',
  glyph: '=',
  aliases: ['copy', 'pass'],
  dtypes: ['float32', 'int32', 'bool'],
  attributes: {},
  gradient: ({ g }) => g,
  lower: ({ x }) => x,
  doc: { summary: 'Passes its input on.', formula: 'y = x', gradient: tex`\bar x = \bar y` },
  examples: [{ inputs: [f32([1, 2])], outputs: [f32([1, 2])] }],
});

const neg = defineUnary({
  name: 'Neg',
  category: 'Arithmetic',
  glyph: '−',
  aliases: ['minus', 'negate', 'negative'],
  attributes: {},
  gradient: ({ b, g }) => b.neg(g),
  doc: { summary: 'Changes the sign.', formula: 'y = -x', gradient: tex`\bar x = -\bar y` },
  examples: [{ inputs: [f32([-1, 0, 2])], outputs: [f32([1, 0, -2])] }],
});

const abs = defineUnary({
  name: 'Abs',
  category: 'Arithmetic',
  glyph: '||',
  aliases: ['absolute value', 'magnitude'],
  attributes: {},
  gradient: ({ b, x, g }) => b.mul(g, b.emit('Sign', [x])),
  doc: {
    summary: 'Absolute value.',
    formula: 'y = |x|',
    gradient: tex`\bar x = \bar y \operatorname{sign} x`,
    notes: 'The gradient at 0 is 0.',
  },
  examples: [{ inputs: [f32([-1.5, 0, 2])], outputs: [f32([1.5, 0, 2])] }],
});

const sign = defineUnary({
  name: 'Sign',
  category: 'Arithmetic',
  glyph: '±',
  aliases: ['sgn', 'signum'],
  attributes: {},
  gradient: STEPS,
  lower: ({ b, x }) => {
    const zero = b.like(x, 0);
    const belowOrZero = b.where(b.emit('Less', [x, zero]), b.like(x, -1), zero);
    return b.where(b.greater(x, zero), b.like(x, 1), belowOrZero);
  },
  doc: {
    summary: '-1, 0 or 1: the sign of every element.',
    formula: tex`y = \operatorname{sign} x`,
    gradient: tex`\bar x = 0`,
  },
  examples: [{ inputs: [f32([-1.5, 0, 2])], outputs: [f32([-1, 0, 1])] }],
});

const exp = defineUnary({
  name: 'Exp',
  category: 'Arithmetic',
  glyph: 'eˣ',
  aliases: ['exponential'],
  attributes: {},
  gradient: ({ b, y, g }) => b.mul(g, y),
  doc: { summary: 'Exponential.', formula: 'y = e^x', gradient: tex`\bar x = \bar y\, y` },
  examples: [{ inputs: [f32([-1, 0, 1])], outputs: [f32([0.36787944, 1, Math.E])] }],
});

const log = defineUnary({
  name: 'Log',
  category: 'Arithmetic',
  glyph: 'ln',
  aliases: ['natural logarithm'],
  attributes: {},
  gradient: ({ b, x, g }) => b.div(g, x),
  doc: {
    summary: 'Natural logarithm.',
    formula: tex`y = \ln x`,
    gradient: tex`\bar x = \bar y / x`,
    notes: 'Minus infinity at 0, not a number below.',
  },
  cases: [['f32[batch,3](0.3,2)']],
  examples: [{ inputs: [f32([0.5, 1, 3])], outputs: [f32([-Math.LN2, 0, 1.0986123])] }],
});

const sqrt = defineUnary({
  name: 'Sqrt',
  category: 'Arithmetic',
  glyph: '√',
  aliases: ['square root'],
  attributes: {},
  gradient: ({ b, y, g }) => b.div(b.mul(g, b.like(g, 0.5)), y),
  doc: {
    summary: 'Square root.',
    formula: tex`y = \sqrt x`,
    gradient: tex`\bar x = \frac{\bar y}{2y}`,
    notes: 'Not a number below 0; the gradient is infinite at 0.',
  },
  cases: [['f32[batch,3](0.3,2)']],
  examples: [{ inputs: [f32([0.25, 1, 4])], outputs: [f32([0.5, 1, 2])] }],
});

const reciprocal = defineUnary({
  name: 'Reciprocal',
  category: 'Arithmetic',
  glyph: '⅟',
  aliases: ['inverse', 'inv'],
  attributes: {},
  gradient: ({ b, y, g }) => b.neg(b.mul(g, b.mul(y, y))),
  doc: { summary: 'One over every element.', formula: tex`y = \frac1x`, gradient: tex`\bar x = -\bar y\, y^2` },
  cases: [['f32[batch,3](0.3,2)']],
  examples: [{ inputs: [f32([0.5, -1, 4])], outputs: [f32([2, -1, 0.25])] }],
});

const floor = defineUnary({
  name: 'Floor',
  category: 'Arithmetic',
  glyph: '⌊⌋',
  aliases: ['round down'],
  attributes: {},
  gradient: STEPS,
  doc: {
    summary: 'The next integer below, or the element itself.',
    formula: tex`y = \lfloor x \rfloor`,
    gradient: tex`\bar x = 0`,
  },
  examples: [{ inputs: [f32([-1.5, 0, 2.7])], outputs: [f32([-2, 0, 2])] }],
});

const ceil = defineUnary({
  name: 'Ceil',
  category: 'Arithmetic',
  glyph: '⌈⌉',
  aliases: ['round up'],
  attributes: {},
  gradient: STEPS,
  doc: {
    summary: 'The next integer above, or the element itself.',
    formula: tex`y = \lceil x \rceil`,
    gradient: tex`\bar x = 0`,
  },
  examples: [{ inputs: [f32([-1.5, 0, 2.2])], outputs: [f32([-1, 0, 3])] }],
});

/** From here on every float32 is an integer, and adding it rounds smaller ones to integers, halves to even. */
const FIRST_INTEGERS = 2 ** 23;

const round = defineUnary({
  name: 'Round',
  category: 'Arithmetic',
  glyph: '≈',
  aliases: ['nearest integer'],
  attributes: {},
  gradient: STEPS,
  lower: ({ b, x }) => {
    const size = b.emit('Abs', [x]);
    const rounded = b.sub(b.add(size, b.like(x, FIRST_INTEGERS)), b.like(x, FIRST_INTEGERS));
    const signed = b.where(b.emit('Less', [x, b.like(x, 0)]), b.neg(rounded), rounded);
    return b.where(b.emit('Less', [size, b.like(x, FIRST_INTEGERS)]), signed, x);
  },
  doc: {
    summary: 'The nearest integer.',
    formula: tex`y = \operatorname{round} x`,
    gradient: tex`\bar x = 0`,
    notes: 'Halves go to the even neighbour.',
  },
  examples: [{ inputs: [f32([-2.5, -0.4, 0.5, 1.5, 2.6])], outputs: [f32([-2, 0, 0, 2, 3])] }],
});

const erf = defineUnary({
  name: 'Erf',
  category: 'Arithmetic',
  glyph: 'ef',
  aliases: ['error function'],
  attributes: {},
  gradient: ({ b, x, g }) => {
    const bell = b.exp(b.neg(b.mul(x, x)));
    return b.mul(b.mul(g, bell), b.like(g, 2 / Math.sqrt(Math.PI)));
  },
  doc: {
    summary: 'Error function.',
    formula: tex`y = \frac{2}{\sqrt\pi} \int_0^x e^{-t^2}\,dt`,
    gradient: tex`\bar x = \frac{2}{\sqrt\pi}\, \bar y\, e^{-x^2}`,
  },
  examples: [{ inputs: [f32([-1, 0, 0.5])], outputs: [f32([-0.84270079, 0, 0.52049988])] }],
});

const LARGEST = 3.4028234663852886e38;
/** An int32 is from -WHOLE to WHOLE - 1. */
const WHOLE = 2 ** 31;

const clip = defineUnary({
  name: 'Clip',
  category: 'Arithmetic',
  glyph: '⊏⊐',
  aliases: ['clamp', 'limit'],
  attributes: {
    min: attr.float(-LARGEST, 'Lower bound; the default is no bound.'),
    max: attr.float(LARGEST, 'Upper bound; the default is no bound.'),
  },
  dtypes: NUMBER,
  attributeInputs: ['min', 'max'],
  check: ({ attributes: { min, max }, fail }) => {
    if (min > max) {
      fail('attribute/invalid', { title: `min is ${min}, above max, ${max}`, attribute: 'min' });
    }
  },
  gradient: ({ b, x, y, g }) => b.where(b.equal(x, y), g, b.like(g, 0)),
  // Kernels take bounds of the dtype of x, and WebGPU has none for int32.
  lower: ({ b, x, attributes: { min, max } }) => {
    if (x.type.dtype === 'float32') return b.emit('Clip', [x], { min, max });
    const [low, high] = [Math.ceil(Math.max(min, -WHOLE)), Math.floor(Math.min(max, WHOLE - 1))];
    const raised = low > -WHOLE ? b.where(b.greater(b.like(x, low), x), b.like(x, low), x) : x;
    return high < WHOLE - 1 ? b.where(b.greater(raised, b.like(x, high)), b.like(x, high), raised) : raised;
  },
  doc: {
    summary: 'Limits every element to a range.',
    formula: tex`y = \min(\max(x, \mathrm{min}), \mathrm{max})`,
    gradient: tex`\bar x = \bar y\,[\mathrm{min} \le x \le \mathrm{max}]`,
    notes: 'The gradient passes at the bounds themselves.',
  },
  cases: [['f32[batch,3]', { min: -1, max: 1 }]],
  examples: [
    { attributes: { min: -1, max: 1 }, inputs: [f32([-1.5, 0.5, 2])], outputs: [f32([-1, 0.5, 1])] },
    { attributes: { min: 0.5, max: 3.5 }, inputs: [i32([-1, 2, 4])], outputs: [i32([1, 2, 3])] },
    { attributes: { max: 2 }, inputs: [i32([-7, 3])], outputs: [i32([-7, 2])] },
  ],
});

export const elementwiseOps: readonly OpRecord[] = [
  identity,
  neg,
  abs,
  sign,
  exp,
  log,
  sqrt,
  reciprocal,
  floor,
  ceil,
  round,
  erf,
  clip,
];
