import { attr, defineOp, type InferContext } from '../compiler/op.ts';
import type { Initializer } from '../compiler/plan.ts';
import { tensor } from '../compiler/types.ts';
import { checkShape, vectorFix } from './source-checks.ts';

/** The ways to begin, with what is to be said for each. */
const INITIALIZERS = {
  zeros: 'Zero everywhere: for biases, and for the weights of a model without hidden layers.',
  ones: 'One everywhere: for factors.',
  constant: 'One number everywhere.',
  uniform: 'Any number between two bounds, each as likely.',
  normal: 'The bell curve around a mean.',
  glorot_uniform:
    'Glorot (Xavier): uniform in ±√(6/(fan in + fan out)). Keeps tanh layers in their linear range, and gradients as large as values.',
  glorot_uniform_sigmoid:
    'Four times Glorot’s bound, for layers with a sigmoid: its slope at 0 is a quarter of that of tanh.',
  glorot_normal: 'Glorot (Xavier) with a bell curve of the same variance, 2/(fan in + fan out).',
  fan_in_uniform: 'Uniform in ±1/√(fan in): the rule of the older tutorials, and the default of layers in PyTorch.',
  lecun_normal: 'LeCun: variance 1/(fan in), so that sums are as large as what they add up. Goes with SELU.',
  he_uniform: 'He (Kaiming): uniform in ±√(6/fan in). Makes up for the half that ReLU cuts off.',
  he_normal: 'He (Kaiming) with a bell curve: variance 2/(fan in). Makes up for the half that ReLU cuts off.',
  orthogonal: 'A random rotation: lengths stay as they are. For recurrent weights and very deep networks.',
  identity: 'Ones on the diagonal: the layer begins by passing its input on.',
  values: 'The numbers you write down.',
} as const;

type Name = keyof typeof INITIALIZERS;
const NAMES = Object.keys(INITIALIZERS) as [Name, ...Name[]];
const RANDOM: readonly Name[] = NAMES.filter((name) => !/^(zeros|ones|constant|identity|values)$/.test(name));

interface ParameterAttributes {
  readonly shape: readonly (number | string)[];
  readonly initializer: Name;
  readonly values: readonly number[];
}

function checkInitializer({ attributes, fail }: InferContext<ParameterAttributes>): void {
  const { shape, initializer, values } = attributes;
  const size = shape.reduce<number>((product, dim) => product * Number(dim), 1);
  if (initializer === 'values' && values.length !== size) {
    fail('attribute/invalid', {
      title: `${values.length} values for ${size} elements`,
      cause: `The shape [${shape.join(', ')}] needs ${size} values.`,
      attribute: 'values',
      fixes: vectorFix(values),
    });
  }
  const fits = initializer === 'orthogonal' ? shape.length >= 2 : initializer !== 'identity' || shape.length === 2;
  if (!fits) {
    fail('attribute/invalid', {
      title: `the shape [${shape.join(', ')}] cannot begin as ${initializer}`,
      cause:
        initializer === 'identity'
          ? 'Only a matrix has a diagonal of ones.'
          : 'Rows that stand at right angles need a matrix, or filters, whose first axis counts the rows.',
      attribute: 'initializer',
      fixes: [
        {
          label: 'Begin with a bell curve',
          safety: 'maybe',
          edit: { kind: 'set-attribute', attribute: 'initializer', value: 'normal' },
        },
      ],
    });
  }
}

export const parameter = defineOp({
  name: 'Parameter',
  kind: 'parameter',
  category: 'Sources',
  glyph: 'θ',
  aliases: ['shared', 'theano.shared', 'variable', 'weight', 'bias', 'trainable', 'RandomState', 'Xavier', 'Kaiming'],
  inputs: [{ name: 'update', doc: 'Its value after the step; without a wire the optimizer decides', optional: true }],
  outputs: [{ name: 'value', doc: 'Its value before the step' }],
  attributes: {
    shape: attr.shape([1], 'Sizes'),
    initializer: attr.choice(NAMES, 'glorot_uniform', 'How it begins', { explains: INITIALIZERS }),
    value: attr.float(0, 'The constant', { when: { attribute: 'initializer', is: ['constant'] } }),
    low: attr.float(-0.1, 'Lower bound', { when: { attribute: 'initializer', is: ['uniform'] } }),
    high: attr.float(0.1, 'Upper bound', { when: { attribute: 'initializer', is: ['uniform'] } }),
    mean: attr.float(0, 'Mean', { when: { attribute: 'initializer', is: ['normal'] } }),
    std: attr.float(0.1, 'Standard deviation', { when: { attribute: 'initializer', is: ['normal'] }, min: 0 }),
    gain: attr.float(1, 'Factor', { when: { attribute: 'initializer', is: ['orthogonal', 'identity'] } }),
    values: attr.floats([], 'All elements, row-major', { when: { attribute: 'initializer', is: ['values'] } }),
    seed: attr.int(-1, 'Seed of its random numbers, as in RandomState(seed); -1 derives one from the training’s seed', {
      min: -1,
      when: { attribute: 'initializer', is: RANDOM },
    }),
    after: attr.string(
      '',
      'Name of a parameter whose generator goes on here, as when one RandomState draws several arrays; then seed is not used',
      { when: { attribute: 'initializer', is: RANDOM } },
    ),
    trainable: attr.flag(true, 'Optimizers change it'),
  },
  infer: (ctx) => {
    checkShape(ctx, false);
    checkInitializer(ctx);
    return [tensor('float32', ctx.attributes.shape)];
  },
  initializer: ({ initializer, value, low, high, mean, std, gain, values, seed: own }, fallback, fans): Initializer => {
    const seed = own >= 0 ? own : fallback;
    const uniform = (bound: number): Initializer => ({ kind: 'uniform', low: -bound, high: bound, seed });
    const normal = (variance: number): Initializer => ({ kind: 'normal', mean: 0, std: Math.sqrt(variance), seed });
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
        return uniform(Math.sqrt(6 / (fans.in + fans.out)));
      case 'glorot_uniform_sigmoid':
        return uniform(4 * Math.sqrt(6 / (fans.in + fans.out)));
      case 'glorot_normal':
        return normal(2 / (fans.in + fans.out));
      case 'fan_in_uniform':
        return uniform(1 / Math.sqrt(fans.in));
      case 'lecun_normal':
        return normal(1 / fans.in);
      case 'he_uniform':
        return uniform(Math.sqrt(6 / fans.in));
      case 'he_normal':
        return normal(2 / fans.in);
      case 'orthogonal':
        return { kind: 'orthogonal', gain, seed };
      case 'identity':
        return { kind: 'identity', gain };
      case 'values':
        return { kind: 'values', values };
    }
  },
  drawsAfter: ({ initializer, after }) => (after !== '' && RANDOM.includes(initializer) ? after : null),
  gradient: { none: 'disconnected', reason: 'A parameter is a leaf: gradients end here.' },
  doc: {
    summary: 'A shared variable: it keeps its value on the device from step to step.',
    formula: '\\theta',
    notes:
      'Fan in and fan out are the numbers that one unit reads and writes: the sizes of a matrix [in, out]; C·k and M·k of ' +
      'filters [M, C, k…]. What reads the parameter decides: Gemm with transB takes a matrix [out, in]. Random numbers are ' +
      'those of NumPy’s RandomState(seed), drawn in float64 and rounded to float32. With after, they follow those of ' +
      'another parameter: W of seed 23455 and b after W are what rng = RandomState(23455) draws for W and then for b.',
  },
  examples: [],
});
