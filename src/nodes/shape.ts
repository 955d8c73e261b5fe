import { type Dim, divideDims, type Shape, sizeOf } from '../compiler/dims.ts';
import { attr, defineOp, type InferContext, type LocalFix, type OpRecord } from '../compiler/op.ts';
import { broadcastDims, normalizeAxis, printShape, type TensorType } from '../compiler/types.ts';
import { checkAxis, checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';
import { joiningOps } from './joining.ts';
import { rearrangingOps } from './rearranging.ts';
import { slicingOps } from './slicing.ts';

const anyPort = [{ name: 'x', doc: 'Any tensor.' }];
const numberPort = [{ name: 'x', doc: 'Any tensor.', dtypes: NUMBER }];

function only(ctx: InferContext<unknown>, ports = anyPort): TensorType {
  const [x] = checkDtypes(ctx, ports);
  if (!x) throw new Error('The operand is missing');
  return x;
}

function setShape(attribute: string, value: Shape): LocalFix {
  const edit = { kind: 'set-attribute', attribute, value } as const;
  return { label: `Set ${attribute} to ${printShape(value)}`, safety: 'maybe', edit };
}

function inferReshape(ctx: InferContext<{ readonly shape: Shape }>): readonly TensorType[] {
  const x = only(ctx);
  const asked = ctx.attributes.shape;
  const invalid = (title: string) => ctx.fail('attribute/invalid', { title, attribute: 'shape' });
  const known = asked.map((dim, axis): Dim => {
    if (typeof dim === 'number' && dim < -1) return invalid(`${dim} is not a size`);
    if (dim !== 0) return dim;
    return x.shape[axis] ?? invalid(`0 copies axis ${axis}, but ${printShape(x.shape)} has none`);
  });
  const [open = -1, second] = known.flatMap((dim, axis) => (dim === -1 ? [axis] : []));
  if (second !== undefined) invalid('only one size can be -1');
  const size = sizeOf(x.shape);
  const rest = sizeOf(known.filter((dim) => dim !== -1));
  const missing = divideDims(size, rest);
  if (open >= 0 && missing !== null) return [{ ...x, shape: known.with(open, missing) }];
  if (open < 0 && rest === size) return [{ ...x, shape: known }];
  const fixes = known.flatMap((_, axis) => {
    const fits = axis !== open && divideDims(size, sizeOf(known.filter((dim, at) => at !== axis && dim !== -1)));
    return fits
      ? [
          setShape(
            'shape',
            asked.map((dim, at) => (at === axis ? fits : dim === -1 ? 1 : dim)),
          ),
        ]
      : [];
  });
  return ctx.fail('shape/reshape', {
    title:
      open < 0
        ? `${printShape(x.shape)} has ${size} elements, ${printShape(known)} has ${rest}`
        : `the ${size} elements of ${printShape(x.shape)} do not split into groups of ${rest}`,
    cause: `${ctx.nameOf(0)} keeps its elements, whatever the shape.`,
    attribute: 'shape',
    fixes: fixes.slice(-2),
  });
}

const reshape = defineOp({
  name: 'Reshape',
  category: 'Shape',
  glyph: '▦',
  aliases: ['view', 'ravel', 'reshape'],
  inputs: anyPort,
  outputs: [{ name: 'y', doc: 'The elements of x in the new shape.' }],
  attributes: {
    shape: attr.shape([-1], 'New sizes: numbers or names; 0 copies the size of x at that axis, -1 is what is left.'),
  },
  infer: inferReshape,
  gradient: ({ b, x, g }) => [() => b.reshape(operand(g, 0), operand(x, 0).type.shape)],
  attributeInputs: ['shape'],
  doc: {
    summary: 'The same elements, in the same order, in another shape.',
    formula: tex`y = \operatorname{reshape}(x)`,
    gradient: tex`\bar x = \operatorname{reshape}^{-1}(\bar y)`,
  },
  cases: [
    ['f32[batch,3,5]', { shape: ['batch', 15] }],
    ['f32[batch,3,5]', { shape: [5, -1] }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3])],
      attributes: { shape: [0, -1, 1] },
      outputs: [f32([1, 2, 3, 4, 5, 6], [2, 3, 1])],
    },
  ],
});

const flatten = defineOp({
  name: 'Flatten',
  category: 'Shape',
  glyph: '▬',
  aliases: ['flatten', 'rows', 'flat'],
  inputs: anyPort,
  outputs: [{ name: 'y', doc: 'A matrix: axes before `axis` are rows, the others columns.' }],
  attributes: { axis: attr.int(1, 'First axis that becomes columns.') },
  infer: (ctx) => {
    const x = only(ctx);
    const { axis } = ctx.attributes;
    const at = axis === x.shape.length ? axis : checkAxis(ctx, 'axis', axis, x.shape);
    return [{ ...x, shape: [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))] }];
  },
  gradient: ({ b, x, g }) => [() => b.reshape(operand(g, 0), operand(x, 0).type.shape)],
  lower: ({ b, x, y }) => [b.reshape(operand(x, 0), operand(y, 0).type.shape)],
  doc: {
    summary: 'Joins axes until a matrix is left, as images before a dense layer.',
    formula: tex`y = \operatorname{reshape}(x)`,
    gradient: tex`\bar x = \operatorname{reshape}^{-1}(\bar y)`,
  },
  cases: [['f32[batch,3,5]', { axis: 1 }]],
  examples: [{ inputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])], outputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [2, 4])] }],
});

/** The order of axes that `perm` means; empty reverses. */
function order(perm: readonly number[], rank: number): readonly number[] {
  return perm.length > 0 ? perm : Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

const transpose = defineOp({
  name: 'Transpose',
  category: 'Shape',
  glyph: '⊤',
  aliases: ['dimshuffle', 'permute', 'swapaxes', 'T', 'moveaxis'],
  inputs: numberPort,
  outputs: [{ name: 'y', doc: 'Axis i of y is axis perm[i] of x.' }],
  attributes: { perm: attr.ints([], 'Order of the axes of x; empty reverses them.') },
  infer: (ctx) => {
    const x = only(ctx, numberPort);
    const perm = order(ctx.attributes.perm, x.shape.length);
    if (perm.length !== x.shape.length || x.shape.some((_, axis) => !perm.includes(axis))) {
      ctx.fail('attribute/invalid', {
        title: `${printShape(perm)} is not an order of the ${x.shape.length} axes of ${printShape(x.shape)}`,
        cause: 'perm names every axis once, counted from 0.',
        attribute: 'perm',
        fixes: [setShape('perm', order([], x.shape.length))],
      });
    }
    return [{ ...x, shape: perm.map((axis) => x.shape[axis] ?? 1) }];
  },
  gradient: ({ b, g, attributes }) => {
    const dy = operand(g, 0);
    const perm = order(attributes.perm, dy.type.shape.length);
    return [
      () =>
        b.transpose(
          dy,
          perm.map((_, axis) => perm.indexOf(axis)),
        ),
    ];
  },
  lower: ({ b, x, y, attributes }) => {
    const [input, output] = [operand(x, 0), operand(y, 0)];
    const perm = order(attributes.perm, input.type.shape.length);
    const long = perm.filter((axis) => input.type.shape[axis] !== 1);
    // Moving axes of size 1 moves no element.
    const still = long.every((axis, at) => at === 0 || axis > (long[at - 1] ?? 0));
    return [still ? b.reshape(input, output.type.shape) : b.transpose(input, perm)];
  },
  doc: {
    summary: 'Reorders axes; a matrix is mirrored at its diagonal.',
    formula: tex`Y = X^\top`,
    gradient: tex`\bar X = \bar Y^\top`,
  },
  cases: [['f32[batch,3,5]', { perm: [2, 0, 1] }], ['f32[batch,3]']],
  examples: [
    { inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3])], outputs: [f32([1, 4, 2, 5, 3, 6], [3, 2])] },
    {
      inputs: [i32([1, 2, 3, 4], [1, 2, 2])],
      attributes: { perm: [2, 0, 1] },
      outputs: [i32([1, 3, 2, 4], [2, 1, 2])],
    },
  ],
});

const squeeze = defineOp({
  name: 'Squeeze',
  category: 'Shape',
  glyph: '⊟',
  aliases: ['dimshuffle', 'drop axis'],
  inputs: anyPort,
  outputs: [{ name: 'y', doc: 'x without these axes.' }],
  attributes: { axes: attr.ints([], 'Axes of size 1 to remove; empty removes all of them.') },
  infer: (ctx) => {
    const x = only(ctx);
    const axes = ctx.attributes.axes.map((axis) => checkAxis(ctx, 'axes', axis, x.shape));
    const long = axes.find((axis) => x.shape[axis] !== 1);
    if (long !== undefined) {
      ctx.fail('shape/axis', {
        title: `axis ${long} of ${printShape(x.shape)} has the size ${x.shape[long]}, not 1`,
        cause: 'Squeeze drops axes of one element. To drop a larger one, reduce it or take a slice of it.',
        attribute: 'axes',
        conflict: [[0, long]],
      });
    }
    return [{ ...x, shape: x.shape.filter((dim, axis) => (axes.length > 0 ? !axes.includes(axis) : dim !== 1)) }];
  },
  gradient: ({ b, x, g }) => [() => b.reshape(operand(g, 0), operand(x, 0).type.shape)],
  lower: ({ b, x, y }) => [b.reshape(operand(x, 0), operand(y, 0).type.shape)],
  doc: {
    summary: 'Removes axes of size 1.',
    formula: tex`y = \operatorname{reshape}(x)`,
    gradient: tex`\bar x = \operatorname{reshape}^{-1}(\bar y)`,
  },
  cases: [['f32[batch,1,3]', { axes: [1] }]],
  examples: [{ inputs: [f32([1, 2], [1, 2, 1])], attributes: { axes: [-1] }, outputs: [f32([1, 2], [1, 2])] }],
});

const unsqueeze = defineOp({
  name: 'Unsqueeze',
  category: 'Shape',
  glyph: '⊞',
  aliases: ['dimshuffle', 'expand_dims', 'newaxis', 'add axis'],
  inputs: anyPort,
  outputs: [{ name: 'y', doc: 'x with these axes added.' }],
  attributes: { axes: attr.ints([0], 'Where the result has the new axes of size 1.') },
  infer: (ctx) => {
    const x = only(ctx);
    const rank = x.shape.length + ctx.attributes.axes.length;
    const axes = ctx.attributes.axes.map((axis) => normalizeAxis(axis, rank));
    if (axes.some((axis, at) => axis < 0 || axis >= rank || axes.indexOf(axis) !== at)) {
      ctx.fail('shape/axis', {
        title: `axes ${printShape(ctx.attributes.axes)} are not ${axes.length} axes of a result with ${rank}`,
        cause: `Each new axis has a place of its own in the result: ${-rank} … ${rank - 1}, none of them twice.`,
        attribute: 'axes',
      });
    }
    const rest = [...x.shape];
    return [
      { ...x, shape: Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1))) },
    ];
  },
  gradient: ({ b, x, g }) => [() => b.reshape(operand(g, 0), operand(x, 0).type.shape)],
  lower: ({ b, x, y }) => [b.reshape(operand(x, 0), operand(y, 0).type.shape)],
  doc: {
    summary: 'Adds axes of size 1, often so that shapes broadcast.',
    formula: tex`y = \operatorname{reshape}(x)`,
    gradient: tex`\bar x = \operatorname{reshape}^{-1}(\bar y)`,
  },
  cases: [['f32[batch,3]', { axes: [0, -1] }]],
  examples: [{ inputs: [i32([1, 2])], attributes: { axes: [0, -1] }, outputs: [i32([1, 2], [1, 2, 1])] }],
});

const expand = defineOp({
  name: 'Expand',
  category: 'Shape',
  glyph: '⇱',
  aliases: ['broadcast_to', 'expand', 'stretch'],
  inputs: anyPort,
  outputs: [{ name: 'y', doc: 'x repeated along axes of size 1.' }],
  attributes: { shape: attr.shape([1], 'Shape to broadcast to; 1 keeps the size of x.') },
  infer: (ctx) => {
    const x = only(ctx);
    const { shape } = ctx.attributes;
    const rank = Math.max(x.shape.length, shape.length);
    const result = Array.from({ length: rank }, (_, axis) => {
      const [own, other] = [axis - rank + x.shape.length, axis - rank + shape.length];
      const dim = broadcastDims(x.shape[own] ?? 1, shape[other] ?? 1);
      if (dim !== null) return dim;
      return ctx.fail('shape/broadcast', {
        title: `${printShape(x.shape)} does not broadcast to ${printShape(shape)}`,
        cause: `Only axes of size 1 stretch; ${x.shape[own]} meets ${shape[other]}.`,
        attribute: 'shape',
        conflict: [[0, own]],
      });
    });
    return [{ ...x, shape: result }];
  },
  // The walk over the graph sums over the axes that were stretched.
  gradient: ({ g }) => [() => operand(g, 0)],
  attributeInputs: ['shape'],
  doc: {
    summary: 'Repeats a tensor along axes of size 1, as broadcasting does.',
    formula: tex`y_{ij} = x_{1j}`,
    gradient: tex`\bar x_{1j} = \sum_i \bar y_{ij}`,
  },
  cases: [['f32[3,1]', { shape: ['batch', 3, 5] }]],
  examples: [{ inputs: [f32([1, 2])], attributes: { shape: [2, 1] }, outputs: [f32([1, 2, 1, 2], [2, 2])] }],
});

export const shapeOps: readonly OpRecord[] = [
  reshape,
  flatten,
  transpose,
  squeeze,
  unsqueeze,
  expand,
  ...joiningOps,
  ...slicingOps,
  ...rearrangingOps,
];
