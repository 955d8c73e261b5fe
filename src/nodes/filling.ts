/** Tensors that depend on attributes and shapes alone. */
import { sizeOf } from '../compiler/dims.ts';
import { attr, defineOp, type InferContext, type NoGradient, type OpRecord } from '../compiler/op.ts';
import { type DType, normalizeAxis, printShape, tensor, tensorData } from '../compiler/types.ts';
import { bools, checkDtypes, f32, i32, operand, tex } from './common.ts';
import { checkShape } from './source-checks.ts';

const DTYPES = ['float32', 'int32', 'bool'] as const;
const anyPort = [{ name: 'x', doc: 'Any tensor; only its shape counts.' }];

const SIZES: NoGradient = { none: 'disconnected', reason: 'Sizes are whole numbers, which have no derivative.' };
const FIXED: NoGradient = { none: 'disconnected', reason: 'It has no inputs to differentiate.' };

/** Stands for the end of a shape. */
const END = 2 ** 31 - 1;

/** The axes from `start` to before `end`, as NumPy slices. */
function axesBetween(rank: number, { start, end }: { readonly start: number; readonly end: number }) {
  const at = (position: number) => Math.min(rank, Math.max(0, normalizeAxis(position, rank)));
  return [at(start), at(end)] as const;
}

function inferShape(ctx: InferContext<{ readonly start: number; readonly end: number }>) {
  const [x] = checkDtypes(ctx, anyPort);
  const shape = x?.shape ?? [];
  const [from, to] = axesBetween(shape.length, ctx.attributes);
  if (from >= to) {
    ctx.fail('attribute/invalid', {
      title:
        shape.length === 0
          ? `${ctx.nameOf(0)} is a single number, which has no sizes`
          : `no axis of ${printShape(shape)} is left from ${ctx.attributes.start} to ${ctx.attributes.end}`,
      cause: 'The result has a size for every axis, and at least one.',
      attribute: 'start',
    });
  }
  return [tensor('int32', [to - from])];
}

const shape = defineOp({
  name: 'Shape',
  category: 'Shape',
  glyph: '[n]',
  aliases: ['shape', 'size', 'x.shape', 'np.shape', 'T.shape', 'sizes', 'dimensions'],
  inputs: anyPort,
  outputs: [{ name: 'y', doc: 'int32 vector of sizes.' }],
  attributes: {
    start: attr.int(0, 'The first axis; negative ones count from the end.'),
    end: attr.int(END, `The axis to stop before; ${END} is the end.`),
  },
  infer: inferShape,
  gradient: SIZES,
  lower: ({ b, x, attributes }) => {
    const { shape: sizes } = operand(x, 0).type;
    const kept = sizes.slice(...axesBetween(sizes.length, attributes));
    if (kept.every((dim) => typeof dim === 'number')) return [b.constant(tensorData('int32', [kept.length], kept))];
    const parts = kept.map((dim) => b.reshape(b.cast(b.dimSize(dim), 'int32'), [1]));
    return [b.emit('Concat', parts, { axis: 0 })];
  },
  doc: {
    summary: 'The sizes of a tensor as numbers to compute with.',
    formula: tex`y = (n_1, n_2, \dots)`,
    notes:
      'Shapes are known before the program runs, so it costs nothing. Reshape and Expand take sizes as attributes.',
  },
  cases: [['f32[batch,3,5]'], ['f32[batch,3,5]', { start: 1, end: -1 }], ['f32[batch,3,5]', { start: -7, end: 1 }]],
  examples: [
    { inputs: [f32([1, 2, 3, 4, 5, 6], [3, 2])], outputs: [i32([3, 2])] },
    { attributes: { start: -1 }, inputs: [bools([1, 0, 1], [1, 3])], outputs: [i32([3])] },
  ],
});

const size = defineOp({
  name: 'Size',
  category: 'Shape',
  glyph: '#',
  aliases: ['numel', 'number of elements', 'x.size', 'np.size', 'count', 'len'],
  inputs: anyPort,
  outputs: [{ name: 'y', doc: 'int32 scalar.' }],
  attributes: {},
  infer: (ctx) => {
    checkDtypes(ctx, anyPort);
    return [tensor('int32', [])];
  },
  gradient: SIZES,
  lower: ({ b, x }) => {
    const elements = sizeOf(operand(x, 0).type.shape);
    return [typeof elements === 'number' ? b.scalar(elements, 'int32') : b.cast(b.dimSize(elements), 'int32')];
  },
  doc: { summary: 'The number of elements of a tensor.', formula: tex`y = \prod_k n_k` },
  cases: [['f32[batch,3,5]'], ['f32[]']],
  examples: [{ inputs: [f32([1, 2, 3, 4, 5, 6], [3, 2])], outputs: [i32([6], [])] }],
});

/** Elements: 16 MB. */
const MOST = 2 ** 22;

interface RangeAttributes {
  readonly start: number;
  readonly limit: number;
  readonly delta: number;
  readonly dtype: string;
}

const countOf = ({ start, limit, delta }: RangeAttributes) => Math.ceil((limit - start) / delta);

function inferRange({ attributes, fail }: InferContext<RangeAttributes>) {
  const { start, limit, delta, dtype } = attributes;
  if (delta === 0) fail('attribute/invalid', { title: 'a step of 0 never ends', attribute: 'delta' });
  const broken = dtype === 'int32' && Object.entries({ start, limit, delta }).find(([, at]) => !Number.isInteger(at));
  if (broken) {
    fail('attribute/invalid', {
      title: `${broken[0]} is ${broken[1]}, which is not a whole number`,
      cause: 'The elements of an int32 range are whole numbers.',
      attribute: broken[0],
      fixes: [
        {
          label: 'Set dtype to float32',
          safety: 'safe',
          edit: { kind: 'set-attribute', attribute: 'dtype', value: 'float32' },
        },
      ],
    });
  }
  const count = countOf(attributes);
  if (count < 1) {
    fail('attribute/invalid', {
      title: `steps of ${delta} do not lead from ${start} to ${limit}`,
      cause: 'A range has at least one element.',
      attribute: 'delta',
      fixes:
        limit === start
          ? []
          : [
              {
                label: `Set delta to ${-delta}`,
                safety: 'maybe',
                edit: { kind: 'set-attribute', attribute: 'delta', value: -delta },
              },
            ],
    });
  }
  if (count > MOST) {
    fail('attribute/invalid', {
      title: `a range of ${count} elements is too large`,
      cause: `Ranges are stored in the program, with up to ${MOST} elements.`,
      attribute: 'limit',
    });
  }
  const last = start + (count - 1) * delta;
  const bound = dtype === 'int32' && Math.min(start, last) >= 0 ? Math.max(start, last) + 1 : undefined;
  return [tensor(dtype as DType, [count], bound)];
}

const range = defineOp({
  name: 'Range',
  category: 'Shape',
  glyph: '0…n',
  aliases: ['arange', 'np.arange', 'torch.arange', 'T.arange', 'iota', 'sequence', 'positions', 'linspace'],
  inputs: [],
  outputs: [{ name: 'y', doc: 'A vector.' }],
  attributes: {
    start: attr.float(0, 'The first element.'),
    limit: attr.float(10, 'Where to stop; not an element itself.'),
    delta: attr.float(1, 'The step; negative goes down.'),
    dtype: attr.choice(['float32', 'int32'], 'float32', 'Element type.'),
  },
  infer: inferRange,
  gradient: FIXED,
  lower: ({ b, attributes }) => {
    const count = countOf(attributes);
    const elements = Array.from({ length: count }, (_, i) => attributes.start + i * attributes.delta);
    return [b.constant(tensorData(attributes.dtype as DType, [count], elements))];
  },
  doc: {
    summary: 'Numbers in equal steps.',
    formula: tex`y_i = \mathrm{start} + i\,\mathrm{delta},\quad i < \left\lceil \frac{\mathrm{limit} - \mathrm{start}}{\mathrm{delta}} \right\rceil`,
    notes: 'ONNX takes these numbers as inputs; here the shape has to be known before the program runs.',
  },
  cases: [
    ['', { limit: 7 }],
    ['', { start: 1, limit: -1.2, delta: -0.5 }],
    ['', { start: 3, limit: 12, delta: 4, dtype: 'int32' }],
  ],
  examples: [
    { attributes: { start: 1, limit: 3, delta: 0.5 }, inputs: [], outputs: [f32([1, 1.5, 2, 2.5])] },
    { attributes: { start: 5, limit: -1, delta: -2, dtype: 'int32' }, inputs: [], outputs: [i32([5, 3, 1])] },
  ],
});

const eyeLike = defineOp({
  name: 'EyeLike',
  category: 'Shape',
  glyph: '⋱1',
  aliases: ['eye', 'identity matrix', 'np.eye', 'torch.eye', 'T.eye', 'identity_like', 'unit matrix'],
  inputs: [{ name: 'x', doc: 'A matrix; only its shape counts, and its dtype where none is given.' }],
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    k: attr.int(0, 'The diagonal of ones: 0 is the main one, 1 that above it.'),
    dtype: attr.choice(['same', ...DTYPES], 'same', 'Element type; same is that of x.'),
  },
  infer: (ctx) => {
    const [x] = checkDtypes(ctx, anyPort);
    const { dtype } = ctx.attributes;
    if (x?.shape.length !== 2) {
      return ctx.fail('shape/rank', {
        title: `${ctx.nameOf(0)} is ${printShape(x?.shape ?? [])}, but a matrix has two axes`,
        port: 'x',
      });
    }
    return [tensor(dtype === 'same' ? x.dtype : dtype, x.shape)];
  },
  gradient: { none: 'zero', reason: 'It is constant: only the shape of its input counts.' },
  lower: ({ b, y, attributes: { k } }) => {
    const { dtype, shape: sizes } = operand(y, 0).type;
    const [rows, columns] = sizes.map(Number) as [number, number];
    const diagonal = Array.from({ length: rows }, (_, row) => row + k);
    return [b.cast(b.equal(b.iota(columns), b.constant(tensorData('int32', [rows, 1], diagonal))), dtype)];
  },
  doc: {
    summary: 'A matrix with ones along a diagonal, of the shape of another.',
    formula: tex`y_{ij} = [j = i + k]`,
    gradient: tex`\bar x = 0`,
  },
  cases: [['f32[batch,5]'], ['f32[3,batch]', { k: 1 }], ['f32[5,3]', { k: -7 }]],
  examples: [
    { attributes: { k: 1 }, inputs: [f32([9, 9, 9, 9, 9, 9], [2, 3])], outputs: [f32([0, 1, 0, 0, 0, 1], [2, 3])] },
    {
      attributes: { k: -1, dtype: 'int32' },
      inputs: [bools([1, 1, 1, 1], [2, 2])],
      outputs: [i32([0, 0, 1, 0], [2, 2])],
    },
    { attributes: { dtype: 'bool' }, inputs: [i32([7, 7], [1, 2])], outputs: [bools([1, 0], [1, 2])] },
  ],
});

const constantOfShape = defineOp({
  name: 'ConstantOfShape',
  category: 'Shape',
  glyph: '▩',
  aliases: ['full', 'zeros', 'ones', 'np.full', 'np.zeros', 'np.ones', 'torch.full', 'T.alloc', 'fill'],
  inputs: [],
  outputs: [{ name: 'y', doc: 'Of the given shape.' }],
  attributes: {
    shape: attr.shape([1], 'Sizes: numbers, or names such as batch.'),
    value: attr.float(0, 'Every element.'),
    dtype: attr.choice(DTYPES, 'float32', 'Element type.'),
  },
  infer: (ctx) => {
    checkShape(ctx, true);
    const { shape: sizes, value, dtype } = ctx.attributes;
    if (dtype !== 'float32' && !Number.isInteger(value)) {
      ctx.fail('attribute/invalid', {
        title: `value is ${value}, which is not ${dtype === 'int32' ? 'a whole number' : '0 or 1'}`,
        cause: `The result is ${dtype}.`,
        attribute: 'value',
        fixes: [
          {
            label: `Round to ${Math.round(value)}`,
            safety: 'maybe',
            edit: { kind: 'set-attribute', attribute: 'value', value: Math.round(value) },
          },
        ],
      });
    }
    return [tensor(dtype, sizes, dtype === 'int32' && value >= 0 ? value + 1 : undefined)];
  },
  gradient: FIXED,
  lower: ({ b, y, attributes: { value, dtype } }) => [
    b.full(operand(y, 0).type.shape, dtype === 'bool' ? Number(value !== 0) : value, dtype),
  ],
  doc: {
    summary: 'One number in every element of a shape.',
    formula: tex`y_i = c`,
    notes: 'Sizes may be names such as batch; Constant has different elements, and sizes that are numbers.',
  },
  cases: [
    ['', { shape: ['batch', 3], value: 0.7 }],
    ['', { shape: [5], value: 3, dtype: 'int32' }],
    ['', { shape: [] }],
    ['', { shape: [2, 'batch'], value: 1, dtype: 'bool' }],
  ],
  examples: [
    { attributes: { shape: [2, 2], value: 1.5 }, inputs: [], outputs: [f32([1.5, 1.5, 1.5, 1.5], [2, 2])] },
    { attributes: { shape: [3], value: -2, dtype: 'int32' }, inputs: [], outputs: [i32([-2, -2, -2])] },
  ],
});

export const fillingOps: readonly OpRecord[] = [shape, size, range, eyeLike, constantOfShape];
