/** Drawings in a few lines, for tests. */
import { check, programOf } from '../src/compiler/compile.ts';
import type { Diagnostic } from '../src/compiler/diagnostics.ts';
import {
  type AttributeValue,
  DEFAULT_TRAINING,
  type DocumentEdge,
  type DocumentNode,
  emptyDocument,
  type GraphDocument,
  type LanguageOptions,
  type TrainingOptions,
} from '../src/compiler/document.ts';
import { buildOutputs } from '../src/compiler/phases/3-functions.ts';
import { rewrite, rewriteOptions } from '../src/compiler/phases/4-rewrite.ts';
import { emit } from '../src/compiler/phases/6-emit.ts';
import type { TensorData } from '../src/compiler/types.ts';
import { registry } from '../src/nodes/registry.ts';
import { type Feeds, runModel } from './run-onnx.ts';

type Drawn = readonly [
  op: string,
  inputs?: Readonly<Record<string, string>>,
  attributes?: Readonly<Record<string, AttributeValue>>,
];

/** Nodes by name, as [operator, wires, attributes]; a wire is `port: 'node'` or `port: 'node:output'`. */
export function drawing(
  drawn: Readonly<Record<string, Drawn>>,
  {
    training,
    options,
  }: { readonly training?: Partial<TrainingOptions>; readonly options?: Partial<LanguageOptions> } = {},
): GraphDocument {
  const nodes: Record<string, DocumentNode> = {};
  const edges: Record<string, DocumentEdge> = {};
  for (const [id, [op, inputs = {}, attributes = {}]] of Object.entries(drawn)) {
    nodes[id] = { id, op, name: id, attributes };
    for (const [port, from] of Object.entries(inputs)) {
      const [node = '', given] = from.split(':');
      const output = registry.get(drawn[node]?.[0] ?? '')?.outputs[0];
      const first = output?.variadic ? `${output.name}.0` : (output?.name ?? 'y');
      const edge = `${id}.${port}`;
      edges[edge] = { id: edge, source: { node, port: given ?? first }, target: { node: id, port } };
    }
  }
  const empty = emptyDocument('drawing');
  return {
    ...empty,
    graph: { nodes, edges, training: { ...DEFAULT_TRAINING, ...training }, ...(options && { options }) },
  };
}

/** What the check says, as `code node: title`. */
export function messages(document: GraphDocument, severities: readonly Diagnostic['severity'][] = ['error']): string[] {
  return check(document, registry)
    .diagnostics.filter(({ severity }) => severities.includes(severity))
    .map(({ code, place, title }) => `${code} ${place.node ?? '-'}: ${title}`);
}

/** Values of the Output nodes of `predict` on wasm; parameters and inputs are fed by name. Throws where there is an error. */
export async function evaluate(document: GraphDocument, feeds: Feeds = {}): Promise<Record<string, TensorData>> {
  const errors = messages(document);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  const rewrites = rewriteOptions(document);
  const { fn } = buildOutputs(programOf(document, registry), 'predict', rewrites);
  const dims = { batch: document.graph.training.batchSize };
  const plan = emit(rewrite(fn, registry, rewrites), registry, { dims, data: 'batch', rewrites });
  const [results = []] = await runModel(plan, [feeds]);
  return Object.fromEntries(
    fn.outputs.map(({ target }, at) => [target.kind === 'output' ? target.name : '', results[at] as TensorData]),
  );
}

/** The same as numbers. */
export async function numbersOf(document: GraphDocument, feeds?: Feeds): Promise<Record<string, number[]>> {
  const results = await evaluate(document, feeds);
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]));
}
