import { type Dim, divideDims, multiplyDims, type Shape } from '../compiler/dims.ts';
import { attr, defineOp, type InferContext, type LocalFix, type OpRecord } from '../compiler/op.ts';
import { printShape, tensor } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import {
  channelSum,
  convKernelGradient,
  convolutionImageGradient,
  convolutionKernelGradient,
  convolve,
} from './convolution-gradient.ts';
import {
  checkImage,
  checkSpatial,
  checkWindowAttributes,
  dilationsAttribute,
  explicitAttributes,
  extent,
  inferWindow,
  resolveWindow,
  splitImage,
  type Window,
  type WindowAttributes,
  windowAttributes,
} from './windows.ts';

const convolutionAttributes = {
  kernel_shape: attr.ints([], 'Size of the kernels; empty takes it from w.', { min: 1 }),
  ...windowAttributes,
  dilations: dilationsAttribute,
  group: attr.int(1, 'Channels are split into so many groups that do not mix.', { min: 1 }),
};

interface ConvolutionAttributes extends WindowAttributes {
  readonly group: number;
}

/**
 * Checks what both convolutions need of x [N, C, ...size], w of the same rank, and an optional bias of one value a channel
 * of the result. `inChannels` is the size w gives for C and the axis it comes from.
 */
function checkOperands(ctx: InferContext<ConvolutionAttributes>, ports: Parameters<typeof checkDtypes>[1]) {
  const [x, w] = checkDtypes(ctx, ports);
  if (!x || !w) throw new Error('A convolution without operands');
  const [batch, channels, spatial] = checkImage(ctx, x);
  if (w.shape.length !== x.shape.length) {
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(1)} has ${w.shape.length} axes and ${ctx.nameOf(0)} ${x.shape.length}`,
      cause: `Kernels for ${spatial.length} spatial axes have the shape ${printShape(['channels', 'channels', ...spatial.map(() => 'k')])}.`,
      port: 'w',
    });
  }
  const kernel = checkSpatial(ctx, w.shape, 1);
  const { kernel_shape: given, group } = ctx.attributes;
  if (given.length > 0 && (given.length !== kernel.length || given.some((size, axis) => size !== kernel[axis]))) {
    ctx.fail('attribute/invalid', {
      title: `kernel_shape is ${given.join('×')}, but ${ctx.nameOf(1)} holds kernels of ${kernel.join('×')}`,
      attribute: 'kernel_shape',
      fixes: [
        {
          label: `Take the size from ${ctx.nameOf(1)}`,
          safety: 'safe',
          edit: { kind: 'set-attribute', attribute: 'kernel_shape', value: [] },
        },
      ],
    });
  }
  checkWindowAttributes(ctx, spatial, kernel);
  if (!Number.isInteger(group) || group < 1) {
    ctx.fail('attribute/invalid', { title: `group is ${group}`, attribute: 'group' });
  }
  return { x: x.shape, w: w.shape, batch, channels, spatial, kernel };
}

function checkGroups(ctx: InferContext<ConvolutionAttributes>, dim: Dim, input: number, axis: number): Dim {
  const part = divideDims(dim, ctx.attributes.group);
  if (part !== null) return part;
  return ctx.fail('attribute/invalid', {
    title: `${dim} channels do not split into ${ctx.attributes.group} groups`,
    attribute: 'group',
    conflict: [[input, axis]],
    fixes: [{ label: 'Use one group', safety: 'maybe', edit: { kind: 'set-attribute', attribute: 'group', value: 1 } }],
  });
}

/** A size as the one an input should have, where it is a number. */
const wanted = (dim: Dim | null): [number] | [] => (typeof dim === 'number' ? [dim] : []);

function checkBias(ctx: InferContext<unknown>, filters: Dim): void {
  const bias = ctx.inputs[2]?.shape;
  if (!bias || (bias.length === 1 && bias[0] === filters)) return;
  ctx.fail('shape/mismatch', {
    title: `the bias ${printShape(bias)} has to be ${printShape([filters])}, one value a filter`,
    port: 'b',
    conflict: bias.length === 1 ? [[2, 0, ...wanted(filters)]] : [],
  });
}

function groupFix(channels: Dim, perGroup: Dim, filters: Dim): LocalFix[] {
  const group = divideDims(channels, perGroup);
  if (typeof group !== 'number' || group < 1 || divideDims(filters, group) === null) return [];
  const edit = { kind: 'set-attribute', attribute: 'group', value: group } as const;
  return [{ label: `Split into ${group} groups`, safety: 'maybe', edit }];
}

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
  aliases: ['conv1d', 'conv2d', 'convolution', 'correlation', 'dnn.conv2d'],
  inputs: convPorts,
  outputs: [{ name: 'y', doc: '[batch, M, ...positions]' }],
  attributes: convolutionAttributes,
  infer: inferConv,
  gradient: ({ b, x, g, attributes }) => {
    const [images, w, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
    const window = convWindow(images.type.shape, w.type.shape, attributes);
    const [, , spatial] = splitImage(images.type.shape);
    const thunks = [
      () => convolutionImageGradient(b, dy, w, spatial, window, attributes.group),
      () => convolutionKernelGradient(b, images, dy, window, attributes.group),
      () => channelSum(b, dy),
    ];
    return thunks.slice(0, x.length);
  },
  lower: ({ b, x, attributes }) => {
    const [images, w] = [operand(x, 0), operand(x, 1)];
    const window = convWindow(images.type.shape, w.type.shape, attributes);
    return [b.emit('Conv', x, { ...explicitAttributes(window), group: attributes.group })];
  },
  doc: {
    summary: 'Slides kernels over images or signals: every result is a weighted sum of a small neighbourhood.',
    formula: tex`Y_{nm,p} = b_m + \sum_{c,k} W_{mck}\, X_{nc,\,sp + dk}`,
    gradient: tex`\bar X = \bar Y \ast^\top W,\quad \bar W_{mck} = \sum_{n,p} \bar Y_{nmp}\, X_{nc,\,sp + dk},\quad \bar b_m = \sum_{n,p} \bar Y_{nmp}`,
    notes:
      'A correlation: kernels are not flipped. s is the stride, d the dilation, * with ⊤ the transposed convolution. On WebGPU, volumes (three spatial axes) cannot be split into groups, and no gradient flows on into them.',
  },
  cases: [
    ['f32[batch,2,7,5] f32[3,2,3,2] f32[3]', { strides: [2, 1], pads: [1, 0, 0, 1] }],
    ['f32[batch,2,5] f32[4,1,3] _', { group: 2, dilations: [2] }],
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
  ],
});

interface TransposeAttributes extends ConvolutionAttributes {
  readonly output_padding: readonly number[];
}

/** The window and output padding of a transposed convolution, and the size of its result. */
function transposeWindow(spatial: readonly number[], kernel: readonly number[], attributes: TransposeAttributes) {
  const window = resolveWindow(spatial, kernel, { ...attributes, auto_pad: 'NOTSET' });
  const begin = [...window.begin];
  const end = [...window.end];
  const outputPadding = spatial.map((_, axis) => attributes.output_padding[axis] ?? 0);
  const sizes = spatial.map((size, axis) => {
    const stride = window.strides[axis] ?? 1;
    if (attributes.auto_pad !== 'NOTSET') [begin[axis], end[axis]] = [0, 0];
    if (attributes.auto_pad.startsWith('SAME')) {
      const surplus = extent(window, axis) + (outputPadding[axis] ?? 0) - stride;
      const less = Math.floor(Math.max(0, surplus) / 2);
      begin[axis] = attributes.auto_pad === 'SAME_UPPER' ? less : Math.max(0, surplus) - less;
      end[axis] = Math.max(0, surplus) - (begin[axis] ?? 0);
      if (surplus < 0) outputPadding[axis] = (outputPadding[axis] ?? 0) - surplus;
    }
    const whole = stride * (size - 1) + extent(window, axis) + (outputPadding[axis] ?? 0);
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
  const { group, output_padding, strides } = ctx.attributes;
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
  const { sizes } = transposeWindow(spatial, kernel, ctx.attributes);
  const bad = sizes.findIndex((size) => size < 1);
  if (bad >= 0) {
    ctx.fail('shape/window', {
      title: `the pads crop all of axis ${bad + 2}`,
      attribute: 'pads',
      conflict: [[0, bad + 2]],
    });
  }
  return [tensor('float32', [batch, filters, ...sizes])];
}

const convTranspose = defineOp({
  name: 'ConvTranspose',
  category: 'Convolution',
  glyph: '∗ᵀ',
  aliases: ['conv_transpose2d', 'deconvolution', 'upconvolution', 'fractionally strided'],
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
  },
  infer: inferConvTranspose,
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
    const resolved = { ...explicitAttributes(window), output_padding: outputPadding, group: attributes.group };
    return [b.emit('ConvTranspose', x, resolved)];
  },
  doc: {
    summary: 'The transpose of a convolution: every element paints its kernel into the result, which becomes larger.',
    formula: tex`Y_{nm,q} = b_m + \sum_{c,\,sp + dk = q} W_{cmk}\, X_{nc,p}`,
    gradient: tex`\bar X = \bar Y \ast W,\quad \bar W_{cmk} = \sum_{n,p} X_{ncp}\, \bar Y_{nm,\,sp + dk},\quad \bar b_m = \sum_{n,q} \bar Y_{nmq}`,
    notes:
      'The gradient of Conv with respect to its images. auto_pad SAME crops so that the result has size × stride elements. No WebGPU kernel for volumes (three spatial axes).',
  },
  cases: [
    ['f32[batch,2,3,5] f32[2,3,2,3] f32[3]', { strides: [2, 1] }],
    ['f32[batch,2,5] f32[2,3,3] _', { pads: [1, 1], strides: [3] }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4], [1, 1, 2, 2]), f32([1, 10, 100, 1000], [1, 1, 2, 2]), null],
      attributes: { strides: [2, 2] },
      outputs: [f32([1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000], [1, 1, 4, 4])],
    },
  ],
});

export const convolutionOps: readonly OpRecord[] = [conv, convTranspose, convKernelGradient];
