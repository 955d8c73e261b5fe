/**
 * Theano's graphs: a variable is a result of an Apply, or a leaf: an input, a shared variable or a constant. Nothing is
 * computed here. Sizes are often unknown yet; what depends on them is `Deferred` and written out when they are known.
 */
import type { Dim } from '../compiler/dims.ts';
import type { AttributeValue } from '../compiler/document.ts';
import type { DType, TensorType } from '../compiler/types.ts';
import { asTensor, type Tensor, type TensorLike } from './tensor.ts';

/** Anything that can be an operand; numbers become constants. */
export type Operand = Variable | TensorLike;

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** An operator on its inputs; an omitted one is null. */
export interface Apply {
  readonly op: string;
  readonly inputs: readonly (Variable | null)[];
  readonly attributes: Attributes;
  /** Names of the ports of the inputs, where they are not those of the record in order. */
  readonly ports?: readonly string[];
}

/** What is known when a deferred expression is written out. */
export interface Known {
  /** Of its inputs; null behind a mistake. */
  readonly types: readonly (TensorType | null)[];
  /** The value of an expression of sizes and whole numbers; throws where it is none. */
  readonly size: (variable: Variable) => Dim;
}

export interface Deferred {
  /** For messages: `T.arange`. */
  readonly what: string;
  readonly inputs: readonly Variable[];
  readonly expand: (known: Known) => Variable;
}

export type Origin =
  | { readonly kind: 'input'; readonly dtype: DType; readonly ndim: number; readonly shape: readonly Dim[] | null }
  | { readonly kind: 'shared' }
  /** A literal takes the dtype of what it is combined with. */
  | { readonly kind: 'constant'; readonly value: Tensor; readonly literal: boolean }
  /** `output` is a number or the name of a port. */
  | { readonly kind: 'apply'; readonly apply: Apply; readonly output: number | string }
  /** The size of an axis, a whole number that is known before anything runs. */
  | { readonly kind: 'size'; readonly of: Variable; readonly axis: number }
  | { readonly kind: 'deferred'; readonly deferred: Deferred };

/** An axis of an index: one place, from – to, all (null), or places that an expression gives. */
export type Index = number | null | readonly [from: Bound, to: Bound] | Variable;
export type Bound = number | null | Variable;

/** A size for each axis; how many there are is often unknown yet. */
type Sizes = readonly [Variable, Variable, Variable, Variable, Variable];

export type Axes = number | readonly number[] | null;

export interface ReduceOptions {
  readonly keepdims?: boolean;
}

export class Variable {
  readonly origin: Origin;
  name: string | null;

  constructor(origin: Origin, name: string | null = null) {
    this.origin = origin;
    this.name = name;
  }

  /** Names it in documents, exports and messages. */
  as(name: string): this {
    this.name = name;
    return this;
  }

  add(other: Operand): Variable {
    return apply('Add', [this, other]);
  }
  sub(other: Operand): Variable {
    return apply('Sub', [this, other]);
  }
  mul(other: Operand): Variable {
    return apply('Mul', [this, other]);
  }
  div(other: Operand): Variable {
    return apply('Div', [this, other]);
  }
  pow(other: Operand): Variable {
    return apply('Pow', [this, other]);
  }
  mod(other: Operand): Variable {
    return apply('Mod', [this, other]);
  }
  neg(): Variable {
    return apply('Neg', [this]);
  }
  abs(): Variable {
    return apply('Abs', [this]);
  }

  eq(other: Operand): Variable {
    return apply('Equal', [this, other]);
  }
  neq(other: Operand): Variable {
    return apply('Not', [this.eq(other)]);
  }
  lt(other: Operand): Variable {
    return apply('Less', [this, other]);
  }
  le(other: Operand): Variable {
    return apply('LessOrEqual', [this, other]);
  }
  gt(other: Operand): Variable {
    return apply('Greater', [this, other]);
  }
  ge(other: Operand): Variable {
    return apply('GreaterOrEqual', [this, other]);
  }

  /** Of all axes without `axis`. Truth values are counted. */
  sum(axis: Axes = null, options: ReduceOptions = {}): Variable {
    return reduce('ReduceSum', this, axis, options);
  }
  mean(axis: Axes = null, options: ReduceOptions = {}): Variable {
    return reduce('ReduceMean', this, axis, options);
  }
  prod(axis: Axes = null, options: ReduceOptions = {}): Variable {
    return reduce('ReduceProd', this, axis, options);
  }
  max(axis: Axes = null, options: ReduceOptions = {}): Variable {
    return reduce('ReduceMax', this, axis, options);
  }
  min(axis: Axes = null, options: ReduceOptions = {}): Variable {
    return reduce('ReduceMin', this, axis, options);
  }
  /** Without an axis: in the flattened tensor, as NumPy has it. */
  argmax(axis?: number): Variable {
    return place('ArgMax', this, axis);
  }
  argmin(axis?: number): Variable {
    return place('ArgMin', this, axis);
  }

  dot(other: Operand): Variable {
    return defer('T.dot', [this, other], ({ types: [a, b] }) =>
      apply(a?.shape.length === 0 || b?.shape.length === 0 ? 'Mul' : 'MatMul', [this, other]),
    );
  }

  /** The transpose. */
  get T(): Variable {
    return apply('Transpose', [this]);
  }
  transpose(...perm: readonly number[]): Variable {
    return apply('Transpose', [this], { perm });
  }
  /** Axes in a new order, `x` for a new one: `b.dimshuffle('x', 0, 'x', 'x')`. */
  dimshuffle(...pattern: readonly (number | 'x')[]): Variable {
    return apply('DimShuffle', [this], { pattern: pattern.map(String) });
  }
  reshape(shape: readonly (number | Variable)[]): Variable {
    return defer('reshape', [this, ...shape.flatMap(measured)], ({ size }) =>
      apply('Reshape', [this], { shape: shape.map((dim) => (typeof dim === 'number' ? dim : size(dim))) }),
    );
  }
  /** All axes from the last `ndim - 1` on stay; those before them become one. */
  flatten(ndim = 1): Variable {
    return defer('flatten', [this], ({ types: [type] }) => {
      const kept = ndim <= 1 ? [] : (type?.shape.slice(0, ndim - 1) ?? []);
      return apply('Reshape', [this], { shape: [...kept, -1] });
    });
  }
  astype(dtype: string): Variable {
    return apply('Cast', [this], { to: elementType(dtype) });
  }

  /** Sizes, of which `x.shape[0]` is one. */
  get shape(): Sizes {
    return new Proxy<Sizes>([] as unknown as Sizes, {
      get: (target, key) =>
        typeof key === 'string' && /^-?\d+$/.test(key)
          ? new Variable({ kind: 'size', of: this, axis: Number(key) })
          : Reflect.get(target, key),
    });
  }

  /** `x[from:to]` along the first axis. */
  slice(from: Bound, to: Bound = null): Variable {
    return index(this, [[from, to]]);
  }
  /**
   * `x.at(2)` is `x[2]`, `x.at(null, [0, 3])` is `x[:, 0:3]`; `x.at(rows, columns)` takes an element for each pair, as in
   * `T.log(p)[T.arange(y.shape[0]), y]`.
   */
  at(...indices: readonly Index[]): Variable {
    return index(this, indices);
  }

  /** Its value, given those of the inputs it depends on: Theano's `expr.eval({x: …})`. */
  async eval(inputs: Readonly<Record<string, TensorLike>> | ReadonlyMap<Variable, TensorLike> = {}): Promise<Tensor> {
    const { evaluate } = await import('./function.ts');
    return evaluate(this, inputs);
  }
}

/** Theano's names of dtypes; this language has one of each kind. */
export function elementType(dtype: string): DType {
  if (dtype === 'floatX' || /^float/.test(dtype)) return 'float32';
  if (/^u?int/.test(dtype)) return 'int32';
  if (dtype === 'bool') return 'bool';
  throw new TypeError(`There is no dtype ${dtype}; there are float32, int32 and bool`);
}

export function constant(value: TensorLike, name: string | null = null): Variable {
  return new Variable({ kind: 'constant', value: asTensor(value), literal: typeof value === 'number' }, name);
}

export function toVariable(value: Operand): Variable {
  return value instanceof Variable ? value : constant(value);
}

/** The first result of an operator. */
export function apply(op: string, inputs: readonly (Operand | null)[], attributes: Attributes = {}): Variable {
  return results(op, inputs, attributes, 1)[0] as Variable;
}

/** The first `count` results of an operator. */
export function results(
  op: string,
  inputs: readonly (Operand | null)[],
  attributes: Attributes,
  count: number,
): Variable[] {
  const node: Apply = { op, inputs: inputs.map((input) => (input === null ? null : toVariable(input))), attributes };
  return Array.from({ length: count }, (_, output) => new Variable({ kind: 'apply', apply: node, output }));
}

export function defer(what: string, inputs: readonly Operand[], expand: Deferred['expand']): Variable {
  return new Variable({ kind: 'deferred', deferred: { what, inputs: inputs.map(toVariable), expand } });
}

/** What a variable is made of directly. */
export function inputsOf({ origin }: Variable): readonly Variable[] {
  if (origin.kind === 'apply') return origin.apply.inputs.filter((input) => input !== null);
  if (origin.kind === 'deferred') return origin.deferred.inputs;
  return origin.kind === 'size' ? [origin.of] : [];
}

/** The tensors whose sizes an expression of sizes is made of. */
export function measured(size: number | Variable): readonly Variable[] {
  if (typeof size === 'number') return [];
  const { origin } = size;
  if (origin.kind === 'size') return [origin.of];
  return origin.kind === 'apply' ? origin.apply.inputs.flatMap((input) => (input ? measured(input) : [])) : [];
}

/** Truth values have no sum; whole numbers stand for them. */
function reduce(op: string, x: Variable, axis: Axes, { keepdims = false }: ReduceOptions): Variable {
  const axes = axis === null ? [] : typeof axis === 'number' ? [axis] : axis;
  return defer(op, [x], ({ types: [type] }) => {
    const to = op === 'ReduceMean' ? 'float32' : 'int32';
    const numbers = type?.dtype === 'bool' || (type?.dtype === 'int32' && to === 'float32') ? x.astype(to) : x;
    return apply(op, [numbers], { axes, keepdims });
  });
}

function place(op: string, x: Variable, axis: number | undefined): Variable {
  if (axis !== undefined) return apply(op, [x], { axis });
  return defer(op, [x], ({ types: [type] }) =>
    apply(op, [type && type.shape.length === 1 ? x : x.reshape([-1])], { axis: 0 }),
  );
}

/** A sum of variables with whole factors, and a constant under the key null. */
function linear(variable: Variable): Map<Variable | null, number> {
  const { origin } = variable;
  if (origin.kind === 'constant') return new Map([[null, origin.value.item()]]);
  if (origin.kind !== 'apply') return new Map([[variable, 1]]);
  const { op, inputs } = origin.apply;
  const [a, b] = inputs.map((input) => (input ? linear(input) : new Map<Variable | null, number>()));
  const join = (sign: number) => {
    const sum = new Map(a);
    for (const [key, factor] of b ?? []) sum.set(key, (sum.get(key) ?? 0) + sign * factor);
    return sum;
  };
  const factor = (sum: Map<Variable | null, number> | undefined) =>
    sum && [...sum].every(([key, value]) => key === null || value === 0) ? (sum.get(null) ?? 0) : null;
  if (op === 'Add') return join(1);
  if (op === 'Sub') return join(-1);
  if (op === 'Mul' && a && b) {
    const [left, right] = [factor(a), factor(b)];
    if (right !== null) return new Map([...a].map(([key, value]) => [key, value * right]));
    if (left !== null) return new Map([...b].map(([key, value]) => [key, value * left]));
  }
  return new Map([[variable, 1]]);
}

/** How many places lie between two bounds; throws where that depends on their values. */
function distance(from: Variable, to: Variable): number {
  const difference = linear(to.sub(from));
  const open = [...difference].some(([key, factor]) => key !== null && factor !== 0);
  if (open)
    throw new TypeError('A slice needs bounds whose distance is a number, as in x.slice(i.mul(20), i.add(1).mul(20))');
  return difference.get(null) ?? 0;
}

const END = 2 ** 31 - 1;

function index(x: Variable, indices: readonly Index[]): Variable {
  const chosen = indices.filter((each) => each instanceof Variable);
  if (chosen.length > 1) {
    if (chosen.length < indices.length) throw new TypeError('An index of several expressions has one for each axis');
    const columns = chosen.map((each) => apply('Unsqueeze', [each], { axes: [-1] }));
    return apply('GatherND', [x, apply('Concat', columns, { axis: -1 })]);
  }
  let result = x;
  // From the last axis on, so that places taken out do not move the others.
  for (let axis = indices.length - 1; axis >= 0; axis--) {
    const each = indices[axis] as Index;
    if (each === null) continue;
    if (typeof each === 'number' || each instanceof Variable) {
      const places =
        typeof each === 'number' ? constant({ dtype: 'int32', shape: [], data: Int32Array.of(each) }) : each;
      result = apply('Gather', [result, places], { axis });
      continue;
    }
    const [from, to] = each;
    if (!(from instanceof Variable) && !(to instanceof Variable)) {
      result = apply('Slice', [result], { starts: [from ?? 0], ends: [to ?? END], axes: [axis], steps: [1] });
      continue;
    }
    if (to === null) throw new TypeError('A slice that begins at an expression needs an end');
    const start = from instanceof Variable ? from : constant(from ?? 0);
    const end = to instanceof Variable ? to : constant(to);
    const range = apply('Range', [], { start: 0, limit: distance(start, end), delta: 1, dtype: 'int32' });
    result = apply('Gather', [result, apply('Add', [start, range])], { axis });
  }
  return result;
}
