/** What the compiler did to make the training function, phase by phase and rewrite by rewrite. */
import { bindFunction } from './bind.ts';
import { programOf } from './compile.ts';
import type { GraphDocument, NodeId } from './document.ts';
import { flatten } from './flatten.ts';
import { type FunctionIR, printFunction, type Role } from './ir.ts';
import type { Registry } from './op.ts';
import { fusionNames, MERGE, rewrite, rewriteOptions } from './phases/4-rewrite.ts';
import { lower, toKernels } from './phases/6-emit.ts';
import { buildTrain } from './phases/functions/train.ts';
import type { RewriteStep } from './phases/rewrites/log.ts';
import { simplifications } from './phases/rewrites/simplify.ts';
import { stabilizations } from './phases/rewrites/stabilize.ts';

/** A phase of the compiler and what came out of it. */
export interface PhaseReport {
  readonly phase: string;
  /** What the phase does, in one sentence. */
  readonly summary: string;
  /** Equations of the training function afterwards. */
  readonly equations: Readonly<Record<Role, number>>;
  /** The IR as text. */
  readonly text: string;
}

/** Applications of one rule at one node that say the same. */
export interface RewriteReport extends RewriteStep {
  readonly count: number;
}

export interface CompileReport {
  readonly phases: readonly PhaseReport[];
  readonly rewrites: readonly RewriteReport[];
}

/** Every rewrite that can be switched off, by the stage that knows it. */
export const REWRITE_NAMES: Readonly<Record<'stabilize' | 'simplify' | 'fuse', readonly string[]>> = {
  stabilize: [...new Set(stabilizations.map(({ name }) => name))],
  simplify: [MERGE, ...new Set(simplifications.map(({ name }) => name))],
  fuse: fusionNames,
};

function count(fn: FunctionIR): PhaseReport['equations'] {
  const counts: Record<Role, number> = { forward: 0, backward: 0, update: 0 };
  for (const { role } of fn.equations) counts[role]++;
  return counts;
}

/** The report of a drawing without errors that trains something, else null. */
export function compileReport(drawn: GraphDocument, registry: Registry): CompileReport | null {
  const { document } = flatten(drawn, registry);
  const program = programOf(drawn, registry);
  if (program.optimizers.length === 0 && program.updates.length === 0) return null;
  const nameOf = (node: NodeId): string => document.graph.nodes[node]?.name ?? node;
  const steps: RewriteStep[] = [];
  const rewrites = { ...rewriteOptions(document), log: (step: RewriteStep) => void steps.push(step) };
  const phases: PhaseReport[] = [];
  const report = (phase: string, summary: string, fn: FunctionIR): FunctionIR => {
    phases.push({ phase, summary, equations: count(fn), text: printFunction(fn, { nameOf }) });
    return fn;
  };

  const { fn } = buildTrain(program, { fuseLearningRate: true, rewrites });
  report('differentiate', 'The gradient of every parameter is derived, and its update written out.', fn);
  const smaller = report('rewrite', 'What is computed twice, or need not be, goes.', rewrite(fn, registry, rewrites));
  const dims = { batch: document.graph.training.batchSize };
  const bound = bindFunction(smaller, dims, registry);
  report('lower', 'Operators become ones that have a kernel on every backend.', lower(bound, registry));
  const kernels = toKernels(smaller, registry, dims, rewrites);
  report('kernels', 'These are the nodes of the ONNX graph, one kernel each.', kernels);
  return { phases, rewrites: together(steps, nameOf) };
}

/** Equal steps counted, with names for the nodes in their text. */
function together(steps: readonly RewriteStep[], nameOf: (node: NodeId) => string): RewriteReport[] {
  const counted = new Map<string, RewriteReport>();
  for (const step of steps) {
    const named = (text: string) => text.replace(/\{([^}]*)\}/g, (_, node: string) => nameOf(node));
    const readable = { ...step, before: named(step.before), after: named(step.after) };
    const key = JSON.stringify([step.stage, step.rule, step.node, step.role, readable.before, readable.after]);
    counted.set(key, { ...readable, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  return [...counted.values()];
}
