import { Builder } from '../builder.ts';
import { type GraphDocument, languageOptions } from '../document.ts';
import type { Equation, FunctionIR, Value } from '../ir.ts';
import type { Registry } from '../op.ts';
import { fusions } from './rewrites/fuse.ts';
import { equationKey } from './rewrites/key.ts';
import { RewriteLog, type RewriteStep } from './rewrites/log.ts';
import { simplifications } from './rewrites/simplify.ts';
import { stabilizations } from './rewrites/stabilize.ts';

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

/** What a caller of the rewriter may ask for. */
export interface RewriteOptions {
  /** Names of rules that are not applied. */
  readonly disabled?: ReadonlySet<string> | 'all';
  /** Gets every application of a rule. */
  readonly log?: (step: RewriteStep) => void;
  /** When the rewriting takes place, for the log. */
  readonly stage?: RewriteStep['stage'];
}

/** What the document says of rewrites. */
export function rewriteOptions(document: GraphDocument): RewriteOptions {
  const { disabledRewrites } = languageOptions(document);
  return { disabled: disabledRewrites.includes('*') ? 'all' : new Set(disabledRewrites) };
}

/** Merging equal expressions is done by the pass itself, not by a rule; it is switched off by this name. */
export const MERGE = 'merge equal expressions';

function countUses(fn: Pick<FunctionIR, 'equations' | 'outputs'>): Map<Value, number> {
  const counts = new Map<Value, number>();
  const count = (value: Value): void => void counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const eq of fn.equations) for (const input of eq.inputs) if (input) count(input);
  for (const output of fn.outputs) count(output.value);
  return counts;
}

interface PassResult {
  readonly equations: readonly Equation[];
  /** What stands for values of the function. */
  readonly replaced: ReadonlyMap<Value, Value>;
  readonly nextId: number;
}

interface PassInput extends Pick<FunctionIR, 'equations' | 'outputs'> {
  readonly registry: Registry;
  readonly firstId: number;
  readonly rules: readonly RewriteRule[];
  /** Values rules must not look through. */
  readonly opaque?: ReadonlySet<Value>;
  readonly options: RewriteOptions;
}

/**
 * One pass over the equations in order: each is offered to the rules of its operator with its inputs already rewritten, and
 * what comes out is merged with equal equations. Linear in the number of equations.
 */
function pass({ equations: given, outputs, registry, firstId, rules, opaque, options }: PassInput): PassResult {
  const { disabled = new Set<string>() } = options;
  const enabled = (name: string) => disabled !== 'all' && !disabled.has(name);
  const byOp = new Map<string, RewriteRule[]>();
  for (const rule of rules) {
    if (enabled(rule.name)) for (const op of rule.ops) byOp.set(op, [...(byOp.get(op) ?? []), rule]);
  }
  const merges = enabled(MERGE);
  const log = options.log ? new RewriteLog(options.log, options.stage ?? 'after differentiation') : null;

  const counts = countUses({ equations: given, outputs });
  const replaced = new Map<Value, Value>();
  const definitions = new Map<Value, Equation>();
  const known = new Map<string, readonly Value[]>();
  const equations: Equation[] = [];
  const b = new Builder(registry, firstId);
  const ctx: RewriteContext = {
    b,
    definition: (value) => (opaque?.has(value) ? undefined : definitions.get(value)),
    uses: (value) => counts.get(value) ?? 1,
  };

  /** Keeps an equation unless an equal one exists; returns the values that stand for its outputs. */
  const keep = (eq: Equation): readonly Value[] => {
    const key = merges ? equationKey(eq) : '';
    const same = merges ? known.get(key) : undefined;
    if (same) {
      if (same[0] !== eq.outputs[0]) log?.merged(eq, same, definitions);
      return same;
    }
    known.set(key, eq.outputs);
    for (const output of eq.outputs) definitions.set(output, eq);
    equations.push(eq);
    return eq.outputs;
  };

  for (const source of given) {
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
      log?.applied(rule.name, eq, outputs, new Set(local.values()), definitions);
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
  return { equations, replaced, nextId: b.nextId };
}

/** An id above every id in the function, for values added to it. */
export function nextId(fn: FunctionIR): number {
  let top = -1;
  for (const { value } of fn.inputs) top = Math.max(top, value.id);
  for (const eq of fn.equations) for (const output of eq.outputs) top = Math.max(top, output.id);
  return top + 1;
}

/**
 * Replaces expressions that lose digits or overflow by stable forms of the same value. It runs before differentiation, so
 * that gradients are those of the stable forms, and does nothing else: every other value stays as it was drawn.
 */
export function stabilize(
  equations: readonly Equation[],
  registry: Registry,
  firstId: number,
  opaque: ReadonlySet<Value>,
  options: RewriteOptions,
): PassResult {
  const disabled = options.disabled === 'all' ? 'all' : new Set([...(options.disabled ?? []), MERGE]);
  const stage = 'before differentiation';
  const rules = stabilizations;
  return pass({ equations, outputs: [], registry, firstId, rules, opaque, options: { ...options, disabled, stage } });
}

/** Names of the rules that join operators into larger kernels. */
export const fusionNames: readonly string[] = [...new Set(fusions.map(({ name }) => name))];

function rewriteOnce(
  fn: FunctionIR,
  registry: Registry,
  rules: readonly RewriteRule[],
  options: RewriteOptions,
): FunctionIR {
  const { equations, replaced } = pass({ ...fn, registry, firstId: nextId(fn), rules, options });
  const outputs = fn.outputs.map((output) => ({ ...output, value: replaced.get(output.value) ?? output.value }));
  return eliminateDeadCode({ ...fn, equations, outputs });
}

/** The function without what it computes twice or not for its outputs. */
export function mergeEqual(fn: FunctionIR, registry: Registry): FunctionIR {
  return rewriteOnce(fn, registry, [], {});
}

/** Lowerings are stable already; stabilizing them would give back the operators they lower. */
const IMPROVEMENTS: Readonly<Record<RewriteStep['stage'], readonly RewriteRule[]>> = {
  'before differentiation': stabilizations,
  'after differentiation': [...stabilizations, ...simplifications],
  kernels: simplifications,
};

/** Makes the function smaller without changing what it computes; see the rules for what each one preserves. */
export function rewrite(fn: FunctionIR, registry: Registry, options: RewriteOptions = {}): FunctionIR {
  const improvements = IMPROVEMENTS[options.stage ?? 'after differentiation'];
  let current = eliminateDeadCode(fn);
  for (let round = 0; round < 3; round++) {
    const before = current.equations.length;
    current = rewriteOnce(current, registry, improvements, options);
    if (current.equations.length === before) break;
  }
  current = rewriteOnce(current, registry, fusions, options);
  return rewriteOnce(current, registry, improvements, options);
}
