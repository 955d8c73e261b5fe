import { multiplyDims } from '../compiler/dims.ts';
import { attr, defineOp, type InferContext } from '../compiler/op.ts';
import { printShape, tensor } from '../compiler/types.ts';
import { FLOAT, f32, operand, tex } from './common.ts';
import {
  type ConvolutionAttributes,
  checkBias,
  checkGroups,
  checkOperands,
  convolutionAttributes,
} from './convolution-checks.ts';
import { channelSum, convolutionKernelGradient, convolve } from './convolution-gradient.ts';
import { transposedKernel } from './convolution-kernels.ts';
import { checkSizes, extent, resolveWindow, splitImage } from './windows.ts';

interface TransposeAttributes extends ConvolutionAttributes {
  readonly output_padding: readonly number[];
  readonly output_shape: readonly number[];
}

/** The window and output padding of a transposed convolution, and the size of its result. */
function transposeWindow(spatial: readonly number[], kernel: readonly number[], attributes: TransposeAttributes) {
  const { auto_pad, output_padding, output_shape } = attributes;
  const window = resolveWindow(spatial, kernel, { ...attributes, auto_pad: 'NOTSET' });
  const begin = [...window.begin];
  const end = [...window.end];
  const outputPadding = spatial.map((_, axis) => output_padding[axis] ?? 0);
  const sizes = spatial.map((count, axis) => {
    const stride = window.strides[axis] ?? 1;
    const whole = stride * (count - 1) + extent(window, axis) + (outputPadding[axis] ?? 0);
    const size = output_shape[axis] ?? (auto_pad.startsWith('SAME') ? stride * count : undefined);
    if (size !== undefined) {
      const cropped = Math.max(0, whole - size);
      const less = Math.floor(cropped / 2);
      begin[axis] = auto_pad === 'SAME_UPPER' ? less : cropped - less;
      end[axis] = cropped - (begin[axis] ?? 0);
      outputPadding[axis] = (outputPadding[axis] ?? 0) + Math.max(0, size - whole);
      return size;
    }
    if (auto_pad === 'VALID') [begin[axis], end[axis]] = [0, 0];
    return whole - (begin[axis] ?? 0) - (end[axis] ?? 0);
  });
  return { window: { ...window, begin, end }, outputPadding, sizes };
}

const transposePorts = [
  { name: 'x', doc: 'Images [batch, C, height, width], or signals [batch, C, length].', dtypes: FLOAT },
  { name: 'w', doc: 'Kernels [C, M/group, height, width].', dtypes: FLOAT },
  { name: 'b', doc: 'Bias [M].', dtypes: FLOAT, optional: true },
];

function inferConvTranspose(ctx: InferContext<TransposeAttributes>) {
  const { w, batch, channels, spatial, kernel } = checkOperands(ctx, transposePorts);
  const { group, output_padding, output_shape, strides } = ctx.attributes;
  if (channels !== w[0]) {
    ctx.fail('shape/mismatch', {
      title: `the images have ${channels} channels, the kernels ${w[0]}`,
      cause: `${ctx.nameOf(1)} is [channels, filters, ...size], the other way round than in Conv.`,
      conflict: [
        [0, 1],
        [1, 0],
      ],
    });
  }
  checkGroups(ctx, channels, 0, 1);
  const filters = multiplyDims(w[1] ?? 1, group);
  checkBias(ctx, filters);
  const wrong = output_padding.find((extra, axis) => extra < 0 || extra >= (strides[axis] ?? 1));
  if (wrong !== undefined || (output_padding.length > 0 && output_padding.length !== spatial.length)) {
    ctx.fail('attribute/invalid', {
      title: `output_padding ${printShape(output_padding)} does not fit strides ${printShape(strides)}`,
      cause: 'It has an entry for each spatial axis, each less than the stride of its axis.',
      attribute: 'output_padding',
    });
  }
  const listed = output_shape.length === 0 || output_shape.length === spatial.length;
  if (!listed || output_shape.some((size) => !Number.isInteger(size) || size < 1)) {
    ctx.fail('attribute/invalid', {
      title: `output_shape is ${printShape(output_shape)} for ${spatial.length} spatial axes`,
      cause: 'It has a whole number of at least 1 for each spatial axis.',
      attribute: 'output_shape',
    });
  }
  const { window, outputPadding, sizes } = transposeWindow(spatial, kernel, ctx.attributes);
  const beyond = outputPadding.findIndex((extra, axis) => extra >= (window.strides[axis] ?? 1));
  if (beyond >= 0) {
    const most = (sizes[beyond] ?? 0) - (outputPadding[beyond] ?? 0) + (window.strides[beyond] ?? 1) - 1;
    ctx.fail('attribute/invalid', {
      title: `output_shape asks for ${sizes[beyond]} elements along axis ${beyond + 2}, but there are at most ${most}`,
      cause: 'Less than a stride of zeros can follow the last element that a kernel reaches.',
      attribute: 'output_shape',
    });
  }
  const bad = sizes.findIndex((size) => size < 1);
  if (bad >= 0) {
    ctx.fail('shape/window', {
      title: `the pads crop all of axis ${bad + 2}`,
      attribute: 'pads',
      conflict: [[0, bad + 2]],
    });
  }
  checkSizes(ctx, sizes, 'dilations');
  return [tensor('float32', [batch, filters, ...sizes])];
}

export const convTranspose = defineOp({
  name: 'ConvTranspose',
  category: 'Convolution',
  glyph: '∗ᵀ',
  aliases: [
    'conv_transpose2d',
    'conv2d_transpose',
    'conv2d_grad_wrt_inputs',
    'deconvolution',
    'upconvolution',
    'fractionally strided',
  ],
  inputs: transposePorts,
  outputs: [{ name: 'y', doc: '[batch, M, ...size]' }],
  attributes: {
    ...convolutionAttributes,
    pads: attr.ints([], 'Elements cropped before each spatial axis of the result, then after each.', {
      min: 0,
      when: { attribute: 'auto_pad', is: ['NOTSET'] },
    }),
    output_padding: attr.ints([], 'Elements added after each spatial axis of the result; less than the stride.', {
      min: 0,
    }),
    output_shape: attr.ints(
      [],
      'Size of the result along each spatial axis; pads follow from it. Empty follows from pads.',
      {
        min: 1,
      },
    ),
  },
  infer: inferConvTranspose,
  fans: (at, [channels = 1, filters = 1, ...size]) => {
    const positions = size.reduce((product, dim) => product * dim, 1);
    return at === 1 ? { in: channels * positions, out: filters * positions } : null;
  },
  gradient: ({ b, x, g, attributes }) => {
    const [images, w, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const { window } = transposeWindow(splitImage(images.type.shape)[2], splitImage(w.type.shape)[2], attributes);
    const thunks = [
      () => convolve(b, dy, w, window, attributes.group),
      () => convolutionKernelGradient(b, dy, images, window, attributes.group),
      () => channelSum(b, dy),
    ];
    return thunks.slice(0, x.length);
  },
  lower: ({ b, x, attributes }) => {
    const [images, w] = [operand(x, 0), operand(x, 1)];
    const { window, outputPadding } = transposeWindow(
      splitImage(images.type.shape)[2],
      splitImage(w.type.shape)[2],
      attributes,
    );
    return [transposedKernel(b, images, w, x[2] ?? null, window, outputPadding, attributes.group)];
  },
  doc: {
    summary: 'The transpose of a convolution: every element paints its kernel into the result, which becomes larger.',
    formula: tex`Y_{nm,q} = b_m + \sum_{c,\,sp + dk = q} W_{cmk}\, X_{nc,p}`,
    gradient: tex`\bar X = \bar Y \ast W,\quad \bar W_{cmk} = \sum_{n,p} X_{ncp}\, \bar Y_{nm,\,sp + dk},\quad \bar b_m = \sum_{n,q} \bar Y_{nmq}`,
    notes:
      'The gradient of Conv with respect to its images. auto_pad SAME crops so that the result has size × stride elements. Where output_shape is less than what the kernels reach, the surplus is cropped on both sides, the odd element before the axis unless auto_pad is SAME_UPPER; where it is more, zeros follow.',
  },
  cases: [
    ['f32[batch,2,3,5] f32[2,3,2,3] f32[3]', { strides: [2, 1] }],
    ['f32[batch,2,5] f32[2,3,3] _', { pads: [1, 1], strides: [3] }],
    ['f32[batch,2,5] f32[2,3,3] _', { output_shape: [8], strides: [2] }],
    ['f32[batch,2,3,2,5] f32[2,1,2,1,3] f32[2]', { group: 2, strides: [2, 1, 2], output_padding: [1, 0, 1] }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [1, 1, 2, 2]), f32([1, 10, 100, 1000], [1, 1, 2, 2]), null],
      attributes: { strides: [2, 2] },
      outputs: [f32([1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000], [1, 1, 4, 4])],
    },
  ],
});
