import { sameShape, sizeOf } from '../../dims.ts';
import type { Equation, Value } from '../../ir.ts';
import { tensorData } from '../../types.ts';
import type { RewriteContext, RewriteRule } from '../4-rewrite.ts';
import { literal } from './fold.ts';
import { uniformValue } from './simplify.ts';

type Attributes = Readonly<Record<string, number | boolean>>;

/** The equation behind a value that nothing else uses, if it is of the given operator. */
function sole(ctx: RewriteContext, value: Value | null | undefined, op: string): Equation | null {
  const eq = value ? ctx.definition(value) : undefined;
  return eq?.op === op && ctx.uses(value as Value) === 1 ? eq : null;
}

const matMulToGemm: RewriteRule = {
  name: 'matrix product with bias is Gemm',
  ops: ['Add'],
  apply: (eq, ctx) => {
    for (const [product, bias] of [eq.inputs, [...eq.inputs].reverse()]) {
      const made = sole(ctx, product, 'MatMul');
      if (!made || !bias || !product) continue;
      const [a, w] = made.inputs as readonly [Value, Value];
      if (a.type.shape.length !== 2 || w.type.shape.length !== 2 || bias.type.shape.length > 2) continue;
      if (!sameShape(eq.outputs[0]?.type.shape ?? [], product.type.shape)) continue;
      return [ctx.b.gemm(a, w, bias)];
    }
    return null;
  },
};

/** P ± alpha·AB as one Gemm with C = P: the update of a weight without its gradient in memory. */
const gemmAccumulate: RewriteRule = {
  name: 'sum into Gemm',
  ops: ['Add', 'Sub'],
  apply: (eq, ctx) => {
    const [left, right] = eq.inputs as readonly [Value, Value];
    const pairs: readonly (readonly [Value, Value, number])[] =
      eq.op === 'Add'
        ? [
            [left, right, 1],
            [right, left, 1],
          ]
        : [[left, right, -1]];
    for (const [c, product, sign] of pairs) {
      const gemm = sole(ctx, product, 'Gemm');
      if (!gemm || gemm.inputs[2] || !sameShape(c.type.shape, product.type.shape)) continue;
      const attributes = gemm.attributes as Attributes;
      const alpha = sign * Number(attributes.alpha);
      return [ctx.b.gemm(gemm.inputs[0] as Value, gemm.inputs[1] as Value, c, { ...attributes, alpha, beta: 1 })];
    }
    return null;
  },
};

/**
 * b - ΣX over the leading axis of a matrix, as a Gemm with a row of ones: one kernel where a reduction over a leading axis
 * and the difference would be two or three.
 */
const biasUpdate: RewriteRule = {
  name: 'bias update as Gemm',
  ops: ['Sub'],
  apply: (eq, ctx) => {
    const [bias, sum] = eq.inputs as readonly [Value, Value];
    const outer = sole(ctx, sum, 'Reshape');
    const reduce = outer ? sole(ctx, outer.inputs[0], 'ReduceSum') : sole(ctx, sum, 'ReduceSum');
    const [x] = reduce?.inputs ?? [];
    const axes = reduce?.attributes.axes as readonly number[] | undefined;
    if (!x || eq.role !== 'update' || x.type.shape.length !== 2 || axes?.length !== 1 || axes[0] !== 0) return null;
    if (!sameShape(bias.type.shape, [x.type.shape[1] ?? 1]) || !sameShape(bias.type.shape, sum.type.shape)) return null;
    const { b } = ctx;
    const row = [1, x.type.shape[1] ?? 1];
    const ones = b.full([1, x.type.shape[0] ?? 1], 1);
    return [b.reshape(b.gemm(ones, x, b.reshape(bias, row), { alpha: -1 }), bias.type.shape)];
  },
};

/** A literal factor of an operand becomes Gemm's alpha. */
const gemmAlpha: RewriteRule = {
  name: 'constant factor into Gemm',
  ops: ['Gemm'],
  apply: (eq, ctx) => {
    for (const at of [0, 1]) {
      const made = sole(ctx, eq.inputs[at], 'Mul');
      if (!made) continue;
      const [p, q] = made.inputs as readonly [Value, Value];
      const [x, factor] = uniformValue(ctx, p) !== null ? [q, uniformValue(ctx, p)] : [p, uniformValue(ctx, q)];
      if (factor === null || !sameShape(x.type.shape, eq.inputs[at]?.type.shape ?? [])) continue;
      const inputs = eq.inputs.map((input, index) => (index === at ? x : input));
      return ctx.b.emitAll('Gemm', inputs, { ...eq.attributes, alpha: Number(eq.attributes.alpha) * factor });
    }
    return null;
  },
};

/** A transposed matrix operand becomes transA or transB. */
const gemmTranspose: RewriteRule = {
  name: 'transpose into Gemm',
  ops: ['Gemm', 'MatMul'],
  apply: (eq, ctx) => {
    for (const [at, flag] of [
      [0, 'transA'],
      [1, 'transB'],
    ] as const) {
      const made = eq.inputs[at] ? ctx.definition(eq.inputs[at]) : undefined;
      const [x] = made?.inputs ?? [];
      if (made?.op !== 'Transpose' || x?.type.shape.length !== 2) continue;
      if (eq.op === 'MatMul' && eq.inputs.some((input) => input?.type.shape.length !== 2)) continue;
      const inputs = [0, 1, 2].map((index) => (index === at ? x : (eq.inputs[index] ?? null)));
      return ctx.b.emitAll('Gemm', inputs, { ...eq.attributes, [flag]: !eq.attributes[flag] });
    }
    return null;
  },
};

/** Small constant tensors are stored instead of being stretched in every step. */
const storeConstants: RewriteRule = {
  name: 'store small constants',
  ops: ['Expand'],
  apply: (eq, ctx) => {
    const data = literal(ctx, eq.inputs[0]);
    const shape = eq.outputs[0]?.type.shape ?? [];
    const size = sizeOf(shape);
    if (data?.data.length !== 1 || typeof size !== 'number' || size > 4096) return null;
    return [ctx.b.constant(tensorData(data.dtype, shape as number[], new Array(size).fill(Number(data.data[0]))))];
  },
};

/** Rules that join equations into kernels that do more at once. They run after the simplifications. */
export const fusions: readonly RewriteRule[] = [
  matMulToGemm,
  gemmAccumulate,
  biasUpdate,
  gemmAlpha,
  gemmTranspose,
  storeConstants,
];
