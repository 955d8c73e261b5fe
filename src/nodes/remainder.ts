import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { tensor } from '../compiler/types.ts';
import { broadcastInputs, checkDtypes, checkSameDtype, f32, i32, NUMBER, operand, tex } from './common.ts';

const ports = [
  { name: 'a', doc: 'What is divided.', dtypes: NUMBER },
  { name: 'b', doc: 'What it is divided by.', dtypes: NUMBER },
];

const less = (b: Builder, x: Value, y: Value): Value => b.emit('Less', [x, y]);
const isNegative = (b: Builder, x: Value): Value => less(b, x, b.like(x, 0));

/** What |a| leaves over |c|. Quotients are rounded, so that the first result may be off by one |c|. */
function floatRemainder(b: Builder, a: Value, c: Value): Value {
  const [size, step] = [b.emit('Abs', [a]), b.emit('Abs', [c])];
  const rest = b.sub(size, b.mul(b.emit('Floor', [b.div(size, step)]), step));
  const raised = b.where(isNegative(b, rest), b.add(rest, step), rest);
  const lowered = b.where(less(b, raised, step), raised, b.sub(raised, step));
  // Also where the divisor is infinite.
  return b.where(less(b, size, step), size, lowered);
}

/** The remainder with the sign of a. Integers are divided towards zero; division by zero would end the program. */
function truncated(b: Builder, a: Value, c: Value): Value {
  if (a.type.dtype === 'float32') {
    const rest = floatRemainder(b, a, c);
    return b.where(isNegative(b, a), b.neg(rest), rest);
  }
  const safe = b.where(b.equal(c, b.like(c, 0)), b.like(c, 1), c);
  return b.sub(a, b.mul(b.div(a, safe), safe));
}

const mod = defineOp({
  name: 'Mod',
  category: 'Arithmetic',
  glyph: '%',
  aliases: ['modulo', 'remainder', 'fmod', 'np.mod', 'np.fmod', 'torch.remainder', 'torch.fmod', 'T.mod', 'a % b'],
  inputs: ports,
  outputs: [{ name: 'y', doc: 'Of the shape a and b broadcast to.' }],
  attributes: {
    fmod: attr.flag(false, 'The result has the sign of a, as that of fmod in C; otherwise that of b, as % in Python.'),
  },
  infer: (ctx) => {
    checkDtypes(ctx, ports);
    const dtype = checkSameDtype(ctx, ports);
    return [tensor(dtype, broadcastInputs(ctx, ports))];
  },
  gradient: ({ b, x, y, g }) => {
    const [a, c, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    if (a.type.dtype !== 'float32') return [null, null];
    // The quotient that belongs to the remainder at hand, whatever rounding made of it.
    const quotient = () => b.emit('Round', [b.div(b.sub(a, operand(y, 0)), c)]);
    return [() => dy, () => b.neg(b.mul(dy, quotient()))];
  },
  lower: ({ b, x, attributes: { fmod } }) => {
    const [a, c] = [operand(x, 0), operand(x, 1)];
    const rest = truncated(b, a, c);
    if (fmod) return [rest];
    const sign = (value: Value) => b.cast(isNegative(b, value), 'int32');
    const exact = b.equal(rest, b.like(rest, 0));
    const fits = b.equal(sign(rest), sign(c));
    const differs = b.emit('And', [b.emit('Not', [exact]), b.emit('Not', [fits])]);
    return [b.where(differs, b.add(rest, c), rest)];
  },
  doc: {
    summary: 'The remainder of a division, element by element, with broadcasting.',
    formula: tex`y = a - b \left\lfloor \frac ab \right\rfloor \quad\text{or}\quad a - b \operatorname{trunc} \frac ab`,
    gradient: tex`\bar a = \bar y,\quad \bar b = -\bar y \left\lfloor \frac ab \right\rfloor \quad\text{or}\quad -\bar y \operatorname{trunc} \frac ab`,
    notes:
      'Without fmod the result has the sign of b, as in Python, NumPy, Theano and torch.remainder; with it that of a, as in torch.fmod. ONNX has only fmod for floats. An integer modulo 0 is 0, a float is not a number. Where the result jumps, the gradient is that of the value it has.',
  },
  cases: [
    ['f32[batch,3](1.6,1.9) f32[3](1,1.4)'],
    ['f32[batch,3](-1.9,-1.6) f32[batch,1](1,1.4)'],
    ['f32[3](1.6,1.9) f32[batch,3](-1.4,-1)', { fmod: true }],
    ['f32[batch,3](-1.9,-1.6) f32[3](1,1.4)', { fmod: true }],
    ['i32[batch,7](0,12) i32[7](1,5)'],
  ],
  examples: [
    {
      inputs: [f32([5.5, -5.5, 5.5, -5.5, 6, 1, -1]), f32([2, 2, -2, -2, 3, 0, Number.POSITIVE_INFINITY])],
      outputs: [f32([1.5, 0.5, -0.5, -1.5, 0, Number.NaN, Number.POSITIVE_INFINITY])],
    },
    {
      attributes: { fmod: true },
      inputs: [f32([5.5, -5.5, 5.5, -5.5, 6, 1, -1]), f32([2, 2, -2, -2, 3, 0, Number.POSITIVE_INFINITY])],
      outputs: [f32([1.5, -1.5, 1.5, -1.5, 0, Number.NaN, -1])],
    },
    { inputs: [i32([7, -7, 7, -7, 6, 5]), i32([3, 3, -3, -3, 3, 0])], outputs: [i32([1, 2, -2, -1, 0, 0])] },
    {
      attributes: { fmod: true },
      inputs: [i32([7, -7, 7, -7, 6]), i32([3, 3, -3, -3, 3])],
      outputs: [i32([1, -1, 1, -1, 0])],
    },
  ],
});

export const remainderOps: readonly OpRecord[] = [mod];
