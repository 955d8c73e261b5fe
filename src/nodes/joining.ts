import type { Builder } from '../compiler/builder.ts';
import { addDims, type Dim, divideDims, multiplyDims, type Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type LocalFix, type OpRecord } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType, tensor } from '../compiler/types.ts';
import { checkAxis, checkDtypes, checkSameDtype, f32, NUMBER, operand, tex } from './common.ts';

const concatPort = [{ name: 'x', doc: 'Parts, equal in all other axes.', variadic: true, dtypes: NUMBER }];

function inferConcat(ctx: InferContext<{ readonly axis: number }>): readonly TensorType[] {
  const types = checkDtypes(ctx, concatPort);
  const [first] = types;
  if (!first) return ctx.fail('graph/missing-input', { title: 'nothing is wired to x' });
  const dtype = checkSameDtype(ctx, concatPort);
  const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, first.shape);
  for (const [input, { shape }] of types.entries()) {
    const bad = first.shape.findIndex((dim, at) => at !== axis && dim !== shape[at]);
    if (shape.length === first.shape.length && bad < 0) continue;
    const other = first.shape.findIndex((_, at) =>
      first.shape.every((dim, rest) => rest === at || dim === shape[rest]),
    );
    ctx.fail(shape.length === first.shape.length ? 'shape/mismatch' : 'shape/rank', {
      title: `${printShape(first.shape)} and ${printShape(shape)} do not join along axis ${axis}`,
      cause: `${ctx.nameOf(0)} and ${ctx.nameOf(input)} have to agree in every axis but ${axis}.`,
      port: `x.${input}`,
      conflict:
        shape.length === first.shape.length
          ? [
              [0, bad],
              [input, bad],
            ]
          : [],
      fixes:
        shape.length === first.shape.length && other >= 0
          ? [
              {
                label: `Join along axis ${other}`,
                safety: 'maybe',
                edit: { kind: 'set-attribute', attribute: 'axis', value: other },
              },
            ]
          : [],
    });
  }
  const joined = types.reduce<Dim>((size, { shape }) => addDims(size, shape[axis] ?? 0), 0);
  const bounds = types.map((type) => type.bound);
  const bound = bounds.every((value) => value !== undefined) ? Math.max(...bounds) : undefined;
  return [tensor(dtype, first.shape.with(axis, joined), bound)];
}

const concat = defineOp({
  name: 'Concat',
  category: 'Shape',
  glyph: '⊕',
  aliases: ['concatenate', 'join', 'cat', 'hstack', 'vstack', 'stack'],
  inputs: concatPort,
  outputs: [{ name: 'y', doc: 'The parts one after the other along `axis`.' }],
  attributes: { axis: attr.int(0, 'Axis to join along.') },
  infer: inferConcat,
  gradient: ({ b, x, g, attributes: { axis } }) => {
    const parts = x.map((_, at) => operand(x, at));
    const at = normalizeAxis(axis, parts[0]?.type.shape.length ?? 1);
    let pieces: readonly Value[] | undefined;
    return parts.map((_, index) => () => {
      pieces ??= b.emitAll('Split', [operand(g, 0)], { axis, split: parts.map((part) => part.type.shape[at] ?? 1) });
      return operand(pieces, index);
    });
  },
  doc: {
    summary: 'Joins tensors along one axis.',
    formula: tex`Y = [X_0, X_1, \dots]`,
    gradient: tex`[\bar X_0, \bar X_1, \dots] = \bar Y`,
  },
  cases: [['f32[batch,2] f32[batch,3] f32[batch,5]', { axis: 1 }], ['f32[batch,3] f32[2,3]']],
  examples: [
    {
      inputs: [f32([1, 2], [2, 1]), f32([3, 4, 5, 6], [2, 2])],
      attributes: { axis: 1 },
      outputs: [f32([1, 3, 4, 2, 5, 6], [2, 3])],
    },
  ],
});

const numberPort = [{ name: 'x', doc: 'Any tensor.', dtypes: NUMBER }];

function partsFix(split: Shape): LocalFix {
  const edit = { kind: 'set-attribute', attribute: 'split', value: split } as const;
  return { label: `Set split to ${printShape(split)}`, safety: 'maybe', edit };
}

/** Equal parts of an axis, the last one smaller where they do not come out even; null where there are none. */
function equalParts(size: Dim, count: number): readonly Dim[] | null {
  if (!Number.isInteger(count) || count < 1) return null;
  const even = divideDims(size, count);
  if (even !== null) return new Array<Dim>(count).fill(even);
  const part = Math.ceil(Number(size) / count);
  const last = Number(size) - (count - 1) * part;
  return last > 0 ? [...new Array<Dim>(count - 1).fill(part), last] : null;
}

function inferSplit(ctx: InferContext<{ readonly axis: number; readonly split: Shape; readonly num_outputs: number }>) {
  const [x] = checkDtypes(ctx, numberPort);
  if (!x) throw new Error('Split without an operand');
  const { split, num_outputs } = ctx.attributes;
  const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, x.shape);
  const size = x.shape[axis] ?? 1;
  if (split.length > 0) {
    const total = split.reduce<Dim>(addDims, 0);
    const bad = split.find((dim) => typeof dim === 'number' && dim < 1);
    if (total === size && bad === undefined) return split.map((part) => ({ ...x, shape: x.shape.with(axis, part) }));
    const rest = addDims(size, multiplyDims(split.slice(0, -1).reduce<Dim>(addDims, 0), -1));
    return ctx.fail('shape/mismatch', {
      title:
        bad === undefined
          ? `the parts ${printShape(split)} make ${total}, but axis ${axis} of ${printShape(x.shape)} has ${size}`
          : `a part cannot have the size ${bad}`,
      cause: 'Split hands out every element of the axis once: the parts add up to its size.',
      attribute: 'split',
      conflict: [[0, axis]],
      fixes: typeof rest === 'number' && rest > 0 ? [partsFix([...split.slice(0, -1), rest])] : [],
    });
  }
  const parts = equalParts(size, num_outputs);
  if (parts === null) {
    return ctx.fail('shape/mismatch', {
      title: `axis ${axis} of ${printShape(x.shape)} does not divide into ${num_outputs} equal parts`,
      cause: 'Only the last part may be smaller, and none empty. Parts of other sizes are listed in split.',
      attribute: 'num_outputs',
      conflict: [[0, axis]],
    });
  }
  return parts.map((part) => ({ ...x, shape: x.shape.with(axis, part) }));
}

/** WebGPU promises a kernel eight buffers: one is the tensor, the others are parts. */
const MOST_PARTS = 7;

/** Parts of the sizes along the axis; many are cut in several rounds. */
function cutInto(b: Builder, x: Value, axis: number, sizes: Shape): readonly Value[] {
  if (sizes.length === 1) return [x];
  if (sizes.length <= MOST_PARTS) return b.emitAll('Split', [x], { axis, split: sizes });
  const each = Math.ceil(sizes.length / MOST_PARTS);
  const groups = Array.from({ length: Math.ceil(sizes.length / each) }, (_, at) =>
    sizes.slice(at * each, (at + 1) * each),
  );
  const wholes = b.emitAll('Split', [x], { axis, split: groups.map((group) => group.reduce<Dim>(addDims, 0)) });
  return wholes.flatMap((whole, at) => cutInto(b, whole, axis, groups[at] ?? []));
}

const split = defineOp({
  name: 'Split',
  category: 'Shape',
  glyph: '⊖',
  aliases: ['chunk', 'hsplit', 'vsplit', 'unstack'],
  inputs: numberPort,
  outputs: [{ name: 'y', doc: 'The parts in order.', variadic: true }],
  attributes: {
    axis: attr.int(0, 'Axis to split.'),
    split: attr.shape([], 'Sizes of the parts; empty makes equal ones.'),
    num_outputs: attr.int(2, 'Number of equal parts, where split is empty; the last may be smaller.', { min: 1 }),
  },
  infer: inferSplit,
  gradient: ({ b, g, attributes: { axis } }) => [() => b.emit('Concat', g, { axis })],
  lower: ({ b, x, y, attributes: { axis } }) => {
    const input = operand(x, 0);
    const at = normalizeAxis(axis, input.type.shape.length);
    const sizes = y.map((part) => part.type.shape[at] ?? 1);
    return cutInto(b, input, axis, sizes);
  },
  attributeInputs: ['split'],
  onnxAttributes: ({ axis }) => ({ axis }),
  doc: {
    summary: 'Cuts a tensor into parts along one axis.',
    formula: tex`[Y_0, Y_1, \dots] = X`,
    gradient: tex`\bar X = [\bar Y_0, \bar Y_1, \dots]`,
  },
  cases: [
    ['f32[batch,5]', { axis: 1, split: [2, 3] }],
    ['f32[17,batch]', { num_outputs: 17 }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3])],
      attributes: { axis: 1, split: [1, 2] },
      outputs: [f32([1, 4], [2, 1]), f32([2, 3, 5, 6], [2, 2])],
    },
  ],
});

const tile = defineOp({
  name: 'Tile',
  category: 'Shape',
  glyph: '▚',
  aliases: ['repeat', 'tile', 'replicate'],
  inputs: numberPort,
  outputs: [{ name: 'y', doc: 'Copies of x side by side.' }],
  attributes: { repeats: attr.ints([], 'Number of copies along each axis.', { min: 1 }) },
  infer: (ctx) => {
    const [x] = checkDtypes(ctx, numberPort);
    if (!x) throw new Error('Tile without an operand');
    const { repeats } = ctx.attributes;
    if (repeats.length !== x.shape.length || repeats.some((count) => !Number.isInteger(count) || count < 1)) {
      ctx.fail('attribute/invalid', {
        title: `repeats ${printShape(repeats)} are not a number of copies for each axis of ${printShape(x.shape)}`,
        attribute: 'repeats',
      });
    }
    return [{ ...x, shape: x.shape.map((dim, axis) => multiplyDims(dim, repeats[axis] ?? 1)) }];
  },
  gradient: ({ b, x, g, attributes: { repeats } }) => [
    () => {
      const { shape } = operand(x, 0).type;
      const split = shape.flatMap((dim, axis) => (repeats[axis] === 1 ? [dim] : [repeats[axis] ?? 1, dim]));
      const before = shape.map((_, axis) => axis + repeats.slice(0, axis).filter((count) => count !== 1).length);
      const axes = before.filter((_, axis) => repeats[axis] !== 1);
      const copies = b.reshape(operand(g, 0), split);
      return axes.length > 0 ? b.reduceSum(copies, axes) : copies;
    },
  ],
  attributeInputs: ['repeats'],
  doc: {
    summary: 'Repeats a tensor along its axes.',
    formula: tex`y_i = x_{i \bmod n}`,
    gradient: tex`\bar x_i = \sum_k \bar y_{i + kn}`,
  },
  cases: [['f32[batch,3]', { repeats: [2, 5] }]],
  examples: [
    {
      inputs: [f32([1, 2], [1, 2])],
      attributes: { repeats: [2, 2] },
      outputs: [f32([1, 2, 1, 2, 1, 2, 1, 2], [2, 4])],
    },
  ],
});

export const joiningOps: readonly OpRecord[] = [concat, split, tile];
