/** Windows that slide over the spatial axes [N, C, ...spatial] of images: what convolutions and poolings share. */
import type { Dim, Shape } from '../compiler/dims.ts';
import { attr, type InferContext } from '../compiler/op.ts';
import { printShape, type TensorType } from '../compiler/types.ts';

/** Everything resolved, one entry a spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

export interface WindowAttributes {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations?: readonly number[];
  readonly auto_pad: string;
  readonly ceil_mode?: boolean;
}

export const AUTO_PAD = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'] as const;

/** Attributes of every sliding window; names and meanings are ONNX's. */
export const windowAttributes = {
  strides: attr.ints([], 'Steps of the window along each spatial axis; empty is 1.', { min: 1 }),
  auto_pad: attr.choice(
    AUTO_PAD,
    'NOTSET',
    'SAME pads with zeros so that the output has ceil(size / stride) positions.',
  ),
  pads: attr.ints([], 'Zeros added before each spatial axis, then after each; empty is none.', {
    min: 0,
    when: { attribute: 'auto_pad', is: ['NOTSET'] },
  }),
};

export const dilationsAttribute = attr.ints([], 'Distance between the elements of the window; empty is 1.', { min: 1 });

/** Extent of the window in pixels, holes of the dilation included. */
export function extent(window: Window, axis: number): number {
  return (window.dilations[axis] ?? 1) * ((window.kernel[axis] ?? 1) - 1) + 1;
}

/** Positions of the window along one axis of `size` elements. */
export function positions(size: number, window: Window, axis: number): number {
  const padded = size + (window.begin[axis] ?? 0) + (window.end[axis] ?? 0);
  return Math.floor((padded - extent(window, axis)) / (window.strides[axis] ?? 1)) + 1;
}

/** Elements at the end of the padded axis that no window reaches. */
export function remainder(size: number, window: Window, axis: number): number {
  const padded = size + (window.begin[axis] ?? 0) + (window.end[axis] ?? 0);
  return (padded - extent(window, axis)) % (window.strides[axis] ?? 1);
}

/** Fills in defaults and turns auto_pad and ceil_mode into numbers of zeros. */
export function resolveWindow(spatial: readonly number[], kernel: readonly number[], given: WindowAttributes): Window {
  const rank = spatial.length;
  const ones = new Array<number>(rank).fill(1);
  const strides = given.strides.length > 0 ? given.strides : ones;
  const dilations = given.dilations && given.dilations.length > 0 ? given.dilations : ones;
  const explicit = given.auto_pad === 'NOTSET' && given.pads.length > 0;
  const begin = spatial.map((_, axis) => (explicit ? (given.pads[axis] ?? 0) : 0));
  const end = spatial.map((_, axis) => (explicit ? (given.pads[rank + axis] ?? 0) : 0));
  const window = { kernel, strides, dilations, begin, end };
  for (const [axis, size] of spatial.entries()) {
    const stride = strides[axis] ?? 1;
    if (given.auto_pad.startsWith('SAME')) {
      const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent(window, axis) - size);
      const less = Math.floor(total / 2);
      begin[axis] = given.auto_pad === 'SAME_UPPER' ? less : total - less;
      end[axis] = total - (begin[axis] ?? 0);
    }
    const rest = remainder(size, window, axis);
    // One more position, if it would begin inside the image or the zeros before it.
    if (
      given.auto_pad === 'NOTSET' &&
      given.ceil_mode &&
      rest > 0 &&
      positions(size, window, axis) * stride < size + (begin[axis] ?? 0)
    ) {
      end[axis] = (end[axis] ?? 0) + stride - rest;
    }
  }
  return window;
}

/** The attributes of a resolved window as the ONNX operators take them. */
export function explicitAttributes(window: Window) {
  return {
    kernel_shape: window.kernel,
    strides: window.strides,
    pads: [...window.begin, ...window.end],
    dilations: window.dilations,
    auto_pad: 'NOTSET',
  };
}

/** [N, C, ...spatial] of an operand of a resolved shape; spatial sizes are numbers since inference checked them. */
export function splitImage(shape: Shape): readonly [batch: Dim, channels: Dim, spatial: readonly number[]] {
  return [shape[0] ?? 1, shape[1] ?? 1, shape.slice(2) as readonly number[]];
}

/** Checks that `type` is a batch of images and returns its parts. */
export function checkImage(ctx: InferContext<unknown>, type: TensorType, input = 0) {
  const { shape } = type;
  const name = ctx.nameOf(input);
  if (shape.length < 3) {
    ctx.fail('shape/rank', {
      title: `${name} has shape ${printShape(shape)}, not that of images`,
      cause: 'Images have the axes [batch, channels, height, width], signals [batch, channels, length].',
      port: 'x',
      fixes: imageFixes(shape),
    });
  }
  return [shape[0] ?? 1, shape[1] ?? 1, checkSpatial(ctx, shape, input)] as const;
}

/** Rows of a square number of pixels are most likely square images of one channel. */
function imageFixes(shape: Shape) {
  const pixels = shape[1];
  const side = typeof pixels === 'number' ? Math.sqrt(pixels) : 0;
  if (shape.length !== 2 || side < 2 || !Number.isInteger(side)) return [];
  const edit = { kind: 'insert-on-wire', port: 'x', op: 'Reshape', attributes: { shape: [0, 1, side, side] } } as const;
  return [{ label: `Reshape x to ${printShape([shape[0] ?? 1, 1, side, side])}`, safety: 'maybe', edit } as const];
}

export function checkSpatial(ctx: InferContext<unknown>, shape: Shape, input: number): readonly number[] {
  const free = shape.findIndex((dim, axis) => axis > 1 && typeof dim === 'string');
  if (free >= 0) {
    ctx.fail('shape/symbolic', {
      title: `axis ${free} of ${ctx.nameOf(input)} has the size ${shape[free]}, which is not a number`,
      cause: 'Windows slide over axes of known size; only batch and channels can be named.',
      conflict: [[input, free]],
    });
  }
  return shape.slice(2) as readonly number[];
}

/** More elements a channel than any device holds: 1 GB of float32. */
const MOST = 2 ** 28;

/** Fails where a result would be so large that its size is a mistake. */
export function checkSizes(ctx: InferContext<unknown>, sizes: readonly number[], attribute: string): void {
  const elements = sizes.reduce((product, size) => product * size, 1);
  if (elements <= MOST) return;
  ctx.fail('shape/window', {
    title: `the result would have ${sizes.join('×')} elements a channel`,
    cause: `More than ${MOST} elements do not fit into memory. Check ${attribute}.`,
    attribute,
  });
}

/** Checks the number of entries of the window's attributes and that its entries are possible. */
export function checkWindowAttributes(
  ctx: InferContext<WindowAttributes>,
  spatial: readonly number[],
  kernel: readonly number[],
): void {
  const { strides, pads, dilations = [] } = ctx.attributes;
  const rank = spatial.length;
  const lists = { kernel_shape: kernel, strides, dilations, pads };
  for (const [attribute, list] of Object.entries(lists)) {
    const [count, least] = attribute === 'pads' ? [2 * rank, 0] : [rank, 1];
    const needed = attribute === 'kernel_shape' || list.length > 0;
    const bad = list.find((entry) => !Number.isInteger(entry) || entry < least);
    if ((!needed || list.length === count) && bad === undefined) continue;
    ctx.fail('attribute/invalid', {
      title:
        bad === undefined
          ? `${attribute} has ${list.length} entries for ${rank} spatial axes`
          : `${attribute} has the entry ${bad}`,
      cause: `${attribute} holds ${count} whole numbers of at least ${least}${attribute === 'pads' ? ': all before, then all after' : ''}.`,
      attribute,
    });
  }
}

/** The resolved window of `op` on images of size `spatial`, and the number of its positions along each axis. */
export function inferWindow(
  ctx: InferContext<WindowAttributes>,
  spatial: readonly number[],
  kernel: readonly number[],
): readonly [Window, readonly number[]] {
  checkWindowAttributes(ctx, spatial, kernel);
  const window = resolveWindow(spatial, kernel, ctx.attributes);
  const sizes = spatial.map((size, axis) => positions(size, window, axis));
  const bad = sizes.findIndex((size) => size < 1);
  if (bad >= 0) {
    const padded = (spatial[bad] ?? 0) + (window.begin[bad] ?? 0) + (window.end[bad] ?? 0);
    ctx.fail('shape/window', {
      title: `a window of ${extent(window, bad)} does not fit into ${padded} along axis ${bad + 2}`,
      cause: `Window ${kernel.join('×')}, image ${spatial.join('×')}; padding and dilation are counted in.`,
      conflict: [[0, bad + 2]],
      fixes: [
        {
          label: 'Pad so that the output keeps its size',
          safety: 'maybe',
          edit: { kind: 'set-attribute', attribute: 'auto_pad', value: 'SAME_UPPER' },
        },
      ],
    });
  }
  checkSizes(ctx, sizes, 'pads');
  return [window, sizes];
}
