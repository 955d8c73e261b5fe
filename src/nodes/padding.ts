import type { Builder } from '../compiler/builder.ts';
import { addDims, type Dim, type Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType, tensorData } from '../compiler/types.ts';
import { checkAxis, checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';

const port = [{ name: 'x', doc: 'Any tensor of numbers.', dtypes: NUMBER }];
const MODES = ['constant', 'reflect', 'edge', 'wrap'] as const;

interface PadAttributes {
  readonly pads: Shape;
  readonly axes: readonly number[];
  readonly mode: string;
  readonly value: number;
}

/** What happens to each axis: first elements are cut off at both ends, then others are added. */
interface Border {
  readonly cut: readonly [before: Dim, after: Dim];
  readonly grow: readonly [before: Dim, after: Dim];
}

function bordersOf(rank: number, { pads, axes }: Pick<PadAttributes, 'pads' | 'axes'>): readonly Border[] {
  const listed = axes.length > 0 ? axes.map((axis) => normalizeAxis(axis, rank)) : undefined;
  const part = (pad: Dim, cut: boolean): Dim => (cut === (typeof pad === 'number' && pad < 0) ? pad : 0);
  return Array.from({ length: rank }, (_, axis) => {
    const at = listed ? listed.indexOf(axis) : axis;
    const [before, after] = at < 0 ? [0, 0] : [pads[at] ?? 0, pads[pads.length / 2 + at] ?? 0];
    return { cut: [part(before, true), part(after, true)], grow: [part(before, false), part(after, false)] };
  });
}

const sumDims = (...dims: readonly Dim[]): Dim => dims.reduce<Dim>(addDims, 0);
const cutShape = (shape: Shape, borders: readonly Border[]): Shape =>
  shape.map((dim, axis) => sumDims(dim, ...(borders[axis]?.cut ?? [])));
/** Before each axis, then after each, as ONNX writes pads. */
const listed = (borders: readonly Border[], which: keyof Border): readonly Dim[] =>
  [0, 1].flatMap((end) => borders.map((border) => border[which][end] ?? 0));
const cuts = (borders: readonly Border[]): boolean => listed(borders, 'cut').some((pad) => pad !== 0);
const minus = (pad: Dim): number => (pad === 0 ? 0 : -Number(pad));

function inferPad(ctx: InferContext<PadAttributes>): readonly TensorType[] {
  const [x] = checkDtypes(ctx, port);
  if (!x) throw new Error('Pad without an operand');
  const { pads, axes, mode } = ctx.attributes;
  const at = axes.map((axis) => checkAxis(ctx, 'axes', axis, x.shape));
  const twice = at.find((axis, index) => at.indexOf(axis) !== index);
  if (twice !== undefined) {
    ctx.fail('attribute/invalid', { title: `axes ${printShape(axes)} name axis ${twice} twice`, attribute: 'axes' });
  }
  const count = axes.length > 0 ? axes.length : x.shape.length;
  const bad = pads.find((pad) => typeof pad === 'number' && !Number.isInteger(pad));
  if (pads.length !== 2 * count || bad !== undefined) {
    ctx.fail('attribute/invalid', {
      title: bad === undefined ? `${pads.length} pads for ${count} axes` : `${bad} is not a number of elements`,
      cause: `pads holds ${2 * count} numbers: what is added before each axis, then what is added after each. Negative ones take away.`,
      attribute: 'pads',
    });
  }
  const borders = bordersOf(x.shape.length, ctx.attributes);
  const shape = cutShape(x.shape, borders).map((dim, axis) => {
    const [before, after] = borders[axis]?.grow ?? [0, 0];
    if (typeof dim === 'number' && dim < 1) {
      ctx.fail('attribute/invalid', {
        title: `nothing is left of axis ${axis} of ${printShape(x.shape)}`,
        attribute: 'pads',
        conflict: [[0, axis]],
      });
    }
    if (mode !== 'constant' && (before !== 0 || after !== 0)) {
      if ([dim, before, after].some((part) => typeof part === 'string')) {
        ctx.fail('shape/symbolic', {
          title: `${mode} needs a number for the size ${dim} of axis ${axis}`,
          conflict: [[0, axis]],
        });
      }
      if (mode === 'reflect' && Math.max(Number(before), Number(after)) >= Number(dim)) {
        ctx.fail('attribute/invalid', {
          title: `${Math.max(Number(before), Number(after))} elements cannot be reflected from an axis of ${dim}`,
          attribute: 'pads',
          conflict: [[0, axis]],
        });
      }
    }
    return sumDims(dim, before, after);
  });
  return [{ dtype: x.dtype, shape }];
}

/** For each axis that reflect, edge or wrap lengthens, the element of x at every position of the result. */
function sources(shape: Shape, borders: readonly Border[], mode: string) {
  return shape.flatMap((dim, axis) => {
    const [before = 0, after = 0] = borders[axis]?.grow.map(Number) ?? [];
    const size = Number(dim);
    if (before === 0 && after === 0) return [];
    const source = (at: number) => {
      if (mode === 'edge') return Math.min(size - 1, Math.max(0, at));
      if (mode === 'wrap') return ((at % size) + size) % size;
      return at < 0 ? -at : at < size ? at : 2 * (size - 1) - at;
    };
    const indices = Array.from({ length: before + size + after }, (_, at) => source(at - before));
    return [{ axis, places: tensorData('int32', [indices.length], indices) }];
  });
}

function cutOff(b: Builder, x: Value, borders: readonly Border[]): Value {
  if (!cuts(borders)) return x;
  const starts = borders.map(({ cut: [before] }) => minus(before));
  return b.emit('Slice', [x], {
    starts,
    ends: cutShape(x.type.shape, borders).map((dim, axis) => addDims(dim, starts[axis] ?? 0)),
  });
}

/** The gradient with respect to what was left after cutting, of that shape. */
function fold(b: Builder, g: Value, shape: Shape, borders: readonly Border[], mode: string): Value {
  if (mode === 'constant') {
    const starts = borders.map(({ grow: [before] }) => before);
    if (listed(borders, 'grow').every((pad) => pad === 0)) return g;
    return b.emit('Slice', [g], { starts, ends: shape.map((dim, axis) => addDims(starts[axis] ?? 0, dim)) });
  }
  return sources(shape, borders, mode).reduce(
    (dy, { axis, places }) =>
      b.emit('GatherGradient', [b.constant(places), dy], { axis, shape: dy.type.shape.with(axis, shape[axis] ?? 1) }),
    g,
  );
}

/** Zeros around x, and then a value other than 0: kernels take it as a tensor of its own, a mask a padded axis does without. */
function surround(b: Builder, x: Value, borders: readonly Border[], value: number): Value {
  const padded = b.emit('Pad', [x], { pads: listed(borders, 'grow') });
  if (value === 0) return padded;
  const { shape } = x.type;
  return shape.reduce<Value>((y, dim, axis) => {
    const [before = 0, after = 0] = borders[axis]?.grow.map(Number) ?? [];
    if (before === 0 && after === 0) return y;
    const size = Number(dim);
    const inside = Array.from({ length: before + size + after }, (_, at) => +(at >= before && at < before + size));
    const along = shape.map((_, other) => (other === axis ? inside.length : 1));
    return b.where(b.constant(tensorData('bool', along, inside)), y, b.like(x, value));
  }, padded);
}

const pad = defineOp({
  name: 'Pad',
  category: 'Shape',
  glyph: '▣',
  aliases: ['padding', 'border', 'zero padding', 'np.pad', 'circular padding', 'replicate', 'mirror padding', 'crop'],
  inputs: port,
  outputs: [{ name: 'y', doc: 'x with a border.' }],
  attributes: {
    pads: attr.shape([], 'Elements added before each axis, then after each; negative numbers take away.'),
    axes: attr.ints([], 'The axes that pads is about; empty is all of them.'),
    mode: attr.choice(
      MODES,
      'constant',
      'Filled with a value, mirrored at the border element, with copies of it, or continued from the other end.',
    ),
    value: attr.float(0, 'What fills the border.', { when: { attribute: 'mode', is: ['constant'] } }),
  },
  infer: inferPad,
  gradient: ({ b, x, g, attributes }) => {
    const { shape } = operand(x, 0).type;
    const borders = bordersOf(shape.length, attributes);
    return [
      () => {
        const left = fold(b, operand(g, 0), cutShape(shape, borders), borders, attributes.mode);
        return cuts(borders) ? b.emit('Pad', [left], { pads: listed(borders, 'cut').map(minus) }) : left;
      },
    ];
  },
  lower: ({ b, x, attributes: { mode, value, ...where } }) => {
    const borders = bordersOf(operand(x, 0).type.shape.length, where);
    const input = cutOff(b, operand(x, 0), borders);
    if (mode === 'constant') return [surround(b, input, borders, value)];
    return [
      sources(input.type.shape, borders, mode).reduce(
        (y, { axis, places }) => b.emit('Gather', [y, b.constant(places)], { axis }),
        input,
      ),
    ];
  },
  attributeInputs: ['pads'],
  onnxAttributes: () => ({ mode: 'constant' }),
  doc: {
    summary: 'Adds a border along the axes.',
    formula: tex`y_{i + a} = x_i`,
    gradient: tex`\bar x_i = \bar y_{i + a}`,
    notes:
      'With reflect, edge and wrap, the gradient of an element is the sum over all its copies. Negative numbers take elements away before others are added.',
  },
  cases: [
    ['f32[batch,3]', { pads: [0, 2, 1, 1] }],
    ['f32[batch,5]', { pads: [0, -1, 2, 3], value: 0.7 }],
    ['f32[5,batch,3]', { pads: [2, 1, 1, 0], axes: [-1, 0], mode: 'reflect' }],
    ['f32[batch,3,2]', { pads: [4, 7], axes: [1], mode: 'wrap' }],
    ['f32[batch,7]', { pads: [-2, 3], axes: [1], mode: 'edge' }],
    ['f32[batch,3]', { pads: [1, -1, 0, 0] }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [2, 2])],
      attributes: { pads: [0, 1, 0, 0], value: 9 },
      outputs: [f32([9, 1, 2, 9, 3, 4], [2, 3])],
    },
    { inputs: [f32([1, 2, 3])], attributes: { pads: [2, 1], mode: 'reflect' }, outputs: [f32([3, 2, 1, 2, 3, 2])] },
    { inputs: [f32([1, 2, 3])], attributes: { pads: [2, 1], mode: 'edge' }, outputs: [f32([1, 1, 1, 2, 3, 3])] },
    {
      inputs: [f32([1, 2, 3])],
      attributes: { pads: [4, 2], mode: 'wrap' },
      outputs: [f32([3, 1, 2, 3, 1, 2, 3, 1, 2])],
    },
    { inputs: [f32([1, 2, 3])], attributes: { pads: [-1, 2] }, outputs: [f32([2, 3, 0, 0])] },
    {
      inputs: [i32([1, 2, 3, 4], [2, 2])],
      attributes: { pads: [1, -1], axes: [1], mode: 'edge' },
      outputs: [i32([1, 1, 3, 3], [2, 2])],
    },
  ],
});

export const paddingOps: readonly OpRecord[] = [pad];
