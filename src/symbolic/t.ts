/**
 * `theano.tensor` in its own words. Differences: there is one kind of float and one of whole numbers, softmax keeps the
 * rank of a vector, and methods stand for operators of the host language (`x.mul(3)` for `3 * x`).
 */
import type { Dim } from '../compiler/dims.ts';
import type { DType } from '../compiler/types.ts';
import * as gradients from './gradient.ts';
import * as nnet from './nnet.ts';
import type { TensorLike } from './tensor.ts';
import {
  type Axes,
  apply,
  constant,
  defer,
  elementType,
  measured,
  type Operand,
  toVariable,
  Variable,
} from './variable.ts';

/** A symbolic input. `shape` tells sizes that are known, with names for others: `['batch', 784]`. */
type Create = (name?: string | null, shape?: readonly Dim[]) => Variable;

function creator(dtype: DType, ndim: number): Create {
  return (name = null, shape) => {
    if (shape && shape.length !== ndim)
      throw new TypeError(`A shape of ${ndim} sizes is wanted, not [${shape.join(', ')}]`);
    return new Variable({ kind: 'input', dtype, ndim, shape: shape ?? null }, name);
  };
}

const creators = <P extends string>(prefix: P, dtype: DType) => {
  const ranks = { scalar: 0, vector: 1, matrix: 2, tensor3: 3, tensor4: 4, tensor5: 5 } as const;
  return Object.fromEntries(
    Object.entries(ranks).map(([kind, ndim]) => [`${prefix}${kind}`, creator(dtype, ndim)]),
  ) as Readonly<Record<`${P}${keyof typeof ranks}`, Create>>;
};

const unary = (op: string) => (x: Operand) => apply(op, [x]);
const binary = (op: string) => (a: Operand, b: Operand) => apply(op, [a, b]);
const reduction =
  (method: 'sum' | 'mean' | 'prod' | 'max' | 'min') =>
  (x: Operand, axis: Axes = null) =>
    toVariable(x)[method](axis);

/** The distance of each element from the mean, squared, on average. */
const variance = (x: Operand, axis: Axes = null): Variable => {
  const value = toVariable(x);
  return sqr(value.sub(value.mean(axis, { keepdims: true }))).mean(axis);
};

const sqr = (x: Operand): Variable => {
  const value = toVariable(x);
  return value.mul(value);
};

/** 0, 1, …, or from `start` on to `stop`; ends may be sizes such as `y.shape[0]`. */
function arange(...ends: readonly (number | Variable)[]): Variable {
  const [start = 0, stop = 0, step = 1] = ends.length === 1 ? [0, ...ends] : ends;
  return defer('T.arange', ends.flatMap(measured), ({ size }) => {
    const [from, to, delta] = [start, stop, step].map((each) => {
      const value = typeof each === 'number' ? each : size(each);
      if (typeof value === 'number') return value;
      throw new TypeError(`T.arange needs a number, not the size ${value}: give the input a shape`);
    });
    const whole = [from, to, delta].every(Number.isInteger);
    return apply('Range', [], {
      start: from as number,
      limit: to as number,
      delta: delta as number,
      dtype: whole ? 'int32' : 'float32',
    });
  });
}

const like = (value: number) => (x: Operand) =>
  defer('like', [x], ({ types: [type] }) => {
    const shape = type?.shape ?? [];
    return apply('ConstantOfShape', [], { shape, value, dtype: type?.dtype ?? 'float32' });
  });

export const T = {
  ...creators('', 'float32'),
  ...creators('f', 'float32'),
  ...creators('d', 'float32'),
  ...creators('i', 'int32'),
  ...creators('l', 'int32'),
  ...creators('b', 'bool'),

  /** Numbers that never change. */
  constant: (value: TensorLike, name: string | null = null) => constant(value, name),
  as_tensor_variable: (value: Operand) => toVariable(value),

  exp: unary('Exp'),
  log: unary('Log'),
  log1p: unary('Log1p'),
  expm1: unary('Expm1'),
  sqrt: unary('Sqrt'),
  sqr,
  square: sqr,
  neg: unary('Neg'),
  abs: unary('Abs'),
  abs_: unary('Abs'),
  sgn: unary('Sign'),
  inv: unary('Reciprocal'),
  floor: unary('Floor'),
  ceil: unary('Ceil'),
  round: unary('Round'),
  erf: unary('Erf'),
  sin: unary('Sin'),
  cos: unary('Cos'),
  tan: unary('Tan'),
  arcsin: unary('Asin'),
  arccos: unary('Acos'),
  arctan: unary('Atan'),
  sinh: unary('Sinh'),
  cosh: unary('Cosh'),
  tanh: unary('Tanh'),
  isnan: unary('IsNaN'),
  isinf: unary('IsInf'),

  add: binary('Add'),
  sub: binary('Sub'),
  mul: binary('Mul'),
  true_div: binary('Div'),
  pow: binary('Pow'),
  mod: binary('Mod'),
  maximum: (a: Operand, b: Operand) => apply('Max', [a, b]),
  minimum: (a: Operand, b: Operand) => apply('Min', [a, b]),
  eq: binary('Equal'),
  neq: (a: Operand, b: Operand) => toVariable(a).neq(b),
  lt: binary('Less'),
  le: binary('LessOrEqual'),
  gt: binary('Greater'),
  ge: binary('GreaterOrEqual'),
  and_: binary('And'),
  or_: binary('Or'),
  xor: binary('Xor'),
  invert: unary('Not'),
  /** Both branches are computed. */
  switch: (condition: Operand, a: Operand, b: Operand) => apply('Where', [condition, a, b]),
  where: (condition: Operand, a: Operand, b: Operand) => apply('Where', [condition, a, b]),
  clip: (x: Operand, min: number, max: number) => apply('Clip', [x], { min, max }),
  cast: (x: Operand, dtype: string) => apply('Cast', [x], { to: elementType(dtype) }),

  sum: reduction('sum'),
  mean: reduction('mean'),
  prod: reduction('prod'),
  max: reduction('max'),
  min: reduction('min'),
  var: variance,
  std: (x: Operand, axis: Axes = null) => apply('Sqrt', [variance(x, axis)]),
  argmax: (x: Operand, axis?: number) => toVariable(x).argmax(axis),
  argmin: (x: Operand, axis?: number) => toVariable(x).argmin(axis),
  all: (x: Operand, axis: Axes = null) => T.cast(T.cast(x, 'int32').min(axis), 'bool'),
  any: (x: Operand, axis: Axes = null) => T.cast(T.cast(x, 'int32').max(axis), 'bool'),
  cumsum: (x: Operand, axis = 0) => apply('CumSum', [x], { axis }),

  dot: (a: Operand, b: Operand) => toVariable(a).dot(b),
  batched_dot: binary('MatMul'),
  outer: (a: Operand, b: Operand) => apply('Einsum', [a, b], { equation: 'i,j->ij' }),
  transpose: (x: Operand) => apply('Transpose', [x]),
  dimshuffle: (x: Operand, ...pattern: readonly (number | 'x')[]) => toVariable(x).dimshuffle(...pattern),
  reshape: (x: Operand, shape: readonly (number | Variable)[]) => toVariable(x).reshape(shape),
  flatten: (x: Operand, ndim = 1) => toVariable(x).flatten(ndim),
  concatenate: (parts: readonly Operand[], axis = 0) => apply('Concat', parts, { axis }),
  stack: (parts: readonly Operand[], axis = 0) =>
    apply(
      'Concat',
      parts.map((part) => apply('Unsqueeze', [part], { axes: [axis] })),
      { axis },
    ),
  tile: (x: Operand, repeats: readonly number[]) => apply('Tile', [x], { repeats }),
  arange,
  zeros_like: like(0),
  ones_like: like(1),
  shape: unary('Shape'),

  grad: gradients.grad,
  jacobian: gradients.jacobian,
  hessian: gradients.hessian,
  Rop: gradients.Rop,
  Lop: gradients.Lop,

  nnet,
  signal: { pool: { pool_2d: nnet.pool_2d } },
  extra_ops: {
    to_one_hot: (y: Operand, nb_class: number) => apply('OneHot', [y], { depth: nb_class, axis: -1 }),
    cumsum: (x: Operand, axis = 0) => apply('CumSum', [x], { axis }),
  },
};
