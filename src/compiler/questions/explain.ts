/**
 * The chain rule with the numbers that are there: along a path from a value to the cost, what every node on the way hands
 * back to its input. A node is applied once more to the same operands and differentiated alone, from the gradient of its
 * outputs; the gradient of a value is the sum of that over the nodes that use it.
 */
import { bindFunction } from '../bind.ts';
import { Builder } from '../builder.ts';
import { programOf } from '../compile.ts';
import type { GraphDocument, NodeId, PortRef } from '../document.ts';
import { flatten } from '../flatten.ts';
import type { FunctionIR, Target, Value } from '../ir.ts';
import { portNames, type Registry } from '../op.ts';
import type { Program } from '../phases/2-infer.ts';
import { gradients } from '../phases/3-differentiate.ts';
import { eliminateDeadCode, nextId, rewrite, rewriteOptions } from '../phases/4-rewrite.ts';
import { emitFor } from '../phases/5-plan.ts';
import { FunctionBuilder } from '../phases/functions/function-builder.ts';
import type { ProbePlan } from '../plan.ts';
import { portKey } from '../result.ts';
import { tensorData } from '../types.ts';
import { verify } from '../verify.ts';
import { countOf, Packing, type Part } from './pack.ts';

/** Values above so many elements are told by their norms alone. */
const WHOLE = 2 ** 20;
/** Larger ones have no local derivatives by a single element. */
const ONE_HOT = 2 ** 18;

/** A value on the path, and what the nodes that use it hand back. */
export interface ExplainedValue extends PortRef {
  readonly shape: readonly number[];
  /** Norms. */
  readonly value: Part;
  readonly gradient: Part;
  readonly users: readonly { readonly node: NodeId; readonly contribution: Part }[];
}

/** All numbers of one step; null where there are too many of them. */
export interface ExplainedStep {
  readonly input: Part | null;
  readonly inputGradient: Part | null;
  readonly contribution: Part | null;
  readonly output: PortRef & { readonly shape: readonly number[] };
  readonly outputValue: Part | null;
  readonly outputGradient: Part | null;
  /** Derivatives of all elements of the output by the chosen element of the input. */
  readonly local: Part | null;
}

export interface Explanation {
  readonly probe: ProbePlan;
  readonly values: readonly ExplainedValue[];
  readonly step: ExplainedStep | null;
}

export interface ExplainRequest {
  /** From the value that is asked about to the cost: each is an input of the node that makes the next. */
  readonly path: readonly PortRef[];
  /** Which value of the path, and which of its elements, row-major. */
  readonly at: number;
  readonly element: number | null;
}

/** The nodes that use a value, among those the cost depends on. */
export function usersOf({ nodes, values }: Program, { node, port }: PortRef): NodeId[] {
  const value = values.get(portKey(node, port));
  return [...nodes.values()].flatMap(({ id, inputs }) =>
    value && inputs.some(({ source }) => source?.node === node && source.port === port) ? [id] : [],
  );
}

/** Null where a value of the path has no gradient. Ids are those of the flat drawing. */
export function compileExplanation(
  drawn: GraphDocument,
  registry: Registry,
  { path, at, element }: ExplainRequest,
): Explanation | null {
  const { document } = flatten(drawn, registry);
  const program = programOf(drawn, registry);
  const [optimizer] = program.optimizers;
  const wanted = path.map(({ node, port }) => program.values.get(portKey(node, port)));
  const [first] = wanted;
  if (!optimizer || !first || wanted.some((value) => !value)) return null;
  const along = wanted as Value[];

  // As it was drawn: stable forms would go around nodes that are on the canvas.
  const builder = new FunctionBuilder(program, [optimizer.cost, ...along], {
    mode: 'training',
    rewrites: { disabled: 'all' },
  });
  const target = { value: builder.now(optimizer.cost), cotangent: builder.b.scalar(1) };
  const { all } = gradients(builder.b, [target], [builder.now(first)]);

  const outputs: FunctionIR['outputs'][number][] = [];
  const keep = (value: Value): number => {
    outputs.push({ value, target: { kind: 'probe', name: `kept_${outputs.length}` } });
    return outputs.length - 1;
  };
  const keepBoth = (value: Value): { value: number; gradient: number } | null => {
    const gradient = all.get(builder.now(value));
    return gradient ? { value: keep(builder.now(value)), gradient: keep(gradient) } : null;
  };
  const kept = path.map((ref, index) => ({
    ref,
    ends: keepBoth(along[index] as Value),
    users: usersOf(program, ref).map((id) => {
      const { record, outputTypes } = nodeOf(program, id);
      const made = portNames(record.outputs, outputTypes).flatMap((port) => {
        const value = program.values.get(portKey(id, port));
        const ends = value && keepBoth(value);
        return ends ? [{ port, ...ends }] : [];
      });
      return { id, made };
    }),
  }));
  if (kept.some(({ ends }) => !ends)) return null;

  const { batchSize } = document.graph.training;
  const bound = bindFunction(builder.finish('explain', outputs), { batch: batchSize }, registry);
  const b = new Builder(registry, nextId(bound));
  b.inputs.push(...bound.inputs);
  b.equations.push(...bound.equations);
  const valueAt = (output: number): Value => bound.outputs[output]?.value as Value;

  const packing = new Packing(b);
  const norm = (value: Value): Part => {
    const axes = value.type.shape.map((_, axis) => axis);
    const square = b.mul(value, value);
    return packing.add(b.sqrt(axes.length > 0 ? b.reduceSum(square, axes) : square));
  };
  const whole = (value: Value | null): Part | null => (value && countOf(value) <= WHOLE ? packing.add(value) : null);
  let step: ExplainedStep | null = null;

  const values = kept.map(({ ref, ends, users }, index): ExplainedValue => {
    const x = valueAt(ends?.value ?? 0);
    const next = path[index + 1];
    const handed = users.flatMap(({ id, made }) => {
      if (made.length === 0) return [];
      const targets: Target[] = [];
      const again = applyAgain(b, bound, id);
      for (const { value, gradient } of made) {
        const copy = again.get(valueAt(value));
        if (copy) targets.push({ value: copy, cotangent: valueAt(gradient) });
      }
      const from = b.equations.length;
      const [contribution] = gradients(b, targets, [x], from - again.size).values;
      if (!contribution) return [];
      const onPath = next?.node === id ? made.find(({ port }) => port === next.port) : undefined;
      if (index === at && next && onPath) {
        const output = valueAt(onPath.value);
        step = {
          input: whole(x),
          inputGradient: whole(valueAt(ends?.gradient ?? 0)),
          contribution: whole(contribution),
          output: { ...next, shape: output.type.shape as number[] },
          outputValue: whole(output),
          outputGradient: whole(valueAt(onPath.gradient)),
          local: whole(localDerivative(b, contribution, x, valueAt(onPath.gradient), element, from)),
        };
      }
      return [{ node: id, contribution: norm(contribution) }];
    });
    return {
      ...ref,
      shape: x.type.shape as number[],
      value: norm(x),
      gradient: norm(valueAt(ends?.gradient ?? 0)),
      users: handed,
    };
  });

  const packed = packing.finish();
  if (!packed) return null;
  const fn = eliminateDeadCode({
    name: 'explain',
    inputs: bound.inputs,
    equations: b.equations,
    outputs: [{ value: packed, target: { kind: 'probe', name: 'numbers' } }],
  });
  verify(fn, registry, 'explaining');
  const rewrites = rewriteOptions(document);
  const context = { document, registry, program, rewrites };
  const graphs = emitFor(context, rewrite(fn, registry, rewrites), batchSize, { wasm: 'batch' });
  return { probe: { key: JSON.stringify(['explain', path, at, element]), entries: [], graphs }, values, step };
}

function nodeOf(program: Program, id: NodeId) {
  const node = program.nodes.get(id);
  if (!node) throw new Error(`${id} is no node of the program`);
  const outputTypes = [...program.values.keys()].filter((key) => key.startsWith(`${id}:`)).length;
  return { record: node.record, outputTypes };
}

/** Appends the equations of a node once more; what stands for their outputs, one equation for each entry at most. */
export function applyAgain(b: Builder, fn: FunctionIR, id: NodeId): Map<Value, Value> {
  const copies = new Map<Value, Value>();
  for (const eq of fn.equations) {
    if (eq.origin !== id || eq.role !== 'forward') continue;
    const inputs = eq.inputs.map((input) => (input ? (copies.get(input) ?? input) : null));
    const outputs = eq.outputs.map((output) => b.value(output.type));
    eq.outputs.forEach((output, at) => void copies.set(output, outputs[at] as Value));
    b.push({ ...eq, inputs, outputs });
  }
  return copies;
}

/**
 * What a node hands back is linear in the gradient of its output, so the derivative of one element of it by that gradient
 * is the node's own derivative: of every element of the output by that element of the input.
 */
function localDerivative(
  b: Builder,
  contribution: Value,
  input: Value,
  outputGradient: Value,
  element: number | null,
  from: number,
): Value | null {
  const count = countOf(input);
  if (element === null || element >= count || count > ONE_HOT) return null;
  const shape = input.type.shape as number[];
  const chosen = new Float32Array(count);
  chosen[element] = 1;
  const cotangent = b.constant(tensorData('float32', shape, chosen));
  return gradients(b, [{ value: contribution, cotangent }], [outputGradient], from).values[0] ?? null;
}
