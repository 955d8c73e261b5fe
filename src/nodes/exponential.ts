/** Logarithm and exponential near their zeros, where 1 + x forgets the digits of a small x. */
import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { defineOp, type OpRecord } from '../compiler/op.ts';
import { tensor } from '../compiler/types.ts';
import { BROADCAST, broadcastInputs, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { defineUnary } from './unary.ts';

/** c₀ + c₁x + c₂x² + … by Horner's rule. */
function polynomial(b: Builder, x: Value, coefficients: readonly number[]): Value {
  const [last = 0, ...others] = [...coefficients].reverse();
  return others.reduce((sum, c, at) => b.add(at === 0 ? b.mul(x, b.like(x, last)) : b.mul(sum, x), b.like(x, c)), x);
}

/** `near` where |x| < limit, else `far`. */
function within(b: Builder, x: Value, limit: number, near: Value, far: Value): Value {
  return b.where(b.emit('Less', [b.emit('Abs', [x]), b.like(x, limit)]), near, far);
}

const log1p = defineUnary({
  name: 'Log1p',
  category: 'Arithmetic',
  glyph: 'l1p',
  aliases: ['np.log1p', 'log(1+x)'],
  attributes: {},
  gradient: ({ b, x, g }) => b.div(g, b.add(x, b.like(x, 1))),
  // log(1+x) = 2 artanh(x/(2+x)); five terms of its series have a relative error below 1e-7 for |x| < 0.4.
  lower: ({ b, x }) => {
    const s = b.div(x, b.add(x, b.like(x, 2)));
    const series = polynomial(b, b.mul(s, s), [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11]);
    return within(b, x, 0.4, b.mul(s, series), b.log(b.add(x, b.like(x, 1))));
  },
  doc: {
    summary: 'Logarithm of 1 + x, exact for small x too.',
    formula: tex`y = \ln(1 + x)`,
    gradient: tex`\bar x = \frac{\bar y}{1 + x}`,
    notes: 'Minus infinity at -1, not a number below.',
  },
  cases: [['f32[batch,3](-0.8,2)']],
  examples: [{ inputs: [f32([-0.5, 0, 1e-6, 2])], outputs: [f32([-Math.LN2, 0, 9.999995e-7, 1.0986123])] }],
});

const expm1 = defineUnary({
  name: 'Expm1',
  category: 'Arithmetic',
  glyph: 'em1',
  aliases: ['np.expm1', 'exp(x)-1'],
  attributes: {},
  gradient: ({ b, y, g }) => b.mul(g, b.add(y, b.like(y, 1))),
  // Taylor's series has a relative error below 1e-7 for |x| < 0.4.
  lower: ({ b, x }) => {
    const series = polynomial(b, x, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]);
    return within(b, x, 0.4, b.mul(x, series), b.sub(b.exp(x), b.like(x, 1)));
  },
  doc: {
    summary: 'Exponential less 1, exact for small x too.',
    formula: 'y = e^x - 1',
    gradient: tex`\bar x = \bar y\,(y + 1)`,
  },
  examples: [{ inputs: [f32([-1, 0, 1e-6, 1])], outputs: [f32([-0.63212056, 0, 1.0000005e-6, Math.E - 1])] }],
});

const pair = ['a', 'b'].map((name) => ({ name, doc: 'Any shape.', dtypes: FLOAT }));

const logAddExp = defineOp({
  name: 'LogAddExp',
  category: 'Arithmetic',
  glyph: 'l+e',
  aliases: ['logaddexp', 'log of sum of exponentials', 'soft maximum'],
  inputs: pair,
  outputs: [{ name: 'y', doc: 'Of the shape a and b broadcast to.' }],
  attributes: {},
  infer: (ctx) => {
    checkDtypes(ctx, pair);
    return [tensor('float32', broadcastInputs(ctx, pair))];
  },
  gradient: ({ b, x, g }) => {
    const share = (one: number, other: number) => () =>
      b.mul(operand(g, 0), b.emit('Sigmoid', [b.sub(operand(x, one), operand(x, other))]));
    return [share(0, 1), share(1, 0)];
  },
  lower: ({ b, x }) => {
    const [left, right] = [operand(x, 0), operand(x, 1)];
    const distance = b.emit('Abs', [b.sub(left, right)]);
    return [b.add(b.emit('Max', [left, right]), b.emit('Softplus', [b.neg(distance)]))];
  },
  doc: {
    summary: 'Logarithm of the sum of two exponentials, which do not overflow.',
    formula: tex`y = \ln(e^a + e^b)`,
    gradient: tex`\bar a = \bar y\,\sigma(a - b),\quad \bar b = \bar y\,\sigma(b - a)`,
  },
  cases: BROADCAST,
  examples: [{ inputs: [f32([0, 1000]), f32([0, 999])], outputs: [f32([Math.LN2, 1000.3132617])] }],
});

export const exponentialOps: readonly OpRecord[] = [log1p, expm1, logAddExp];
