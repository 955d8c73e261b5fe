import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext } from '../compiler/op.ts';
import { f32, operand, tex } from './common.ts';
import { inferGlobal, inferPool, poolingAttributes, poolingPorts, windowSum } from './pooling-windows.ts';
import { resolveWindow, splitImage } from './windows.ts';

const p = attr.int(2, 'The power: 1 adds absolute values, 2 is the Euclidean norm, large ones come near the maximum.', {
  min: 1,
});

function checkPower({ attributes, fail }: InferContext<{ readonly p: number }>): void {
  if (Number.isInteger(attributes.p) && attributes.p >= 1 && attributes.p <= 64) return;
  fail('attribute/invalid', {
    title: `p is ${attributes.p}`,
    cause: 'The power is a whole number of at least 1, and at most 64.',
    attribute: 'p',
    fixes: [
      { label: 'Take the Euclidean norm', safety: 'maybe', edit: { kind: 'set-attribute', attribute: 'p', value: 2 } },
    ],
  });
}

/** |x|ᵖ by squaring. */
function power(b: Builder, x: Value, exponent: number): Value {
  if (exponent === 1) return b.emit('Abs', [x]);
  if (exponent === 2) return b.mul(x, x);
  const half = power(b, x, Math.floor(exponent / 2));
  const even = b.mul(half, half);
  return exponent % 2 === 0 ? even : b.mul(even, b.emit('Abs', [x]));
}

/** The p-th root of sums that may be 0, where its slope is taken as 0. */
function root(b: Builder, sum: Value, exponent: number): Value {
  if (exponent === 1) return sum;
  const none = b.equal(sum, b.scalar(0));
  const positive = b.where(none, b.scalar(1), sum);
  const result = exponent === 2 ? b.sqrt(positive) : b.exp(b.div(b.log(positive), b.scalar(exponent)));
  return b.where(none, b.scalar(0), result);
}

export const lpPool = defineOp({
  name: 'LpPool',
  category: 'Convolution',
  glyph: '‖▭',
  aliases: ['lp_pool2d', 'norm pooling', 'power average pooling', 'L2 pooling'],
  inputs: poolingPorts,
  outputs: [{ name: 'y', doc: '[batch, channels, ...positions]' }],
  attributes: { p, ...poolingAttributes },
  infer: (ctx) => {
    checkPower(ctx);
    return inferPool(ctx);
  },
  gradient: 'expansion',
  lower: ({ b, x, attributes }) => {
    const image = operand(x, 0);
    const window = resolveWindow(splitImage(image.type.shape)[2], attributes.kernel_shape, attributes);
    return [root(b, windowSum(b, power(b, image, attributes.p), window), attributes.p)];
  },
  doc: {
    summary: 'The norm of the elements in every window.',
    formula: tex`Y_{nc,r} = \Big(\sum_k |X_{nc,\,sr + dk}|^p\Big)^{1/p}`,
    gradient: tex`\bar X_{ncq} = \operatorname{sign}(X_{ncq}) \sum_{r,k\,:\,sr + dk = q} \bar Y_{ncr} \Big(\frac{|X_{ncq}|}{Y_{ncr}}\Big)^{p-1}`,
    notes:
      "Pads are zeros and add nothing. Where a window holds only zeros the gradient is 0. ONNX's definition: PyTorch's lp_pool2d leaves out the absolute value, which differs for odd p.",
  },
  cases: [
    ['f32[batch,2,5,7]', { kernel_shape: [2, 3], strides: [2, 3] }],
    ['f32[batch,2,7]', { kernel_shape: [3], strides: [2], pads: [1, 1], p: 3, ceil_mode: true }],
    ['f32[batch,2,7,5]', { kernel_shape: [2, 2], strides: [], dilations: [2, 1], auto_pad: 'SAME_LOWER', p: 1 }],
  ],
  examples: [
    {
      inputs: [f32([3, -4, 0, 0], [1, 1, 4])],
      attributes: { kernel_shape: [2], strides: [2] },
      outputs: [f32([5, 0], [1, 1, 2])],
    },
    {
      inputs: [f32([1, -2, 3, -4], [1, 1, 2, 2])],
      attributes: { p: 1 },
      outputs: [f32([10], [1, 1, 1, 1])],
    },
  ],
});

export const globalLpPool = defineOp({
  name: 'GlobalLpPool',
  category: 'Convolution',
  glyph: '‖▭',
  aliases: ['norm over pixels', 'generalized mean pooling', 'GeM'],
  inputs: poolingPorts,
  outputs: [{ name: 'y', doc: '[batch, channels, 1, …]' }],
  attributes: { p },
  infer: (ctx) => {
    checkPower(ctx);
    return inferGlobal(ctx);
  },
  gradient: 'expansion',
  lower: ({ b, x, attributes }) => {
    const image = operand(x, 0);
    const axes = image.type.shape.slice(2).map((_, axis) => axis + 2);
    return [root(b, b.reduceSum(power(b, image, attributes.p), axes, true), attributes.p)];
  },
  doc: {
    summary: 'The norm of all pixels of every channel.',
    formula: tex`Y_{nc} = \Big(\sum_q |X_{ncq}|^p\Big)^{1/p}`,
    gradient: tex`\bar X_{ncq} = \bar Y_{nc} \operatorname{sign}(X_{ncq}) \Big(\frac{|X_{ncq}|}{Y_{nc}}\Big)^{p-1}`,
    notes: 'Where all pixels are 0 the gradient is 0.',
  },
  cases: [['f32[batch,2,3,5]'], ['f32[3,2,batch]', { p: 3 }], ['f32[batch,2,5]', { p: 1 }]],
  examples: [{ inputs: [f32([1, -5, 7, 5], [1, 1, 2, 2])], outputs: [f32([10], [1, 1, 1, 1])] }],
});
