import { type Diagnostic, diagnostic, type Evidence } from '../diagnostics.ts';
import type { NodeId } from '../document.ts';
import type { Equation, Value } from '../ir.ts';
import { isNoGradient, type NoGradient, type Registry } from '../op.ts';
import type { Obstacle } from './3-differentiate.ts';

/** Why a variable has no gradient. */
export interface Missing {
  /**
   * zero: every path passes a piecewise constant operator; undefined: one that has no derivative; disconnected: all paths
   * pass whole numbers, conditions or filters, or there is none.
   */
  readonly kind: NoGradient['none'];
  /** Operators that stop the gradient, on one path from the variable to the cost; empty where there is no path. */
  readonly obstacles: readonly Obstacle[];
  /** Nodes of that path, in order. */
  readonly path: readonly NodeId[];
}

/** Looks for the most permissive path from a variable to the targets along which something stops the gradient. */
export function explainMissing(
  equations: readonly Equation[],
  registry: Registry,
  targets: readonly Value[],
  variable: Value,
  met: readonly Obstacle[],
): Missing {
  const inputsMet = new Map<Equation, readonly Obstacle[]>();
  for (const obstacle of met) inputsMet.set(obstacle.equation, [...(inputsMet.get(obstacle.equation) ?? []), obstacle]);
  const obstacleAt = (equation: Equation, input: number): Obstacle | null => {
    const gradient = registry.get(equation.op)?.gradient;
    if (gradient && isNoGradient(gradient)) return { equation, why: gradient };
    return (
      inputsMet.get(equation)?.find((obstacle) => obstacle.input === undefined || obstacle.input === input) ?? null
    );
  };

  const search = (allowed: readonly NoGradient['none'][]): Omit<Missing, 'kind'> | null => {
    const cameBy = new Map<Value, { readonly equation: Equation; readonly input: number } | null>([[variable, null]]);
    for (const equation of equations) {
      const input = equation.inputs.findIndex((value, at) => {
        if (value === null || !cameBy.has(value)) return false;
        const obstacle = obstacleAt(equation, at);
        return obstacle === null || allowed.includes(obstacle.why.none);
      });
      if (input >= 0) for (const output of equation.outputs) cameBy.set(output, { equation, input });
    }
    const reached = targets.find((target) => cameBy.has(target));
    if (!reached) return null;
    const path: NodeId[] = [];
    const obstacles: Obstacle[] = [];
    for (let step = cameBy.get(reached); step; ) {
      const { equation, input } = step;
      if (equation.origin !== null && path[0] !== equation.origin) path.unshift(equation.origin);
      const obstacle = obstacleAt(equation, input);
      if (obstacle) obstacles.unshift(obstacle);
      step = cameBy.get(equation.inputs[input] as Value);
    }
    return { obstacles, path };
  };

  const kinds = ['zero', 'undefined', 'disconnected'] as const;
  for (const [at, kind] of kinds.entries()) {
    const found = search(kinds.slice(0, at + 1));
    if (found) return { kind, ...found };
  }
  return { kind: 'disconnected', obstacles: [], path: [] };
}

export interface MissingNames {
  readonly cost: string;
  readonly variable: string;
  /** The variable's node, where it has one. */
  readonly from: NodeId | null;
  readonly nameOf: (node: NodeId | null) => string;
}

/** Says what a gradient met, with the path on which it did; null where whoever drew it wants it so. */
export function reportMissing(
  { kind, obstacles, path }: Missing,
  place: Diagnostic['place'],
  { cost, variable, from, nameOf }: MissingNames,
): Diagnostic | null {
  const [first] = obstacles;
  if (kind === 'zero' && obstacles.some(({ why }) => why.intended)) return null;
  const evidence = obstacles.map(
    ({ equation, why }): Evidence => ({
      label: nameOf(equation.origin),
      text: `${equation.op}: ${why.reason}`,
      ...(equation.origin === null ? {} : { node: equation.origin }),
    }),
  );
  const nodes = [...(from === null ? [] : [from]), ...path];
  const where = { ...place, path: nodes };
  const at = first ? nameOf(first.equation.origin) : '';
  switch (kind) {
    case 'zero':
      return diagnostic('gradient/zero', where, {
        severity: 'warning',
        title: `The gradient of ${cost} with respect to ${variable} is 0 everywhere: ${at} is flat`,
        cause: 'Every path passes an operator that is constant between its steps, so small changes change nothing.',
        evidence,
      });
    case 'undefined':
      return diagnostic('gradient/undefined', where, {
        title: `${cost} has no gradient with respect to ${variable}: it is not defined through ${at}`,
        cause: first?.why.reason,
        evidence,
      });
    case 'disconnected':
      return diagnostic('gradient/disconnected', where, {
        title: first
          ? `${cost} depends on ${variable} only through ${at}, which passes no gradient`
          : `${cost} does not depend on ${variable}`,
        cause: first
          ? 'Every path of wires passes an operator without a gradient.'
          : `There is no path of wires from ${variable} to ${cost}.`,
        evidence,
      });
  }
}
