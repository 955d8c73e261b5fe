import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { defineOp, type InferContext, type OpRecord, type OpSpec, type PortSpec } from '../compiler/op.ts';
import { type TensorType, tensor } from '../compiler/types.ts';
import {
  BROADCAST,
  broadcastInputs,
  checkDtypes,
  checkSameDtype,
  FLOAT,
  f32,
  i32,
  NUMBER,
  operand,
  tex,
} from './common.ts';

type NoAttributes = Record<string, never>;

/** Broadcasting arithmetic: inputs of one dtype, which is the output's. */
function inferArithmetic(ctx: InferContext<unknown>, ports: readonly PortSpec[]): readonly TensorType[] {
  checkDtypes(ctx, ports);
  const dtype = checkSameDtype(ctx, ports);
  return [tensor(dtype, broadcastInputs(ctx, ports))];
}

interface BinaryContext {
  readonly b: Builder;
  readonly a: Value;
  readonly c: Value;
  readonly y: Value;
  readonly g: Value;
}

interface BinarySpec
  extends Pick<OpSpec<NoAttributes>, 'name' | 'glyph' | 'aliases' | 'lower' | 'doc' | 'cases' | 'examples'> {
  readonly roles: readonly [a: string, b: string];
  /** Gradients with respect to a and b, of the broadcast shape. The operand b is called `c` beside the builder `b`. */
  readonly gradient: readonly [(ctx: BinaryContext) => Value, (ctx: BinaryContext) => Value];
}

function defineBinary({ roles, gradient, ...rest }: BinarySpec): OpRecord {
  const inputs = [
    { name: 'a', doc: roles[0], dtypes: NUMBER },
    { name: 'b', doc: roles[1], dtypes: NUMBER },
  ];
  return defineOp<NoAttributes>({
    ...rest,
    category: 'Arithmetic',
    inputs,
    outputs: [{ name: 'y', doc: 'Of the shape a and b broadcast to.' }],
    attributes: {},
    infer: (ctx) => inferArithmetic(ctx, inputs),
    gradient: ({ b, x, y, g }) => {
      const ctx = { b, a: operand(x, 0), c: operand(x, 1), y: operand(y, 0), g: operand(g, 0) };
      return gradient.map((rule) => () => rule(ctx));
    },
  });
}

const add = defineBinary({
  name: 'Add',
  glyph: '+',
  aliases: ['plus', 'bias'],
  roles: ['First term.', 'Second term.'],
  gradient: [({ g }) => g, ({ g }) => g],
  doc: {
    summary: 'Sum of two tensors, element by element, with broadcasting.',
    formula: 'y = a + b',
    gradient: tex`\bar a = \bar y,\quad \bar b = \bar y`,
    notes: 'The gradient of a broadcast input is summed over the axes it was stretched along.',
  },
  cases: BROADCAST,
  examples: [{ inputs: [f32([1, 2, 3, 4], [2, 2]), f32([10, 20])], outputs: [f32([11, 22, 13, 24], [2, 2])] }],
});

const sub = defineBinary({
  name: 'Sub',
  glyph: '−',
  aliases: ['minus', 'subtract', 'difference'],
  roles: ['What is subtracted from.', 'What is subtracted.'],
  gradient: [({ g }) => g, ({ b, g }) => b.neg(g)],
  doc: {
    summary: 'Difference of two tensors, element by element, with broadcasting.',
    formula: 'y = a - b',
    gradient: tex`\bar a = \bar y,\quad \bar b = -\bar y`,
  },
  cases: BROADCAST,
  examples: [{ inputs: [f32([1, 2, 3, 4], [2, 2]), f32([10, 20])], outputs: [f32([-9, -18, -7, -16], [2, 2])] }],
});

const mul = defineBinary({
  name: 'Mul',
  glyph: '×',
  aliases: ['times', 'multiply', 'product', 'hadamard', 'scale'],
  roles: ['First factor.', 'Second factor.'],
  gradient: [({ b, g, c }) => b.mul(g, c), ({ b, g, a }) => b.mul(g, a)],
  doc: {
    summary: 'Product of two tensors, element by element, with broadcasting.',
    formula: tex`y = a \odot b`,
    gradient: tex`\bar a = \bar y \odot b,\quad \bar b = \bar y \odot a`,
    notes: 'For the matrix product see MatMul and Gemm.',
  },
  cases: BROADCAST,
  examples: [{ inputs: [f32([1, 2, 3, 4], [2, 2]), f32([10, 20])], outputs: [f32([10, 40, 30, 80], [2, 2])] }],
});

const div = defineBinary({
  name: 'Div',
  glyph: '÷',
  aliases: ['divide', 'quotient', 'ratio'],
  roles: ['Numerator.', 'Denominator.'],
  gradient: [({ b, g, c }) => b.div(g, c), ({ b, g, y, c }) => b.neg(b.div(b.mul(g, y), c))],
  doc: {
    summary: 'Quotient of two tensors, element by element, with broadcasting.',
    formula: 'y = a / b',
    gradient: tex`\bar a = \bar y / b,\quad \bar b = -\bar y\, y / b`,
    notes: 'Integers are divided without remainder, towards zero.',
  },
  cases: [['f32[batch,3,5] f32[3,1](0.3,2)'], ['f32[3] f32[batch,3](0.3,2)']],
  examples: [
    { inputs: [f32([1, 2, 3, 4], [2, 2]), f32([2, -4])], outputs: [f32([0.5, -0.5, 1.5, -1], [2, 2])] },
    { inputs: [i32([7, -7]), i32([2, 2])], outputs: [i32([3, -3])] },
  ],
});

const pow = defineBinary({
  name: 'Pow',
  glyph: 'aᵇ',
  aliases: ['power', 'exponent', '**', 'square'],
  roles: ['Base.', 'Exponent.'],
  gradient: [
    ({ b, a, c, g }) => {
      const zero = b.like(c, 0);
      const slope = b.mul(c, b.emit('Pow', [a, b.sub(c, b.like(c, 1))]));
      return b.mul(g, b.where(b.equal(c, zero), zero, slope));
    },
    ({ b, a, y, g }) => {
      const atZero = b.equal(a, b.like(a, 0));
      const safeLog = b.log(b.where(atZero, b.like(a, 1), a));
      return b.mul(g, b.mul(y, safeLog));
    },
  ],
  lower: ({ b, x }) => {
    const [base, exponent] = [operand(x, 0), operand(x, 1)];
    // WebGPU's kernel takes operands of one shape, or scalars, and leaves roots of negative numbers undefined.
    const shape = b.broadcastShape(base, exponent);
    const [a, c] = [base, exponent].map((value) => (value.type.shape.length > 0 ? b.expand(value, shape) : value));
    const power = b.emit('Pow', [a ?? base, c ?? exponent]);
    if (base.type.dtype !== 'float32') return [power];
    const whole = b.equal(exponent, b.emit('Floor', [exponent]));
    const negative = b.emit('Less', [base, b.like(base, 0)]);
    return [b.where(b.emit('And', [negative, b.emit('Not', [whole])]), b.like(base, Number.NaN), power)];
  },
  doc: {
    summary: 'Power, element by element, with broadcasting.',
    formula: 'y = a^b',
    gradient: tex`\bar a = \bar y\, b\, a^{b-1},\quad \bar b = \bar y\, y \ln a`,
    notes:
      'Other than integer powers of negative bases are not a number, as are gradients with respect to their exponents. ' +
      'The gradient with respect to a is 0 where b = 0, and that with respect to b is 0 where a = 0.',
  },
  cases: [['f32[batch,3](0.5,2) f32[3]'], ['f32[3](0.5,2) f32[batch,1]']],
  examples: [{ inputs: [f32([2, -3, 0, 4]), f32([3, 2, 0, 0.5])], outputs: [f32([8, 9, 1, 2])] }],
});

interface FoldSpec
  extends Pick<OpSpec<NoAttributes>, 'name' | 'glyph' | 'aliases' | 'lower' | 'doc' | 'cases' | 'examples'> {
  readonly dtypes: OpSpec<NoAttributes>['inputs'][number]['dtypes'];
  /** Gradient with respect to one of the inputs, of the broadcast shape. */
  readonly gradient: (
    ctx: Omit<BinaryContext, 'a' | 'c'> & { readonly all: readonly Value[]; readonly one: Value },
  ) => Value;
}

/** An operator on any number of inputs that broadcast together. */
function defineFold({ dtypes, gradient, ...rest }: FoldSpec): OpRecord {
  const inputs = [{ name: 'x', doc: 'One or more tensors.', variadic: true, ...(dtypes && { dtypes }) }];
  return defineOp<NoAttributes>({
    ...rest,
    category: 'Arithmetic',
    inputs,
    outputs: [{ name: 'y', doc: 'Of the shape all inputs broadcast to.' }],
    attributes: {},
    infer: (ctx) => inferArithmetic(ctx, inputs),
    gradient: ({ b, x, y, g }) => {
      const all = x.map((_, at) => operand(x, at));
      return all.map((one) => () => gradient({ b, all, one, y: operand(y, 0), g: operand(g, 0) }));
    },
  });
}

/** Shares g evenly among the inputs that attain y. */
const shareAmongTies: FoldSpec['gradient'] = ({ b, all, one, y, g }) => {
  const attains = (value: Value): Value => b.cast(b.equal(value, y), 'float32');
  const count = all.map(attains).reduce(b.add);
  return b.div(b.mul(g, attains(one)), count);
};

const max = defineFold({
  name: 'Max',
  glyph: '⋁',
  aliases: ['maximum', 'larger'],
  dtypes: NUMBER,
  gradient: shareAmongTies,
  doc: {
    summary: 'The largest of its inputs, element by element, with broadcasting.',
    formula: tex`y = \max_i x_i`,
    gradient: tex`\bar x_i = \bar y\,\frac{[x_i = y]}{\sum_j [x_j = y]}`,
    notes: 'Inputs that tie share the gradient evenly. For the maximum along an axis see ReduceMax.',
  },
  cases: [['f32[batch,3] f32[batch,3] f32[batch,3]'], ['f32[batch,3] f32[]']],
  examples: [{ inputs: [f32([1, 5, 3, -4], [2, 2]), f32([2, 2])], outputs: [f32([2, 5, 3, 2], [2, 2])] }],
});

const min = defineFold({
  name: 'Min',
  glyph: '⋀',
  aliases: ['minimum', 'smaller'],
  dtypes: NUMBER,
  gradient: shareAmongTies,
  doc: {
    summary: 'The smallest of its inputs, element by element, with broadcasting.',
    formula: tex`y = \min_i x_i`,
    gradient: tex`\bar x_i = \bar y\,\frac{[x_i = y]}{\sum_j [x_j = y]}`,
    notes: 'Inputs that tie share the gradient evenly. For the minimum along an axis see ReduceMin.',
  },
  cases: [['f32[batch,3] f32[batch,3] f32[batch,3]'], ['f32[batch,3] f32[]']],
  examples: [{ inputs: [f32([1, 5, 3, -4], [2, 2]), f32([2, 2])], outputs: [f32([1, 2, 2, -4], [2, 2])] }],
});

const sum = defineFold({
  name: 'Sum',
  glyph: 'Σ',
  aliases: ['add many', 'total'],
  dtypes: NUMBER,
  gradient: ({ g }) => g,
  lower: ({ b, x }) => [x.map((_, at) => operand(x, at)).reduce(b.add)],
  doc: {
    summary: 'Sum of its inputs, element by element, with broadcasting.',
    formula: tex`y = \sum_i x_i`,
    gradient: tex`\bar x_i = \bar y`,
    notes: 'For the sum along an axis see ReduceSum.',
  },
  cases: [['f32[batch,3] f32[3] f32[]']],
  examples: [{ inputs: [f32([1, 2]), f32([10, 20]), f32([100], [])], outputs: [f32([111, 122])] }],
});

const mean = defineFold({
  name: 'Mean',
  glyph: 'x̄',
  aliases: ['average many'],
  dtypes: FLOAT,
  gradient: ({ b, all, g }) => b.mul(g, b.like(g, 1 / all.length)),
  lower: ({ b, x, y }) => {
    const total = x.map((_, at) => operand(x, at)).reduce(b.add);
    return [b.mul(total, b.like(operand(y, 0), 1 / x.length))];
  },
  doc: {
    summary: 'Mean of its inputs, element by element, with broadcasting.',
    formula: tex`y = \frac1n \sum_{i=1}^n x_i`,
    gradient: tex`\bar x_i = \bar y / n`,
    notes: 'For the mean along an axis see ReduceMean.',
  },
  cases: [['f32[batch,3] f32[3] f32[]']],
  examples: [{ inputs: [f32([1, 2]), f32([3, 6])], outputs: [f32([2, 4])] }],
});

export const arithmeticOps: readonly OpRecord[] = [add, sub, mul, div, pow, max, min, sum, mean];
