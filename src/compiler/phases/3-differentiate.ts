import type { Builder } from '../builder.ts';
import { CONSTANT, DIM_SIZE } from '../builder.ts';
import type { Equation, Value } from '../ir.ts';
import { isNoGradient, type NoGradient } from '../op.ts';
import { printType, sameType } from '../types.ts';

/** A value whose gradient is known from outside: a cost with seed 1, or any wire with a given cotangent. */
export interface Target {
  readonly value: Value;
  readonly cotangent: Value;
}

/** An operator on the way from a variable to the cost that stopped its gradient. */
export interface Obstacle {
  readonly equation: Equation;
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
 * equations; what it appends can be differentiated again.
 */
export function gradients(b: Builder, targets: readonly Target[], wrt: readonly Value[]): Gradients {
  const equations = b.equations.slice();
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
      const thunks = rule({ b, x: eq.inputs, y: eq.outputs, g, attributes: eq.attributes });
      if (thunks.length !== eq.inputs.length) {
        throw new Error(`The gradient of ${eq.op} has ${thunks.length} entries for ${eq.inputs.length} inputs`);
      }
      eq.inputs.forEach((input, at) => {
        const thunk = thunks[at];
        if (!input || !active.has(input)) return;
        if (!thunk || input.type.dtype !== 'float32') {
          const reason = `its input is ${printType(input.type)}, and whole numbers have no slope`;
          if (input.type.dtype !== 'float32') obstacles.push({ equation: eq, why: { none: 'disconnected', reason } });
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
