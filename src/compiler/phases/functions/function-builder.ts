import { Builder } from '../../builder.ts';
import type { Diagnostic } from '../../diagnostics.ts';
import type { NodeId } from '../../document.ts';
import type { Equation, FunctionIR, FunctionOutput, Target, Value } from '../../ir.ts';
import type { OpRecord } from '../../op.ts';
import type { Program } from '../2-infer.ts';
import { gradients, type Obstacle } from '../3-differentiate.ts';
import { explainMissing, reportMissing } from '../3-missing.ts';
import { nextId, type RewriteOptions, stabilize } from '../4-rewrite.ts';

/** The equations that `roots` depend on, in order. */
function slice(equations: readonly Equation[], roots: readonly Value[]): Equation[] {
  const needed = new Set(roots);
  const kept: Equation[] = [];
  for (let index = equations.length - 1; index >= 0; index--) {
    const eq = equations[index] as Equation;
    if (!eq.outputs.some((output) => needed.has(output))) continue;
    for (const input of eq.inputs) if (input) needed.add(input);
    kept.push(eq);
  }
  return kept.reverse();
}

export interface BuiltFunction {
  readonly fn: FunctionIR;
  readonly diagnostics: readonly Diagnostic[];
}

export interface FunctionOptions {
  /** In `inference` random operators and normalizations do what they do outside of training. */
  readonly mode: 'training' | 'inference';
  readonly rewrites?: RewriteOptions;
  /** Ids of values below it are taken. */
  readonly firstId?: number;
}

/**
 * A function under construction over a slice of the program. Its expressions are stabilized first, so that gradients are
 * those of the stable forms; nodes that differentiate are replaced by backward equations.
 */
export class FunctionBuilder {
  readonly program: Program;
  readonly b: Builder;
  readonly diagnostics: Diagnostic[] = [];
  readonly #map = new Map<Value, Value>();

  constructor(program: Program, roots: readonly Value[], { mode, rewrites = {}, firstId = 0 }: FunctionOptions) {
    this.program = program;
    const { registry, inputs: all, equations: drawn } = program.builder;
    const base: FunctionIR = { name: '', inputs: all, equations: drawn, outputs: [] };
    const kept = slice(drawn, roots);
    // What something is differentiated by has to stay.
    const variables = kept.flatMap((eq) =>
      registry.get(eq.op)?.kind === 'gradient' ? (eq.inputs as readonly Value[]) : [],
    );
    const stable = stabilize(kept, registry, Math.max(firstId, nextId(base)), new Set(variables), rewrites);
    this.b = new Builder(registry, stable.nextId);
    this.b.inputs.push(...all);
    for (const [value, stand] of stable.replaced) this.#map.set(value, stand);
    for (const eq of stable.equations) {
      const inputs = eq.inputs.map((input) => (input ? this.now(input) : null));
      const record = registry.get(eq.op);
      if (record?.kind === 'gradient') this.#differentiate(record, { ...eq, inputs });
      else if (mode === 'inference' && record?.inference) {
        const { inference } = record;
        const stands = this.b.within(eq.origin, eq.role, () =>
          inference({ b: this.b, x: inputs, y: eq.outputs, attributes: eq.attributes }),
        );
        this.#stand(eq, stands);
      } else this.b.push({ ...eq, inputs });
    }
  }

  #stand(eq: Equation, stands: readonly Value[]): void {
    eq.outputs.forEach((output, at) => void this.#map.set(output, stands[at] as Value));
  }

  /** What stands for a value of the program in this function. */
  now(value: Value): Value {
    let at = value;
    for (let next = this.#map.get(at); next && next !== at; next = this.#map.get(at)) at = next;
    return at;
  }

  nameOf(node: NodeId | null): string {
    return (node !== null && this.program.nodes.get(node)?.name) || 'a value';
  }

  /** The name of what made a value. */
  describe(value: Value): { readonly name: string; readonly node: NodeId | null } {
    const eq = this.b.equations.find(({ outputs }) => outputs.includes(value));
    const node = eq ? eq.origin : (this.b.inputs.find((input) => input.value === value)?.source.node ?? null);
    return { name: this.nameOf(node), node };
  }

  #differentiate(record: OpRecord, eq: Equation): void {
    const { differentiate } = record;
    if (!differentiate) throw new Error(`${record.name} is not replaced by anything`);
    const { b } = this;
    const x = eq.inputs as readonly Value[];
    const attributes = eq.attributes;
    const derive = (targets: readonly Target[], wrt: readonly number[]): readonly Value[] => {
      const found = gradients(
        b,
        targets,
        wrt.map((at) => x[at] as Value),
      );
      return found.values.map((gradient, index) => {
        const at = wrt[index] as number;
        if (!gradient) this.#reportMissing(eq, at, targets, found.obstacles);
        return gradient ?? b.zerosLike(x[at] as Value);
      });
    };
    const context = {
      b,
      x,
      attributes,
      gradients: derive,
      differentiate: (targets: readonly Target[], wrt: readonly Value[]) => gradients(b, targets, wrt).values,
    };
    const results = b.within(eq.origin, 'backward', () => differentiate(context));
    this.#stand(eq, results);
  }

  #reportMissing(eq: Equation, at: number, targets: readonly Target[], obstacles: readonly Obstacle[]): void {
    const node = eq.origin === null ? null : this.program.nodes.get(eq.origin);
    const [target] = targets;
    const wired = node?.inputs[at];
    const policy = eq.attributes.disconnected_inputs;
    if (!node || !target || !wired) return;
    const from = wired.source?.node ?? null;
    const missing = explainMissing(
      this.b.equations,
      this.b.registry,
      targets.map(({ value }) => value),
      eq.inputs[at] as Value,
      obstacles,
    );
    if (missing.kind === 'disconnected' && policy === 'ignore') return;
    const names = {
      cost: this.describe(target.value).name,
      variable: this.nameOf(from),
      from,
      nameOf: (id: NodeId | null) => this.nameOf(id),
    };
    const found = reportMissing(missing, { node: node.id, port: wired.port }, names);
    const warns = missing.kind === 'disconnected' && policy === 'warn';
    if (found) this.diagnostics.push(warns ? { ...found, severity: 'warning' } : found);
  }

  finish(name: string, outputs: readonly FunctionOutput[]): FunctionIR {
    const { b } = this;
    const equations = slice(
      b.equations,
      outputs.map((output) => output.value),
    );
    const used = new Set<Value>(outputs.map((output) => output.value));
    for (const eq of equations) for (const input of eq.inputs) if (input) used.add(input);
    return { name, inputs: b.inputs.filter((input) => used.has(input.value)), equations, outputs };
  }
}
