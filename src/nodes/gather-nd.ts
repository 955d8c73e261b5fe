import type { Builder } from '../compiler/builder.ts';
import { type Shape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { printShape, type TensorType } from '../compiler/types.ts';
import { checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';
import { checkPoints, joinedIndices, joinedShape } from './points.ts';

const ports = [
  { name: 'x', doc: 'What is indexed.', dtypes: NUMBER },
  { name: 'indices', doc: '[..., q]: each row is a position along q axes.', dtypes: ['int32'] },
] as const;

function inferGatherND(ctx: InferContext<{ readonly batch_dims: number }>): readonly TensorType[] {
  const [x, indices] = checkDtypes(ctx, ports);
  if (!x || !indices) throw new Error('GatherND without an operand');
  const { batch_dims: shared } = ctx.attributes;
  const most = Math.min(x.shape.length, indices.shape.length) - 1;
  if (!Number.isInteger(shared) || shared < 0 || shared > Math.max(0, most)) {
    ctx.fail('attribute/invalid', {
      title: `batch_dims is ${shared}, but ${printShape(x.shape)} and ${printShape(indices.shape)} share at most ${Math.max(0, most)} axes`,
      cause: 'x has an axis left to index, and the indices one for positions.',
      attribute: 'batch_dims',
    });
  }
  const bad = x.shape.slice(0, shared).findIndex((dim, axis) => dim !== indices.shape[axis]);
  if (bad >= 0) {
    ctx.fail('shape/mismatch', {
      title: `axis ${bad} has the size ${x.shape[bad]} in ${ctx.nameOf(0)}, but ${indices.shape[bad]} in the indices`,
      cause: `The first ${shared} axes are common to both.`,
      port: 'indices',
      conflict: [
        [0, bad],
        [1, bad],
      ],
    });
  }
  const { length } = checkPoints(ctx, x.shape, indices.shape, shared);
  return [{ ...x, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(shared + length)] }];
}

/** With shared axes: x as [shared, indexed, rest], and for each element of the result its place along the middle one. */
function shared(b: Builder, indices: Value, x: Shape, count: number): readonly [joined: Shape, places: Value] {
  const length = Number(indices.type.shape.at(-1));
  const axes = x.slice(count, count + length) as readonly number[];
  const [stack, points, rest] = [
    sizeOf(x.slice(0, count)),
    sizeOf(indices.type.shape.slice(count, -1)),
    sizeOf(x.slice(count + length)),
  ];
  const at = b.reshape(joinedIndices(b, indices, axes), [stack, points, 1]);
  return [[stack, sizeOf(axes), rest], b.expand(at, [stack, points, rest])];
}

export const gatherND: OpRecord = defineOp({
  name: 'GatherND',
  category: 'Indexing',
  glyph: '⋱',
  aliases: ['advanced indexing', 'x[i, j]', 'gather_nd'],
  inputs: ports,
  outputs: [
    { name: 'y', doc: 'The shape of the indices without the last axis, then the axes of x that are not indexed.' },
  ],
  attributes: { batch_dims: attr.int(0, 'Number of first axes that x and the indices share.', { min: 0 }) },
  infer: inferGatherND,
  gradient: ({ b, x, g, attributes: { batch_dims } }) => [
    () => {
      const [{ shape }, indices, dy] = [operand(x, 0).type, operand(x, 1), operand(g, 0)];
      if (batch_dims > 0) {
        const [joined, places] = shared(b, indices, shape, batch_dims);
        const updates = b.reshape(dy, places.type.shape);
        const inputs = [b.full(joined, 0), places, updates];
        return b.reshape(b.emit('ScatterElements', inputs, { axis: 1, reduction: 'add' }), shape);
      }
      const [axes, joined] = joinedShape(shape, indices.type.shape);
      const at = joinedIndices(b, indices, axes);
      return b.reshape(b.emit('GatherGradient', [at, dy], { shape: joined }), shape);
    },
    null,
  ],
  lower: ({ b, x, y, attributes: { batch_dims } }) => {
    const [from, indices] = [operand(x, 0), operand(x, 1)];
    if (batch_dims > 0) {
      const [joined, places] = shared(b, indices, from.type.shape, batch_dims);
      const found = b.emit('GatherElements', [b.reshape(from, joined), places], { axis: 1 });
      return [b.reshape(found, operand(y, 0).type.shape)];
    }
    const [axes, joined] = joinedShape(from.type.shape, indices.type.shape);
    const at = joinedIndices(b, indices, axes);
    return [b.emit('Gather', [b.reshape(from, joined), at], { axis: 0 })];
  },
  doc: {
    summary: 'Picks elements or slices by positions along several axes.',
    formula: tex`y_i = x_{k_{i1} \dots k_{iq}}`,
    gradient: tex`\bar x_j = \sum_{i\,:\,k_i = j} \bar y_i`,
  },
  cases: [
    ['f32[5,3,2] i32[batch,1](0,4)'],
    ['f32[5,3] i32[batch,2](0,2)'],
    ['f32[batch,5,3] i32[batch,1](0,4)', { batch_dims: 1 }],
    ['f32[batch,2,5,3,7] i32[batch,2,11,2](0,2)', { batch_dims: 2 }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3]), i32([0, 2, 1, -3], [2, 2])],
      outputs: [f32([3, 4])],
    },
    {
      attributes: { batch_dims: 1 },
      inputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), i32([1, -2], [2, 1])],
      outputs: [f32([3, 4, 5, 6], [2, 2])],
    },
    {
      attributes: { batch_dims: 1 },
      inputs: [i32([1, 2, 3, 4, 5, 6], [2, 3]), i32([2, 0, 1, 1], [2, 2, 1])],
      outputs: [i32([3, 1, 5, 5], [2, 2])],
    },
  ],
});
