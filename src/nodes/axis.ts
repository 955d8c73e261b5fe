import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type OpRecord, type OpSpec } from '../compiler/op.ts';
import { normalizeAxis, tensor } from '../compiler/types.ts';
import { checkAxis, checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';

const inputs = [{ name: 'x', doc: 'Any shape but a scalar.', dtypes: NUMBER }];

const argAttributes = {
  axis: attr.int(-1, 'The axis to search along; negative axes count from the end.'),
  keepdims: attr.flag(false, 'Keeps the axis, with size 1.'),
  select_last_index: attr.flag(false, 'Of several that tie takes the last; otherwise the first.'),
};

/**
 * The first index along an axis at which `x` attains `extremum` (kept dims), int32 with the axis kept. Where it does not,
 * as with NaN, the index is `absent`: the size of the axis unless given.
 */
export function firstIndexOf(b: Builder, x: Value, extremum: Value, axis: number, absent?: number): Value {
  return indexOf(b, x, extremum, axis, 'ReduceMin', absent);
}

/** The first index with ReduceMin, the last with ReduceMax. */
function indexOf(b: Builder, x: Value, extremum: Value, axis: number, choose: string, absent?: number): Value {
  const at = normalizeAxis(axis, x.type.shape.length);
  const size = Number(x.type.shape[at]);
  const indices = b.reshape(
    b.iota(size),
    x.type.shape.map((_, other) => (other === at ? size : 1)),
  );
  const candidates = b.where(b.equal(x, extremum), indices, b.scalar(absent ?? size, 'int32'));
  return b.emit(choose, [candidates], { axes: [at], keepdims: true });
}

interface ArgSpec extends Pick<OpSpec<typeof argAttributes>, 'name' | 'glyph' | 'aliases' | 'doc' | 'examples'> {
  readonly extremum: 'ReduceMax' | 'ReduceMin';
}

function defineArg({ extremum, doc, ...rest }: ArgSpec): OpRecord {
  return defineOp<typeof argAttributes>({
    ...rest,
    doc: { ...doc, notes: 'The first of several that tie, unless select_last_index is set.' },
    cases: [
      ['f32[batch,3,5]', { axis: 1 }],
      ['f32[batch,3]', { keepdims: true }],
      ['f32[batch,3]', { axis: 0, select_last_index: true }],
    ],
    category: 'Reduction',
    inputs,
    outputs: [{ name: 'y', doc: 'int32, the shape of x without the axis, or with size 1 there.' }],
    attributes: argAttributes,
    infer: (ctx) => {
      const [type] = checkDtypes(ctx, inputs);
      const shape = type?.shape ?? [];
      const at = checkAxis(ctx, 'axis', ctx.attributes.axis, shape);
      const size = shape[at];
      const result = shape.flatMap((dim, axis) => (axis !== at ? [dim] : ctx.attributes.keepdims ? [1] : []));
      return [tensor('int32', result, typeof size === 'number' ? size : undefined)];
    },
    gradient: { none: 'disconnected', reason: 'Its result is an index, which has no derivative.' },
    lower: ({ b, x, y, attributes: { axis, select_last_index: last } }) => {
      const from = operand(x, 0);
      const found = b.emit(extremum, [from], { axes: [axis], keepdims: true });
      const index = last ? indexOf(b, from, found, axis, 'ReduceMax', -1) : firstIndexOf(b, from, found, axis);
      return [b.reshape(index, operand(y, 0).type.shape)];
    },
  });
}

const argMax = defineArg({
  name: 'ArgMax',
  glyph: '⋁?',
  aliases: ['argmax', 'predicted class', 'index of the largest'],
  extremum: 'ReduceMax',
  doc: {
    summary: 'The index of the largest element along an axis.',
    formula: tex`y = \operatorname{arg\,max}_i x_i`,
  },
  examples: [
    { inputs: [f32([1, 3, 3, 9, 2, 0], [2, 3])], outputs: [i32([1, 0])] },
    {
      attributes: { select_last_index: true, axis: 0 },
      inputs: [f32([1, 2, 3, 1, 0, 5], [2, 3])],
      outputs: [i32([1, 0, 1])],
    },
  ],
});

const argMin = defineArg({
  name: 'ArgMin',
  glyph: '⋀?',
  aliases: ['argmin', 'index of the smallest'],
  extremum: 'ReduceMin',
  doc: {
    summary: 'The index of the smallest element along an axis.',
    formula: tex`y = \operatorname{arg\,min}_i x_i`,
  },
  examples: [
    { inputs: [f32([1, 3, 1, 9, 2, 0], [2, 3])], outputs: [i32([0, 2])] },
    {
      attributes: { select_last_index: true, axis: 0 },
      inputs: [f32([1, 2, 3, 1, 0, 5], [2, 3])],
      outputs: [i32([1, 1, 0])],
    },
  ],
});

const cumSum = defineOp({
  name: 'CumSum',
  category: 'Reduction',
  glyph: 'Σ→',
  aliases: ['cumulative sum', 'running total', 'prefix sum', 'scan'],
  inputs,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    axis: attr.int(-1, 'The axis to sum along; negative axes count from the end.'),
    exclusive: attr.flag(false, 'Leaves each element out of its own sum.'),
    reverse: attr.flag(false, 'Sums from the end.'),
  },
  attributeInputs: ['axis'],
  infer: (ctx) => {
    const types = checkDtypes(ctx, inputs);
    checkAxis(ctx, 'axis', ctx.attributes.axis, types[0]?.shape ?? []);
    return types.map((type) => tensor(type.dtype, type.shape));
  },
  gradient: ({ b, g, attributes }) => [
    () => b.emit('CumSum', [operand(g, 0)], { ...attributes, reverse: !attributes.reverse }),
  ],
  doc: {
    summary: 'Running sums along an axis.',
    formula: tex`y_i = \sum_{j \le i} x_j`,
    gradient: tex`\bar x_j = \sum_{i \ge j} \bar y_i`,
  },
  cases: [
    ['f32[batch,3,5]', { axis: 1 }],
    ['f32[batch,3]', { axis: 0, exclusive: true, reverse: true }],
  ],
  examples: [
    { inputs: [f32([1, 2, 3])], outputs: [f32([1, 3, 6])] },
    { attributes: { exclusive: true, reverse: true }, inputs: [f32([1, 2, 3])], outputs: [f32([5, 3, 0])] },
  ],
});

export const axisOps: readonly OpRecord[] = [argMax, argMin, cumSum];
