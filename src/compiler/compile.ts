/**
 * The compiler's table of contents.
 *
 * 0 flatten        instances of modules become their nodes
 * 1 resolve        operators, attributes and wires of the drawing, in order of dependence
 * 2 infer          a type for every wire; the program as IR
 * 3 differentiate  cut into functions; Grad and Optimizer nodes become backward and update equations
 * 4 rewrite        common subexpressions, constants, shapes, Gemm
 * 5 plan           batch size, state, data, observation
 * 6 emit           lowering to operators with kernels, ONNX
 *
 * The IR is verified after every phase of a compilation. Named dimensions stay symbolic until emission binds them. Errors of the user are
 * diagnostics; what throws is a broken invariant.
 */

import { checkColumns, checkMonitor, checkSplits, unwatchable } from './checks/data.ts';
import { checkTraining } from './checks/training.ts';
import { checkBatch, checkData, checkInputs, checkSizes, notices } from './checks.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { GraphDocument, NodeId, PortRef } from './document.ts';
import { type FlatDocument, flatten } from './flatten.ts';
import { portName, portNames, type Registry } from './op.ts';
import { resolve } from './phases/1-resolve.ts';
import { type InferResult, infer, type Program } from './phases/2-infer.ts';
import { buildEvaluate, buildObserve, buildOutputs, outputFunctions } from './phases/3-functions.ts';
import { rewrite, rewriteOptions } from './phases/4-rewrite.ts';
import { derive } from './phases/5-derived.ts';
import { emitFor, type PlanContext, planTraining } from './phases/5-plan.ts';
import { buildProbe, type Watched } from './phases/5-probe.ts';
import { buildTrain, type TrainFunction } from './phases/functions/train.ts';
import { checkGenerators } from './phases/plan-initializers.ts';
import type { ProbePlan } from './plan.ts';
import { type CheckResult, type Compilation, type DerivedGraph, portKey } from './result.ts';
import { verify } from './verify.ts';

interface FrontEnd extends InferResult {
  /** Null where the drawing has errors. */
  readonly train: TrainFunction | null;
  readonly all: readonly Diagnostic[];
}

const NOTHING: DerivedGraph = { nodes: [], edges: [] };

/** Functions share nodes, so the same problem can turn up in several of them. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [
    ...new Map(diagnostics.map((found) => [JSON.stringify([found.code, found.place, found.title]), found])).values(),
  ];
}

function frontEnd({ document, failed, diagnostics }: FlatDocument, registry: Registry): FrontEnd {
  const resolved = resolve(document, registry, failed);
  const inferred = infer(resolved, registry);
  const { program } = inferred;
  const data = [checkData, checkColumns, checkSplits, checkGenerators].flatMap((find) => find(program));
  const monitor = [...checkMonitor(program, document), ...checkTraining(program, document)];
  const errors = [...diagnostics, ...resolved.diagnostics, ...inferred.diagnostics, ...data, ...monitor];
  if (hasErrors(errors)) return { ...inferred, train: null, all: errors };
  const rewrites = rewriteOptions(document);
  const train = buildTrain(program, { fuseLearningRate: false, rewrites });
  const evaluate = buildEvaluate(program, rewrites);
  const outputs = outputFunctions(program).map((name) => buildOutputs(program, name, rewrites));
  const functions = [train, evaluate, ...outputs];
  const found = functions.flatMap((built) => built?.diagnostics ?? []);
  for (const built of [train, evaluate]) if (built) found.push(...checkSizes(built, document));
  if (!hasErrors(found)) found.push(...checkBatch(train, document, registry));
  found.push(...checkInputs(train, document));
  return { ...inferred, train, all: [...errors, ...distinct(found), ...notices(document, program)] };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((found) => found.severity === 'error');
}

/** Types of what was drawn: ports of instances and of modules have those of what stands for them. */
function drawnTypes(types: InferResult['types'], { ports }: FlatDocument): InferResult['types'] {
  if (ports.size === 0) return types;
  const result = new Map(types);
  for (const [key, source] of ports) {
    const type = source && types.get(portKey(source.node, source.port));
    if (type) result.set(key, type);
  }
  return result;
}

/** Types every wire and says what is wrong. Runs on every edit. Ids inside of modules are those of the flat drawing. */
export function check(document: GraphDocument, registry: Registry): CheckResult {
  const flat = flatten(document, registry);
  const { types, blocked, badges, program, train, all } = frontEnd(flat, registry);
  const [first] = program.optimizers;
  return {
    diagnostics: all,
    types: drawnTypes(types, flat),
    blocked,
    badges,
    cost: first?.node.inputs[0]?.source?.node ?? null,
    updates: train?.updatedBy ?? new Map<NodeId, NodeId>(),
  };
}

/** The typed program of a drawing, for what is compiled besides training. */
export function programOf(document: GraphDocument, registry: Registry): Program {
  const flat = flatten(document, registry);
  return infer(resolve(flat.document, registry, flat.failed), registry).program;
}

/** Compiles the drawing for training, and derives the layers the canvas shows. */
export function compile(drawn: GraphDocument, registry: Registry): Compilation {
  const flat = flatten(drawn, registry);
  const { document } = flat;
  const { program, train, all } = frontEnd(flat, registry);
  if (!train || hasErrors(all)) return { plan: null, diagnostics: all, derived: NOTHING };
  const rewrites = rewriteOptions(document);
  const context: PlanContext = { document, registry, program, rewrites };
  const fused = buildTrain(program, { fuseLearningRate: true, rewrites });
  const evaluate = buildEvaluate(program, rewrites);
  for (const built of [train, fused, evaluate]) if (built) verify(built.fn, registry, 'differentiation');
  const plan = planTraining(context, fused.fn, evaluate?.fn ?? null);
  return { plan, diagnostics: all, derived: derive(program, train) };
}

/** The outputs of a node, or what stands for the ports of an instance or a module. */
function outputsOf(id: NodeId, program: Program, { ports }: FlatDocument): readonly { port: string; from: PortRef }[] {
  const node = program.nodes.get(id);
  if (node) {
    const { outputs } = node.record;
    // A variadic port has as many members as there are values.
    const isMember = (at: number) => outputs.at(-1)?.variadic && program.values.has(portKey(id, portName(outputs, at)));
    let count = outputs.length;
    while (isMember(count)) count++;
    return portNames(outputs, count).map((port) => ({ port, from: { node: id, port } }));
  }
  const prefix = portKey(id, '');
  return [...ports].flatMap(([key, from]) =>
    from && key.startsWith(prefix) ? [{ port: key.slice(prefix.length), from }] : [],
  );
}

/**
 * Compiles the observation of the given nodes: their outputs, and the gradient of the cost with respect to each. Ids are
 * those of the flat drawing, or of instances.
 */
export function compileProbe(drawn: GraphDocument, registry: Registry, nodes: readonly NodeId[]): ProbePlan | null {
  const flat = flatten(drawn, registry);
  const { document } = flat;
  const { program, train, all } = frontEnd(flat, registry);
  if (!train || hasErrors(all)) return null;
  const hidden = unwatchable(program);
  const found = nodes.flatMap((id) =>
    outputsOf(id, program, flat).flatMap(({ port, from }) => {
      const value = program.values.get(portKey(from.node, from.port));
      const node = program.nodes.get(from.node);
      return value && node && !hidden.has(value) ? [{ id, node, port, from, value }] : [];
    }),
  );
  if (found.length === 0) return null;
  const rewrites = rewriteOptions(document);
  const watchedValues = found.map(({ value }) => value);
  const observed = buildObserve(program, watchedValues, rewrites);
  const watched: Watched[] = found.flatMap(({ id, node, port, from, value }) => {
    const info = node.record.dataset?.(node.attributes, document.graph.datasets);
    const image = from.port === 'x' ? (info?.columns[0]?.image ?? null) : null;
    const base = { node: id, port, image, isParameter: node.record.kind === 'parameter', op: node.record.name };
    const gradient = observed.gradientAt.get(value);
    return [
      { ...base, of: 'value' as const, output: observed.valueAt.get(value) ?? 0 },
      ...(gradient === undefined ? [] : [{ ...base, of: 'gradient' as const, output: gradient }]),
    ];
  });
  const context: PlanContext = { document, registry, program, rewrites };
  const { batchSize } = document.graph.training;
  const probe = buildProbe(rewrite(observed.fn, registry, rewrites), watched, batchSize, registry);
  verify(probe.fn, registry, 'probing');
  return {
    key: JSON.stringify([nodes, batchSize]),
    entries: probe.entries,
    graphs: emitFor(context, probe.fn, batchSize, { wasm: 'batch' }),
  };
}
