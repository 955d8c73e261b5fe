/**
 * The parts of a training step that belong to single nodes, each as a graph of its own that is made many times in a row: the
 * time of one is that of its kernels alone, without what it takes to get into the runtime and out of it.
 */
import { bindFunction } from '../bind.ts';
import { Builder, CONSTANT, DIM_SIZE } from '../builder.ts';
import { programOf } from '../compile.ts';
import type { GraphDocument, NodeId } from '../document.ts';
import { flatten } from '../flatten.ts';
import type { Equation, FunctionInput, FunctionIR, Role, Value } from '../ir.ts';
import type { Registry } from '../op.ts';
import { nextId, rewriteOptions } from '../phases/4-rewrite.ts';
import { toKernels, writeModel } from '../phases/6-emit.ts';
import { buildTrain } from '../phases/functions/train.ts';
import type { GraphPlan } from '../plan.ts';

export interface TimedPart {
  readonly node: NodeId;
  readonly role: Role;
  /** A Loop over its input `steps`; all others are fed. */
  readonly graph: GraphPlan;
  /** Kernels a step. */
  readonly kernels: number;
}

/** Parts of a step in order; updates belong to their parameters. Null where nothing is trained. */
export function compileTimings(drawn: GraphDocument, registry: Registry): TimedPart[] | null {
  const { document } = flatten(drawn, registry);
  const program = programOf(drawn, registry);
  const rewrites = rewriteOptions(document);
  const train = buildTrain(program, { fuseLearningRate: false, rewrites });
  if (train.fn.outputs.length === 0 || program.optimizers.length === 0) return null;
  const { batchSize } = document.graph.training;
  const fn = bindFunction(train.fn, { batch: batchSize }, registry);

  const groups = new Map<string, { readonly node: NodeId; readonly role: Role; readonly equations: Equation[] }>();
  for (const eq of fn.equations) {
    if (eq.origin === null || eq.op === CONSTANT || eq.op === DIM_SIZE) continue;
    const key = `${eq.role} ${eq.origin}`;
    const group = groups.get(key) ?? { node: eq.origin, role: eq.role, equations: [] };
    groups.set(key, group);
    group.equations.push(eq);
  }
  const constants = fn.equations.filter(({ op }) => op === CONSTANT || op === DIM_SIZE);
  return [...groups.values()].map(({ node, role, equations }) => {
    const part = standAlone(fn, equations, constants, registry);
    const kernels = toKernels(part, registry, { batch: batchSize }, rewrites);
    return {
      node,
      role,
      graph: writeModel(kernels, registry, batchSize, { data: 'batch', loop: true }),
      kernels: kernels.equations.filter(({ op }) => op !== CONSTANT).length,
    };
  });
}

/** Equations as a function of what they need from others; of each result one number is given back, so none is left out. */
function standAlone(
  fn: FunctionIR,
  equations: readonly Equation[],
  constants: readonly Equation[],
  registry: Registry,
): FunctionIR {
  const made = new Set([...equations, ...constants].flatMap(({ outputs }) => outputs));
  const inner = new Set(equations.flatMap(({ inputs }) => inputs));
  const needed = new Set(
    equations.flatMap(({ inputs }) => inputs.filter((input): input is Value => input !== null && !made.has(input))),
  );
  const inputs = [...needed].map(
    (value): FunctionInput => ({ value, source: { kind: 'feed', node: '', name: `value_${value.id}` } }),
  );
  const used = constants.filter(({ outputs }) => outputs.some((output) => inner.has(output)));
  const b = new Builder(registry, nextId(fn));
  b.inputs.push(...inputs);
  b.equations.push(...used, ...equations);
  const results = equations.flatMap(({ outputs }) => outputs.filter((output) => !inner.has(output)));
  const one = (value: Value): Value => {
    const axes = value.type.shape.map((_, axis) => axis);
    if (axes.length === 0) return value;
    const corner = { starts: axes.map(() => 0), ends: axes.map(() => 1), axes, steps: axes.map(() => 1) };
    return b.reshape(b.emit('Slice', [b.cast(value, 'float32')], corner), []);
  };
  const outputs = results.map((value, at) => ({
    value: one(value),
    target: { kind: 'probe', name: `result_${at}` } as const,
  }));
  return { name: 'part', inputs, equations: b.equations, outputs };
}
