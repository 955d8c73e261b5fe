import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type NoGradient, type OpRecord, type OpSpec, type PortSpec } from '../compiler/op.ts';
import { type DType, tensor } from '../compiler/types.ts';
import {
  BOOL,
  BROADCAST,
  bools,
  broadcastInputs,
  castBadge,
  checkDtypes,
  checkSameDtype,
  f32,
  i32,
  NUMBER,
  operand,
  tex,
} from './common.ts';

type NoAttributes = Record<string, never>;

const TRUTH: NoGradient = { none: 'disconnected', reason: 'Its result is true or false, which has no derivative.' };

interface TruthSpec extends Pick<OpSpec<NoAttributes>, 'name' | 'glyph' | 'aliases' | 'doc' | 'cases' | 'examples'> {
  readonly dtypes: readonly DType[];
  readonly lower?: (b: Builder, left: Value, right: Value) => Value;
}

/** An operator on two broadcasting inputs of one dtype that gives bool. */
function defineTruth({ dtypes, lower, ...rest }: TruthSpec): OpRecord {
  const inputs: readonly PortSpec[] = ['a', 'b'].map((name) => ({ name, doc: 'Any shape.', dtypes }));
  return defineOp<NoAttributes>({
    ...rest,
    category: 'Comparison',
    inputs,
    outputs: [{ name: 'y', doc: 'bool, of the shape a and b broadcast to.' }],
    attributes: {},
    infer: (ctx) => {
      checkDtypes(ctx, inputs);
      checkSameDtype(ctx, inputs);
      return [tensor('bool', broadcastInputs(ctx, inputs))];
    },
    gradient: TRUTH,
    ...(lower && { lower: ({ b, x }) => [lower(b, operand(x, 0), operand(x, 1))] }),
  });
}

const not = (b: Builder, value: Value): Value => b.emit('Not', [value]);
const and = (b: Builder, left: Value, right: Value): Value => b.emit('And', [left, right]);
/** By De Morgan's law: WebGPU has kernels for And and Not only. */
const or = (b: Builder, left: Value, right: Value): Value => not(b, and(b, not(b, left), not(b, right)));

const equal = defineTruth({
  name: 'Equal',
  glyph: '=',
  aliases: ['eq', 'same'],
  dtypes: ['float32', 'int32', 'bool'],
  // WebGPU compares numbers only.
  lower: (b, left, right) => {
    const bool = left.type.dtype === 'bool';
    return b.equal(bool ? b.cast(left, 'int32') : left, bool ? b.cast(right, 'int32') : right);
  },
  doc: { summary: 'Where two tensors are equal.', formula: 'y = [a = b]' },
  cases: BROADCAST,
  examples: [
    { inputs: [i32([1, 2, 3]), i32([3, 2, 1])], outputs: [bools([0, 1, 0])] },
    { inputs: [bools([0, 1]), bools([0, 0])], outputs: [bools([1, 0])] },
  ],
});

const greater = defineTruth({
  name: 'Greater',
  glyph: '>',
  aliases: ['gt'],
  dtypes: NUMBER,
  doc: { summary: 'Where the first is greater.', formula: 'y = [a > b]' },
  cases: BROADCAST,
  examples: [{ inputs: [f32([1, 2, 3]), f32([2], [])], outputs: [bools([0, 0, 1])] }],
});

const greaterOrEqual = defineTruth({
  name: 'GreaterOrEqual',
  glyph: '≥',
  aliases: ['ge'],
  dtypes: NUMBER,
  doc: { summary: 'Where the first is greater, or both are equal.', formula: tex`y = [a \ge b]` },
  cases: BROADCAST,
  examples: [{ inputs: [f32([1, 2, 3]), f32([2], [])], outputs: [bools([0, 1, 1])] }],
});

const less = defineTruth({
  name: 'Less',
  glyph: '<',
  aliases: ['lt', 'smaller'],
  dtypes: NUMBER,
  doc: { summary: 'Where the first is smaller.', formula: 'y = [a < b]' },
  cases: BROADCAST,
  examples: [{ inputs: [f32([1, 2, 3]), f32([2], [])], outputs: [bools([1, 0, 0])] }],
});

const lessOrEqual = defineTruth({
  name: 'LessOrEqual',
  glyph: '≤',
  aliases: ['le'],
  dtypes: NUMBER,
  doc: { summary: 'Where the first is smaller, or both are equal.', formula: tex`y = [a \le b]` },
  cases: BROADCAST,
  examples: [{ inputs: [f32([1, 2, 3]), f32([2], [])], outputs: [bools([1, 1, 0])] }],
});

const both = defineTruth({
  name: 'And',
  glyph: '∧',
  aliases: ['both', 'logical and'],
  dtypes: BOOL,
  doc: { summary: 'Where both are true.', formula: tex`y = a \land b` },
  cases: [['bool[batch,3] bool[3]']],
  examples: [{ inputs: [bools([0, 0, 1, 1]), bools([0, 1, 0, 1])], outputs: [bools([0, 0, 0, 1])] }],
});

const either = defineTruth({
  name: 'Or',
  glyph: '∨',
  aliases: ['either', 'logical or'],
  dtypes: BOOL,
  lower: or,
  doc: { summary: 'Where at least one is true.', formula: tex`y = a \lor b` },
  cases: [['bool[batch,3] bool[3]']],
  examples: [{ inputs: [bools([0, 0, 1, 1]), bools([0, 1, 0, 1])], outputs: [bools([0, 1, 1, 1])] }],
});

const xor = defineTruth({
  name: 'Xor',
  glyph: '⊕',
  aliases: ['exclusive or', 'differs'],
  dtypes: BOOL,
  lower: (b, left, right) => not(b, b.equal(b.cast(left, 'int32'), b.cast(right, 'int32'))),
  doc: { summary: 'Where exactly one is true.', formula: tex`y = a \oplus b` },
  cases: [['bool[batch,3] bool[3]']],
  examples: [{ inputs: [bools([0, 0, 1, 1]), bools([0, 1, 0, 1])], outputs: [bools([0, 1, 1, 0])] }],
});

const notInputs = [{ name: 'x', doc: 'Any shape.', dtypes: BOOL }];

const negation = defineOp({
  name: 'Not',
  category: 'Comparison',
  glyph: '¬',
  aliases: ['invert', 'logical not'],
  inputs: notInputs,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {},
  infer: (ctx) => checkDtypes(ctx, notInputs),
  gradient: TRUTH,
  doc: { summary: 'True where its input is false.', formula: tex`y = \lnot x` },
  cases: [['bool[batch,3]']],
  examples: [{ inputs: [bools([0, 1])], outputs: [bools([1, 0])] }],
});

const whereInputs: readonly PortSpec[] = [
  { name: 'condition', doc: 'Which of the two to take.', dtypes: BOOL },
  { name: 'a', doc: 'Taken where the condition is true.' },
  { name: 'b', doc: 'Taken where it is false.' },
];

const where = defineOp({
  name: 'Where',
  category: 'Comparison',
  glyph: '?:',
  aliases: ['switch', 'select', 'if', 'choose'],
  inputs: whereInputs,
  outputs: [{ name: 'y', doc: 'Of the shape all three broadcast to.' }],
  attributes: {},
  infer: (ctx) => {
    checkDtypes(ctx, whereInputs);
    const dtype = checkSameDtype(ctx, whereInputs, 1);
    return [tensor(dtype, broadcastInputs(ctx, whereInputs))];
  },
  gradient: ({ b, x, g }) => {
    const [condition, dy] = [operand(x, 0), operand(g, 0)];
    return [null, () => b.where(condition, dy, b.like(dy, 0)), () => b.where(condition, b.like(dy, 0), dy)];
  },
  // ONNX Runtime's CPU provider has no Where for bool.
  lower: ({ b, x }) => {
    const [condition, left, right] = [operand(x, 0), operand(x, 1), operand(x, 2)];
    if (left.type.dtype !== 'bool') return [b.where(condition, left, right)];
    return [or(b, and(b, condition, left), and(b, not(b, condition), right))];
  },
  doc: {
    summary: 'Takes each element from one of two tensors, as a condition says.',
    formula: tex`y = \begin{cases} a & \text{condition} \\ b & \text{otherwise} \end{cases}`,
    gradient: tex`\bar a = \bar y\,[\text{condition}],\quad \bar b = \bar y\,[\text{not condition}]`,
    notes: 'Only the elements taken receive a gradient; the condition receives none.',
  },
  cases: [['bool[batch,1] f32[3] f32[batch,3]']],
  examples: [
    { inputs: [bools([1, 0, 1]), f32([1, 2, 3]), f32([0], [])], outputs: [f32([1, 0, 3])] },
    { inputs: [bools([1, 0]), bools([0, 0]), bools([1, 1])], outputs: [bools([0, 1])] },
  ],
});

const castInputs: readonly PortSpec[] = [{ name: 'x', doc: 'Any shape and dtype.' }];

const cast = defineOp({
  name: 'Cast',
  category: 'Comparison',
  glyph: '→',
  aliases: ['convert', 'astype', 'to float', 'to int'],
  inputs: castInputs,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: { to: attr.choice(['float32', 'int32', 'bool'], 'float32', 'The dtype of the result.') },
  infer: (ctx) => {
    const [type] = checkDtypes(ctx, castInputs);
    if (type && type.dtype !== ctx.attributes.to) ctx.badge(castBadge(type.dtype, ctx.attributes.to));
    return [tensor(ctx.attributes.to, type?.shape ?? [], ctx.attributes.to === 'bool' ? undefined : type?.bound)];
  },
  gradient: ({ x, g }) => [operand(x, 0).type.dtype === operand(g, 0).type.dtype ? () => operand(g, 0) : null],
  doc: {
    summary: 'Converts to another dtype.',
    formula: tex`y = \operatorname{cast} x`,
    gradient: tex`\bar x = \bar y`,
    notes:
      'Fractions are cut off towards zero on the way to int32; everything but zero is true on the way to bool. ' +
      'No gradient flows through int32 or bool.',
  },
  cases: [
    ['f32[batch,3]', { to: 'float32' }],
    ['f32[batch,3]', { to: 'int32' }],
    ['bool[batch,3]', { to: 'float32' }],
  ],
  examples: [
    { attributes: { to: 'int32' }, inputs: [f32([-1.5, 0, 2.7])], outputs: [i32([-1, 0, 2])] },
    { attributes: { to: 'bool' }, inputs: [f32([-1.5, 0, 2.7])], outputs: [bools([1, 0, 1])] },
    { inputs: [i32([-1, 2])], outputs: [f32([-1, 2])] },
  ],
});

export const comparisonOps: readonly OpRecord[] = [
  equal,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  both,
  either,
  xor,
  negation,
  where,
  cast,
];
