/** What the compiler did to make the training function, phase by phase and rewrite by rewrite. */
import { bindFunction } from './bind.ts';
import { compile } from './compile.ts';
import type { GraphDocument, NodeId } from './document.ts';
import { flatten } from './flatten.ts';
import { type FunctionIR, printFunction, type Role } from './ir.ts';
import type { Registry } from './op.ts';
import { resolve } from './phases/1-resolve.ts';
import { infer } from './phases/2-infer.ts';
import { fusionNames, MERGE, rewrite, rewriteOptions } from './phases/4-rewrite.ts';
import { lower, toKernels } from './phases/6-emit.ts';
import { buildTrain } from './phases/functions/train.ts';
import type { RewriteStep } from './phases/rewrites/log.ts';
import { simplifications } from './phases/rewrites/simplify.ts';
import { stabilizations } from './phases/rewrites/stabilize.ts';
import { amount, canvasOf, forwardPart, onnxSize, planText, resolvedText, typesOnCanvas } from './report-text.ts';

/** A phase of the compiler and what came out of it. */
export interface PhaseReport {
  readonly phase: string;
  /** What the phase does and why, in a sentence or two. */
  readonly summary: string;
  /** What there was before and is now, in short. */
  readonly changes: string;
  /** What of it is seen on the canvas. */
  readonly canvas: string;
  /** Equations of the function afterwards; null where the text is none. */
  readonly equations: Readonly<Record<Role, number>> | null;
  /** Lines that tell how much came out. */
  readonly count: number;
  /** The text of the function that went in; null where none did. */
  readonly before: string | null;
  /** What came out. */
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

const UNCHANGED =
  'Nothing: the drawing stays as you drew it. What you see is that of the drawing, not of the shortened function.';

function countRoles({ equations }: FunctionIR): Readonly<Record<Role, number>> {
  const counts: Record<Role, number> = { forward: 0, backward: 0, update: 0 };
  for (const { role } of equations) counts[role]++;
  return counts;
}

/** The report of a drawing without errors that trains something, else null. */
export function compileReport(drawn: GraphDocument, registry: Registry): CompileReport | null {
  const flat = flatten(drawn, registry);
  const { document } = flat;
  const resolved = resolve(document, registry, flat.failed);
  const { program, badges } = infer(resolved, registry);
  if (program.optimizers.length === 0 && program.updates.length === 0) return null;
  const nameOf = (node: NodeId): string => document.graph.nodes[node]?.name ?? node;
  const steps: RewriteStep[] = [];
  const rewrites = { ...rewriteOptions(document), log: (step: RewriteStep) => void steps.push(step) };
  const phases: PhaseReport[] = [];
  const print = (fn: FunctionIR) => printFunction(fn, { nameOf });

  const text = resolvedText(resolved);
  phases.push({
    phase: 'resolve',
    summary:
      'Looks up the operator of every node, fills in the attributes you left alone, and puts the nodes in an order in which each comes after what it needs.',
    changes: `${amount(Object.keys(drawn.graph.nodes).length, 'node')} drawn, ${amount(resolved.order.length, 'node')} in order.`,
    canvas: 'Unknown operators, wires to nowhere and loops are marked as errors.',
    equations: null,
    count: resolved.order.length,
    before: null,
    text,
  });

  /** A phase that makes a function of the one before it. */
  let last = '';
  const report = (
    phase: string,
    fn: FunctionIR,
    about: Pick<PhaseReport, 'summary' | 'canvas'> & { also?: string },
  ): FunctionIR => {
    const before = last;
    const equations = countRoles(fn);
    const count = fn.equations.length;
    const former = phases.at(-1)?.equations ? `${amount(lengthOf(before), 'equation')} before, ` : '';
    const changes = `${former}${amount(count, 'equation')} ${former ? 'after' : 'of the drawing'}.${about.also ? ` ${about.also}` : ''}`;
    last = print(fn);
    const { summary, canvas } = about;
    phases.push({
      phase,
      summary,
      canvas,
      changes,
      equations,
      count,
      before: before === '' ? text : before,
      text: last,
    });
    return fn;
  };

  const asDrawn = buildTrain(program, { fuseLearningRate: false, rewrites: { disabled: 'all' } });
  report('types', forwardPart(asDrawn.fn), {
    summary:
      'Works out the type of every wire, each from those before it: the kind of number and the size of every axis. The drawing is now a program, one equation for each operator. Sizes such as batch stay names.',
    canvas: typesOnCanvas(badges),
  });
  const { fn } = buildTrain(program, { fuseLearningRate: true, rewrites });
  const { plan, derived } = compile(drawn, registry);
  report('differentiate', fn, {
    summary:
      'Walks from the cost back to the parameters. Each operator hands the gradient on by its own rule, gradients that meet are added, and the update of every parameter is written out. Expressions that could overflow are made stable before.',
    canvas: canvasOf(derived),
  });
  const smaller = report('rewrite', rewrite(fn, registry, rewrites), {
    summary: 'What is computed twice, or need not be computed, goes. The values stay the same.',
    canvas: UNCHANGED,
    also: `${amount(steps.length, 'rewrite')} so far.`,
  });
  const dims = { batch: document.graph.training.batchSize };
  const bound = bindFunction(smaller, dims, registry);
  report('lower', lower(bound, registry), {
    summary: `Names of sizes become numbers (batch is ${dims.batch}), and operators become ones that every backend has a kernel for.`,
    canvas: UNCHANGED,
  });
  report('kernels', toKernels(smaller, registry, dims, rewrites), {
    summary:
      'Neighbours are fused where one kernel does the work of several. Each of these equations is a node of the ONNX graph that makes a training step, or a constant in it.',
    canvas: UNCHANGED,
    also: plan ? onnxSize(plan) : '',
  });
  if (plan) phases.push(planReport(plan));
  return { phases, rewrites: together(steps, nameOf) };
}

function planReport(plan: NonNullable<ReturnType<typeof compile>['plan']>): PhaseReport {
  return {
    phase: 'plan',
    summary:
      'What lives where while it trains: columns of data and the state stay on the device, and each graph has its inputs and outputs bound to them. Everything that runs is in this list.',
    changes: `${amount(plan.state.length, 'tensor')} of state, ${amount(plan.columns.length, 'column')} of data.`,
    canvas: 'Parameters are framed in green: they are what the update changes.',
    equations: null,
    count: plan.state.length,
    before: null,
    text: planText(plan),
  };
}

const lengthOf = (text: string): number => text.split('\n').filter((line) => / = \w+\(/.test(line)).length;

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
