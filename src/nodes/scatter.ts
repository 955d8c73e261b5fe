import type { Builder } from '../compiler/builder.ts';
import { type Shape, sameShape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { printShape, type TensorType } from '../compiler/types.ts';
import { checkAxis, checkDtypes, FLOAT, f32, i32, operand, tex } from './common.ts';
import { checkPoints, joinedIndices } from './points.ts';

const reduction = attr.choice(['none', 'add'], 'none', 'Updates replace elements, or are added to them.');

const ports = [
  { name: 'x', doc: 'What is updated.', dtypes: FLOAT },
  { name: 'indices', doc: 'Positions of the updates; negative ones count from the end.', dtypes: ['int32'] },
  { name: 'updates', doc: 'New values, or what is added.', dtypes: FLOAT },
] as const satisfies readonly PortSpec[];

function operands(ctx: InferContext<unknown>): readonly [TensorType, TensorType, TensorType] {
  const [x, indices, updates] = checkDtypes(ctx, ports);
  if (!x || !indices || !updates) throw new Error('Operands are missing');
  return [x, indices, updates];
}

const scatterElements = defineOp({
  name: 'ScatterElements',
  category: 'Indexing',
  glyph: '⋰ᵀ',
  aliases: ['put_along_axis', 'scatter', 'scatter_add', 'inc_subtensor'],
  inputs: ports,
  outputs: [{ name: 'y', doc: 'x with the updates.' }],
  attributes: { axis: attr.int(0, 'The axis to index.'), reduction },
  infer: (ctx) => {
    const [x, indices, updates] = operands(ctx);
    checkAxis(ctx, 'axis', ctx.attributes.axis, x.shape);
    if (indices.shape.length !== x.shape.length) {
      ctx.fail('shape/rank', {
        title: `${ctx.nameOf(0)} has ${x.shape.length} axes, the indices ${indices.shape.length}`,
        port: 'indices',
      });
    }
    if (!sameShape(indices.shape, updates.shape)) {
      ctx.fail('shape/mismatch', {
        title: `indices ${printShape(indices.shape)}, but updates ${printShape(updates.shape)}`,
        cause: 'Every update has an index.',
        port: 'updates',
      });
    }
    return [x];
  },
  gradient: ({ b, x, g, attributes: { axis, reduction: kind } }) => {
    const [indices, dy] = [operand(x, 1), operand(g, 0)];
    const zeros = () => b.zerosLike(operand(x, 2));
    return [
      () => (kind === 'add' ? dy : b.emit('ScatterElements', [dy, indices, zeros()], { axis })),
      null,
      () => b.emit('GatherElements', [dy, indices], { axis }),
    ];
  },
  doc: {
    summary: 'Replaces elements along one axis, or adds to them.',
    formula: tex`y_{i\,k_{ij}} = u_{ij},\quad y = x \text{ elsewhere}`,
    gradient: tex`\bar u_{ij} = \bar y_{i\,k_{ij}},\quad \bar x = \bar y \text{ where nothing was replaced}`,
    notes: 'With reduction none, two updates of one element are not defined; with add, all count.',
  },
  cases: [
    ['f32[batch,5] i32[batch,3](0,4) f32[batch,3]', { axis: 1, reduction: 'add' }],
    ['f32[5,batch] i32[1,batch](0,4) f32[1,batch]', { axis: 0 }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [2, 2]), i32([1, 0], [2, 1]), f32([10, 20], [2, 1])],
      attributes: { axis: 1 },
      outputs: [f32([1, 10, 20, 4], [2, 2])],
    },
    {
      inputs: [f32([1, 2, 3]), i32([2, 2]), f32([10, 20])],
      attributes: { reduction: 'add' },
      outputs: [f32([1, 2, 33])],
    },
  ],
});

/** Rows of x, positions and updates of ScatterND along the joined axes, each position repeated for all elements of its row. */
function joined(b: Builder, indices: Value, shape: Shape): readonly [places: Value, rows: Shape, updates: Shape] {
  const length = Number(indices.type.shape.at(-1));
  const size = (dims: Shape) => dims.reduce<number>((total, dim) => total * Number(dim), 1);
  const [count, width] = [size(indices.type.shape.slice(0, -1)), size(shape.slice(length))];
  const at = joinedIndices(b, indices, shape.slice(0, length) as readonly number[]);
  return [b.expand(b.reshape(at, [count, 1]), [count, width]), [size(shape.slice(0, length)), width], [count, width]];
}

const scatterND = defineOp({
  name: 'ScatterND',
  category: 'Indexing',
  glyph: '⋱ᵀ',
  aliases: ['set_subtensor', 'inc_subtensor', 'index_put', 'x[i, j] = u'],
  inputs: ports,
  outputs: [{ name: 'y', doc: 'x with the updates.' }],
  attributes: { reduction },
  infer: (ctx) => {
    const [x, indices, updates] = operands(ctx);
    const { length } = checkPoints(ctx, x.shape, indices.shape);
    const expected = [...indices.shape.slice(0, -1), ...x.shape.slice(length)];
    if (!sameShape(expected, updates.shape)) {
      ctx.fail('shape/mismatch', {
        title: `the updates are ${printShape(updates.shape)}, not ${printShape(expected)}`,
        cause: 'There is an update for every row of indices, of the axes of x that are not indexed.',
        port: 'updates',
      });
    }
    return [x];
  },
  gradient: ({ b, x, g, attributes: { reduction: kind } }) => {
    const [indices, dy] = [operand(x, 1), operand(g, 0)];
    return [
      () => (kind === 'add' ? dy : b.emit('ScatterND', [dy, indices, b.zerosLike(operand(x, 2))])),
      null,
      () => b.emit('GatherND', [dy, indices]),
    ];
  },
  lower: ({ b, x, attributes: { reduction: kind } }) => {
    const [data, indices, updates] = [operand(x, 0), operand(x, 1), operand(x, 2)];
    const [places, rows, values] = joined(b, indices, data.type.shape);
    const inputs = [b.reshape(data, rows), places, b.reshape(updates, values)];
    return [b.reshape(b.emit('ScatterElements', inputs, { axis: 0, reduction: kind }), data.type.shape)];
  },
  doc: {
    summary: 'Replaces elements or slices at positions along several axes, or adds to them.',
    formula: tex`y_{k_{i1} \dots k_{iq}} = u_i,\quad y = x \text{ elsewhere}`,
    gradient: tex`\bar u_i = \bar y_{k_i},\quad \bar x = \bar y \text{ where nothing was replaced}`,
    notes: 'With reduction none, two updates of one element are not defined; with add, all count.',
  },
  cases: [
    ['f32[13,3] i32[batch,1](0,12) f32[batch,3]'],
    ['f32[5,3] i32[batch,1](0,4) f32[batch,3]', { reduction: 'add' }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [2, 2]), i32([1], [1, 1]), f32([5, 6], [1, 2])],
      outputs: [f32([1, 2, 5, 6], [2, 2])],
    },
  ],
});

export const scatterOps: readonly OpRecord[] = [scatterElements, scatterND];
