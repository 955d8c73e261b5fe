/** What the compiler tells the editor. */
import type { Diagnostic } from './diagnostics.ts';
import type { NodeId } from './document.ts';
import type { Badge } from './op.ts';
import type { TrainingPlan } from './plan.ts';
import type { TensorType } from './types.ts';

/** Key of a port: `node:port`. */
export function portKey(node: NodeId, port: string): string {
  return `${node}:${port}`;
}

/** The result of checking a drawing; computed on every edit. */
export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  /** Types of output ports by `portKey`; a port without one has an error itself or is blocked by one. */
  readonly types: ReadonlyMap<string, TensorType>;
  /** Nodes that could not be typed only because of an error further up. */
  readonly blocked: ReadonlySet<NodeId>;
  /** What happens without being drawn: shapes that are stretched, dtypes that change. */
  readonly badges: ReadonlyMap<NodeId, readonly Badge[]>;
  /** The cost that is minimized, if there is one: its node. */
  readonly cost: NodeId | null;
  /** Parameters that training updates, with the node that updates each. */
  readonly updates: ReadonlyMap<NodeId, NodeId>;
}

/** One node of the derived layers: all backward equations of a forward node, or the update of a parameter. */
export interface DerivedNode {
  /** `backward:<node>` or `update:<node>`. */
  readonly id: string;
  readonly role: 'backward' | 'update';
  /** The forward node it differentiates, or the parameter it updates. */
  readonly of: NodeId;
  /** `∂ hidden` or `W1 ← W1 − lr ∂W1` in short form. */
  readonly title: string;
  /** Type of the gradient, or of the new value. */
  readonly type: TensorType | null;
  /** The IR it stands for, one line an equation. */
  readonly equations: readonly string[];
}

export interface DerivedEdge {
  readonly id: string;
  /** Ids of derived nodes, or of drawn ones. */
  readonly source: string;
  readonly target: string;
  readonly role: 'backward' | 'update';
}

export interface DerivedGraph {
  readonly nodes: readonly DerivedNode[];
  readonly edges: readonly DerivedEdge[];
}

export interface Compilation {
  /** Null where an error stands in the way; the diagnostics say which. */
  readonly plan: TrainingPlan | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly derived: DerivedGraph;
}
