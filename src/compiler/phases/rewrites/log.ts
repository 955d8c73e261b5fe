import type { NodeId } from '../../document.ts';
import { type Equation, isTensorData, type Value } from '../../ir.ts';

/** One application of a rewrite rule. */
export interface RewriteStep {
  readonly stage: 'before differentiation' | 'after differentiation' | 'kernels';
  readonly rule: string;
  /** The node whose equation was replaced. */
  readonly node: NodeId | null;
  readonly role: Equation['role'];
  /** The expression that was replaced, and what stands for it; values of other nodes are `{node}`. */
  readonly before: string;
  readonly after: string;
}

/** Levels of operators an expression shows. */
const DEPTH = 3;

type Definitions = ReadonlyMap<Value, Equation>;

/** A value as an expression of operators down to `leaves`, or to values that others made. */
function expression(
  value: Value | null,
  definitions: Definitions,
  leaves: ReadonlySet<Value>,
  depth: number,
  names: Map<Value, string>,
): string {
  if (value === null) return '_';
  const eq = definitions.get(value);
  if (eq && isTensorData(eq.attributes.value)) {
    const { data, shape } = eq.attributes.value;
    return data.length === 1 ? String(Number(Number(data[0]).toPrecision(6))) : `constant[${shape.join(',')}]`;
  }
  if (!eq || leaves.has(value) || depth === 0) {
    const known = names.get(value) ?? 'abcdefghijklmnopqrstuvwxyz'[names.size] ?? `v${names.size}`;
    names.set(value, known);
    return known;
  }
  return application(eq, definitions, leaves, depth, names);
}

function application(
  { op, inputs }: Equation,
  definitions: Definitions,
  leaves: ReadonlySet<Value>,
  depth: number,
  names: Map<Value, string>,
): string {
  return `${op}(${inputs.map((input) => expression(input, definitions, leaves, depth - 1, names)).join(', ')})`;
}

/** Turns applications of rules into text. */
export class RewriteLog {
  readonly #tell: (step: RewriteStep) => void;
  readonly #stage: RewriteStep['stage'];

  constructor(tell: (step: RewriteStep) => void, stage: RewriteStep['stage']) {
    this.#tell = tell;
    this.#stage = stage;
  }

  #step(rule: string, { origin: node, role }: Equation, before: string, after: string): void {
    this.#tell({ stage: this.#stage, rule, node, role, before, after });
  }

  /** `built` are the values the rule made; what they are made of are the leaves of both sides. */
  applied(
    rule: string,
    eq: Equation,
    stands: readonly Value[],
    built: ReadonlySet<Value>,
    definitions: Definitions,
  ): void {
    const leaves = new Set<Value>();
    for (const value of built) {
      for (const input of definitions.get(value)?.inputs ?? []) if (input && !built.has(input)) leaves.add(input);
    }
    for (const value of stands) if (!built.has(value)) leaves.add(value);
    const names = new Map<Value, string>();
    const before = application(eq, definitions, leaves, DEPTH, names);
    const after = stands.map((value) => expression(value, definitions, leaves, DEPTH, names)).join('; ');
    this.#step(rule, eq, before, after);
  }

  /** An equation that an earlier one computes already. */
  merged(eq: Equation, same: readonly Value[], definitions: Definitions): void {
    if (isTensorData(eq.attributes.value)) return;
    const text = application(eq, definitions, new Set(), 1, new Map());
    const other = definitions.get(same[0] as Value)?.origin ?? null;
    const after = other === null || other === eq.origin ? 'computed once' : `computed once, for {${other}}`;
    this.#step('merge equal expressions', eq, text, after);
  }
}
