import { sameShape, sizeOf } from '../../dims.ts';
import type { Equation, Value } from '../../ir.ts';
import { broadcastShapes, sameType } from '../../types.ts';
import type { RewriteContext, RewriteRule } from '../4-rewrite.ts';
import { foldings, literal } from './fold.ts';

/** The number behind a float value that is the same in all its elements, looking through Expand. */
export function uniformValue(ctx: RewriteContext, value: Value | null | undefined): number | null {
  if (value?.type.dtype !== 'float32') return null;
  const eq = ctx.definition(value);
  if (eq?.op === 'Expand') return uniformValue(ctx, eq.inputs[0]);
  const data = literal(ctx, value);
  return data && data.data.length === 1 ? Number(data.data[0]) : null;
}

function operands(eq: Equation): [Value, Value] {
  return [eq.inputs[0] as Value, eq.inputs[1] as Value];
}

/** `x` stands for the result only if it has its type already. */
function keepType(eq: Equation, x: Value): readonly Value[] | null {
  const [output] = eq.outputs;
  return output && sameType(output.type, x.type) ? [x] : null;
}

const ARITHMETIC = ['Add', 'Sub', 'Mul', 'Div'];

const doubleNegation: RewriteRule = {
  name: 'absorb negation',
  ops: ['Neg'],
  apply: (eq, ctx) => {
    const inner = ctx.definition(eq.inputs[0] as Value);
    return inner?.op === 'Neg' ? [inner.inputs[0] as Value] : null;
  },
};

/** x+0, x-0, x*1, x/1 are x. (x*0 is kept: it is NaN where x is not finite.) */
const neutral: RewriteRule = {
  name: 'drop neutral elements',
  ops: ARITHMETIC,
  apply: (eq, ctx) => {
    const [a, b] = operands(eq);
    const element = eq.op === 'Add' || eq.op === 'Sub' ? 0 : 1;
    if (uniformValue(ctx, b) === element) return keepType(eq, a);
    const commutes = eq.op === 'Add' || eq.op === 'Mul';
    return commutes && uniformValue(ctx, a) === element ? keepType(eq, b) : null;
  },
};

/** A product or quotient with several literal factors keeps one: (x*a)*b = x*(ab), (x*a)/b = x*(a/b), x/a = x*(1/a). */
const mergeFactors: RewriteRule = {
  name: 'merge constant factors',
  ops: ['Mul', 'Div'],
  apply: (eq, ctx) => {
    const [x, y] = operands(eq);
    const [base, factor] = eq.op === 'Mul' && uniformValue(ctx, x) !== null ? [y, x] : [x, y];
    const number = uniformValue(ctx, factor);
    if (number === null || (eq.op === 'Div' && number === 0)) return null;
    if (!sameType(base.type, eq.outputs[0]?.type ?? base.type)) return null;
    const scale = eq.op === 'Mul' ? number : 1 / number;
    const inner = ctx.definition(base);
    if (inner?.op === 'Mul' && ctx.uses(base) === 1) {
      const [p, q] = operands(inner);
      const [rest, known] = uniformValue(ctx, p) !== null ? [q, uniformValue(ctx, p)] : [p, uniformValue(ctx, q)];
      if (known !== null && sameType(rest.type, base.type)) return [ctx.b.mul(rest, ctx.b.scalar(known * scale))];
    }
    return eq.op === 'Div' || factor.type.shape.length > 0 ? [ctx.b.mul(base, ctx.b.scalar(scale))] : null;
  },
};

/** x + (-y) = x - y, (-x) + y = y - x, x - (-y) = x + y. */
const absorbNeg: RewriteRule = {
  name: 'absorb negation',
  ops: ['Add', 'Sub'],
  apply: (eq, ctx) => {
    const [a, b] = operands(eq);
    const [left, right] = [ctx.definition(a), ctx.definition(b)];
    if (right?.op === 'Neg') return [ctx.b.emit(eq.op === 'Add' ? 'Sub' : 'Add', [a, right.inputs[0] as Value])];
    return eq.op === 'Add' && left?.op === 'Neg' ? [ctx.b.sub(b, left.inputs[0] as Value)] : null;
  },
};

/**
 * Elementwise operators broadcast by themselves: an Expand before one is dropped where the other operand has the shape.
 * Not before Pow, whose WebGPU kernel does not broadcast matrices.
 */
const dropExpand: RewriteRule = {
  name: 'broadcast instead of expanding',
  ops: [...ARITHMETIC, 'Where', 'Max', 'Min', 'Equal', 'Greater', 'Less'],
  apply: (eq, ctx) => {
    const shape = eq.outputs[0]?.type.shape ?? [];
    for (const [at, input] of eq.inputs.entries()) {
      const made = input ? ctx.definition(input) : undefined;
      if (made?.op !== 'Expand') continue;
      const inputs = eq.inputs.map((value, index) => (index === at ? (made.inputs[0] as Value) : value));
      const broadcast = inputs.reduce<readonly (number | string)[] | null>(
        (left, value) => (left && value ? broadcastShapes(left, value.type.shape) : left),
        [],
      );
      if (broadcast && sameShape(broadcast, shape)) return ctx.b.emitAll(eq.op, inputs, eq.attributes);
    }
    return null;
  },
};

/** Shape changes that cancel or join. */
const reshapes: RewriteRule = {
  name: 'join reshapes',
  ops: ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand'],
  apply: (eq, ctx) => {
    const [x] = eq.inputs;
    const shape = eq.outputs[0]?.type.shape;
    if (!x || !shape) return null;
    if (sameShape(x.type.shape, shape)) return [x];
    const inner = ctx.definition(x);
    if (eq.op === 'Expand') return inner?.op === 'Expand' ? [ctx.b.expand(inner.inputs[0] as Value, shape)] : null;
    const data = literal(ctx, x);
    if (data && shape.every((dim) => typeof dim === 'number')) return [ctx.b.constant({ ...data, shape })];
    if (inner && ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'].includes(inner.op)) {
      return [ctx.b.reshape(inner.inputs[0] as Value, shape)];
    }
    return eq.op === 'Reshape' ? null : [ctx.b.reshape(x, shape)];
  },
};

const transposes: RewriteRule = {
  name: 'join transposes',
  ops: ['Transpose'],
  apply: (eq, ctx) => {
    const [x] = eq.inputs;
    const perm = eq.attributes.perm as readonly number[];
    if (!x || perm.length === 0) return null;
    if (perm.every((axis, index) => axis === index)) return [x];
    const inner = ctx.definition(x);
    const first = inner?.attributes.perm as readonly number[] | undefined;
    if (inner?.op !== 'Transpose' || !first || first.length !== perm.length) return null;
    const source = inner.inputs[0] as Value;
    const joined = perm.map((axis) => first[axis] as number);
    return [joined.every((axis, index) => axis === index) ? source : ctx.b.transpose(source, joined)];
  },
};

const identities: RewriteRule = {
  name: 'drop identities',
  ops: ['Identity', 'Cast', 'Sum', 'Mean'],
  apply: (eq) => {
    const [x] = eq.inputs;
    return x && eq.inputs.length === 1 ? keepType(eq, x) : null;
  },
};

/** A sum over axes of size one is a reshape. */
const unitReductions: RewriteRule = {
  name: 'drop reductions over one element',
  ops: ['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin'],
  apply: (eq, ctx) => {
    const [x] = eq.inputs;
    const shape = eq.outputs[0]?.type.shape;
    return x && shape && sizeOf(x.type.shape) === sizeOf(shape) ? [ctx.b.reshape(x, shape)] : null;
  },
};

/** Rules that make the function smaller and keep every value, up to rounding of merged literal factors. */
export const simplifications: readonly RewriteRule[] = [
  identities,
  ...foldings,
  doubleNegation,
  neutral,
  mergeFactors,
  absorbNeg,
  dropExpand,
  reshapes,
  transposes,
  unitReductions,
];
