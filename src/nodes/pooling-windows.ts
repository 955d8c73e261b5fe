/** What poolings share: ports, attributes, inference, sums over windows. */
import type { Builder } from '../compiler/builder.ts';
import { multiplyDims } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, type InferContext } from '../compiler/op.ts';
import { tensor, tensorData } from '../compiler/types.ts';
import { checkDtypes, FLOAT } from './common.ts';
import { product } from './pooling-gradient.ts';
import {
  checkImage,
  dilationsAttribute,
  explicitAttributes,
  inferWindow,
  positions,
  splitImage,
  type Window,
  type WindowAttributes,
  windowAttributes,
} from './windows.ts';

export const poolingPorts = [
  { name: 'x', doc: 'Images [batch, channels, height, width], or signals [batch, channels, length].', dtypes: FLOAT },
];

export const poolingAttributes = {
  kernel_shape: attr.ints([2, 2], 'Size of the window.', { min: 1 }),
  ...windowAttributes,
  strides: attr.ints([2, 2], 'Steps of the window along each spatial axis; empty is 1.', { min: 1 }),
  dilations: dilationsAttribute,
  ceil_mode: attr.flag(false, 'Adds a last position where the window begins inside but ends outside.', {
    when: { attribute: 'auto_pad', is: ['NOTSET'] },
  }),
};

/** Whether some window covers no element along an axis of `size`. */
function isBlind(size: number, window: Window, axis: number): boolean {
  const [kernel = 1, dilation = 1] = [window.kernel[axis], window.dilations[axis]];
  const covers = (from: number) => {
    const first = Math.max(0, Math.ceil(-from / dilation));
    return first < kernel && from + first * dilation < size;
  };
  return Array.from({ length: positions(size, window, axis) }, (_, position) => position).some(
    (position) => !covers(position * (window.strides[axis] ?? 1) - (window.begin[axis] ?? 0)),
  );
}

export function inferPool(ctx: InferContext<WindowAttributes>) {
  const [x] = checkDtypes(ctx, poolingPorts);
  if (!x) throw new Error('The operand is missing');
  const [batch, channels, spatial] = checkImage(ctx, x);
  const { kernel_shape } = ctx.attributes;
  const [window, sizes] = inferWindow(ctx, spatial, kernel_shape);
  const blind = spatial.findIndex((size, axis) => isBlind(size, window, axis));
  if (blind >= 0) {
    ctx.fail('shape/window', {
      title: `with these pads a window lies wholly outside the image along axis ${blind + 2}`,
      cause: 'Every window has to cover at least one element. Choose smaller pads or dilations.',
      attribute: 'pads',
    });
  }
  return [tensor('float32', [batch, channels, ...sizes])];
}

export function inferGlobal(ctx: InferContext<unknown>) {
  const [x] = checkDtypes(ctx, poolingPorts);
  if (!x) throw new Error('The operand is missing');
  if (x.shape.length < 3) checkImage(ctx, x);
  return [
    tensor(
      'float32',
      x.shape.map((dim, axis) => (axis < 2 ? dim : 1)),
    ),
  ];
}

/** The sum of the elements under every window, by a convolution of each channel with ones. */
export function windowSum(b: Builder, x: Value, window: Window): Value {
  const [batch, channels, spatial] = splitImage(x.type.shape);
  const single = b.reshape(x, [multiplyDims(batch, channels), 1, ...spatial]);
  const ones = b.constant(
    tensorData('float32', [1, 1, ...window.kernel], new Array<number>(product(window.kernel)).fill(1)),
  );
  const sums = b.emit('Conv', [single, ones, null], explicitAttributes(window));
  return b.reshape(sums, [batch, channels, ...spatial.map((size, axis) => positions(size, window, axis))]);
}

/** Whether the kernels of poolings take these pads. */
export function hasKernel(window: Window): boolean {
  return window.kernel.every((size, axis) => Math.max(window.begin[axis] ?? 0, window.end[axis] ?? 0) < size);
}
