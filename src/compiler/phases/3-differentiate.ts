import type { Builder } from '../builder.ts';
import { CONSTANT, DIM_SIZE } from '../builder.ts';
import type { Equation, Target, Value } from '../ir.ts';
import { isNoGradient, type NoGradient } from '../op.ts';
import { printType, sameType } from '../types.ts';

/** An operator on the way from a variable to the cost that stopped its gradient. */
export interface Obstacle {
  readonly equation: Equation;
  /** The input it stopped at; all of them where it is left out. */
  readonly input?: number;
  readonly why: NoGradient;
}

export interface Gradients {
  /** In the order of `wrt`; null where the targets do not depend on the variable through differentiable operators. */
  readonly values: readonly (Value | null)[];
  /** Gradients of every value on the way; telemetry and the backward layer read them. */
  readonly all: ReadonlyMap<Value, Value>;
  readonly obstacles: readonly Obstacle[];
}

function dependents(equations: readonly Equation[], wrt: readonly Value[]): Set<Value> {
  const set = new Set(wrt);
  for (const eq of equations) {
    if (eq.inputs.some((input) => input !== null && set.has(input))) for (const output of eq.outputs) set.add(output);
  }
  return set;
}

/**
 * Reverse-mode differentiation: appends to the builder the gradients of the targets, summed, with respect to `wrt`.
 * Rules give the gradient of one operator; this walk sums over broadcast axes, accumulates fan-out and checks types, so
 * that no rule has to. Equations appended for an operator keep its origin in role `backward`. Linear in the number of
 * equations; what it appends can be differentiated again. Only equations from number `from` on are walked.
 */
export function gradients(b: Builder, targets: readonly Target[], wrt: readonly Value[], from = 0): Gradients {
  const equations = b.equations.slice(from);
  const active = dependents(equations, wrt);
  const contributions = new Map<Value, Value[]>();
  const all = new Map<Value, Value>();
  const obstacles: Obstacle[] = [];

  const contribute = (to: Value, gradient: Value): void => {
    const list = contributions.get(to);
    if (list) list.push(gradient);
    else contributions.set(to, [gradient]);
  };
  const total = (value: Value): Value | null => {
    const known = all.get(value);
    if (known) return known;
    const list = contributions.get(value);
    if (!list) return null;
    const sum = list.reduce((left, right) => b.add(left, right));
    all.set(value, sum);
    return sum;
  };

  for (const { value, cotangent } of targets) contribute(value, cotangent);

  for (let index = equations.length - 1; index >= 0; index--) {
    const eq = equations[index] as Equation;
    if (!eq.outputs.some((output) => contributions.has(output) && active.has(output))) continue;
    if (eq.op === CONSTANT || eq.op === DIM_SIZE) continue;
    const record = b.registry.get(eq.op);
    if (!record) throw new Error(`Operator ${eq.op} is not registered`);
    const { gradient: rule } = record;
    if (isNoGradient(rule)) {
      obstacles.push({ equation: eq, why: rule });
      continue;
    }
    b.within(eq.origin, 'backward', () => {
      const g = eq.outputs.map((output) => total(output) ?? b.zerosLike(output));
      const context = { b, x: eq.inputs, y: eq.outputs, attributes: eq.attributes };
      const thunks =
        rule === 'expansion'
          ? expansion(b, eq, g, (input) => active.has(input))
          : rule({ ...context, g }).map((thunk) => thunk ?? null);
      if (thunks.length !== eq.inputs.length) {
        throw new Error(`The gradient of ${eq.op} has ${thunks.length} entries for ${eq.inputs.length} inputs`);
      }
      eq.inputs.forEach((input, at) => {
        const thunk = thunks[at];
        if (!input || !active.has(input)) return;
        if (!thunk || input.type.dtype !== 'float32') {
          const reason =
            input.type.dtype === 'float32'
              ? 'This input has no gradient.'
              : `Its input is ${printType(input.type)}, and whole numbers have no slope.`;
          obstacles.push({ equation: eq, input: at, why: { none: 'disconnected', reason } });
          return;
        }
        const gradient = b.sumTo(thunk(), input.type.shape);
        if (!sameType(gradient.type, input.type)) {
          throw new Error(`${eq.op}: gradient ${printType(gradient.type)} for input ${printType(input.type)}`);
        }
        contribute(input, gradient);
      });
    });
  }
  return { values: b.within(null, 'backward', () => wrt.map((value) => total(value))), all, obstacles };
}

/**
 * The gradients of an operator through those in its lowering, which is written out once more; what it has in common with
 * the forward pass is merged after lowering.
 */
function expansion(
  b: Builder,
  eq: Equation,
  g: readonly Value[],
  wanted: (input: Value) => boolean,
): readonly ((() => Value) | null)[] {
  const lower = b.registry.get(eq.op)?.lower;
  if (!lower) throw new Error(`${eq.op} has no expansion`);
  const from = b.equations.length;
  const results = lower({ b, x: eq.inputs, y: eq.outputs, attributes: eq.attributes });
  const variables = eq.inputs.filter((input) => input?.type.dtype === 'float32' && wanted(input)) as Value[];
  const targets = results.flatMap((value, at) => {
    const cotangent = g[at];
    return cotangent && value.type.dtype === 'float32' ? [{ value, cotangent }] : [];
  });
  const { values } = gradients(b, targets, variables, from);
  return eq.inputs.map((input, at) => {
    // A value wired twice has one gradient, which holds both uses.
    const gradient = input && eq.inputs.indexOf(input) === at ? values[variables.indexOf(input)] : null;
    return gradient ? () => gradient : null;
  });
}
