import type { Builder } from '../compiler/builder.ts';
import { type Dim, divideDims, multiplyDims, type Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { printShape, type TensorType, tensorData } from '../compiler/types.ts';
import { bools, checkDtypes, f32, i32, NUMBER, operand, tex } from './common.ts';

const triangularPort = [{ name: 'x', doc: 'Matrices: the last two axes are rows and columns.' }];

function column(b: Builder, values: readonly number[]): Value {
  return b.constant(tensorData('int32', [values.length, 1], values));
}

const trilu = defineOp({
  name: 'Trilu',
  category: 'Shape',
  glyph: '◥',
  aliases: ['triu', 'tril', 'triangular', 'causal mask'],
  inputs: triangularPort,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    upper: attr.flag(true, 'Keeps what is above the diagonal; otherwise what is below it.'),
    k: attr.int(0, 'The last diagonal that is kept: 0 is the main one, 1 that above it.'),
  },
  infer: (ctx) => {
    const [x] = checkDtypes(ctx, triangularPort);
    if (!x) throw new Error('Trilu without an operand');
    if (x.shape.length < 2) {
      ctx.fail('shape/rank', {
        title: `${ctx.nameOf(0)} is ${printShape(x.shape)}, but a matrix has two axes`,
        port: 'x',
      });
    }
    return [x];
  },
  gradient: ({ b, g, attributes }) => [() => b.emit('Trilu', [operand(g, 0)], attributes)],
  lower: ({ b, x, attributes: { upper, k } }) => {
    const from = operand(x, 0);
    const [rows, columns] = from.type.shape.slice(-2).map(Number) as [number, number];
    // Beyond these diagonals nothing changes any more.
    const diagonal = Math.max(-rows, Math.min(columns, k));
    const border = column(
      b,
      Array.from({ length: rows }, (_, row) => row + diagonal + (upper ? -1 : 1)),
    );
    const kept = upper ? b.greater(b.iota(columns), border) : b.greater(border, b.iota(columns));
    return [b.where(kept, from, b.like(from, 0))];
  },
  doc: {
    summary: 'Keeps the upper or the lower triangle of matrices and sets the rest to 0.',
    formula: tex`y_{ij} = [j - i \ge k]\, x_{ij}\quad\text{or}\quad [j - i \le k]\, x_{ij}`,
    gradient: tex`\bar x_{ij} = [j - i \ge k]\, \bar y_{ij}\quad\text{or}\quad [j - i \le k]\, \bar y_{ij}`,
  },
  cases: [
    ['f32[batch,3,5]', { k: 1 }],
    ['f32[batch,5,3]', { upper: false, k: -1 }],
  ],
  examples: [
    { inputs: [f32([1, 2, 3, 4, 5, 6], [2, 3])], attributes: { k: 1 }, outputs: [f32([0, 2, 3, 0, 0, 6], [2, 3])] },
    { inputs: [bools([1, 1, 1, 1], [2, 2])], attributes: { upper: false }, outputs: [bools([1, 0, 1, 1], [2, 2])] },
    {
      inputs: [i32([1, 2, 3, 4, 5, 6], [2, 3])],
      attributes: { upper: false },
      outputs: [i32([1, 0, 0, 4, 5, 0], [2, 3])],
    },
  ],
});

interface BlockAttributes {
  readonly blocksize: number;
  readonly mode: string;
}

/** Fails unless x is [batch, channels, height, width]. */
function checkImages(ctx: InferContext<unknown>, ports: readonly PortSpec[]): TensorType {
  const [x] = checkDtypes(ctx, ports);
  if (x?.shape.length === 4) return x;
  return ctx.fail('shape/rank', {
    title: `${ctx.nameOf(0)} is ${printShape(x?.shape ?? [])}, not images`,
    cause: 'Images have the axes [batch, channels, height, width].',
    port: 'x',
  });
}

const depthPort = [{ name: 'x', doc: 'Images [batch, C·blocksize², height, width].', dtypes: NUMBER }];

function inferDepthToSpace(ctx: InferContext<BlockAttributes>): readonly TensorType[] {
  const x = checkImages(ctx, depthPort);
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const { blocksize } = ctx.attributes;
  const depth = Number.isInteger(blocksize) && blocksize >= 1 ? divideDims(channels, blocksize ** 2) : null;
  if (depth === null) {
    return ctx.fail('shape/mismatch', {
      title: `${channels} channels do not make blocks of ${blocksize}×${blocksize}`,
      cause: `The number of channels has to be a multiple of ${blocksize ** 2}.`,
      attribute: 'blocksize',
      conflict: [[0, 1]],
    });
  }
  return [{ ...x, shape: [batch, depth, multiplyDims(height, blocksize), multiplyDims(width, blocksize)] }];
}

/** Where the axes [batch, C, height, row, width, column] of the result are among those of x, which `mode` splits. */
function blockOrder(mode: string): readonly number[] {
  return mode === 'DCR' ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
}

/** The larger image with blocks as axes of their own. */
function blocks(shape: Shape, blocksize: number): Shape {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape;
  return [batch, divideDims(channels, blocksize ** 2) ?? 1, height, blocksize, width, blocksize];
}

const depthToSpace = defineOp({
  name: 'DepthToSpace',
  category: 'Shape',
  glyph: '⧉',
  aliases: ['pixel shuffle', 'PixelShuffle', 'subpixel', 'upsample'],
  inputs: depthPort,
  outputs: [{ name: 'y', doc: '[batch, C, height·blocksize, width·blocksize].' }],
  attributes: {
    blocksize: attr.int(2, 'Edge of the square of pixels that channels become.', { min: 1 }),
    mode: attr.choice(
      ['DCR', 'CRD'],
      'DCR',
      'Order of the channels: position in the square first, or the channels of the result first, as in PyTorch.',
    ),
  },
  infer: inferDepthToSpace,
  gradient: ({ b, x, g, attributes: { blocksize, mode } }) => [
    () => {
      const { shape } = operand(x, 0).type;
      const order = blockOrder(mode);
      const back = order.map((_, axis) => order.indexOf(axis));
      return b.reshape(b.transpose(b.reshape(operand(g, 0), blocks(shape, blocksize)), back), shape);
    },
  ],
  lower: ({ b, x, y, attributes: { blocksize, mode } }) => {
    const { shape } = operand(x, 0).type;
    const wanted = blocks(shape, blocksize);
    const order = blockOrder(mode);
    const split = order.map((_, axis): Dim => wanted[order.indexOf(axis)] ?? 1);
    return [b.reshape(b.transpose(b.reshape(operand(x, 0), split), order), operand(y, 0).type.shape)];
  },
  doc: {
    summary: 'Turns channels into pixels: images with fewer channels and a higher resolution.',
    formula: tex`y_{n,\,c,\,bh+i,\,bw+j} = x_{n,\,(bi + j)C + c,\,h,\,w}\quad\text{or}\quad x_{n,\,cb^2 + bi + j,\,h,\,w}`,
    gradient: tex`\bar x_{n,\,(bi + j)C + c,\,h,\,w} = \bar y_{n,\,c,\,bh+i,\,bw+j}\quad\text{or}\quad \bar x_{n,\,cb^2 + bi + j,\,h,\,w} = \bar y_{n,\,c,\,bh+i,\,bw+j}`,
  },
  cases: [
    ['f32[batch,12,3,5]', { blocksize: 2 }],
    ['f32[batch,9,2,5]', { blocksize: 3, mode: 'CRD' }],
  ],
  examples: [
    {
      inputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [1, 8, 1, 1])],
      outputs: [f32([1, 3, 5, 7, 2, 4, 6, 8], [1, 2, 2, 2])],
    },
    {
      inputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [1, 8, 1, 1])],
      attributes: { mode: 'CRD' },
      outputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2])],
    },
  ],
});

const spacePort = [{ name: 'x', doc: 'Images [batch, C, height, width].', dtypes: NUMBER }];

function inferSpaceToDepth(ctx: InferContext<BlockAttributes>): readonly TensorType[] {
  const x = checkImages(ctx, spacePort);
  const { blocksize } = ctx.attributes;
  const whole = Number.isInteger(blocksize) && blocksize >= 1;
  const [rows, columns] = [2, 3].map((axis) => {
    const count = whole ? divideDims(x.shape[axis] ?? 1, blocksize) : null;
    if (count !== null) return count;
    return ctx.fail('shape/mismatch', {
      title: `axis ${axis} of ${printShape(x.shape)} does not divide into blocks of ${blocksize}`,
      cause: 'Height and width have to be multiples of blocksize. Pad or Slice make them so.',
      attribute: 'blocksize',
      conflict: [[0, axis]],
    });
  });
  return [{ ...x, shape: [x.shape[0] ?? 1, multiplyDims(x.shape[1] ?? 1, blocksize ** 2), rows ?? 1, columns ?? 1] }];
}

const spaceToDepth = defineOp({
  name: 'SpaceToDepth',
  category: 'Shape',
  glyph: '⧈',
  aliases: ['pixel unshuffle', 'PixelUnshuffle', 'space_to_depth', 'reorg', 'downsample', 'patches'],
  inputs: spacePort,
  outputs: [{ name: 'y', doc: '[batch, C·blocksize², height/blocksize, width/blocksize].' }],
  attributes: {
    blocksize: attr.int(2, 'Edge of the square of pixels that become channels.', { min: 1 }),
    mode: attr.choice(
      ['DCR', 'CRD'],
      'DCR',
      'Order of the channels: position in the square first, as in ONNX, or the channels of x first, as in PyTorch.',
    ),
  },
  infer: inferSpaceToDepth,
  gradient: ({ b, g, attributes }) => [() => b.emit('DepthToSpace', [operand(g, 0)], attributes)],
  lower: ({ b, x, y, attributes: { blocksize, mode } }) => {
    const { shape } = operand(y, 0).type;
    const order = blockOrder(mode);
    const back = order.map((_, axis) => order.indexOf(axis));
    return [b.reshape(b.transpose(b.reshape(operand(x, 0), blocks(shape, blocksize)), back), shape)];
  },
  doc: {
    summary: 'Turns squares of pixels into channels: the reverse of DepthToSpace.',
    formula: tex`y_{n,\,(bi + j)C + c,\,h,\,w} = x_{n,\,c,\,bh+i,\,bw+j}\quad\text{or}\quad y_{n,\,cb^2 + bi + j,\,h,\,w} = x_{n,\,c,\,bh+i,\,bw+j}`,
    gradient: tex`\bar x_{n,\,c,\,bh+i,\,bw+j} = \bar y_{n,\,(bi + j)C + c,\,h,\,w}\quad\text{or}\quad \bar y_{n,\,cb^2 + bi + j,\,h,\,w}`,
  },
  cases: [
    ['f32[batch,3,4,10]', { blocksize: 2 }],
    ['f32[batch,2,9,15]', { blocksize: 3, mode: 'CRD' }],
  ],
  examples: [
    {
      inputs: [f32([1, 3, 5, 7, 2, 4, 6, 8], [1, 2, 2, 2])],
      outputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [1, 8, 1, 1])],
    },
    {
      attributes: { mode: 'CRD' },
      inputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2])],
      outputs: [f32([1, 2, 3, 4, 5, 6, 7, 8], [1, 8, 1, 1])],
    },
  ],
});

export const rearrangingOps: readonly OpRecord[] = [trilu, depthToSpace, spaceToDepth];
