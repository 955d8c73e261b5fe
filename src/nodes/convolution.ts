import { divideDims, multiplyDims, type Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { tensor } from '../compiler/types.ts';
import { FLOAT, f32, operand, tex } from './common.ts';
import {
  type ConvolutionAttributes,
  checkBias,
  checkGroups,
  checkOperands,
  convolutionAttributes,
  groupFix,
  wanted,
} from './convolution-checks.ts';
import {
  channelSum,
  convKernelGradient,
  convolutionImageGradient,
  convolutionKernelGradient,
  flipped,
} from './convolution-gradient.ts';
import { convolutionKernel } from './convolution-kernels.ts';
import { convTranspose } from './convolution-transpose.ts';
import { inferWindow, resolveWindow, splitImage, type Window } from './windows.ts';

const convPorts = [
  { name: 'x', doc: 'Images [batch, C, height, width], or signals [batch, C, length].', dtypes: FLOAT },
  { name: 'w', doc: 'Kernels [M, C/group, height, width].', dtypes: FLOAT },
  { name: 'b', doc: 'Bias [M].', dtypes: FLOAT, optional: true },
];

function inferConv(ctx: InferContext<ConvolutionAttributes>) {
  const { w, batch, channels, spatial, kernel } = checkOperands(ctx, convPorts);
  const [filters = 1, perGroup = 1] = w;
  const { group } = ctx.attributes;
  if (channels !== multiplyDims(perGroup, group)) {
    ctx.fail('shape/mismatch', {
      title: `the images have ${channels} channels, the kernels ${multiplyDims(perGroup, group)}`,
      cause: `${ctx.nameOf(1)} is [filters, channels${group > 1 ? ` / ${group} groups` : ''}, ...size].`,
      conflict: [
        [0, 1, ...wanted(multiplyDims(perGroup, group))],
        [1, 1, ...wanted(divideDims(channels, group))],
      ],
      fixes: groupFix(channels, perGroup, filters),
    });
  }
  checkGroups(ctx, filters, 1, 0);
  checkBias(ctx, filters);
  const [, sizes] = inferWindow(ctx, spatial, kernel);
  return [tensor('float32', [batch, filters, ...sizes])];
}

function convWindow(x: Shape, w: Shape, attributes: ConvolutionAttributes): Window {
  return resolveWindow(splitImage(x)[2], splitImage(w)[2], attributes);
}

const conv = defineOp({
  name: 'Conv',
  category: 'Convolution',
  glyph: '∗',
  aliases: ['conv1d', 'conv2d', 'conv3d', 'convolution', 'correlation', 'dnn.conv2d', 'np.convolve', 'filter_flip'],
  inputs: convPorts,
  outputs: [{ name: 'y', doc: '[batch, M, ...positions]' }],
  attributes: {
    ...convolutionAttributes,
    flip: attr.flag(false, "Flips the kernels, as Theano's conv2d does: a convolution in the sense of mathematics."),
  },
  onnxAttributes: ({ flip: _, ...attributes }) => attributes,
  infer: inferConv,
  gradient: ({ b, x, g, attributes }) => {
    const [images, w, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const window = convWindow(images.type.shape, w.type.shape, attributes);
    const [, , spatial] = splitImage(images.type.shape);
    const oriented = (kernels: Value) => (attributes.flip ? flipped(b, kernels) : kernels);
    const thunks = [
      () => convolutionImageGradient(b, dy, oriented(w), spatial, window, attributes.group),
      () => oriented(convolutionKernelGradient(b, images, dy, window, attributes.group)),
      () => channelSum(b, dy),
    ];
    return thunks.slice(0, x.length);
  },
  lower: ({ b, x, attributes }) => {
    const [images, w] = [operand(x, 0), operand(x, 1)];
    const window = convWindow(images.type.shape, w.type.shape, attributes);
    const kernels = attributes.flip ? flipped(b, w) : w;
    return [convolutionKernel(b, images, kernels, x[2] ?? null, window, attributes.group)];
  },
  doc: {
    summary: 'Slides kernels over images or signals: every result is a weighted sum of a small neighbourhood.',
    formula: tex`Y_{nm,p} = b_m + \sum_{c,k} W_{mck}\, X_{nc,\,sp + dk}`,
    gradient: tex`\bar X = \bar Y \ast^\top W,\quad \bar W_{mck} = \sum_{n,p} \bar Y_{nmp}\, X_{nc,\,sp + dk},\quad \bar b_m = \sum_{n,p} \bar Y_{nmp}`,
    notes:
      'A correlation, unless `flip` is set: then the kernel is read from its end, K - 1 - k in place of k. s is the stride, d the dilation, * with ⊤ the transposed convolution.',
  },
  cases: [
    ['f32[batch,2,7,5] f32[3,2,3,2] f32[3]', { strides: [2, 1], pads: [1, 0, 0, 1] }],
    ['f32[batch,2,5] f32[4,1,3] _', { group: 2, dilations: [2] }],
    ['f32[batch,2,5,3] f32[3,2,3,2] _', { flip: true, strides: [2, 1] }],
    ['f32[batch,4,3,2,5] f32[2,2,2,1,3] f32[2]', { group: 2, auto_pad: 'SAME_UPPER', strides: [2, 1, 2] }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]), f32([1, 0, 0, -1], [1, 1, 2, 2]), f32([10])],
      outputs: [f32([6, 6, 6, 6], [1, 1, 2, 2])],
    },
    {
      inputs: [f32([1, 2, 3, 4], [1, 1, 4]), f32([1, 1, 1], [1, 1, 3]), null],
      attributes: { auto_pad: 'SAME_UPPER' },
      outputs: [f32([3, 6, 9, 7], [1, 1, 4])],
    },
    {
      inputs: [f32([1, 2, 3, 4], [1, 1, 4]), f32([1, 10, 100], [1, 1, 3]), null],
      attributes: { flip: true },
      outputs: [f32([123, 234], [1, 1, 2])],
    },
  ],
});

export const convolutionOps: readonly OpRecord[] = [conv, convTranspose, convKernelGradient];
