import { multiplyDims } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { tensorData } from '../compiler/types.ts';
import { f32, operand, tex } from './common.ts';
import { falling, maxPoolGradient, points, product, spread, toFirstMaximum } from './pooling-gradient.ts';
import { globalLpPool, lpPool } from './pooling-norm.ts';
import { hasKernel, inferGlobal, inferPool, poolingAttributes, poolingPorts, windowSum } from './pooling-windows.ts';
import {
  checkSpatial,
  explicitAttributes,
  positions,
  resolveWindow,
  splitImage,
  type Window,
  type WindowAttributes,
} from './windows.ts';

/** Below everything that counts: the smallest float32. */
const LOWEST = -(2 - 2 ** -23) * 2 ** 127;

const maxPool = defineOp({
  name: 'MaxPool',
  category: 'Convolution',
  glyph: '⌈⌉',
  aliases: ['max_pool2d', 'max pooling', 'downsample', 'pool_2d', 'subsampling'],
  inputs: poolingPorts,
  outputs: [{ name: 'y', doc: '[batch, channels, ...positions]' }],
  attributes: poolingAttributes,
  infer: (ctx) => inferPool(ctx),
  gradient: ({ b, x, y, g, attributes }) => {
    const image = operand(x, 0);
    const [, , spatial] = splitImage(image.type.shape);
    const window = resolveWindow(spatial, attributes.kernel_shape, attributes);
    return [() => maxPoolGradient(b, image, operand(y, 0), operand(g, 0), window)];
  },
  lower: ({ b, x, attributes }) => {
    const image = operand(x, 0);
    const window = resolveWindow(splitImage(image.type.shape)[2], attributes.kernel_shape, attributes);
    if (hasKernel(window)) return [b.emit('MaxPool', x, explicitAttributes(window))];
    const pads = [0, 0, ...window.begin, 0, 0, ...window.end];
    const none = window.kernel.map(() => 0);
    const padded = b.emit('Pad', [image], { pads, value: LOWEST });
    return [b.emit('MaxPool', [padded], explicitAttributes({ ...window, begin: none, end: none }))];
  },
  doc: {
    summary: 'The largest element in every window.',
    formula: tex`Y_{nc,p} = \max_k X_{nc,\,sp + dk}`,
    gradient: tex`\bar X_{ncq} = \sum_{p\,:\,q = \operatorname{argmax} p} \bar Y_{ncp}`,
    notes: 'Of several equal maxima of a window, the first in reading order gets the gradient.',
  },
  cases: [
    ['f32[batch,2,5,7]', { kernel_shape: [2, 3], strides: [2, 3] }],
    ['f32[batch,2,7]', { kernel_shape: [3], strides: [2], pads: [1, 1] }],
    ['f32[batch,2,7,5]', { kernel_shape: [2, 2], strides: [], dilations: [2, 1], pads: [2, 0, 2, 1] }],
    ['f32[batch,2,3,5,2]', { kernel_shape: [2, 3, 1], strides: [1, 2, 1], ceil_mode: true, pads: [1, 0, 0, 0, 1, 0] }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 5, 3, 4, 0, 1, 2, 9, 8, 7, 7, 1, 1, 7, 7], [1, 1, 4, 4])],
      outputs: [f32([4, 5, 9, 7], [1, 1, 2, 2])],
    },
    {
      inputs: [f32([1, 3, 2, 5, 4], [1, 1, 5])],
      attributes: { kernel_shape: [2], strides: [2], ceil_mode: true },
      outputs: [f32([3, 5, 4], [1, 1, 3])],
    },
  ],
});

interface AverageAttributes extends WindowAttributes {
  readonly count_include_pad: boolean;
}

/** By how many elements each position is divided; zeros that only ceil_mode adds never count. */
function divisors(spatial: readonly number[], window: Window, attributes: AverageAttributes): number[] {
  const padded = resolveWindow(spatial, window.kernel, { ...attributes, ceil_mode: false });
  const perAxis = spatial.map((size, axis) => {
    const [low, high] = attributes.count_include_pad
      ? [-(padded.begin[axis] ?? 0), size + (padded.end[axis] ?? 0)]
      : [0, size];
    return Array.from({ length: positions(size, window, axis) }, (_, position) => {
      const from = position * (window.strides[axis] ?? 1) - (window.begin[axis] ?? 0);
      const dilation = window.dilations[axis] ?? 1;
      const first = Math.max(0, Math.ceil((low - from) / dilation));
      return Math.min(window.kernel[axis] ?? 1, Math.ceil((high - from) / dilation)) - first;
    });
  });
  return points(perAxis.map((list) => list.length)).map((point) =>
    product(point.map((at, axis) => perAxis[axis]?.[at] ?? 1)),
  );
}

const averagePool = defineOp({
  name: 'AveragePool',
  category: 'Convolution',
  glyph: '▭',
  aliases: ['avg_pool2d', 'mean pooling', 'average pooling'],
  inputs: poolingPorts,
  outputs: [{ name: 'y', doc: '[batch, channels, ...positions]' }],
  attributes: {
    ...poolingAttributes,
    count_include_pad: attr.flag(false, 'Zeros of the padding count as elements.'),
  },
  infer: (ctx) => inferPool(ctx),
  gradient: ({ b, x, g, attributes }) => {
    const { shape } = operand(x, 0).type;
    const [batch, channels, spatial] = splitImage(shape);
    const window = resolveWindow(spatial, attributes.kernel_shape, attributes);
    const counts = spatial.map((size, axis) => positions(size, window, axis));
    const sizes = divisors(spatial, window, attributes);
    const [size = 1] = sizes;
    const even = sizes.every((entry) => entry === size);
    return [
      () => {
        const dy = b.reshape(operand(g, 0), [multiplyDims(batch, channels), 1, ...counts]);
        const scale = () =>
          b.constant(
            tensorData(
              'float32',
              [1, 1, ...counts],
              sizes.map((entry) => 1 / entry),
            ),
          );
        const weight = new Array<number>(product(window.kernel)).fill(even ? 1 / size : 1);
        const kernel = b.constant(tensorData('float32', [1, 1, ...window.kernel], weight));
        return spread(b, even ? dy : b.mul(dy, scale()), kernel, shape, window);
      },
    ];
  },
  lower: ({ b, x, attributes }) => {
    const [, , spatial] = splitImage(operand(x, 0).type.shape);
    const window = resolveWindow(spatial, attributes.kernel_shape, attributes);
    const { count_include_pad } = attributes;
    const sizes = divisors(spatial, window, attributes);
    const counts = spatial.map((size, axis) => positions(size, window, axis));
    const factors = (factor: (size: number) => number) =>
      b.constant(tensorData('float32', [1, 1, ...counts], sizes.map(factor)));
    if (!hasKernel(window) || window.dilations.some((dilation) => dilation > 1)) {
      return [
        b.mul(
          windowSum(b, operand(x, 0), window),
          factors((size) => 1 / size),
        ),
      ];
    }
    const { dilations: _, ...resolved } = explicitAttributes(window);
    const y = b.emit('AveragePool', x, { ...resolved, count_include_pad });
    const full = product(window.kernel);
    // The kernel divides by the whole window, zeros that ceil_mode added included.
    return [
      !count_include_pad || sizes.every((size) => size === full)
        ? y
        : b.mul(
            y,
            factors((size) => full / size),
          ),
    ];
  },
  onnxAttributes: ({ dilations: _, ...attributes }) => attributes,
  doc: {
    summary: 'The mean of the elements in every window.',
    formula: tex`Y_{nc,p} = \frac{1}{|K_p|} \sum_{k \in K_p} X_{nc,\,sp + k}`,
    gradient: tex`\bar X_{ncq} = \sum_{p\,:\,q \in K_p} \frac{\bar Y_{ncp}}{|K_p|}`,
    notes: 'At the border, only elements inside the image count, unless count_include_pad is set.',
  },
  cases: [
    ['f32[batch,2,5,7]', { kernel_shape: [2, 3], strides: [2, 3] }],
    ['f32[batch,2,7]', { kernel_shape: [3], strides: [2], pads: [1, 1] }],
    ['f32[batch,2,7,5]', { kernel_shape: [2, 2], strides: [], dilations: [2, 1], pads: [2, 0, 2, 1] }],
    [
      'f32[batch,2,3,5,2]',
      { kernel_shape: [2, 3, 1], strides: [1, 2, 1], pads: [1, 0, 0, 0, 1, 0], count_include_pad: true },
    ],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 5, 3, 4, 1, 1, 3], [1, 1, 2, 4])],
      outputs: [f32([2, 3], [1, 1, 1, 2])],
    },
    {
      inputs: [f32([1, 3, 2, 5, 4], [1, 1, 5])],
      attributes: { kernel_shape: [2], strides: [2], ceil_mode: true, count_include_pad: true },
      outputs: [f32([2, 3.5, 4], [1, 1, 3])],
    },
  ],
});

const globalAveragePool = defineOp({
  name: 'GlobalAveragePool',
  category: 'Convolution',
  glyph: '▭',
  aliases: ['adaptive_avg_pool2d', 'GAP', 'mean over pixels'],
  inputs: poolingPorts,
  outputs: [{ name: 'y', doc: '[batch, channels, 1, …]' }],
  attributes: {},
  infer: (ctx) => inferGlobal(ctx),
  gradient: ({ b, x, g }) => {
    const { shape } = operand(x, 0).type;
    const pixels = shape.slice(2).reduce((size, dim) => multiplyDims(size, dim), 1);
    return [() => b.expand(b.div(operand(g, 0), b.dimSize(pixels)), shape)];
  },
  doc: {
    summary: 'The mean over all pixels of every channel.',
    formula: tex`Y_{nc} = \frac{1}{P} \sum_p X_{ncp}`,
    gradient: tex`\bar X_{ncp} = \frac{1}{P} \bar Y_{nc}`,
  },
  cases: [['f32[batch,2,3,5]']],
  examples: [{ inputs: [f32([1, 2, 3, 6], [1, 1, 2, 2])], outputs: [f32([3], [1, 1, 1, 1])] }],
});

const globalMaxPool = defineOp({
  name: 'GlobalMaxPool',
  category: 'Convolution',
  glyph: '⌈⌉',
  aliases: ['adaptive_max_pool2d', 'max over pixels'],
  inputs: poolingPorts,
  outputs: [{ name: 'y', doc: '[batch, channels, 1, …]' }],
  attributes: {},
  infer: (ctx) => {
    const types = inferGlobal(ctx);
    checkSpatial(ctx, ctx.inputs[0]?.shape ?? [], 0);
    return types;
  },
  gradient: ({ b, x, y, g }) => {
    const image = operand(x, 0);
    const [batch, channels, spatial] = splitImage(image.type.shape);
    const [images, pixels] = [multiplyDims(batch, channels), product(spatial)];
    const flat = (value: Value, size: number) => b.reshape(value, [images, size]);
    return [
      () => {
        const [windows, best, dy] = [flat(image, pixels), flat(operand(y, 0), 1), flat(operand(g, 0), 1)];
        return b.reshape(toFirstMaximum(b, windows, best, dy, falling(b, pixels, [pixels]), 1), image.type.shape);
      },
    ];
  },
  doc: {
    summary: 'The largest pixel of every channel.',
    formula: tex`Y_{nc} = \max_p X_{ncp}`,
    gradient: tex`\bar X_{ncp} = \bar Y_{nc}\,[p = \operatorname{argmax}]`,
    notes: 'Of several equal maxima, the first in reading order gets the gradient.',
  },
  cases: [['f32[batch,2,3,5]']],
  examples: [{ inputs: [f32([1, 2, 6, 3], [1, 1, 2, 2])], outputs: [f32([6], [1, 1, 1, 1])] }],
});

export const poolingOps: readonly OpRecord[] = [
  maxPool,
  averagePool,
  lpPool,
  globalMaxPool,
  globalAveragePool,
  globalLpPool,
];
