/**
 * The compiler's table of contents.
 *
 * 1 resolve        operators, attributes and wires of the drawing, in order of dependence
 * 2 infer          a type for every wire; the program as IR
 * 3 differentiate  cut into functions; Grad and Optimizer nodes become backward and update equations
 * 4 rewrite        common subexpressions, constants, shapes, Gemm
 * 5 plan           batch size, state, data, observation
 * 6 emit           lowering to operators with kernels, ONNX
 *
 * The IR is verified after every phase. Named dimensions stay symbolic until emission binds them. Errors of the user are
 * diagnostics; what throws is a broken invariant.
 */
import { checkData, checkInputs, checkSizes, notices } from './checks.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { GraphDocument, NodeId } from './document.ts';
import type { Registry } from './op.ts';
import { resolve } from './phases/1-resolve.ts';
import { type InferResult, infer, outputPorts, type Program } from './phases/2-infer.ts';
import { buildEvaluate, buildObserve, buildOutputs, outputFunctions } from './phases/3-functions.ts';
import { rewrite, rewriteOptions } from './phases/4-rewrite.ts';
import { derive } from './phases/5-derived.ts';
import { emitFor, type PlanContext, planTraining } from './phases/5-plan.ts';
import { buildProbe, type Watched } from './phases/5-probe.ts';
import { buildTrain, type TrainFunction } from './phases/functions/train.ts';
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

function frontEnd(document: GraphDocument, registry: Registry): FrontEnd {
  const resolved = resolve(document, registry);
  const inferred = infer(resolved, registry);
  const errors = [...resolved.diagnostics, ...inferred.diagnostics, ...checkData(inferred.program)];
  if (hasErrors(errors)) return { ...inferred, train: null, all: errors };
  const { program } = inferred;
  const rewrites = rewriteOptions(document);
  const train = buildTrain(program, { fuseLearningRate: false, rewrites });
  const evaluate = buildEvaluate(program, rewrites);
  const outputs = outputFunctions(program).map((name) => buildOutputs(program, name, rewrites));
  const functions = [train, evaluate, ...outputs];
  for (const built of functions) if (built) verify(built.fn, registry, 'differentiation');
  const found = functions.flatMap((built) => built?.diagnostics ?? []);
  for (const built of [train, evaluate]) if (built) found.push(...checkSizes(built, document));
  found.push(...checkInputs(train, document));
  return { ...inferred, train, all: [...errors, ...distinct(found), ...notices(document, program)] };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((found) => found.severity === 'error');
}

/** Types every wire and says what is wrong. Runs on every edit. */
export function check(document: GraphDocument, registry: Registry): CheckResult {
  const { types, blocked, badges, program, train, all } = frontEnd(document, registry);
  const [first] = program.optimizers;
  return {
    diagnostics: all,
    types,
    blocked,
    badges,
    cost: first?.node.inputs[0]?.source?.node ?? null,
    updates: train?.updatedBy ?? new Map<NodeId, NodeId>(),
  };
}

/** The typed program of a drawing, for what is compiled besides training. */
export function programOf(document: GraphDocument, registry: Registry): Program {
  return infer(resolve(document, registry), registry).program;
}

/** Compiles the drawing for training, and derives the layers the canvas shows. */
export function compile(document: GraphDocument, registry: Registry): Compilation {
  const { program, train, all } = frontEnd(document, registry);
  if (!train || hasErrors(all)) return { plan: null, diagnostics: all, derived: NOTHING };
  const rewrites = rewriteOptions(document);
  const context: PlanContext = { document, registry, program, rewrites };
  const fused = buildTrain(program, { fuseLearningRate: true, rewrites });
  verify(fused.fn, registry, 'differentiation');
  const evaluate = buildEvaluate(program, rewrites);
  const plan = planTraining(context, fused.fn, evaluate?.fn ?? null);
  return { plan, diagnostics: all, derived: derive(program, train) };
}

/** Compiles the observation of the given nodes: their outputs, and the gradient of the cost with respect to each. */
export function compileProbe(document: GraphDocument, registry: Registry, nodes: readonly NodeId[]): ProbePlan | null {
  const { program, train, all } = frontEnd(document, registry);
  if (!train || hasErrors(all)) return null;
  const wanted = nodes.flatMap((id) => {
    const node = program.nodes.get(id);
    return node ? outputPorts(node.record, node.record.outputs.length).map((port) => ({ node, port })) : [];
  });
  const found = wanted.flatMap(({ node, port }) => {
    const value = program.values.get(portKey(node.id, port));
    return value ? [{ node, port, value }] : [];
  });
  if (found.length === 0) return null;
  const rewrites = rewriteOptions(document);
  const watchedValues = found.map(({ value }) => value);
  const observed = buildObserve(program, watchedValues, rewrites);
  const watched: Watched[] = found.flatMap(({ node, port, value }) => {
    const info = node.record.dataset?.(node.attributes);
    const image = port === 'x' ? (info?.columns[0]?.image ?? null) : null;
    const base = { node: node.id, port, image, isParameter: node.record.kind === 'parameter' };
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
