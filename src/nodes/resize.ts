import type { Builder } from '../compiler/builder.ts';
import { multiplyDims, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { tensor, tensorData } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { checkImage, checkSizes, splitImage } from './windows.ts';

const ports = [
  { name: 'x', doc: 'Images [batch, C, height, width], signals [batch, C, length] or volumes.', dtypes: FLOAT },
];

interface ResizeAttributes {
  readonly mode: string;
  readonly scales: readonly number[];
  readonly sizes: readonly number[];
  readonly coordinate_transformation_mode: string;
  readonly nearest_mode: string;
}

const ROUNDING: Readonly<Record<string, (at: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
};

/** The entry of a list that has one for each axis, or one for all. */
const entry = (list: readonly number[], axis: number) => (list.length === 1 ? list[0] : list[axis]) ?? 1;

/** How one axis is resized. */
interface Axis {
  readonly size: number;
  readonly out: number;
  /** Elements of the result per element. */
  readonly scale: number;
}

function axisOf(size: number, axis: number, { scales, sizes }: ResizeAttributes): Axis {
  if (sizes.length > 0) return { size, out: entry(sizes, axis), scale: entry(sizes, axis) / size };
  // Products such as 10 · 0.7 fall short of the whole number by rounding.
  const scale = entry(scales, axis);
  return { size, out: Math.floor(size * scale + 1e-9), scale };
}

/** Where an element of the result lies between those of the operand. */
function coordinate({ size, out, scale }: Axis, at: number, mode: string): number {
  switch (mode) {
    case 'align_corners':
      return out > 1 ? (at * (size - 1)) / (out - 1) : 0;
    case 'asymmetric':
      return at / scale;
    case 'pytorch_half_pixel':
      return out > 1 ? (at + 0.5) / scale - 0.5 : 0;
    default:
      return (at + 0.5) / scale - 0.5;
  }
}

/** Coordinates that are a rounding away from a multiple of ½ are that multiple. */
function exact(at: number): number {
  const half = Math.round(2 * at) / 2;
  return Math.abs(at - half) < 1e-9 ? half : at;
}

/** For every element of the result, the two elements it lies between, and the weight of the second. */
function taps(
  axis: Axis,
  attributes: ResizeAttributes,
): readonly (readonly [low: number, high: number, weight: number])[] {
  const { mode, coordinate_transformation_mode, nearest_mode } = attributes;
  const last = axis.size - 1;
  return Array.from({ length: axis.out }, (_, index) => {
    const at = exact(coordinate(axis, index, coordinate_transformation_mode));
    if (mode === 'nearest') {
      const nearest = Math.min(last, Math.max(0, ROUNDING[nearest_mode]?.(at) ?? 0));
      return [nearest, nearest, 0] as const;
    }
    const inside = Math.min(last, Math.max(0, at));
    const low = Math.floor(inside);
    return [low, Math.min(last, low + 1), inside - low] as const;
  });
}

/** Resizes one spatial axis: by repetition where every element is repeated alike, else by a matrix of weights. */
function resizeAxis(b: Builder, x: Value, at: number, axis: Axis, attributes: ResizeAttributes): Value {
  const { shape } = x.type;
  const [before, after] = [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at + 1))];
  const result = shape.with(at, axis.out);
  const places = taps(axis, attributes);
  if (places.every(([low, , weight], index) => low === index && weight === 0) && axis.out === axis.size) return x;
  const times = axis.out / axis.size;
  const repeated = places.every(([low, , weight], index) => low === Math.floor(index / times) && weight === 0);
  if (Number.isInteger(times) && repeated) {
    const column = b.reshape(x, [multiplyDims(before, axis.size), 1, after]);
    return b.reshape(b.expand(column, [multiplyDims(before, axis.size), times, after]), result);
  }
  const weights = new Array<number>(axis.out * axis.size).fill(0);
  const along = after === 1;
  const place = (row: number, column: number) => (along ? column * axis.out + row : row * axis.size + column);
  for (const [row, [low, high, weight]] of places.entries()) {
    weights[place(row, low)] = 1 - weight;
    if (weight > 0) weights[place(row, high)] = weight;
  }
  const matrix = b.constant(tensorData('float32', along ? [axis.size, axis.out] : [axis.out, axis.size], weights));
  return b.reshape(
    along
      ? b.matMul(b.reshape(x, [before, axis.size]), matrix)
      : b.matMul(matrix, b.reshape(x, [before, axis.size, after])),
    result,
  );
}

function inferResize(ctx: InferContext<ResizeAttributes>) {
  const [x] = checkDtypes(ctx, ports);
  if (!x) throw new Error('Resize without an operand');
  const [batch, channels, spatial] = checkImage(ctx, x);
  const { attributes } = ctx;
  const attribute = attributes.sizes.length > 0 ? 'sizes' : 'scales';
  const list = attributes[attribute];
  if (list.length !== 1 && list.length !== spatial.length) {
    ctx.fail('attribute/invalid', {
      title: `${attribute} has ${list.length} entries for ${spatial.length} spatial axes`,
      cause: 'It has one entry for each spatial axis, or one for all of them; batch and channels stay as they are.',
      attribute,
      fixes: [
        {
          label: 'Double the size',
          safety: 'maybe',
          edit: {
            kind: 'set-attribute',
            attribute,
            value: attribute === 'scales' ? [2] : spatial.map((size) => 2 * size),
          },
        },
      ],
    });
  }
  const wrong = list.find((value) => !(value > 0) || (attribute === 'sizes' && !Number.isInteger(value)));
  if (wrong !== undefined) {
    ctx.fail('attribute/invalid', {
      title: `${attribute} has the entry ${wrong}`,
      cause: attribute === 'sizes' ? 'Sizes are whole numbers of at least 1.' : 'Scales are above 0.',
      attribute,
    });
  }
  const out = spatial.map((size, axis) => axisOf(size, axis, attributes).out);
  const empty = out.findIndex((size) => size < 1);
  if (empty >= 0) {
    ctx.fail('shape/window', {
      title: `nothing is left of the ${spatial[empty]} elements of axis ${empty + 2} at the scale ${entry(list, empty)}`,
      attribute,
      conflict: [[0, empty + 2]],
    });
  }
  checkSizes(ctx, out, attribute);
  return [tensor('float32', [batch, channels, ...out])];
}

const resize = defineOp({
  name: 'Resize',
  category: 'Convolution',
  glyph: '⤢',
  aliases: [
    ...['interpolate', 'F.interpolate', 'upsample', 'Upsample', 'UpsamplingBilinear2d', 'bilinear_upsampling'],
    ...['bilinear', 'nearest neighbour', 'downsample', 'zoom', 'ndimage.zoom', 'imresize'],
  ],
  inputs: ports,
  outputs: [{ name: 'y', doc: '[batch, C, ...sizes]' }],
  attributes: {
    mode: attr.choice(
      ['nearest', 'linear'],
      'nearest',
      'Copies the nearest element, or mixes the nearest along each axis.',
    ),
    scales: attr.floats([2], 'Factor of the size of each spatial axis, or one factor for all.'),
    sizes: attr.ints([], 'Size of each spatial axis of the result, or one for all, instead of scales.', { min: 1 }),
    coordinate_transformation_mode: attr.choice(
      ['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'],
      'half_pixel',
      'Which points of both images lie on each other: their borders, or the centres of their corner elements (align_corners), or the first elements (asymmetric).',
    ),
    nearest_mode: attr.choice(
      ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'],
      'round_prefer_floor',
      'Which element is the nearest.',
      { when: { attribute: 'mode', is: ['nearest'] } },
    ),
  },
  infer: inferResize,
  gradient: 'expansion',
  lower: ({ b, x, attributes }) => {
    const image = operand(x, 0);
    const [, , spatial] = splitImage(image.type.shape);
    // The last axis first, while there is least to compute with; shrinking axes would rather begin.
    const axes = spatial.map((size, axis) => ({ at: axis + 2, axis: axisOf(size, axis, attributes) }));
    axes.sort((a, c) => a.axis.scale - c.axis.scale || c.at - a.at);
    return [axes.reduce((y, { at, axis }) => resizeAxis(b, y, at, axis, attributes), image)];
  },
  doc: {
    summary: 'Makes images larger or smaller by copying or mixing their elements.',
    formula: tex`Y_{nc,q} = \sum_p w_{qp}\, X_{ncp},\quad w_{qp} = \prod_i \max\big(0,\, 1 - |u_i(q_i) - p_i|\big),\quad u(q) = \frac{q + \frac12}{s} - \frac12`,
    gradient: tex`\bar X_{ncp} = \sum_q w_{qp}\, \bar Y_{ncq}`,
    notes:
      "The formula is that of mode linear with half_pixel; u(q) is q/s for asymmetric, and q (size - 1)/(new size - 1) for align_corners. Beyond the border the outermost element counts. PyTorch's interpolate with mode nearest is asymmetric with floor, nearest-exact is half_pixel, bilinear and trilinear are linear with half_pixel or align_corners. A scale's new size is rounded down.",
  },
  cases: [
    ['f32[batch,2,3,5]'],
    ['f32[batch,2,3,5]', { mode: 'linear', scales: [2, 1.5] }],
    ['f32[batch,2,5]', { mode: 'linear', sizes: [7], coordinate_transformation_mode: 'align_corners' }],
    ['f32[batch,2,5,7]', { sizes: [3, 11], coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }],
    ['f32[batch,2,3,2,5]', { mode: 'linear', sizes: [5, 1, 3], coordinate_transformation_mode: 'pytorch_half_pixel' }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [1, 1, 2, 2])],
      outputs: [f32([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4], [1, 1, 4, 4])],
    },
    {
      inputs: [f32([0, 4], [1, 1, 2])],
      attributes: { mode: 'linear' },
      outputs: [f32([0, 1, 3, 4], [1, 1, 4])],
    },
    {
      inputs: [f32([0, 6], [1, 1, 2])],
      attributes: { mode: 'linear', sizes: [4], coordinate_transformation_mode: 'align_corners' },
      outputs: [f32([0, 2, 4, 6], [1, 1, 4])],
    },
  ],
});

export const resizeOps: readonly OpRecord[] = [resize];
