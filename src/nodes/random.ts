/**
 * Random numbers as a function of a generator's state: the same on every backend, because they come from whole numbers only,
 * and the same whenever the state is. The state f32[2] is a key, which the seed gives, and the number of the step, both below 2²³.
 */
import type { Builder } from '../compiler/builder.ts';
import { type Dim, type Shape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type NoGradient, type OpRecord } from '../compiler/op.ts';
import { printShape, type TensorType, tensor, tensorData } from '../compiler/types.ts';
import { bools, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';

const seed = attr.int(
  0,
  'Where the random numbers begin; 0 takes the seed of the training and gives every node numbers of its own.',
  { min: 0, max: 2 ** 31 - 1 },
);

const DRAWN: NoGradient = { none: 'disconnected', reason: 'Its numbers are drawn anew and depend on no input.' };

/** Odd factors without a pattern, of published generators (O'Neill's PCG, Steele and Vigna). */
const [STEP_FACTOR, KEY_FACTOR, ELEMENT_FACTOR] = [747796405, 277803737, 1597334677];

/** The number of each element in row-major order times a factor, as a sum of one small range for each axis. */
function numbering(b: Builder, shape: readonly number[]): Value {
  let stride = ELEMENT_FACTOR;
  let sum: Value | null = null;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    const steps = Array.from({ length: size }, (_, at) => Math.imul(at, stride));
    const range = b.constant(tensorData('int32', [size, ...shape.slice(axis + 1).map(() => 1)], steps));
    sum = sum ? b.add(range, sum) : range;
    stride = Math.imul(stride, size);
  }
  return sum ?? b.scalar(0, 'int32');
}

/** h (2h + 1), a permutation of the 32-bit numbers that is far from linear (Rivest et al., RC6). */
const permute = (b: Builder, h: Value): Value => b.mul(h, b.add(b.add(h, h), b.like(h, 1)));

/** h + h / 2ᵏ, towards zero: brings high digits down, which products only bring up. */
const fold = (b: Builder, h: Value, bits: number): Value => b.add(h, b.div(h, b.like(h, 2 ** bits)));

/**
 * Uniform in [0, 1), on a grid of 2⁻²⁴: a hash of key, step and number of the element in wrapping 32-bit arithmetic, of
 * operators that exist for whole numbers on every backend. `random.test.ts` holds what is asked of it.
 */
function uniform(b: Builder, state: Value, shape: readonly number[], stream: number): Value {
  // Half a unit keeps the cut towards zero away from the whole numbers themselves.
  const whole = b.cast(b.add(state, b.scalar(0.5)), 'int32');
  const part = (at: number): Value =>
    b.reshape(b.emit('Slice', [whole], { starts: [at], ends: [at + 1], axes: [0] }), []);
  const int = (value: number): Value => b.scalar(value, 'int32');
  const step = b.mul(b.add(part(1), int(stream)), int(STEP_FACTOR));
  const seeded = b.add(b.mul(part(0), int(KEY_FACTOR)), step);
  const start = fold(b, permute(b, fold(b, permute(b, seeded), 16)), 15);
  const h = b.add(numbering(b, shape), start);
  const hash = permute(b, fold(b, permute(b, fold(b, permute(b, h), 16)), 15));
  // 24 bits are what float32 holds exactly.
  const fraction = b.cast(b.div(hash, int(256)), 'float32');
  return b.add(b.mul(fraction, b.scalar(2 ** -24)), b.scalar(0.5));
}

/** sin πy for |y| ≤ ½: Taylor's series to y¹¹ has an error below 6e-8. */
function sinePi(b: Builder, y: Value): Value {
  const square = b.mul(y, y);
  let factor = 1;
  const coefficients = Array.from({ length: 6 }, (_, k) => {
    if (k > 0) factor *= -1 / (2 * k * (2 * k + 1));
    return factor * Math.PI ** (2 * k + 1);
  });
  const [last = 0, ...others] = coefficients.reverse();
  const series = others.reduce<Value>((sum, c) => b.add(b.mul(sum, square), b.scalar(c)), b.scalar(last));
  return b.mul(y, series);
}

/** Standard normal, by Box and Muller's transform; the cosine is a polynomial, as those of GPUs are coarse. */
function normal(b: Builder, state: Value, shape: readonly number[]): Value {
  const [first, second] = [uniform(b, state, shape, 0), uniform(b, state, shape, 1 << 23)];
  // 1 - u lies in (0, 1], so that its logarithm is finite.
  const radius = b.sqrt(b.mul(b.log(b.sub(b.scalar(1), first)), b.scalar(-2)));
  // cos 2πu over u in [0, 1) takes each value of sin πy, y in [-½, ½], equally often, with either sign of u - ½.
  return b.mul(
    radius,
    sinePi(b, b.sub(b.scalar(0.5), b.mul(b.emit('Abs', [b.sub(second, b.scalar(0.5))]), b.scalar(2)))),
  );
}

/** The state of the generator comes after the drawn inputs. */
const stateOf = (x: readonly (Value | null)[]): Value => operand(x, x.length - 1);

const numbers = (shape: Shape): readonly number[] => {
  if (shape.some((dim) => typeof dim !== 'number')) throw new Error(`${printShape(shape)} is not known`);
  return shape as readonly number[];
};

const shapeAttribute = attr.shape(['batch', 1], 'Sizes of the result, each a number or a name such as batch.');

function inferSource({ attributes, fail }: InferContext<{ readonly shape: readonly Dim[] }>): readonly TensorType[] {
  const { shape } = attributes;
  const bad = shape.find((dim) => typeof dim === 'number' && dim < 1);
  if (bad !== undefined) fail('attribute/invalid', { title: `a size cannot be ${bad}`, attribute: 'shape' });
  const size = sizeOf(shape);
  if (typeof size === 'number' && size > 2 ** 26) {
    fail('attribute/invalid', {
      title: `${printShape(shape)} has ${size} elements, too many to draw`,
      attribute: 'shape',
    });
  }
  return [tensor('float32', shape)];
}

const randomUniform = defineOp({
  name: 'RandomUniform',
  category: 'Random',
  glyph: 'U',
  aliases: ['rand', 'uniform noise', 'srng.uniform', 'RandomStreams'],
  random: true,
  inputs: [],
  outputs: [{ name: 'y', doc: 'f32 of the given shape.' }],
  attributes: {
    shape: shapeAttribute,
    low: attr.float(0, 'Smallest value.'),
    high: attr.float(1, 'Limit that is not reached.'),
    seed,
  },
  infer: inferSource,
  gradient: DRAWN,
  lower: ({ b, x, y, attributes: { low, high } }) => {
    const unit = uniform(b, stateOf(x), numbers(operand(y, 0).type.shape), 0);
    return [b.add(b.mul(unit, b.scalar(high - low)), b.scalar(low))];
  },
  doc: {
    summary: 'Random numbers, all equally likely in a range, drawn anew in every training step.',
    formula: tex`y \sim \mathcal U[\mathrm{low}, \mathrm{high})`,
    notes:
      'The numbers are a function of the seed and the step, the same on every backend, and repeat after 2²³ steps. The state of the generator is saved with the parameters.',
  },
  cases: [
    ['f32[2](3.1,9.3)', { shape: ['batch', 3], low: -1, high: 2 }],
    ['f32[2](3.1,9.3)', { shape: [] }],
  ],
  examples: [
    {
      attributes: { shape: [4] },
      inputs: [f32([1, 0])],
      outputs: [f32([0.3643871545791626, 0.15943455696105957, 0.7834675312042236, 0.6815676689147949])],
    },
  ],
});

const randomNormal = defineOp({
  name: 'RandomNormal',
  category: 'Random',
  glyph: '𝒩',
  aliases: ['randn', 'gaussian noise', 'srng.normal', 'RandomStreams'],
  random: true,
  inputs: [],
  outputs: [{ name: 'y', doc: 'f32 of the given shape.' }],
  attributes: {
    shape: shapeAttribute,
    mean: attr.float(0, 'Mean.'),
    scale: attr.float(1, 'Standard deviation.', { min: 0 }),
    seed,
  },
  infer: inferSource,
  gradient: DRAWN,
  lower: ({ b, x, y, attributes: { mean, scale } }) => {
    const standard = normal(b, stateOf(x), numbers(operand(y, 0).type.shape));
    return [b.add(b.mul(standard, b.scalar(scale)), b.scalar(mean))];
  },
  doc: {
    summary: 'Normally distributed random numbers, drawn anew in every training step.',
    formula: tex`y \sim \mathcal N(\mathrm{mean}, \mathrm{scale}^2)`,
    notes:
      'Box and Muller’s transform of uniform numbers, which are the same on every backend; no value lies beyond 5.8 deviations.',
  },
  cases: [
    ['f32[2](3.1,9.3)', { shape: ['batch', 3], mean: -1, scale: 2 }],
    ['f32[2](3.1,9.3)', { shape: [] }],
  ],
  examples: [
    {
      attributes: { shape: [4] },
      inputs: [f32([1, 0])],
      outputs: [f32([-0.05113118, 0.0361538, -0.8589283, 0.3057856])],
    },
  ],
});

const probabilityPorts = [{ name: 'probability', doc: 'Probability of 1, from 0 to 1, any shape.', dtypes: FLOAT }];

const bernoulli = defineOp({
  name: 'Bernoulli',
  category: 'Random',
  glyph: 'B',
  aliases: ['coin', 'binomial', 'srng.binomial', 'random mask'],
  random: true,
  inputs: probabilityPorts,
  outputs: [{ name: 'y', doc: '0 or 1 as f32, of the shape of the probability.' }],
  attributes: { seed },
  infer: (ctx) => {
    const [p] = checkDtypes(ctx, probabilityPorts);
    return [tensor('float32', p?.shape ?? [])];
  },
  gradient: { none: 'zero', reason: 'What is drawn jumps from 0 to 1.' },
  lower: ({ b, x }) => {
    const p = operand(x, 0);
    return [b.cast(b.emit('Less', [uniform(b, stateOf(x), numbers(p.type.shape), 0), p]), 'float32')];
  },
  doc: {
    summary: 'Draws 1 with the given probability, else 0, anew in every training step.',
    formula: tex`P(y = 1) = p`,
    gradient: tex`\bar p = 0`,
  },
  // Between 0 and 1 the difference would catch jumps.
  cases: [['f32[batch,3](1.2,1.9) f32[2](3.1,9.3)']],
  examples: [{ inputs: [f32([0, 1, 0]), f32([1, 0])], outputs: [f32([0, 1, 0])] }],
});

const dropoutPorts = [{ name: 'x', doc: 'Any shape.', dtypes: FLOAT }];

const dropout = defineOp({
  name: 'Dropout',
  category: 'Random',
  glyph: '⋯',
  aliases: ['drop', 'regularization', 'nn.Dropout', 'random mask'],
  random: true,
  inputs: dropoutPorts,
  outputs: [
    { name: 'y', doc: 'Of the type of x.' },
    { name: 'mask', doc: 'bool: what was kept.' },
  ],
  attributes: {
    ratio: attr.float(0.5, 'Share of the elements that become 0.', { min: 0, max: 0.999 }),
    seed,
  },
  infer: (ctx) => {
    const [x] = checkDtypes(ctx, dropoutPorts);
    const shape = x?.shape ?? [];
    return [tensor('float32', shape), tensor('bool', shape)];
  },
  gradient: ({ b, y, g, attributes: { ratio } }) => [() => keep(b, operand(y, 1), operand(g, 0), ratio), null],
  lower: ({ b, x, attributes: { ratio } }) => {
    const from = operand(x, 0);
    const draw = uniform(b, stateOf(x), numbers(from.type.shape), 0);
    const mask = b.emit('GreaterOrEqual', [draw, b.scalar(ratio)]);
    return [keep(b, mask, from, ratio), mask];
  },
  inference: ({ b, x }) => {
    const from = operand(x, 0);
    return [from, b.equal(b.zerosLike(from), b.like(from, 0))];
  },
  doc: {
    summary: 'Sets a random share of the elements to 0 in every training step, and scales the others up.',
    formula: tex`y = \frac{x \odot m}{1 - r},\quad P(m = 1) = 1 - r`,
    gradient: tex`\bar x = \frac{\bar y \odot m}{1 - r}`,
    notes: 'Outside of training (evaluation, metrics, outputs, exported models) it passes everything on.',
  },
  cases: [['f32[batch,3,5] f32[2](3.1,9.3)', { ratio: 0.4 }]],
  examples: [{ attributes: { ratio: 0 }, inputs: [f32([1, -2]), f32([1, 0])], outputs: [f32([1, -2]), bools([1, 1])] }],
});

/** What the mask keeps, scaled so that the mean stays. */
function keep(b: Builder, mask: Value, x: Value, ratio: number): Value {
  return b.where(mask, b.mul(x, b.like(x, 1 / (1 - ratio))), b.like(x, 0));
}

export const randomOps: readonly OpRecord[] = [randomUniform, randomNormal, bernoulli, dropout];
