import type { Builder } from '../compiler/builder.ts';
import { addDims, type Dim, type Shape, subtractDims } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType, tensorData } from '../compiler/types.ts';
import { checkAxis, checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';
import { paddingOps } from './padding.ts';

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

/** The elements at these places along an axis. */
export function gatherAt(b: Builder, x: Value, indices: readonly number[], axis: number): Value {
  return b.emit('Gather', [x, b.constant(tensorData('int32', [indices.length], indices))], { axis });
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

export const slicingOps: readonly OpRecord[] = [slice, ...paddingOps];
