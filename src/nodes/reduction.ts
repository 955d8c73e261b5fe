import type { Builder } from '../compiler/builder.ts';
import { type Shape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, type ContractCase, defineOp, type InferContext, type OpRecord, type OpSpec } from '../compiler/op.ts';
import { type DType, normalizeAxis, printShape, tensor } from '../compiler/types.ts';
import { checkAxis, checkDtypes, FLOAT, f32, NUMBER, operand, tex } from './common.ts';

const attributes = {
  axes: attr.ints([], 'The axes to reduce; negative axes count from the end, none means all.'),
  keepdims: attr.flag(false, 'Keeps reduced axes, with size 1. (ONNX keeps them by default; here a loss is a scalar.)'),
};
const CASES: readonly ContractCase[] = [
  ['f32[batch,3,5]', { axes: [1] }],
  ['f32[batch,3,5]', { axes: [0, -1], keepdims: true }],
  ['f32[batch,3]'],
];
const POSITIVE: readonly ContractCase[] = CASES.map(([x, given]) => [`${x}(0.3,2)`, given]);
type Attributes = { readonly axes: readonly number[]; readonly keepdims: boolean };

/** The reduced axes, counted from the front; all where none are given. */
export function reducedAxes(axes: readonly number[], rank: number): readonly number[] {
  return axes.length === 0
    ? Array.from({ length: rank }, (_, axis) => axis)
    : axes.map((axis) => normalizeAxis(axis, rank));
}

/** With size 1 along the reduced axes. */
export function keptShape(shape: Shape, axes: readonly number[]): Shape {
  const reduced = reducedAxes(axes, shape.length);
  return shape.map((dim, axis) => (reduced.includes(axis) ? 1 : dim));
}

function inferReduction(ctx: InferContext<Attributes>, dtypes: readonly DType[]) {
  const [type] = checkDtypes(ctx, [{ name: 'x', doc: '', dtypes }]);
  const { dtype, shape } = type ?? tensor('float32', []);
  const { axes, keepdims } = ctx.attributes;
  const checked = axes.map((axis) => checkAxis(ctx, 'axes', axis, shape));
  const twice = checked.find((axis, at) => checked.indexOf(axis) !== at);
  if (twice !== undefined) {
    ctx.fail('attribute/invalid', {
      title: `axes ${printShape(axes)} name axis ${twice} twice`,
      attribute: 'axes',
    });
  }
  const reduced = reducedAxes(checked, shape.length);
  return [tensor(dtype, keepdims ? keptShape(shape, reduced) : shape.filter((_, axis) => !reduced.includes(axis)))];
}

interface ReduceContext {
  readonly b: Builder;
  readonly x: Value;
  /** The result and its gradient, with reduced axes kept so that they broadcast to x. */
  readonly y: Value;
  readonly g: Value;
  readonly axes: readonly number[];
}

interface ReduceSpec
  extends Pick<OpSpec<typeof attributes>, 'name' | 'glyph' | 'aliases' | 'doc' | 'cases' | 'examples'> {
  readonly dtypes?: readonly DType[];
  /** The gradient with respect to x; a smaller one is stretched to the shape of x. */
  readonly gradient: (ctx: ReduceContext) => Value;
  /** The result with reduced axes kept. */
  readonly lower?: (ctx: Omit<ReduceContext, 'y' | 'g'>) => Value;
}

function defineReduction({ dtypes = FLOAT, gradient, lower, ...rest }: ReduceSpec): OpRecord {
  return defineOp<typeof attributes>({
    ...rest,
    category: 'Reduction',
    inputs: [{ name: 'x', doc: 'Any shape.', dtypes }],
    outputs: [{ name: 'y', doc: 'The shape of x without the reduced axes, or with size 1 there.' }],
    attributes,
    attributeInputs: ['axes'],
    infer: (ctx) => inferReduction(ctx, dtypes),
    gradient: ({ b, x, y, g, attributes: { axes } }) => {
      const from = operand(x, 0);
      const kept = keptShape(from.type.shape, axes);
      const result = () =>
        gradient({ b, x: from, y: b.reshape(operand(y, 0), kept), g: b.reshape(operand(g, 0), kept), axes });
      return [() => b.expand(result(), from.type.shape)];
    },
    ...(lower && {
      lower: ({ b, x, y, attributes: { axes } }) => [
        b.reshape(lower({ b, x: operand(x, 0), axes }), operand(y, 0).type.shape),
      ],
    }),
  });
}

const reduceSum = defineReduction({
  name: 'ReduceSum',
  glyph: 'Σ',
  aliases: ['sum', 'total'],
  dtypes: NUMBER,
  gradient: ({ g }) => g,
  doc: {
    summary: 'Sum over axes.',
    formula: tex`y = \sum_i x_i`,
    gradient: tex`\bar x_i = \bar y`,
  },
  cases: CASES,
  examples: [
    { inputs: [f32([1, 2, 3, 4], [2, 2])], outputs: [f32([10], [])] },
    { attributes: { axes: [0] }, inputs: [f32([1, 2, 3, 4], [2, 2])], outputs: [f32([4, 6])] },
  ],
});

const reduceMean = defineReduction({
  name: 'ReduceMean',
  glyph: 'x̄',
  aliases: ['mean', 'average'],
  gradient: ({ b, x, g, axes }) => {
    const reduced = reducedAxes(axes, x.type.shape.length);
    return b.div(g, b.dimSize(sizeOf(x.type.shape.filter((_, axis) => reduced.includes(axis)))));
  },
  doc: {
    summary: 'Mean over axes.',
    formula: tex`y = \frac1n \sum_{i=1}^n x_i`,
    gradient: tex`\bar x_i = \bar y / n`,
  },
  cases: CASES,
  examples: [
    { inputs: [f32([1, 2, 3, 4], [2, 2])], outputs: [f32([2.5], [])] },
    {
      attributes: { axes: [-1], keepdims: true },
      inputs: [f32([1, 2, 3, 4], [2, 2])],
      outputs: [f32([1.5, 3.5], [2, 1])],
    },
  ],
});

/** Shares g evenly among the elements that attain the extremum. */
const shareAmongTies: ReduceSpec['gradient'] = ({ b, x, y, g, axes }) => {
  const attains = b.cast(b.equal(x, y), 'float32');
  return b.mul(attains, b.div(g, b.reduceSum(attains, axes, true)));
};

const reduceMax = defineReduction({
  name: 'ReduceMax',
  glyph: '⋁',
  aliases: ['max', 'maximum', 'amax'],
  dtypes: NUMBER,
  gradient: shareAmongTies,
  doc: {
    summary: 'Largest element over axes.',
    formula: tex`y = \max_i x_i`,
    gradient: tex`\bar x_i = \bar y\,\frac{[x_i = y]}{\sum_j [x_j = y]}`,
    notes: 'Elements that tie share the gradient evenly.',
  },
  cases: CASES,
  examples: [{ attributes: { axes: [1] }, inputs: [f32([1, 2, 4, 3], [2, 2])], outputs: [f32([2, 4])] }],
});

const reduceMin = defineReduction({
  name: 'ReduceMin',
  glyph: '⋀',
  aliases: ['min', 'minimum', 'amin'],
  dtypes: NUMBER,
  gradient: shareAmongTies,
  doc: {
    summary: 'Smallest element over axes.',
    formula: tex`y = \min_i x_i`,
    gradient: tex`\bar x_i = \bar y\,\frac{[x_i = y]}{\sum_j [x_j = y]}`,
    notes: 'Elements that tie share the gradient evenly.',
  },
  cases: CASES,
  examples: [{ attributes: { axes: [1] }, inputs: [f32([1, 2, 4, 3], [2, 2])], outputs: [f32([1, 3])] }],
});

const reduceProd = defineReduction({
  name: 'ReduceProd',
  glyph: 'Π',
  aliases: ['prod', 'product'],
  dtypes: NUMBER,
  // The product of the others is (product of all but zeros) / x_i where no other element is zero, else 0.
  gradient: ({ b, x, g, axes }) => {
    const zero = b.equal(x, b.like(x, 0));
    const zeros = b.cast(zero, 'float32');
    const nonzero = b.where(zero, b.like(x, 1), x);
    const product = b.emit('ReduceProd', [nonzero], { axes, keepdims: true });
    const otherZeros = b.sub(b.reduceSum(zeros, axes, true), zeros);
    const others = b.where(b.equal(otherZeros, b.like(x, 0)), b.div(product, nonzero), b.like(x, 0));
    return b.mul(g, others);
  },
  doc: {
    summary: 'Product over axes.',
    formula: tex`y = \prod_i x_i`,
    gradient: tex`\bar x_i = \bar y \prod_{j \ne i} x_j`,
    notes: 'The gradient is right where elements are zero, too.',
  },
  cases: [
    ['f32[batch,3]', { axes: [1] }],
    ['f32[3,batch,2](0.7,1.3)', { axes: [0, 1], keepdims: true }],
  ],
  examples: [{ attributes: { axes: [1] }, inputs: [f32([1, 2, 4, 0], [2, 2])], outputs: [f32([2, 0])] }],
});

const reduceL1 = defineReduction({
  name: 'ReduceL1',
  glyph: '‖₁',
  aliases: ['l1 norm', 'lasso', 'sum of absolute values'],
  gradient: ({ b, x, g }) => b.mul(g, b.emit('Sign', [x])),
  doc: {
    summary: 'Sum of absolute values over axes.',
    formula: tex`y = \sum_i |x_i|`,
    gradient: tex`\bar x_i = \bar y \operatorname{sign} x_i`,
    notes: 'The gradient at 0 is 0.',
  },
  cases: CASES,
  examples: [{ inputs: [f32([1, -2, 3])], outputs: [f32([6], [])] }],
});

const reduceL2 = defineReduction({
  name: 'ReduceL2',
  glyph: '‖₂',
  aliases: ['l2 norm', 'norm', 'length'],
  gradient: ({ b, x, y, g }) => {
    const zero = b.like(y, 0);
    return b.mul(x, b.where(b.equal(y, zero), zero, b.div(g, y)));
  },
  doc: {
    summary: 'Euclidean norm over axes.',
    formula: tex`y = \sqrt{\sum_i x_i^2}`,
    gradient: tex`\bar x = \bar y\, x / y`,
    notes: 'The gradient where the norm is 0 is 0.',
  },
  cases: CASES,
  examples: [{ inputs: [f32([3, -4])], outputs: [f32([5], [])] }],
});

const reduceSumSquare = defineReduction({
  name: 'ReduceSumSquare',
  glyph: 'Σ²',
  aliases: ['sum of squares', 'weight decay', 'ridge'],
  gradient: ({ b, x, g }) => b.mul(x, b.mul(g, b.like(g, 2))),
  doc: {
    summary: 'Sum of squares over axes.',
    formula: tex`y = \sum_i x_i^2`,
    gradient: tex`\bar x = 2\,\bar y\, x`,
  },
  cases: CASES,
  examples: [{ inputs: [f32([3, -4])], outputs: [f32([25], [])] }],
});

const reduceLogSum = defineReduction({
  name: 'ReduceLogSum',
  glyph: 'ℓΣ',
  aliases: ['log sum'],
  gradient: ({ b, x, g, axes }) => b.div(g, b.reduceSum(x, axes, true)),
  doc: {
    summary: 'Logarithm of the sum over axes.',
    formula: tex`y = \ln \sum_i x_i`,
    gradient: tex`\bar x_i = \frac{\bar y}{\sum_j x_j}`,
  },
  cases: POSITIVE,
  examples: [{ inputs: [f32([0.5, 1.5, 1])], outputs: [f32([1.0986123], [])] }],
});

/** Exponentials of differences to the largest element: they do not overflow, as those of WebGPU's own kernel do. */
function shiftedExponentials(b: Builder, x: Value, axes: readonly number[]) {
  const top = b.reduceMax(x, axes, true);
  const shifted = b.exp(b.sub(x, top));
  return { top, shifted, sum: b.reduceSum(shifted, axes, true) };
}

const reduceLogSumExp = defineReduction({
  name: 'ReduceLogSumExp',
  glyph: 'ℓe',
  aliases: ['logsumexp', 'softmax normalizer'],
  gradient: ({ b, x, g, axes }) => {
    const { shifted, sum } = shiftedExponentials(b, x, axes);
    return b.mul(shifted, b.div(g, sum));
  },
  lower: ({ b, x, axes }) => {
    const { top, sum } = shiftedExponentials(b, x, axes);
    return b.add(top, b.log(sum));
  },
  doc: {
    summary: 'Logarithm of the sum of exponentials over axes, a smooth maximum.',
    formula: tex`y = \ln \sum_i e^{x_i}`,
    gradient: tex`\bar x_i = \bar y\, e^{x_i - y}`,
    notes: 'Large elements do not overflow.',
  },
  cases: CASES,
  examples: [{ inputs: [f32([1000, 1000])], outputs: [f32([1000.6931], [])] }],
});

export const reductionOps: readonly OpRecord[] = [
  reduceSum,
  reduceMean,
  reduceMax,
  reduceMin,
  reduceProd,
  reduceL1,
  reduceL2,
  reduceSumSquare,
  reduceLogSum,
  reduceLogSumExp,
];
