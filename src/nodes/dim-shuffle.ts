/** Axes in another order, and elements in reverse. */
import type { Shape } from '../compiler/dims.ts';
import { attr, defineOp, type InferContext, type LocalFix, type OpRecord } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType } from '../compiler/types.ts';
import { checkAxis, checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';
import { reverse } from './slicing.ts';

const port = [{ name: 'x', doc: 'Any tensor of numbers.', dtypes: NUMBER }];

/** Stands for a new axis in a pattern. */
const NEW = 'x';

/** The axis of the operand that an entry names, or null for a new one. */
function entryAxis(entry: string, rank: number): number | null {
  return entry === NEW ? null : normalizeAxis(Number(entry), rank);
}

function setPattern(pattern: readonly string[]): LocalFix {
  const edit = { kind: 'set-attribute', attribute: 'pattern', value: pattern } as const;
  return { label: `Set pattern to ${printShape(pattern)}`, safety: 'maybe', edit };
}

function inferDimShuffle(ctx: InferContext<{ readonly pattern: readonly string[] }>): readonly TensorType[] {
  const [x] = checkDtypes(ctx, port);
  if (!x) throw new Error('DimShuffle without an operand');
  const { pattern } = ctx.attributes;
  const rank = x.shape.length;
  const refuse = (title: string, cause: string, fixes: readonly LocalFix[] = []) =>
    ctx.fail('attribute/invalid', { title, cause, attribute: 'pattern', fixes });
  const strange = pattern.find((entry) => entry !== NEW && !/^-?\d+$/.test(entry));
  if (strange !== undefined) {
    refuse(
      `“${strange}” is neither an axis nor ${NEW}`,
      `Entries are numbers of axes, and ${NEW} for a new axis of size 1.`,
    );
  }
  const axes = pattern.flatMap((entry) => entryAxis(entry, rank) ?? []);
  const outside = pattern.find((entry) => {
    const axis = entryAxis(entry, rank);
    return axis !== null && (axis < 0 || axis >= rank);
  });
  if (outside !== undefined) {
    ctx.fail('shape/axis', {
      title: `axis ${outside} lies outside ${printShape(x.shape)}`,
      cause: rank === 0 ? 'A scalar has no axes.' : `${ctx.nameOf(0)} has ${rank} axes, 0 … ${rank - 1}.`,
      attribute: 'pattern',
    });
  }
  const twice = axes.find((axis, at) => axes.indexOf(axis) !== at);
  if (twice !== undefined) {
    refuse(`the pattern names axis ${twice} twice`, 'Every axis of the result comes from one axis of its own.');
  }
  const lost = x.shape.findIndex((dim, axis) => dim !== 1 && !axes.includes(axis));
  if (lost >= 0) {
    const missing = x.shape.flatMap((dim, axis) => (dim !== 1 && !axes.includes(axis) ? [String(axis)] : []));
    ctx.fail('shape/axis', {
      title: `the pattern drops axis ${lost} of ${printShape(x.shape)}, which has the size ${x.shape[lost]}`,
      cause: 'Only axes of size 1 can be dropped. ReduceSum or ReduceMean remove others.',
      attribute: 'pattern',
      conflict: [[0, lost, 1]],
      fixes: [setPattern([...pattern, ...missing])],
    });
  }
  return [{ ...x, shape: pattern.map((entry) => x.shape[entryAxis(entry, rank) ?? rank] ?? 1) }];
}

/** The kept axes of the operand in the order of the result. */
const keptAxes = (pattern: readonly string[], rank: number): readonly number[] =>
  pattern.flatMap((entry) => entryAxis(entry, rank) ?? []);

/** Positions of the kept axes among themselves. */
const ranks = (axes: readonly number[]): readonly number[] =>
  axes.map((axis) => axes.filter((other) => other < axis).length);

const dimShuffle = defineOp({
  name: 'DimShuffle',
  category: 'Shape',
  glyph: '⤨',
  aliases: [
    'dimshuffle',
    "x.dimshuffle('x', 0)",
    'None',
    'newaxis',
    'x[:, None]',
    'rearrange',
    'permute',
    'row',
    'column',
  ],
  inputs: port,
  outputs: [{ name: 'y', doc: 'With an axis for every entry of the pattern.' }],
  attributes: {
    pattern: attr.strings(
      ['1', '0'],
      'An entry for each axis of the result: the number of an axis of x, or x for a new axis of size 1. Axes of size 1 may be left out.',
    ),
  },
  infer: inferDimShuffle,
  gradient: ({ b, x, g, attributes: { pattern } }) => [
    () => {
      const { shape } = operand(x, 0).type;
      const axes = keptAxes(pattern, shape.length);
      const kept = axes.map((axis) => shape[axis] ?? 1);
      const order = ranks(axes);
      const back = order.map((_, at) => order.indexOf(at));
      return b.reshape(b.transpose(b.reshape(operand(g, 0), kept), back), shape);
    },
  ],
  lower: ({ b, x, y, attributes: { pattern } }) => {
    const from = operand(x, 0);
    const axes = keptAxes(pattern, from.type.shape.length);
    const kept = axes.toSorted((one, other) => one - other).map((axis) => from.type.shape[axis] ?? 1);
    return [b.reshape(b.transpose(b.reshape(from, kept), ranks(axes)), operand(y, 0).type.shape)];
  },
  doc: {
    summary: 'Reorders axes, drops those of size 1 and adds new ones, in one pattern.',
    formula: tex`y_{\,1\,j\,i} = x_{ij}\quad\text{for}\quad (\mathtt{x}, 1, 0)`,
    gradient: tex`\bar x_{ij} = \bar y_{\,1\,j\,i}`,
    notes:
      'Theano’s dimshuffle: x, 0 makes a row of a vector, 0, x a column, 1, 0 transposes a matrix. The same as Squeeze, Transpose and Unsqueeze after each other.',
  },
  cases: [
    ['f32[batch,3,5]', { pattern: ['2', 'x', '0', '1'] }],
    ['f32[3,1,batch]', { pattern: ['x', '2', '0', 'x'] }],
    ['f32[batch]', { pattern: ['x', '0'] }],
    ['f32[batch,3]'],
    ['f32[]', { pattern: ['x', 'x'] }],
  ],
  examples: [
    { attributes: { pattern: ['x', '0'] }, inputs: [f32([1, 2, 3])], outputs: [f32([1, 2, 3], [1, 3])] },
    {
      attributes: { pattern: ['2', 'x', '0'] },
      inputs: [i32([1, 2, 3, 4, 5, 6], [2, 1, 3])],
      outputs: [i32([1, 4, 2, 5, 3, 6], [3, 1, 2])],
    },
    { attributes: { pattern: ['-1', '-2'] }, inputs: [f32([1, 2], [2, 1])], outputs: [f32([1, 2], [1, 2])] },
    { attributes: { pattern: [] }, inputs: [f32([7], [1, 1])], outputs: [f32([7], [])] },
  ],
});

/** The axes to reverse, counted from the front; all where none are given. */
function flipped(axes: readonly number[], shape: Shape): readonly number[] {
  return axes.length > 0 ? axes.map((axis) => normalizeAxis(axis, shape.length)) : shape.map((_, axis) => axis);
}

const flip = defineOp({
  name: 'Flip',
  category: 'Shape',
  glyph: '⇄',
  aliases: ['reverse', '::-1', 'x[::-1]', 'np.flip', 'fliplr', 'flipud', 'torch.flip', 'mirror', 'backwards'],
  inputs: port,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: { axes: attr.ints([-1], 'Axes to reverse; negative axes count from the end, none means all.') },
  infer: (ctx) => {
    const types = checkDtypes(ctx, port);
    const shape = types[0]?.shape ?? [];
    const axes = ctx.attributes.axes.map((axis) => checkAxis(ctx, 'axes', axis, shape));
    const twice = axes.find((axis, at) => axes.indexOf(axis) !== at);
    if (twice !== undefined) {
      ctx.fail('attribute/invalid', {
        title: `axes ${printShape(ctx.attributes.axes)} name axis ${twice} twice`,
        cause: 'Reversed twice, an axis is as before.',
        attribute: 'axes',
      });
    }
    return types;
  },
  gradient: ({ b, g, attributes }) => [() => b.emit('Flip', [operand(g, 0)], attributes)],
  lower: ({ b, x, attributes: { axes } }) => {
    const from = operand(x, 0);
    return [reverse(b, from, flipped(axes, from.type.shape))];
  },
  doc: {
    summary: 'The elements along some axes in reverse.',
    formula: tex`y_i = x_{n-1-i}`,
    gradient: tex`\bar x_i = \bar y_{n-1-i}`,
  },
  cases: [['f32[batch,3,5]', { axes: [1] }], ['f32[batch,3]', { axes: [] }], ['f32[3,batch]'], ['f32[]', { axes: [] }]],
  examples: [
    { inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3])], outputs: [f32([3, 2, 1, 6, 5, 4], [2, 3])] },
    {
      attributes: { axes: [] },
      inputs: [i32([1, 2, 3, 4, 5, 6], [2, 3])],
      outputs: [i32([6, 5, 4, 3, 2, 1], [2, 3])],
    },
  ],
});

export const dimShuffleOps: readonly OpRecord[] = [dimShuffle, flip];
