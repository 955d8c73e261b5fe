/**
 * Whole tensors of the drawing, and of what may stand for its data: what is read to evaluate a wire with values of one's
 * own, to see what a model says of rows, and to look at a tensor in full.
 */
import { programOf } from '../compile.ts';
import type { GraphDocument, PortRef } from '../document.ts';
import { flatten } from '../flatten.ts';
import type { FunctionInput, FunctionOutput, Value } from '../ir.ts';
import type { Registry } from '../op.ts';
import type { Program } from '../phases/2-infer.ts';
import { buildObserve } from '../phases/3-functions.ts';
import { rewrite, rewriteOptions } from '../phases/4-rewrite.ts';
import { emitFor } from '../phases/5-plan.ts';
import { FunctionBuilder } from '../phases/functions/function-builder.ts';
import type { GraphPlan } from '../plan.ts';
import { portKey } from '../result.ts';
import type { DType } from '../types.ts';

export interface ReadingRequest {
  /** In flat ids, or outputs of instances. */
  readonly values: readonly PortRef[];
  /** As values are, or as gradients of the cost by them. */
  readonly of?: 'value' | 'gradient';
  /** In `inference` random operators and normalizations do what they do outside of training. */
  readonly mode: 'training' | 'inference';
  /** Rows; that of training if left out. */
  readonly batch?: number;
  /** Outputs of Data nodes, by `portKey`, that are fed. Inputs are fed in any case. */
  readonly fed?: ReadonlySet<string>;
}

/** What has to be given: an input, or an output of a Data node that was to be fed. */
export interface FedInput extends PortRef {
  /** Of the feed. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface Reading {
  readonly graph: GraphPlan;
  /** In the order of the request; null where there is nothing to read. */
  readonly values: readonly ({
    readonly output: string;
    readonly dtype: DType;
    readonly shape: readonly number[];
  } | null)[];
  readonly fed: readonly FedInput[];
  /** Whether it reads rows of a data set. */
  readonly readsData: boolean;
}

/** Null where none of the values is computed. */
export function compileReading(drawn: GraphDocument, registry: Registry, request: ReadingRequest): Reading | null {
  const { of = 'value', mode, fed = new Set() } = request;
  const flat = flatten(drawn, registry);
  const { document } = flat;
  const program = programOf(drawn, registry);
  const batch = request.batch ?? document.graph.training.batchSize;
  const found = request.values.map(({ node, port }) => {
    const source = flat.ports.get(portKey(node, port)) ?? { node, port };
    return program.values.get(portKey(source.node, source.port)) ?? null;
  });
  const values = [...new Set(found.filter((value) => value !== null))];
  if (values.length === 0) return null;
  const rewrites = rewriteOptions(document);
  const { outputs, inputs, equations } = cut(program, values, of, mode, rewrites);
  if (outputs.size === 0) return null;
  const places = [...outputs.keys()];
  const targets = places.map(
    (value, at): FunctionOutput => ({
      value: outputs.get(value) as Value,
      target: { kind: 'probe', name: `read_${at}` },
    }),
  );
  const names = new Map<string, PortRef>();
  const fn = {
    name: 'read',
    inputs: inputs.map((input) => feed(input, program, fed, names)),
    equations,
    outputs: targets,
  };
  const context = { document, registry, program, rewrites };
  const graph = emitFor(context, rewrite(fn, registry, rewrites), batch, { wasm: 'batch' }).wasm;
  return {
    graph,
    values: found.map((value) => {
      const at = value ? places.indexOf(value) : -1;
      const output = graph.outputs[at];
      return output ? { output: output.name, dtype: output.dtype, shape: output.shape } : null;
    }),
    fed: graph.inputs.flatMap(({ name, dtype, shape, binding }) => {
      const ref = binding.kind === 'feed' ? names.get(binding.name) : undefined;
      return ref ? [{ ...ref, name, dtype, shape }] : [];
    }),
    readsData: graph.inputs.some(({ binding }) => binding.kind === 'batch'),
  };
}

function cut(
  program: Program,
  values: readonly Value[],
  of: 'value' | 'gradient',
  mode: 'training' | 'inference',
  rewrites: ReturnType<typeof rewriteOptions>,
) {
  const outputs = new Map<Value, Value>();
  if (of === 'gradient') {
    const { fn, gradientAt } = buildObserve(program, values, rewrites);
    for (const value of values) {
      const output = fn.outputs[gradientAt.get(value) ?? -1];
      if (output) outputs.set(value, output.value);
    }
    return { outputs, inputs: fn.inputs, equations: fn.equations };
  }
  const builder = new FunctionBuilder(program, values, { mode, rewrites });
  const targets = values.map((value) => ({ value: builder.now(value), target: { kind: 'probe', name: '' } as const }));
  const fn = builder.finish('read', targets);
  values.forEach((value, at) => void outputs.set(value, fn.outputs[at]?.value as Value));
  return { outputs, inputs: fn.inputs, equations: fn.equations };
}

/** Notes in `names` where what is fed belongs. */
function feed(
  input: FunctionInput,
  program: Program,
  fed: ReadonlySet<string>,
  names: Map<string, PortRef>,
): FunctionInput {
  const { source, value } = input;
  if (source.kind !== 'feed' && source.kind !== 'data') return input;
  const key = [...program.values].find(([, known]) => known === value)?.[0] ?? '';
  const end = key.lastIndexOf(':');
  const ref = { node: key.slice(0, end), port: key.slice(end + 1) };
  if (source.kind === 'feed') names.set(source.name, ref);
  if (source.kind === 'feed' || !fed.has(key)) return input;
  names.set(key, ref);
  return { value, source: { kind: 'feed', node: source.node, name: key } };
}
