import { Builder } from '../builder.ts';
import type { Equation, FunctionIR, Value } from '../ir.ts';
import type { Registry } from '../op.ts';
import { fusions } from './rewrites/fuse.ts';
import { equationKey } from './rewrites/key.ts';
import { simplifications } from './rewrites/simplify.ts';

/** What a rule sees: the builder it may append to, and how the values of the function so far are made. */
export interface RewriteContext {
  readonly b: Builder;
  /** The equation that defines a value; undefined for inputs of the function. */
  readonly definition: (value: Value) => Equation | undefined;
  /** Equations and outputs that use a value, in the function before this pass. */
  readonly uses: (value: Value) => number;
}

/** Returns replacements for the outputs of the equation, or null where the rule does not apply. */
export interface RewriteRule {
  readonly name: string;
  readonly ops: readonly string[];
  readonly apply: (eq: Equation, ctx: RewriteContext) => readonly Value[] | null;
}

/** Drops equations that no output needs. Inputs stay: they are the function's signature. */
export function eliminateDeadCode(fn: FunctionIR): FunctionIR {
  const live = new Set<Value>(fn.outputs.map((output) => output.value));
  const kept: Equation[] = [];
  for (let index = fn.equations.length - 1; index >= 0; index--) {
    const eq = fn.equations[index] as Equation;
    if (!eq.outputs.some((output) => live.has(output))) continue;
    for (const input of eq.inputs) if (input) live.add(input);
    kept.push(eq);
  }
  return { ...fn, equations: kept.reverse() };
}

function countUses(fn: FunctionIR): Map<Value, number> {
  const counts = new Map<Value, number>();
  const count = (value: Value): void => void counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const eq of fn.equations) for (const input of eq.inputs) if (input) count(input);
  for (const output of fn.outputs) count(output.value);
  return counts;
}

/**
 * One pass over the function in order: every equation is offered to the rules of its operator with its inputs already
 * rewritten, what comes out is merged with equal equations, and dead code is dropped. Linear in the number of equations.
 */
function pass(fn: FunctionIR, registry: Registry, rules: readonly RewriteRule[]): FunctionIR {
  const byOp = new Map<string, RewriteRule[]>();
  for (const rule of rules) for (const op of rule.ops) byOp.set(op, [...(byOp.get(op) ?? []), rule]);

  const counts = countUses(fn);
  const replaced = new Map<Value, Value>();
  const definitions = new Map<Value, Equation>();
  const known = new Map<string, readonly Value[]>();
  const equations: Equation[] = [];
  const b = new Builder(registry, nextId(fn));
  const ctx: RewriteContext = {
    b,
    definition: (value) => definitions.get(value),
    uses: (value) => counts.get(value) ?? 1,
  };

  /** Keeps an equation unless an equal one exists; returns the values that stand for its outputs. */
  const keep = (eq: Equation): readonly Value[] => {
    const key = equationKey(eq);
    const same = known.get(key);
    if (same) return same;
    known.set(key, eq.outputs);
    for (const output of eq.outputs) definitions.set(output, eq);
    equations.push(eq);
    return eq.outputs;
  };

  for (const source of fn.equations) {
    const changed = source.inputs.some((input) => input !== null && replaced.has(input));
    const eq: Equation = changed
      ? { ...source, inputs: source.inputs.map((input) => (input ? (replaced.get(input) ?? input) : null)) }
      : source;
    let outputs: readonly Value[] | null = null;
    for (const rule of byOp.get(eq.op) ?? []) {
      b.equations.length = 0;
      outputs = b.within(eq.origin, eq.role, () => rule.apply(eq, ctx));
      if (!outputs) continue;
      const local = new Map<Value, Value>();
      for (const built of b.equations) {
        const inputs = built.inputs.map((input) => (input ? (local.get(input) ?? input) : null));
        const values = keep({ ...built, inputs });
        built.outputs.forEach((output, at) => void local.set(output, values[at] as Value));
      }
      outputs = outputs.map((output) => local.get(output) ?? output);
      break;
    }
    outputs ??= keep(eq);
    source.outputs.forEach((output, at) => {
      const stand = outputs[at] as Value;
      if (stand === output) return;
      replaced.set(output, stand);
      counts.set(stand, (counts.get(stand) ?? 0) + (counts.get(output) ?? 0));
    });
  }
  return eliminateDeadCode({
    ...fn,
    equations,
    outputs: fn.outputs.map((output) => ({ ...output, value: replaced.get(output.value) ?? output.value })),
  });
}

/** An id above every id in the function, for values added to it. */
export function nextId(fn: FunctionIR): number {
  let top = -1;
  for (const { value } of fn.inputs) top = Math.max(top, value.id);
  for (const eq of fn.equations) for (const output of eq.outputs) top = Math.max(top, output.id);
  return top + 1;
}

/** Makes the function smaller without changing what it computes; see the rules for what each one preserves. */
export function rewrite(fn: FunctionIR, registry: Registry): FunctionIR {
  let current = eliminateDeadCode(fn);
  for (let round = 0; round < 3; round++) {
    const before = current.equations.length;
    current = pass(current, registry, simplifications);
    if (current.equations.length === before) break;
  }
  return pass(pass(current, registry, fusions), registry, simplifications);
}
