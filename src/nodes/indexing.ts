import type { Builder } from '../compiler/builder.ts';
import { type Dim, type Shape, sameShape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType, tensor, tensorData } from '../compiler/types.ts';
import { checkAxis, checkDtypes, FLOAT, f32, i32, NUMBER, operand, tex } from './common.ts';
import { gatherND } from './gather-nd.ts';
import { scatterOps } from './scatter.ts';
import { topK } from './top-k.ts';

const INDEX = ['int32'] as const;

/** Operands that must be there, once their dtypes are checked. */
function operands(ctx: InferContext<unknown>, ports: readonly PortSpec[]): readonly [TensorType, TensorType] {
  const [first, second] = checkDtypes(ctx, ports);
  if (!first || !second) throw new Error('Operands are missing');
  return [first, second];
}

/** Negative indices count from the end. */
function fromFront(b: Builder, indices: Value, size: number): Value {
  if (indices.type.bound !== undefined) return indices;
  const zero = b.scalar(0, 'int32');
  return b.where(b.greater(zero, indices), b.add(indices, b.scalar(size, 'int32')), indices);
}

const gatherPorts = [
  { name: 'x', doc: 'What is indexed, as rows of an embedding table.', dtypes: NUMBER },
  { name: 'indices', doc: 'Positions along the axis; negative ones count from the end.', dtypes: INDEX },
];

const gather = defineOp({
  name: 'Gather',
  category: 'Indexing',
  glyph: '⋮',
  aliases: ['take', 'index_select', 'embedding', 'lookup', 'x[i]'],
  inputs: gatherPorts,
  outputs: [{ name: 'y', doc: 'The shape of x with that of the indices in place of the axis.' }],
  attributes: { axis: attr.int(0, 'The axis to index.') },
  infer: (ctx) => {
    const [x, indices] = operands(ctx, gatherPorts);
    const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, x.shape);
    return [{ ...x, shape: x.shape.toSpliced(axis, 1, ...indices.shape) }];
  },
  gradient: ({ b, x, g, attributes: { axis } }) => [
    () => b.emit('GatherGradient', [operand(x, 1), operand(g, 0)], { axis, shape: operand(x, 0).type.shape }),
    null,
  ],
  doc: {
    summary: 'Picks slices by their position: rows of a table, say.',
    formula: tex`y_i = x_{k_i}`,
    gradient: tex`\bar x_j = \sum_{i\,:\,k_i = j} \bar y_i`,
    notes: 'A slice that is picked several times gets the sum of the gradients. Indices have none.',
  },
  cases: [['f32[batch,5,2] i32[7](0,4)', { axis: 1 }], ['f32[5,3] i32[batch](0,4)']],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6], [3, 2]), i32([2, 0, -1])],
      outputs: [f32([5, 6, 1, 2, 5, 6], [3, 2])],
    },
    {
      inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3]), i32([1], [])],
      attributes: { axis: 1 },
      outputs: [f32([2, 5])],
    },
  ],
});

/** Largest one-hot matrix in elements (16 MB); beyond it, values are scattered one by one. */
const ONE_HOT_LIMIT = 2 ** 22;

/**
 * Sums by a product with a one-hot matrix, which is deterministic and fast on every device; where that matrix would be
 * large, by scattering, whose order of summation on a GPU is not defined.
 */
function lowerGatherGradient(b: Builder, indices: Value, g: Value, axis: number, shape: Shape): Value {
  const size = Number(shape[axis]);
  const before = sizeOf(shape.slice(0, axis));
  const after = sizeOf(shape.slice(axis + 1));
  const count = sizeOf(indices.type.shape);
  const front = b.reshape(fromFront(b, indices, size), [count]);
  if (Number(count) * size > ONE_HOT_LIMIT) {
    const places = b.expand(b.reshape(front, [1, count, 1]), [before, count, after]);
    const zeros = b.full([before, size, after], 0);
    const values = b.reshape(g, [before, count, after]);
    return b.reshape(b.emit('ScatterElements', [zeros, places, values], { axis: 1, reduction: 'add' }), shape);
  }
  const all = b.constant(
    tensorData(
      'int32',
      [size, 1],
      Array.from({ length: size }, (_, i) => i),
    ),
  );
  const chosen = b.cast(b.equal(all, b.reshape(front, [1, count])), 'float32');
  if (before === 1) return b.reshape(b.matMul(chosen, b.reshape(g, [count, after])), shape);
  if (after === 1) return b.reshape(b.gemm(b.reshape(g, [before, count]), chosen, null, { transB: true }), shape);
  return b.reshape(b.matMul(chosen, b.reshape(g, [before, count, after])), shape);
}

const gatherGradientPorts = [
  { name: 'indices', doc: 'Positions along the axis.', dtypes: INDEX },
  { name: 'g', doc: 'Gradient of what was gathered.', dtypes: FLOAT },
];

const gatherGradient = defineOp({
  name: 'GatherGradient',
  internal: true,
  category: 'Indexing',
  glyph: '⋮ᵀ',
  aliases: ['index_add', 'scatter add', 'segment sum', 'embedding backward'],
  inputs: gatherGradientPorts,
  outputs: [{ name: 'y', doc: 'Sums in the given shape.' }],
  attributes: {
    axis: attr.int(0, 'The axis that was indexed.'),
    shape: attr.shape([1], 'Shape of what was indexed.'),
  },
  infer: (ctx) => {
    const [indices, g] = operands(ctx, gatherGradientPorts);
    const { shape } = ctx.attributes;
    const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, shape);
    const gathered = shape.toSpliced(axis, 1, ...indices.shape);
    if (!sameShape(gathered, g.shape)) {
      ctx.fail('shape/mismatch', {
        title: `g is ${printShape(g.shape)}, but what is gathered from ${printShape(shape)} is ${printShape(gathered)}`,
      });
    }
    return [tensor('float32', shape)];
  },
  gradient: ({ b, x, g, attributes: { axis } }) => [
    null,
    () => b.emit('Gather', [operand(g, 0), operand(x, 0)], { axis }),
  ],
  lower: ({ b, x, attributes: { axis, shape } }) => [
    lowerGatherGradient(b, operand(x, 0), operand(x, 1), normalizeAxis(axis, shape.length), shape),
  ],
  doc: {
    summary: 'Adds slices up at their positions: the gradient of Gather.',
    formula: tex`y_j = \sum_{i\,:\,k_i = j} g_i`,
    gradient: tex`\bar g_i = \bar y_{k_i}`,
  },
  cases: [['i32[7](0,4) f32[batch,7,2]', { axis: 1, shape: ['batch', 5, 2] }]],
  examples: [
    {
      inputs: [i32([2, 0, 2]), f32([1, 2, 3, 4, 5, 6], [3, 2])],
      attributes: { shape: [4, 2] },
      outputs: [f32([3, 4, 0, 0, 6, 8, 0, 0], [4, 2])],
    },
  ],
});

const elementPorts = [
  { name: 'x', doc: 'What is indexed.', dtypes: NUMBER },
  {
    name: 'indices',
    doc: 'Positions along the axis; of the rank of x, other axes no longer than in x.',
    dtypes: INDEX,
  },
];

function inferGatherElements(ctx: InferContext<{ readonly axis: number }>): readonly TensorType[] {
  const [x, indices] = operands(ctx, elementPorts);
  const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, x.shape);
  if (indices.shape.length !== x.shape.length) {
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(0)} has ${x.shape.length} axes, the indices ${indices.shape.length}`,
      cause:
        'There is an index for every element of the result. Gather takes indices of any shape and picks whole slices.',
      port: 'indices',
    });
  }
  const longer = (dim: Dim, at: number) => at !== axis && dim !== x.shape[at] && !(Number(dim) <= Number(x.shape[at]));
  const bad = indices.shape.findIndex(longer);
  if (bad >= 0) {
    ctx.fail('shape/mismatch', {
      title: `axis ${bad} has ${indices.shape[bad]} indices, but ${x.shape[bad]} elements`,
      cause:
        'Indices stand at the place of what they pick; only along the axis of the operator may there be more or fewer.',
      port: 'indices',
      conflict: [
        [0, bad],
        [1, bad],
      ],
    });
  }
  return [{ ...x, shape: indices.shape }];
}

/** Places in x as a vector, for each index: WebGPU has GatherElements for float32 only, but Gather for both. */
function flatPlaces(b: Builder, indices: Value, shape: Shape, axis: number): Value {
  const step = (of: number) => b.scalar(Number(sizeOf(shape.slice(of + 1))), 'int32');
  return indices.type.shape.reduce<Value>(
    (sum, dim, other) => {
      if (other === axis || dim === 1) return sum;
      const along = indices.type.shape.map((_, each) => (each === other ? dim : 1));
      return b.add(sum, b.mul(b.reshape(b.iota(Number(dim)), along), step(other)));
    },
    b.mul(fromFront(b, indices, Number(shape[axis])), step(axis)),
  );
}

const gatherElements = defineOp({
  name: 'GatherElements',
  category: 'Indexing',
  glyph: '⋰',
  aliases: ['take_along_axis', 'gather', 'pick'],
  inputs: elementPorts,
  outputs: [{ name: 'y', doc: 'The shape of the indices.' }],
  attributes: { axis: attr.int(0, 'The axis to index.') },
  infer: inferGatherElements,
  gradient: ({ b, x, g, attributes: { axis } }) => [
    () => {
      const zeros = b.zerosLike(operand(x, 0));
      return b.emit('ScatterElements', [zeros, operand(x, 1), operand(g, 0)], { axis, reduction: 'add' });
    },
    null,
  ],
  lower: ({ b, x, attributes: { axis } }) => {
    const [from, indices] = [operand(x, 0), operand(x, 1)];
    const { dtype, shape } = from.type;
    if (dtype === 'float32') return [b.emit('GatherElements', x, { axis })];
    const places = flatPlaces(b, indices, shape, normalizeAxis(axis, shape.length));
    return [b.emit('Gather', [b.reshape(from, [sizeOf(shape)]), places], { axis: 0 })];
  },
  doc: {
    summary: 'Picks one element for every index, along one axis.',
    formula: tex`y_{ij} = x_{i\,k_{ij}}`,
    gradient: tex`\bar x_{il} = \sum_{j\,:\,k_{ij} = l} \bar y_{ij}`,
    notes: 'An element that is picked several times gets the sum of the gradients. Indices have none.',
  },
  cases: [['f32[batch,5] i32[batch,3](0,4)', { axis: 1 }]],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3]), i32([2, 0], [2, 1])],
      attributes: { axis: 1 },
      outputs: [f32([3, 4], [2, 1])],
    },
    {
      inputs: [i32([1, 2, 3, 4, 5, 6], [2, 3]), i32([-1, 0, 1, 0, 0, 1], [2, 3])],
      outputs: [i32([4, 2, 6, 1, 2, 6], [2, 3])],
    },
    {
      inputs: [i32([1, 2, 3, 4, 5, 6], [2, 3]), i32([2, -3], [2, 1])],
      attributes: { axis: -1 },
      outputs: [i32([3, 4], [2, 1])],
    },
  ],
});

const oneHotPort = [{ name: 'indices', doc: 'Classes; negative ones count from the end.', dtypes: INDEX }];

const oneHot = defineOp({
  name: 'OneHot',
  category: 'Indexing',
  glyph: '0¹',
  aliases: ['to_one_hot', 'one_hot', 'to_categorical', 'dummy variables'],
  inputs: oneHotPort,
  outputs: [{ name: 'y', doc: 'float32 with an axis of `depth` elements more.' }],
  attributes: {
    depth: attr.int(10, 'Number of classes.', { min: 1 }),
    axis: attr.int(-1, 'Where the result has the new axis.'),
    on: attr.float(1, 'Value at the class.'),
    off: attr.float(0, 'Value elsewhere.'),
  },
  infer: (ctx) => {
    const [indices] = checkDtypes(ctx, oneHotPort);
    const { depth, axis } = ctx.attributes;
    const shape: Shape = [...(indices?.shape ?? []), depth];
    const at = checkAxis(ctx, 'axis', axis, shape);
    if (!Number.isInteger(depth) || depth < 1) {
      ctx.fail('attribute/invalid', { title: `there cannot be ${depth} classes`, attribute: 'depth' });
    }
    return [tensor('float32', shape.slice(0, -1).toSpliced(at, 0, depth))];
  },
  gradient: { none: 'disconnected', reason: 'OneHot goes from indices to constants; neither has a gradient.' },
  lower: ({ b, x, y, attributes: { depth, axis, on, off } }) => {
    const [indices, { shape }] = [operand(x, 0), operand(y, 0).type];
    const at = normalizeAxis(axis, shape.length);
    const classes = b.reshape(
      b.iota(depth),
      shape.map((_, other) => (other === at ? depth : 1)),
    );
    const chosen = b.equal(b.reshape(fromFront(b, indices, depth), shape.with(at, 1)), classes);
    if (on === 1 && off === 0) return [b.cast(chosen, 'float32')];
    return [b.where(chosen, b.scalar(on), b.scalar(off))];
  },
  doc: {
    summary: 'A vector for every class, with 1 at the class and 0 elsewhere.',
    formula: tex`y_{ij} = [k_i = j]`,
    notes: 'A class outside the depth gives a vector without a 1.',
  },
  cases: [
    ['i32[batch,3](0,4)', { depth: 5 }],
    ['i32[batch](0,4)', { depth: 5, axis: 0 }],
  ],
  examples: [
    { inputs: [i32([2, 0])], attributes: { depth: 3 }, outputs: [f32([0, 0, 1, 1, 0, 0], [2, 3])] },
    {
      inputs: [i32([-1, 2, -3])],
      attributes: { depth: 2, axis: 0, on: 5, off: -1 },
      outputs: [f32([-1, -1, -1, 5, -1, -1], [2, 3])],
    },
  ],
});

export const indexingOps: readonly OpRecord[] = [
  gather,
  gatherGradient,
  gatherElements,
  gatherND,
  oneHot,
  topK,
  ...scatterOps,
];
