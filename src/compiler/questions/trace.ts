/** A training step that tells of every equation whether its results are finite numbers. */
import { bindFunction } from '../bind.ts';
import { Builder, CONSTANT, DIM_SIZE } from '../builder.ts';
import { programOf } from '../compile.ts';
import type { GraphDocument, NodeId } from '../document.ts';
import { flatten } from '../flatten.ts';
import type { Role, Value } from '../ir.ts';
import type { Registry } from '../op.ts';
import { eliminateDeadCode, nextId, rewriteOptions } from '../phases/4-rewrite.ts';
import { emitFor } from '../phases/5-plan.ts';
import { buildTrain } from '../phases/functions/train.ts';
import type { GraphPlan } from '../plan.ts';
import { verify } from '../verify.ts';
import { countOf, Packing, type Part } from './pack.ts';

/** Something computed in a step, in order. */
export interface TracedValue {
  readonly node: NodeId | null;
  /** `input` is what a step begins with: parameters, state and data. */
  readonly role: Role | 'input';
  readonly op: string;
  /** Traced values it was made of, by their places in the list. */
  readonly from: readonly number[];
  /** Least, greatest, and 0, which is NaN where any element is not finite. */
  readonly range: Part;
}

export interface Trace {
  readonly graph: GraphPlan;
  readonly values: readonly TracedValue[];
  /** All elements of the value that was asked for, and its shape; null where there are too many or none was. */
  readonly whole: (Part & { readonly shape: readonly number[] }) | null;
}

/** A value with more elements is not read in full. */
const MOST = 2 ** 22;

/** Null where nothing is trained. `asked` is the place of a value that is to be read in full. */
export function compileTrace(drawn: GraphDocument, registry: Registry, asked: number | null = null): Trace | null {
  const { document } = flatten(drawn, registry);
  const program = programOf(drawn, registry);
  const rewrites = rewriteOptions(document);
  // As it trains: gradients that begin with the learning rate overflow where others would not.
  const train = buildTrain(program, { fuseLearningRate: true, rewrites });
  if (train.fn.outputs.length === 0) return null;
  const { batchSize } = document.graph.training;
  const fn = bindFunction(train.fn, { batch: batchSize }, registry);
  const b = new Builder(registry, nextId(fn));
  b.inputs.push(...fn.inputs);
  b.equations.push(...fn.equations);
  const packing = new Packing(b);
  const places = new Map<Value, number>();
  const values: TracedValue[] = [];
  let whole: Trace['whole'] = null;
  const trace = (value: Value, rest: Omit<TracedValue, 'range'>): void => {
    if (value.type.dtype !== 'float32') return;
    const axes = value.type.shape.map((_, axis) => axis);
    const reduce = (op: string, x: Value) => (axes.length > 0 ? b.emit(op, [x], { axes, keepdims: false }) : x);
    const parts = [
      reduce('ReduceMin', value),
      reduce('ReduceMax', value),
      reduce('ReduceSum', b.mul(value, b.scalar(0))),
    ].map((each) => packing.add(each));
    if (values.length === asked && countOf(value) <= MOST) {
      whole = { ...packing.add(value), shape: value.type.shape as number[] };
    }
    places.set(value, values.length);
    values.push({ ...rest, range: { offset: parts[0]?.offset ?? 0, length: parts.length } });
  };
  for (const { value, source } of fn.inputs) {
    trace(value, { node: source.node, role: 'input', op: source.kind, from: [] });
  }
  for (const { op, inputs, outputs, origin, role } of fn.equations) {
    if (op === CONSTANT || op === DIM_SIZE) continue;
    const from = [...new Set(inputs.flatMap((input) => (input ? (places.get(input) ?? []) : [])))];
    for (const output of outputs) trace(output, { node: origin, role, op, from });
  }
  const packed = packing.finish();
  if (!packed) return null;
  const traced = eliminateDeadCode({
    name: 'trace',
    inputs: fn.inputs,
    equations: b.equations,
    outputs: [{ value: packed, target: { kind: 'probe', name: 'numbers' } }],
  });
  verify(traced, registry, 'tracing');
  const context = { document, registry, program, rewrites };
  return { graph: emitFor(context, traced, batchSize, { wasm: 'batch' }).wasm, values, whole };
}
