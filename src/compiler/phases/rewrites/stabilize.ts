import type { Equation, Value } from '../../ir.ts';
import type { RewriteContext, RewriteRule } from '../4-rewrite.ts';
import { uniformValue } from './simplify.ts';

/** The input of the equation that defines `value`, if it is an application of `op`. */
function argument(ctx: RewriteContext, value: Value | null | undefined, op: string): Value | null {
  const eq = value ? ctx.definition(value) : undefined;
  return eq?.op === op ? (eq.inputs[0] ?? null) : null;
}

/** The other operand of a commutative equation where one operand is the number `element`. */
function beside(ctx: RewriteContext, eq: Equation | undefined, element: number): Value | null {
  if (!eq) return null;
  const [a, b] = eq.inputs as readonly [Value, Value];
  const same = (value: Value) => value.type.shape.join() === eq.outputs[0]?.type.shape.join();
  if (uniformValue(ctx, b) === element && same(a)) return a;
  return uniformValue(ctx, a) === element && same(b) ? b : null;
}

const defined = (ctx: RewriteContext, value: Value | null | undefined, op: string): Equation | undefined => {
  const eq = value ? ctx.definition(value) : undefined;
  return eq?.op === op ? eq : undefined;
};

const logSoftmax: RewriteRule = {
  name: 'log of softmax',
  ops: ['Log'],
  apply: (eq, ctx) => {
    const inner = defined(ctx, eq.inputs[0], 'Softmax');
    return inner ? ctx.b.emitAll('LogSoftmax', inner.inputs, inner.attributes) : null;
  },
};

/** log σ(x) = -softplus(-x) */
const logSigmoid: RewriteRule = {
  name: 'log of sigmoid',
  ops: ['Log'],
  apply: (eq, ctx) => {
    const x = argument(ctx, eq.inputs[0], 'Sigmoid');
    return x && [ctx.b.neg(ctx.b.emit('Softplus', [ctx.b.neg(x)]))];
  },
};

/** log(1 - σ(x)) = -softplus(x) */
const logOneMinusSigmoid: RewriteRule = {
  name: 'log of one minus sigmoid',
  ops: ['Log'],
  apply: (eq, ctx) => {
    const inner = defined(ctx, eq.inputs[0], 'Sub');
    if (!inner || uniformValue(ctx, inner.inputs[0]) !== 1) return null;
    const x = argument(ctx, inner.inputs[1], 'Sigmoid');
    const sameShape = x?.type.shape.join() === eq.outputs[0]?.type.shape.join();
    return x && sameShape ? [ctx.b.neg(ctx.b.emit('Softplus', [x]))] : null;
  },
};

/** log Σ exp x */
const logSumExp: RewriteRule = {
  name: 'log of a sum of exponentials',
  ops: ['Log', 'ReduceLogSum'],
  apply: (eq, ctx) => {
    const sum = eq.op === 'Log' ? defined(ctx, eq.inputs[0], 'ReduceSum') : eq;
    const x = sum && argument(ctx, sum.inputs[0], 'Exp');
    return x ? ctx.b.emitAll('ReduceLogSumExp', [x], sum.attributes) : null;
  },
};

/** log(1 + eˣ) is Softplus; log(1 + x) of anything else is Log1p. */
const logOnePlus: RewriteRule = {
  name: 'log of one plus x',
  ops: ['Log'],
  apply: (eq, ctx) => {
    const x = beside(ctx, defined(ctx, eq.inputs[0], 'Add'), 1);
    if (!x) return null;
    const exponent = argument(ctx, x, 'Exp');
    return [exponent ? ctx.b.emit('Softplus', [exponent]) : ctx.b.emit('Log1p', [x])];
  },
};

/** log(1 + eˣ) written with Log1p. */
const logOnePlusExp: RewriteRule = {
  name: 'log of one plus x',
  ops: ['Log1p'],
  apply: (eq, ctx) => {
    const exponent = argument(ctx, eq.inputs[0], 'Exp');
    return exponent && [ctx.b.emit('Softplus', [exponent])];
  },
};

/** eˣ - 1 */
const expMinusOne: RewriteRule = {
  name: 'exponential minus one',
  ops: ['Sub', 'Add'],
  apply: (eq, ctx) => {
    const x =
      eq.op === 'Add'
        ? beside(ctx, eq, -1)
        : uniformValue(ctx, eq.inputs[1]) === 1 && eq.inputs[0]?.type.shape.join() === eq.outputs[0]?.type.shape.join()
          ? (eq.inputs[0] ?? null)
          : null;
    const exponent = x && argument(ctx, x, 'Exp');
    return exponent && [ctx.b.emit('Expm1', [exponent])];
  },
};

/** √(x²) = |x|, whose gradient at 0 is 0 and not a number divided by 0; large x do not overflow. */
const sqrtOfSquare: RewriteRule = {
  name: 'square root of a square',
  ops: ['Sqrt'],
  apply: (eq, ctx) => {
    const square = eq.inputs[0] ? ctx.definition(eq.inputs[0]) : undefined;
    const [a, b] = square?.inputs ?? [];
    if (!a) return null;
    const squared = (square?.op === 'Mul' && a === b) || (square?.op === 'Pow' && uniformValue(ctx, b) === 2);
    return squared && a.type.shape.join() === eq.outputs[0]?.type.shape.join() ? [ctx.b.emit('Abs', [a])] : null;
  },
};

/** log eˣ = x */
const logOfExp: RewriteRule = {
  name: 'log of exponential',
  ops: ['Log'],
  apply: (eq, ctx) => {
    const x = argument(ctx, eq.inputs[0], 'Exp');
    return x && [x];
  },
};

/** Expressions that overflow or lose digits, and what stands for them: Theano's stabilizing rewrites. */
export const stabilizations: readonly RewriteRule[] = [
  logSoftmax,
  logSigmoid,
  logOneMinusSigmoid,
  logSumExp,
  logOnePlus,
  logOnePlusExp,
  expMinusOne,
  sqrtOfSquare,
  logOfExp,
];
