import type { Builder } from '../compiler/builder.ts';
import { type Dim, divideDims, multiplyDims, type Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp } from '../compiler/op.ts';
import { tensor } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { reverse } from './slicing.ts';
import { explicitAttributes, positions, remainder, splitImage, type Window } from './windows.ts';

/** Conv(x, w): one correlation of channels in a group, [N, C, ...] and [M, C/group, ...kernel] to [N, M, ...]. */
export function convolve(b: Builder, x: Value, w: Value, window: Window, group: number): Value {
  return b.emit('Conv', [x, w, null], { ...explicitAttributes(window), group });
}

/**
 * The gradient of a convolution with respect to images of size `spatial`. Rows that no window reaches get zeros from
 * output_padding.
 */
export function convolutionImageGradient(
  b: Builder,
  g: Value,
  w: Value,
  spatial: readonly number[],
  window: Window,
  group: number,
): Value {
  const output_padding = spatial.map((size, axis) => remainder(size, window, axis));
  return b.emit('ConvTranspose', [g, w, null], { ...explicitAttributes(window), output_padding, group });
}

/** The gradient of a convolution with respect to its kernels. */
export function convolutionKernelGradient(b: Builder, x: Value, g: Value, window: Window, group: number): Value {
  const { auto_pad: _, ...attributes } = explicitAttributes(window);
  return b.emit('ConvKernelGradient', [x, g], { ...attributes, group });
}

/** Kernels read from their ends along all spatial axes. */
export function flipped(b: Builder, w: Value): Value {
  const axes = w.type.shape.flatMap((size, axis) => (axis > 1 && size !== 1 ? [axis] : []));
  return axes.length > 0 ? reverse(b, w, axes) : w;
}

/** The gradient with respect to the bias; trailing axes first, where the device can sum in parallel. */
export function channelSum(b: Builder, g: Value): Value {
  const spatial = g.type.shape.slice(2).map((_, axis) => axis + 2);
  return b.reduceSum(b.reduceSum(g, spatial), [0]);
}

const multiply = (dims: Shape): Dim => dims.reduce<Dim>((product, dim) => multiplyDims(product, dim), 1);

interface Attributes {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
}

function windowOf({ kernel_shape, strides, pads, dilations }: Attributes): Window {
  const rank = kernel_shape.length;
  return { kernel: kernel_shape, strides, dilations, begin: pads.slice(0, rank), end: pads.slice(rank) };
}

/** Up to this many pairs of channels the sum over the batch is a reduction of its own. */
const FEW_PAIRS = 128;

/**
 * Kernel gradients are a convolution again, of images x by the gradient g as kernel, with stride and dilation swapped and
 * the batch as the summed axis: `Conv(xᵀ, gᵀ)ᵀ`. It has only (C/group)·M·|kernel| results, each a sum over all pixels of all
 * images; with few channels that leaves a GPU idle. There, every image gets a group of its own, and a ReduceSum joins the
 * images: N times as many results, which is memory that only few channels can afford. On one CPU thread both take the same
 * time (5×5 kernels with 1→8 and 8→12 channels, 64 images: 1.7 ms each on wasm). Grouped volumes
 * are lowered further.
 */
function lowerKernelGradient(b: Builder, x: Value, g: Value, attributes: Attributes): Value {
  const { group } = attributes;
  const window = windowOf(attributes);
  const [batch, channels, spatial] = splitImage(x.type.shape);
  const [, filters, out] = splitImage(g.type.shape);
  const [n, c, m] = [batch ?? 1, (channels as number) / group, filters as number];
  const swapped: Window = { ...window, kernel: out, strides: window.dilations, dilations: window.strides };
  const kernelSize = multiply(window.kernel);

  // Groups are a number, so a batch of any size takes the other form.
  const perImage = typeof n === 'number' && c * m <= FEW_PAIRS && spatial.length < 3;
  const grouped = b.reshape(x, [n, group, c, multiply(spatial)]);
  const images = b.reshape(b.transpose(grouped, perImage ? [2, 0, 1, 3] : [2, 1, 0, 3]), [
    c,
    multiplyDims(n, group),
    ...spatial,
  ]);
  const kernels = perImage
    ? b.reshape(g, [multiplyDims(n, m), 1, ...out])
    : b.transpose(g, [1, 0, ...out.map((_, axis) => axis + 2)]);
  const full = convolve(b, images, kernels, swapped, perImage ? n * group : group);
  const size = full.type.shape.slice(2);
  const cropped = size.every((dim, axis) => dim === window.kernel[axis])
    ? full
    : b.emit('Slice', [full], {
        starts: window.kernel.map(() => 0),
        ends: window.kernel,
        axes: window.kernel.map((_, axis) => axis + 2),
      });
  const joined = perImage ? b.reduceSum(b.reshape(cropped, [c, n, multiplyDims(m, kernelSize)]), [1]) : cropped;
  return b.reshape(b.transpose(b.reshape(joined, [c, m, kernelSize]), [1, 0, 2]), [m, c, ...window.kernel]);
}

const ports = [
  { name: 'x', doc: 'Images [N, C, ...size] that were convolved.', dtypes: FLOAT },
  { name: 'g', doc: 'Gradient [N, M, ...positions] of the result.', dtypes: FLOAT },
];

export const convKernelGradient = defineOp({
  name: 'ConvKernelGradient',
  internal: true,
  category: 'Convolution',
  glyph: '∗ᵀ',
  aliases: ['conv2d_weight', 'Conv2DBackpropFilter', 'convolution backward'],
  inputs: ports,
  outputs: [{ name: 'y', doc: '[M, C/group, ...kernel_shape]' }],
  attributes: {
    kernel_shape: attr.ints([3, 3], 'Size of the kernels.', { min: 1 }),
    strides: attr.ints([1, 1], 'As in the convolution.', { min: 1 }),
    pads: attr.ints([0, 0, 0, 0], 'As in the convolution: all before, then all after.', { min: 0 }),
    dilations: attr.ints([1, 1], 'As in the convolution.', { min: 1 }),
    group: attr.int(1, 'As in the convolution.', { min: 1 }),
  },
  infer: (ctx) => {
    const [x, g] = checkDtypes(ctx, ports);
    const { kernel_shape, group } = ctx.attributes;
    const [, channels = 1] = x?.shape ?? [];
    const perGroup = divideDims(channels, group) ?? 1;
    if (x?.shape.length !== kernel_shape.length + 2 || x.shape.length !== g?.shape.length) {
      ctx.fail('shape/rank', {
        title: 'x, g and kernel_shape differ in the number of spatial axes',
      });
    }
    if (x?.shape[0] !== g?.shape[0]) {
      ctx.fail('shape/mismatch', {
        title: `${x?.shape[0]} images, but gradients of ${g?.shape[0]}`,
        conflict: [
          [0, 0],
          [1, 0],
        ],
      });
    }
    const { strides, pads, dilations } = ctx.attributes;
    const rank = kernel_shape.length;
    const listed = strides.length === rank && dilations.length === rank && pads.length === 2 * rank;
    const window = windowOf(ctx.attributes);
    const spatial = x?.shape.slice(2) ?? [];
    const placed = spatial.every((size, axis) => positions(Number(size), window, axis) === g?.shape[axis + 2]);
    if (!listed || !placed || divideDims(g?.shape[1] ?? 1, group) === null) {
      ctx.fail('shape/mismatch', { title: 'g is not of a convolution of x with these windows' });
    }
    return [tensor('float32', [g?.shape[1] ?? 1, perGroup, ...kernel_shape])];
  },
  gradient: ({ b, x, g, attributes }) => {
    const [images, dy, v] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const window = windowOf(attributes);
    const spatial = images.type.shape.slice(2) as readonly number[];
    return [
      () => convolutionImageGradient(b, dy, v, spatial, window, attributes.group),
      () => convolve(b, images, v, window, attributes.group),
    ];
  },
  lower: ({ b, x, attributes }) => [lowerKernelGradient(b, operand(x, 0), operand(x, 1), attributes)],
  doc: {
    summary: 'Gradient of a convolution with respect to its kernels, made where a convolution is differentiated.',
    formula: tex`Y_{mck} = \sum_{n,p} G_{nmp}\, X_{nc,\,sp + dk}`,
    gradient: tex`\bar X = G \ast^\top \bar Y,\quad \bar G = X \ast \bar Y`,
  },
  cases: [['f32[batch,2,7,5] f32[batch,3,3,4]', { kernel_shape: [3, 2], strides: [2, 1] }]],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]), f32([1, 0, 0, 2], [1, 1, 2, 2])],
      attributes: { kernel_shape: [2, 2] },
      outputs: [f32([11, 14, 20, 23], [1, 1, 2, 2])],
    },
  ],
});
