import { isDimName } from '../compiler/dims.ts';
import { attr, defineOp, type InferContext, type LocalFix, type NoGradient, type OpRecord } from '../compiler/op.ts';
import type { DatasetInfo, Initializer } from '../compiler/plan.ts';
import { type DType, tensor, tensorData } from '../compiler/types.ts';
import { DATASET_NAMES, findDataset } from './datasets.ts';

const SOURCE: NoGradient = { none: 'disconnected', reason: 'A source has no inputs to differentiate.' };

export function checkShape(
  { attributes, fail }: InferContext<{ readonly shape: readonly (number | string)[] }>,
  named: boolean,
): void {
  for (const dim of attributes.shape) {
    const right = typeof dim === 'number' ? Number.isInteger(dim) && dim > 0 : named && isDimName(dim);
    if (right) continue;
    fail('attribute/invalid', {
      title: `Shape [${attributes.shape.join(', ')}] has the size “${dim}”`,
      cause: named
        ? 'Sizes are whole numbers above zero, or names such as batch.'
        : 'Sizes are whole numbers above zero.',
      attribute: 'shape',
    });
  }
}

const input = defineOp({
  name: 'Input',
  kind: 'input',
  category: 'Sources',
  glyph: 'x',
  aliases: ['placeholder', 'T.matrix', 'T.vector', 'T.scalar', 'symbolic variable'],
  inputs: [],
  outputs: [{ name: 'value', doc: 'The tensor given when the function is called' }],
  attributes: {
    shape: attr.shape(['batch', 1], 'Sizes; names such as batch stand for sizes known later'),
    dtype: attr.choice(['float32', 'int32', 'bool'], 'float32', 'Element type'),
  },
  infer: (ctx) => {
    checkShape(ctx, true);
    return [tensor(ctx.attributes.dtype as DType, ctx.attributes.shape)];
  },
  gradient: SOURCE,
  doc: { summary: 'A tensor that the caller of the function supplies: Theano’s symbolic variable.', formula: 'x' },
  examples: [],
});

const data = defineOp({
  name: 'Data',
  kind: 'data',
  category: 'Sources',
  glyph: '▤',
  aliases: ['dataset', 'minibatch', 'givens'],
  inputs: [],
  outputs: [
    { name: 'x', doc: 'One batch of the first column' },
    { name: 'y', doc: 'One batch of the second column: targets or class labels' },
  ],
  attributes: {
    dataset: attr.choice(DATASET_NAMES as [string, ...string[]], 'digits', 'Data set'),
    shape: attr.shape([], 'Sizes of one row of x; empty keeps those of the data set'),
  },
  infer: ({ attributes, fail }) => {
    const info = findDataset(attributes.dataset);
    if (!info) {
      return fail('data/unknown', {
        title: `There is no data set “${attributes.dataset}”`,
        cause: `Known data sets: ${DATASET_NAMES.join(', ')}.`,
        attribute: 'dataset',
      });
    }
    const [x, y] = info.columns;
    if (!x || !y) throw new Error(`${info.name} needs two columns`);
    const size = (shape: readonly (number | string)[]) =>
      shape.reduce<number>((product, dim) => product * Number(dim), 1);
    if (attributes.shape.length > 0 && size(attributes.shape) !== size(x.shape)) {
      fail('shape/reshape', {
        title: `Rows of ${info.name} have ${size(x.shape)} elements, not ${size(attributes.shape)}`,
        cause: `The shape [${attributes.shape.join(', ')}] has to keep the number of elements of ${x.name}.`,
        attribute: 'shape',
        fixes: [
          {
            label: 'Keep the shape of the data set',
            safety: 'safe',
            edit: { kind: 'set-attribute', attribute: 'shape', value: [] },
          },
        ],
      });
    }
    return [
      tensor(x.dtype, ['batch', ...(attributes.shape.length > 0 ? attributes.shape : x.shape)]),
      tensor(y.dtype, ['batch', ...y.shape], y.classes),
    ];
  },
  dataset: ({ dataset }): DatasetInfo | null => findDataset(dataset),
  gradient: SOURCE,
  doc: {
    summary: 'Rows of a data set. It stays on the device; each step gathers its batch by row number inside the graph.',
    formula: '(x, y) = \\mathrm{dataset}[\\mathrm{index}]',
  },
  examples: [],
});

const INITIALIZERS = [
  'zeros',
  'ones',
  'constant',
  'uniform',
  'normal',
  'glorot_uniform',
  'glorot_uniform_sigmoid',
  'glorot_normal',
  'fan_in_uniform',
  'he_normal',
  'he_uniform',
  'values',
] as const;

/** Inputs and outputs of one unit: rows and columns of a matrix; channels times kernel size of a filter [M, C, k…]. */
function fans(shape: readonly number[]): readonly [fanIn: number, fanOut: number] {
  const [first = 1, second = 1, ...kernel] = shape;
  if (shape.length < 2) return [first, first];
  if (shape.length === 2) return [first, second];
  const receptive = kernel.reduce((product, dim) => product * dim, 1);
  return [second * receptive, first * receptive];
}

/** Values as they are, as a vector. */
function vectorFix({ length }: readonly number[]): LocalFix[] {
  if (length === 0) return [];
  const edit = { kind: 'set-attribute', attribute: 'shape', value: [length] } as const;
  return [{ label: `Change the shape to [${length}]`, safety: 'maybe', edit }];
}

const parameter = defineOp({
  name: 'Parameter',
  kind: 'parameter',
  category: 'Sources',
  glyph: 'θ',
  aliases: ['shared', 'theano.shared', 'variable', 'weight', 'bias', 'trainable'],
  inputs: [{ name: 'update', doc: 'Its value after the step; without a wire the optimizer decides', optional: true }],
  outputs: [{ name: 'value', doc: 'Its value before the step' }],
  attributes: {
    shape: attr.shape([1], 'Sizes'),
    initializer: attr.choice(INITIALIZERS, 'glorot_uniform', 'How it begins'),
    value: attr.float(0, 'The constant', { when: { attribute: 'initializer', is: ['constant'] } }),
    low: attr.float(-0.1, 'Lower bound', { when: { attribute: 'initializer', is: ['uniform'] } }),
    high: attr.float(0.1, 'Upper bound', { when: { attribute: 'initializer', is: ['uniform'] } }),
    mean: attr.float(0, 'Mean', { when: { attribute: 'initializer', is: ['normal'] } }),
    std: attr.float(0.1, 'Standard deviation', { when: { attribute: 'initializer', is: ['normal'] }, min: 0 }),
    values: attr.floats([], 'All elements, row-major', { when: { attribute: 'initializer', is: ['values'] } }),
    seed: attr.int(-1, 'Seed of its random numbers; -1 derives one from the seed of the training', { min: -1 }),
    trainable: attr.flag(true, 'Optimizers change it'),
  },
  infer: (ctx) => {
    checkShape(ctx, false);
    const { shape, initializer, values } = ctx.attributes;
    const size = shape.reduce<number>((product, dim) => product * Number(dim), 1);
    if (initializer === 'values' && values.length !== size) {
      ctx.fail('attribute/invalid', {
        title: `${values.length} values for ${size} elements`,
        cause: `The shape [${shape.join(', ')}] needs ${size} values.`,
        attribute: 'values',
        fixes: vectorFix(values),
      });
    }
    return [tensor('float32', shape)];
  },
  initializer: ({ shape, initializer, value, low, high, mean, std, values, seed: own }, fallback): Initializer => {
    const seed = own >= 0 ? own : fallback;
    const [fanIn, fanOut] = fans(shape as readonly number[]);
    const uniform = (bound: number): Initializer => ({ kind: 'uniform', low: -bound, high: bound, seed });
    switch (initializer) {
      case 'zeros':
        return { kind: 'constant', value: 0 };
      case 'ones':
        return { kind: 'constant', value: 1 };
      case 'constant':
        return { kind: 'constant', value };
      case 'uniform':
        return { kind: 'uniform', low, high, seed };
      case 'normal':
        return { kind: 'normal', mean, std, seed };
      case 'glorot_uniform':
        return uniform(Math.sqrt(6 / (fanIn + fanOut)));
      case 'glorot_uniform_sigmoid':
        return uniform(4 * Math.sqrt(6 / (fanIn + fanOut)));
      case 'glorot_normal':
        return { kind: 'normal', mean: 0, std: Math.sqrt(2 / (fanIn + fanOut)), seed };
      case 'fan_in_uniform':
        return uniform(1 / Math.sqrt(fanIn));
      case 'he_normal':
        return { kind: 'normal', mean: 0, std: Math.sqrt(2 / fanIn), seed };
      case 'he_uniform':
        return uniform(Math.sqrt(6 / fanIn));
      case 'values':
        return { kind: 'values', values };
    }
  },
  gradient: { none: 'disconnected', reason: 'A parameter is a leaf: gradients end here.' },
  doc: {
    summary: 'A shared variable: it keeps its value on the device from step to step.',
    formula: '\\theta',
    notes:
      'Glorot: uniform in ±√(6/(fan in + fan out)), four times that for sigmoid; fan in: ±1/√(fan in); He: deviation √(2/fan in). ' +
      'For a matrix [in, out] fans are its sizes; for filters [M, C, k…] they are C·k and M·k.',
  },
  examples: [],
});

/** Elements: 16 MB. */
const LARGEST_CONSTANT = 2 ** 22;

const constant = defineOp({
  name: 'Constant',
  kind: 'constant',
  category: 'Sources',
  glyph: 'c',
  aliases: ['literal', 'np.array', 'T.constant', 'number'],
  inputs: [],
  outputs: [{ name: 'value', doc: 'The tensor' }],
  attributes: {
    values: attr.floats([1], 'Elements, row-major; a single one fills the whole shape'),
    shape: attr.shape([], 'Sizes; empty is a scalar'),
    dtype: attr.choice(['float32', 'int32', 'bool'], 'float32', 'Element type'),
  },
  infer: (ctx) => {
    checkShape(ctx, false);
    const { shape, values, dtype } = ctx.attributes;
    const size = shape.reduce<number>((product, dim) => product * Number(dim), 1);
    if (size > LARGEST_CONSTANT) {
      ctx.fail('attribute/invalid', {
        title: `a constant of shape [${shape.join(', ')}] is too large`,
        cause: `Constants are stored in the graph, with up to ${LARGEST_CONSTANT} elements. Expand stretches a small one.`,
        attribute: 'shape',
      });
    }
    if (values.length !== size && values.length !== 1) {
      ctx.fail('attribute/invalid', {
        title: `${values.length} values for ${size} elements`,
        cause: `The shape [${shape.join(', ')}] needs ${size} values, or one that fills it.`,
        attribute: 'values',
        fixes: vectorFix(values),
      });
    }
    return [tensor(dtype as DType, shape)];
  },
  constant: ({ values, shape, dtype }) => {
    const size = shape.reduce<number>((product, dim) => product * Number(dim), 1);
    const all = values.length === size ? values : new Array<number>(size).fill(values[0] ?? 0);
    return tensorData(dtype as DType, shape as readonly number[], all);
  },
  gradient: SOURCE,
  doc: { summary: 'A tensor of fixed values.', formula: 'c' },
  examples: [],
});

export const sourceOps: readonly OpRecord[] = [data, parameter, input, constant];
