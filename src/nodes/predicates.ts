/** Questions about single numbers: is it one, is it finite. */
import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type NoGradient, type OpRecord } from '../compiler/op.ts';
import { tensor } from '../compiler/types.ts';
import { bools, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';

const inputs = [{ name: 'x', doc: 'Any shape.', dtypes: FLOAT }];
const outputs = [{ name: 'y', doc: 'bool, of the shape of x.' }];

const TRUTH: NoGradient = { none: 'disconnected', reason: 'Its result is true or false, which has no derivative.' };

const inferTruth = (ctx: InferContext<unknown>) => checkDtypes(ctx, inputs).map(({ shape }) => tensor('bool', shape));

const notANumber = defineOp({
  name: 'IsNaN',
  category: 'Comparison',
  glyph: '?',
  aliases: ['isnan', 'not a number', 'np.isnan', 'torch.isnan', 'T.isnan'],
  inputs,
  outputs,
  attributes: {},
  infer: inferTruth,
  gradient: TRUTH,
  // Nothing else differs from itself.
  lower: ({ b, x }) => [b.emit('Not', [b.equal(operand(x, 0), operand(x, 0))])],
  doc: {
    summary: 'Where elements are not numbers, as 0/0 is not.',
    formula: tex`y = [x \ne x]`,
    notes: 'Infinities are numbers: see IsInf. Where keeps such elements out of what follows.',
  },
  cases: [['f32[batch,3]'], ['f32[]']],
  examples: [
    {
      inputs: [f32([Number.NaN, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1.5])],
      outputs: [bools([1, 0, 0, 0, 0])],
    },
  ],
});

/** Every finite element lies between this and its negative. */
const LARGEST = 3.4028234663852886e38;

const above = (b: Builder, x: Value): Value => b.greater(x, b.like(x, LARGEST));
const below = (b: Builder, x: Value): Value => b.emit('Less', [x, b.like(x, -LARGEST)]);

const infinite = defineOp({
  name: 'IsInf',
  category: 'Comparison',
  glyph: '∞?',
  aliases: ['isinf', 'isposinf', 'isneginf', 'isfinite', 'infinite', 'overflow', 'torch.isinf', 'T.isinf'],
  inputs,
  outputs,
  attributes: {
    detect_negative: attr.flag(true, 'Whether minus infinity counts.'),
    detect_positive: attr.flag(true, 'Whether plus infinity counts.'),
  },
  infer: inferTruth,
  gradient: TRUTH,
  lower: ({ b, x, attributes: { detect_negative, detect_positive } }) => {
    const from = operand(x, 0);
    if (detect_negative && detect_positive) return [above(b, b.emit('Abs', [from]))];
    if (detect_positive) return [above(b, from)];
    return [detect_negative ? below(b, from) : b.full(from.type.shape, 0, 'bool')];
  },
  doc: {
    summary: 'Where elements are infinite.',
    formula: tex`y = [|x| = \infty]`,
    notes: 'What is not a number is not infinite either.',
  },
  cases: [
    ['f32[batch,3]'],
    ['f32[batch,3]', { detect_negative: false }],
    ['f32[batch,3]', { detect_positive: false }],
    ['f32[batch,3]', { detect_negative: false, detect_positive: false }],
  ],
  examples: [
    {
      inputs: [f32([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, LARGEST])],
      outputs: [bools([0, 1, 1, 0])],
    },
    {
      attributes: { detect_positive: false },
      inputs: [f32([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, LARGEST])],
      outputs: [bools([0, 0, 1, 0])],
    },
    {
      attributes: { detect_negative: false },
      inputs: [f32([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, LARGEST])],
      outputs: [bools([0, 1, 0, 0])],
    },
  ],
});

export const predicateOps: readonly OpRecord[] = [notANumber, infinite];
