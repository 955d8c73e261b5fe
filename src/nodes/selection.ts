/** What a condition selects. As in JAX, the number of results is an attribute, since shapes are known before values. */
import type { Builder } from '../compiler/builder.ts';
import { type Dim, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType, tensor } from '../compiler/types.ts';
import { BOOL, bools, checkAxis, checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';

const NON_ZERO_INPUTS = [{ name: 'x', doc: 'Any shape but a scalar; bool or numbers.' }];
/** Every element is compared with every result. */
const MOST_RESULTS = 4096;
const sizeAttribute = (doc: string) => attr.int(1, doc, { min: 1, max: MOST_RESULTS });

function checkSize(ctx: InferContext<{ readonly size: number }>): number {
  const { size } = ctx.attributes;
  if (Number.isInteger(size) && size >= 1 && size <= MOST_RESULTS) return size;
  return ctx.fail('attribute/invalid', {
    title: `size is ${size}, which is not a number of results`,
    cause: `The result has room for so many, from 1 to ${MOST_RESULTS}.`,
    attribute: 'size',
  });
}

interface Selected {
  /** int32[size]: where the true elements are; 0 where there are fewer. */
  readonly places: Value;
  /** bool[size]: whether there is one. */
  readonly present: Value;
}

/** The first `size` true elements of a vector: as many places are before one as have not seen more than it. */
function select(b: Builder, condition: Value, size: number): Selected {
  const [count = 1] = condition.type.shape;
  const numbers = b.cast(condition, 'int32');
  const seen = b.reshape(b.emit('CumSum', [numbers], { axis: 0 }), [1, count]);
  const wanted = b.iota(size);
  const earlier = b.emit('Not', [b.greater(seen, b.reshape(wanted, [size, 1]))]);
  const places = b.reduceSum(b.cast(earlier, 'int32'), [1]);
  const present = b.greater(b.reduceSum(numbers, [0]), wanted);
  return { places: b.where(present, places, b.scalar(0, 'int32')), present };
}

const nonZero = defineOp({
  name: 'NonZero',
  category: 'Indexing',
  glyph: '≠0',
  aliases: ['nonzero', 'argwhere', 'flatnonzero', 'np.nonzero', 'torch.nonzero', 'T.nonzero', 'where(condition)'],
  inputs: NON_ZERO_INPUTS,
  outputs: [{ name: 'y', doc: 'int32 [axes of x, size]: a column for each element that is not 0.' }],
  attributes: {
    size: sizeAttribute('Number of results: the first ones are kept, missing ones are filled.'),
    fill_value: attr.int(0, 'Index in the columns that are left over.'),
  },
  infer: (ctx) => {
    const [x] = checkDtypes(ctx, NON_ZERO_INPUTS);
    const shape = x?.shape ?? [];
    const size = checkSize(ctx);
    if (shape.length === 0) {
      ctx.fail('shape/rank', {
        title: `${ctx.nameOf(0)} is a single number, which has no places`,
        port: 'x',
        fixes: [
          {
            label: 'Unsqueeze x to [1]',
            safety: 'maybe',
            edit: { kind: 'insert-on-wire', port: 'x', op: 'Unsqueeze', attributes: { axes: [0] } },
          },
        ],
      });
    }
    const { fill_value } = ctx.attributes;
    if (!Number.isInteger(fill_value)) {
      ctx.fail('attribute/invalid', {
        title: `fill_value is ${fill_value}, which is not an index`,
        attribute: 'fill_value',
      });
    }
    const known = shape.every((dim) => typeof dim === 'number') && fill_value >= 0;
    const bound = known ? Math.max(fill_value + 1, ...shape.map(Number)) : undefined;
    return [tensor('int32', [shape.length, size], bound)];
  },
  gradient: { none: 'disconnected', reason: 'Its results are indices, which have no derivative.' },
  lower: ({ b, x, attributes: { size, fill_value } }) => {
    const from = operand(x, 0);
    const { dtype, shape } = from.type;
    const condition = dtype === 'bool' ? from : b.emit('Not', [b.equal(from, b.like(from, 0))]);
    const { places, present } = select(b, b.reshape(condition, [sizeOf(shape)]), size);
    const whole = (value: Dim) => b.scalar(Number(value), 'int32');
    const rows = shape.map((dim, axis) => {
      const before = b.div(places, whole(sizeOf(shape.slice(axis + 1))));
      const index = axis === 0 ? before : b.sub(before, b.mul(b.div(before, whole(dim)), whole(dim)));
      return b.reshape(b.where(present, index, whole(fill_value)), [1, size]);
    });
    return rows.length === 1 ? rows : [b.emit('Concat', rows, { axis: 0 })];
  },
  doc: {
    summary: 'Where the elements are that are not 0, in row-major order.',
    formula: tex`y = \{\, i : x_i \ne 0 \,\}`,
    notes:
      'Shapes have to be known before values, so the result has `size` columns, as jax.numpy.nonzero has: further elements are left out, and fill_value stands where there are fewer. Elements are compared with each of the results, so it is meant for small sizes.',
  },
  cases: [
    ['f32[batch,3]', { size: 5 }],
    ['bool[batch,3,2]', { size: 7, fill_value: -1 }],
    ['i32[5](0,1)', { size: 5, fill_value: 5 }],
    ['bool[2,3]', { size: 11, fill_value: 4 }],
  ],
  examples: [
    {
      attributes: { size: 4, fill_value: -1 },
      inputs: [f32([0, 1.5, 0, -2, 0, 0.5], [2, 3])],
      outputs: [i32([0, 1, 1, -1, 1, 0, 2, -1], [2, 4])],
    },
    { attributes: { size: 2 }, inputs: [bools([1, 0, 1, 1])], outputs: [i32([0, 2], [1, 2])] },
    { attributes: { size: 2 }, inputs: [i32([0, 0, 0])], outputs: [i32([0, 0], [1, 2])] },
  ],
});

const COMPRESS_INPUTS = [
  { name: 'x', doc: 'What is selected from.', dtypes: NUMBER },
  { name: 'condition', doc: 'A vector: which slices to take. It may be shorter than the axis.', dtypes: BOOL },
];

function inferCompress(ctx: InferContext<{ readonly axis: number; readonly size: number }>): readonly TensorType[] {
  const [x, condition] = checkDtypes(ctx, COMPRESS_INPUTS);
  if (!x || !condition) throw new Error('Compress without an operand');
  const size = checkSize(ctx);
  const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, x.shape);
  if (condition.shape.length !== 1) {
    ctx.fail('shape/rank', {
      title: `the condition is ${printShape(condition.shape)}, not a vector`,
      cause: 'It says for every slice whether it is taken. Where selects single elements.',
      port: 'condition',
    });
  }
  const [length, most] = [condition.shape[0] ?? 1, x.shape[axis] ?? 1];
  if (length !== most && !(Number(length) <= Number(most))) {
    ctx.fail('shape/mismatch', {
      title: `the condition has ${length} elements, but axis ${axis} of ${printShape(x.shape)} has ${most}`,
      cause: 'There is an element for every slice along the axis, or for the first ones.',
      port: 'condition',
      conflict: [
        [0, axis],
        [1, 0],
      ],
    });
  }
  return [{ ...x, shape: x.shape.with(axis, size) }];
}

const compress = defineOp({
  name: 'Compress',
  category: 'Indexing',
  glyph: '⋮✓',
  aliases: [
    'compress',
    'boolean mask',
    'masked_select',
    'np.compress',
    'T.compress',
    'x[mask]',
    'filter',
    'boolean indexing',
  ],
  inputs: COMPRESS_INPUTS,
  outputs: [{ name: 'y', doc: 'x with `size` slices along the axis.' }],
  attributes: {
    axis: attr.int(0, 'The axis to select along; negative axes count from the end.'),
    size: sizeAttribute('Number of slices: the first selected ones are kept, zeros follow where there are fewer.'),
  },
  infer: inferCompress,
  gradient: 'expansion',
  lower: ({ b, x, attributes: { axis, size } }) => {
    const from = operand(x, 0);
    const at = normalizeAxis(axis, from.type.shape.length);
    const { places, present } = select(b, operand(x, 1), size);
    const taken = b.emit('Gather', [from, places], { axis: at });
    const along = from.type.shape.map((_, other) => (other === at ? size : 1));
    return [b.where(b.reshape(present, along), taken, b.like(from, 0))];
  },
  doc: {
    summary: 'The slices along an axis that a condition selects, one after the other.',
    formula: tex`y_j = x_{k_j},\quad k = \{\, i : c_i \,\}`,
    gradient: tex`\bar x_{k_j} = \bar y_j,\quad 0 \text{ elsewhere}`,
    notes:
      'Shapes have to be known before values, so the result has `size` slices: further ones are left out, and zeros stand where there are fewer. Without an axis ONNX selects elements; Reshape x to [-1] for that.',
  },
  cases: [
    ['f32[batch,5,3] bool[5]', { axis: 1, size: 2 }],
    ['f32[batch,3] bool[batch]', { size: 5 }],
    ['f32[3,7] bool[5]', { axis: -1, size: 3 }],
    ['f32[7] bool[7]', { size: 11 }],
  ],
  examples: [
    {
      attributes: { size: 3 },
      inputs: [f32([1, 2, 3, 4, 5, 6], [3, 2]), bools([1, 0, 1])],
      outputs: [f32([1, 2, 5, 6, 0, 0], [3, 2])],
    },
    {
      attributes: { axis: 1, size: 1 },
      inputs: [i32([1, 2, 3, 4, 5, 6], [2, 3]), bools([0, 1])],
      outputs: [i32([2, 5], [2, 1])],
    },
  ],
});

export const selectionOps: readonly OpRecord[] = [nonZero, compress];
