import type { Builder } from '../compiler/builder.ts';
import { addDims, type Dim, type Shape, subtractDims } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType, tensorData } from '../compiler/types.ts';
import { checkAxis, checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';

const port = [{ name: 'x', doc: 'Any tensor of numbers.', dtypes: NUMBER }];

/** Stands for the end of an axis in `ends`, and for its beginning with a negative step. */
const END = 2 ** 31 - 1;

interface SliceAttributes {
  readonly starts: Shape;
  readonly ends: Shape;
  readonly axes: readonly number[];
  readonly steps: readonly number[];
}

/** What a slice keeps of one axis: elements first, first + step, … */
interface Range {
  readonly axis: number;
  readonly size: Dim;
  readonly first: Dim;
  readonly count: Dim;
  readonly step: number;
}

/** NumPy's rules: negative positions count from the end, positions outside are cut. Null where a name makes it undecidable. */
function rangeOf(axis: number, size: Dim, start: Dim, end: Dim, step: number): Range | null {
  if (typeof size === 'number' && typeof start === 'number' && typeof end === 'number') {
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const at = (position: number) =>
      Math.min(high, Math.max(low, position < 0 ? Math.max(-1, position + size) : position));
    // A negative step reaches element 0 by an end before -size.
    const [first, stop] = [at(start), step < 0 && end < -size ? -1 : at(end)];
    return { axis, size, first, count: Math.max(0, Math.ceil((stop - first) / step)), step };
  }
  if (step !== 1) return null;
  const at = (position: Dim) => (typeof position === 'number' && position < 0 ? addDims(size, position) : position);
  const stop = end === END ? size : at(end);
  if (typeof end === 'number' && end >= 0 && end !== END) return null;
  return { axis, size, first: at(start), count: subtractDims(stop, at(start)), step };
}

function rangesOf(shape: Shape, { starts, ends, axes, steps }: SliceAttributes): readonly (Range | null)[] {
  return starts.map((start, at) => {
    const axis = normalizeAxis(axes[at] ?? at, shape.length);
    return rangeOf(axis, shape[axis] ?? 1, start, ends[at] ?? END, steps[at] ?? 1);
  });
}

function inferSlice(ctx: InferContext<SliceAttributes>): readonly TensorType[] {
  const [x] = checkDtypes(ctx, port);
  if (!x) throw new Error('Slice without an operand');
  const { starts, ends, axes, steps } = ctx.attributes;
  for (const [attribute, list] of Object.entries({ ends, axes, steps })) {
    if (list.length === starts.length || (list.length === 0 && attribute !== 'ends')) continue;
    ctx.fail('attribute/invalid', {
      title: `${starts.length} starts, but ${list.length} ${attribute}`,
      cause: 'Every sliced axis has a start, an end, and possibly an axis and a step.',
      attribute,
    });
  }
  if (steps.includes(0)) ctx.fail('attribute/invalid', { title: 'a step of 0 never ends', attribute: 'steps' });
  const at = starts.map((_, index) => checkAxis(ctx, 'axes', axes[index] ?? index, x.shape));
  if (new Set(at).size < at.length)
    ctx.fail('attribute/invalid', { title: 'an axis is named twice', attribute: 'axes' });
  const shape = [...x.shape];
  for (const [index, range] of rangesOf(x.shape, ctx.attributes).entries()) {
    const axis = at[index] ?? 0;
    if (!range) {
      return ctx.fail('shape/symbolic', {
        title: `how much is left of axis ${axis} depends on ${x.shape[axis]}`,
        cause:
          'A named size can be cut at positions counted from its beginning (starts) and from its end (ends), in steps of 1.',
        conflict: [[0, axis]],
      });
    }
    if (range.count === 0) {
      ctx.fail('attribute/invalid', {
        title: `nothing is left of axis ${axis} of ${printShape(x.shape)} from ${starts[index]} to ${ends[index]}`,
        attribute: 'ends',
      });
    }
    shape[axis] = range.count;
  }
  return [{ ...x, shape }];
}

/** Places the elements of `g` where the ranges took them from, and zeros between and around. */
function unslice(b: Builder, g: Value, shape: Shape, ranges: readonly Range[]): Value {
  const backward = ranges.filter(({ step }) => step < 0).map(({ axis }) => axis);
  let spread = backward.length > 0 ? reverse(b, g, backward) : g;
  const pads: Dim[] = new Array<Dim>(2 * shape.length).fill(0);
  for (const { axis, size, first, count, step } of ranges) {
    const stride = Math.abs(step);
    // A range with a step other than 1 is made of numbers.
    const low = step < 0 ? (first as number) + ((count as number) - 1) * step : first;
    let length = count;
    if (stride > 1) {
      length = Math.min((count as number) * stride, (size as number) - (low as number));
      spread = cut(b, insertZeros(b, spread, axis, stride), axis, length);
    }
    pads[axis] = low;
    pads[shape.length + axis] = subtractDims(size, addDims(low, length));
  }
  return pads.some((pad) => pad !== 0) ? b.emit('Pad', [spread], { pads }) : spread;
}

/** The elements along the axes, counted from the front, in reverse. */
export function reverse(b: Builder, x: Value, axes: readonly number[]): Value {
  return b.emit('Slice', [x], {
    starts: axes.map(() => -1),
    ends: axes.map(() => -END),
    axes,
    steps: axes.map(() => -1),
  });
}

/** `stride - 1` zeros after every element along an axis. */
function insertZeros(b: Builder, x: Value, axis: number, stride: number): Value {
  const { shape } = x.type;
  const apart = b.reshape(x, shape.toSpliced(axis + 1, 0, 1));
  const pads = new Array<number>(2 * shape.length + 2).fill(0).with(shape.length + 1 + axis + 1, stride - 1);
  return b.reshape(b.emit('Pad', [apart], { pads }), shape.with(axis, Number(shape[axis]) * stride));
}

function cut(b: Builder, x: Value, axis: number, length: number): Value {
  return x.type.shape[axis] === length ? x : b.emit('Slice', [x], { starts: [0], ends: [length], axes: [axis] });
}

const slice = defineOp({
  name: 'Slice',
  category: 'Shape',
  glyph: '✂',
  aliases: ['subtensor', 'index', 'crop', 'narrow', 'x[a:b]'],
  inputs: port,
  outputs: [{ name: 'y', doc: 'What is left of x.' }],
  attributes: {
    starts: attr.shape([], 'First position along each sliced axis; negative ones count from the end.'),
    ends: attr.shape([], `Position to stop before; ${END} is the end of the axis.`),
    axes: attr.ints([], 'The sliced axes; empty is the first ones.'),
    steps: attr.ints([], 'Distances of the elements; negative goes backwards; empty is 1.'),
  },
  infer: inferSlice,
  gradient: ({ b, x, g, attributes }) => {
    const { shape } = operand(x, 0).type;
    const ranges = rangesOf(shape, attributes).filter((range) => range !== null);
    return [() => unslice(b, operand(g, 0), shape, ranges)];
  },
  // The WebGPU kernel of Slice has float32 only, and goes astray with negative steps; Gather does the rest.
  lower: ({ b, x, attributes }) => {
    const input = operand(x, 0);
    if (attributes.starts.length === 0) return [input];
    const axes = attributes.starts.map((_, at) => normalizeAxis(attributes.axes[at] ?? at, input.type.shape.length));
    const steps = attributes.starts.map((_, at) => attributes.steps[at] ?? 1);
    if (input.type.dtype === 'float32' && steps.every((step) => step > 0)) {
      return [b.emit('Slice', x, { ...attributes, axes, steps })];
    }
    const ranges = rangesOf(input.type.shape, attributes).filter((range) => range !== null);
    return [
      ranges.reduce((value, { axis, first, count, step }) => {
        const indices = Array.from({ length: Number(count) }, (_, i) => Number(first) + i * step);
        return gatherAt(b, value, indices, axis);
      }, input),
    ];
  },
  attributeInputs: ['starts', 'ends', 'axes', 'steps'],
  onnxAttributes: () => ({}),
  doc: {
    summary: 'A part of a tensor: ranges of its axes, as x[a:b:step].',
    formula: tex`y_i = x_{a + i s}`,
    gradient: tex`\bar x_{a + i s} = \bar y_i,\quad 0 \text{ elsewhere}`,
  },
  cases: [['f32[batch,7]', { starts: [1], ends: [6], axes: [1], steps: [2] }]],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3])],
      attributes: { starts: [1], ends: [END], axes: [1] },
      outputs: [f32([2, 3, 5, 6], [2, 2])],
    },
    {
      inputs: [i32([1, 2, 3, 4, 5])],
      attributes: { starts: [-1], ends: [-END], steps: [-2] },
      outputs: [i32([5, 3, 1])],
    },
  ],
});

const MODES = ['constant', 'reflect', 'edge'] as const;

function gatherAt(b: Builder, x: Value, indices: readonly number[], axis: number): Value {
  return b.emit('Gather', [x, b.constant(tensorData('int32', [indices.length], indices))], { axis });
}

/** For each axis that reflect or edge padding changes, the element of x at every position of the result. */
function sources(
  shape: Shape,
  pads: Shape,
  mode: string,
): readonly { readonly axis: number; readonly indices: number[] }[] {
  return shape.flatMap((dim, axis) => {
    const [before, after, size] = [Number(pads[axis]), Number(pads[shape.length + axis]), Number(dim)];
    if (before === 0 && after === 0) return [];
    const source = (at: number) => {
      if (mode === 'edge') return Math.min(size - 1, Math.max(0, at));
      return at < 0 ? -at : at < size ? at : 2 * (size - 1) - at;
    };
    return [{ axis, indices: Array.from({ length: before + size + after }, (_, at) => source(at - before)) }];
  });
}

interface PadAttributes {
  readonly pads: Shape;
  readonly mode: string;
  readonly value: number;
}

function inferPad(ctx: InferContext<PadAttributes>): readonly TensorType[] {
  const [x] = checkDtypes(ctx, port);
  if (!x) throw new Error('Pad without an operand');
  const { pads, mode } = ctx.attributes;
  const rank = x.shape.length;
  const bad = pads.find((pad) => typeof pad === 'number' && (pad < 0 || !Number.isInteger(pad)));
  if (pads.length !== 2 * rank || bad !== undefined) {
    ctx.fail('attribute/invalid', {
      title: bad === undefined ? `${pads.length} pads for ${rank} axes` : `${bad} is not a number of elements to add`,
      cause: `pads holds ${2 * rank} numbers: what is added before each axis, then what is added after each. Slice takes away.`,
      attribute: 'pads',
    });
  }
  const shape = x.shape.map((dim, axis) => {
    const [before, after] = [pads[axis] ?? 0, pads[rank + axis] ?? 0];
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
    return addDims(addDims(dim, before), after);
  });
  return [{ dtype: x.dtype, shape }];
}

const pad = defineOp({
  name: 'Pad',
  category: 'Shape',
  glyph: '▣',
  aliases: ['padding', 'border', 'zero padding'],
  inputs: port,
  outputs: [{ name: 'y', doc: 'x with a border.' }],
  attributes: {
    pads: attr.shape([], 'Elements added before each axis, then after each.'),
    mode: attr.choice(MODES, 'constant', 'Filled with a value, mirrored at the border element, or with copies of it.'),
    value: attr.float(0, 'What fills the border.', { when: { attribute: 'mode', is: ['constant'] } }),
  },
  infer: inferPad,
  gradient: ({ b, x, g, attributes: { pads, mode } }) => {
    const { shape } = operand(x, 0).type;
    if (mode === 'constant') {
      const ends = shape.map((dim, axis) => addDims(pads[axis] ?? 0, dim));
      return [() => b.emit('Slice', [operand(g, 0)], { starts: pads.slice(0, shape.length), ends })];
    }
    return [
      () =>
        sources(shape, pads, mode).reduce(
          (dy, { axis, indices }) => {
            const at = b.constant(tensorData('int32', [indices.length], indices));
            return b.emit('GatherGradient', [at, dy], { axis, shape: dy.type.shape.with(axis, shape[axis] ?? 1) });
          },
          operand(g, 0),
        ),
    ];
  },
  lower: ({ b, x, attributes: { pads, mode, value } }) => {
    const input = operand(x, 0);
    const { shape } = input.type;
    if (mode !== 'constant')
      return [sources(shape, pads, mode).reduce((y, { axis, indices }) => gatherAt(b, y, indices, axis), input)];
    const padded = b.emit('Pad', x, { pads });
    if (value === 0) return [padded];
    // Kernels take the value as a tensor of its own; a mask a padded axis does without.
    const fill = b.like(input, value);
    return [
      shape.reduce((y, dim, axis) => {
        const [before, after] = [Number(pads[axis]), Number(pads[shape.length + axis])];
        if (before === 0 && after === 0) return y;
        const inside = Array.from(
          { length: before + Number(dim) + after },
          (_, at) => +(at >= before && at < before + Number(dim)),
        );
        return b.where(
          b.constant(
            tensorData(
              'bool',
              shape.map((_, other) => (other === axis ? inside.length : 1)),
              inside,
            ),
          ),
          y,
          fill,
        );
      }, padded),
    ];
  },
  attributeInputs: ['pads'],
  onnxAttributes: () => ({ mode: 'constant' }),
  doc: {
    summary: 'Adds a border along the axes.',
    formula: tex`y_{i + a} = x_i`,
    gradient: tex`\bar x_i = \bar y_{i + a}`,
    notes: 'With reflect and edge, the gradient of an element is the sum over all its copies.',
  },
  cases: [['f32[batch,3]', { pads: [0, 2, 1, 1] }]],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [2, 2])],
      attributes: { pads: [0, 1, 0, 0], value: 9 },
      outputs: [f32([9, 1, 2, 9, 3, 4], [2, 3])],
    },
    { inputs: [f32([1, 2, 3])], attributes: { pads: [2, 1], mode: 'reflect' }, outputs: [f32([3, 2, 1, 2, 3, 2])] },
  ],
});

export const slicingOps: readonly OpRecord[] = [slice, pad];
