/**
 * Mistakes made on purpose: a size, a dtype or an axis is changed or a wire is pulled, in every example and around every
 * operator. What is wrong has to be named where it is wrong, and nothing that is wrong may reach ONNX Runtime.
 *
 * A mutant that compiles to a plan is another valid program, and is counted as such; a sample of them makes a step on wasm.
 * `WIREGRAD_MUTATIONS=report` prints the counts and what was not named.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contractOperands } from '../../scripts/contract-operands.ts';
import { drawing } from '../../scripts/drawing.ts';
import { openModel } from '../../scripts/run-onnx.ts';
import { registry } from '../nodes/registry.ts';
import { check, compile } from './compile.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { AttributeValue, DocumentNode, GraphDocument, NodeId } from './document.ts';
import { parseDocument } from './document-parse.ts';
import { type OpRecord, portName } from './op.ts';
import type { GraphPlan } from './plan.ts';
import { makeArray, type TensorData } from './types.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);

type Drawn = Parameters<typeof drawing>[0][string];

/** An operator between parameters and a loss whose target fixes its result; null where it has no use in training. */
function around(record: OpRecord): GraphDocument | null {
  const [text, attributes = {}] = record.cases?.[0] ?? [];
  if (text === undefined || record.internal || record.random) return null;
  const nodes: Record<string, Drawn> = {};
  const wires: Record<string, string> = {};
  for (const [at, operand] of contractOperands(text, { batch: 7 }).entries()) {
    if (!operand || record.inputs.length === 0) continue;
    const { dtype, shape, data } = operand.data;
    const name = `operand${at}`;
    nodes[name] =
      dtype === 'float32'
        ? ['Parameter', {}, { shape, initializer: 'uniform', low: 0.2, high: 0.9 }]
        : ['Constant', {}, { shape, dtype, values: Array.from(data, Number) }];
    wires[portName(record.inputs, at)] = name;
  }
  nodes.operator = [record.name, wires, attributes];
  const types = check(drawing(nodes), registry).types;
  const y = [...types].find(([key]) => key.startsWith('operator:'))?.[1];
  if (!y) return null;
  const float = y.dtype === 'float32' ? 'operator' : 'float';
  if (float === 'float') nodes.float = ['Cast', { x: 'operator' }];
  nodes.offset = ['Parameter', {}, { shape: [] }];
  nodes.prediction = ['Add', { a: float, b: 'offset' }];
  nodes.target = ['Input', {}, { shape: y.shape }];
  nodes.loss = ['MeanSquaredError', { prediction: 'prediction', target: 'target' }];
  nodes.sgd = ['SGD', { cost: 'loss' }];
  return drawing(nodes, { training: { batchSize: 7 } });
}

function bases(): (readonly [string, GraphDocument])[] {
  const examples = readdirSync(EXAMPLES).flatMap((file) => {
    if (!file.endsWith('.json')) return [];
    const { document } = parseDocument(readFileSync(new URL(file, EXAMPLES), 'utf8'));
    return document ? [[file, document] as const] : [];
  });
  const operators = [...registry.values()].flatMap((record) => {
    const document = around(record);
    return document ? [[record.name, document] as const] : [];
  });
  return [...examples, ...operators].filter(([, document]) => compile(document, registry).plan !== null);
}

interface Mutant {
  readonly base: string;
  readonly what: string;
  readonly document: GraphDocument;
  /** Nodes that were changed. */
  readonly changed: readonly NodeId[];
}

const DTYPES = ['float32', 'int32', 'bool'];

function changedShapes(shape: readonly (number | string)[]): (number | string)[][] {
  return shape.flatMap((dim, axis) => {
    if (typeof dim !== 'number') return [];
    const next = shape[axis + 1];
    const swapped = next !== undefined && next !== dim ? [shape.with(axis, next).with(axis + 1, dim)] : [];
    return [shape.with(axis, dim + 1), ...swapped] as (number | string)[][];
  });
}

function changedAxes(axes: readonly number[]): number[][] {
  return axes.flatMap((axis, at) => [axes.with(at, axis + 1), axes.with(at, axis - 1), axes.with(at, axis + 9)]);
}

/** Other values of the attributes that hold sizes, dtypes and axes. */
function changedAttributes(node: DocumentNode): (readonly [string, AttributeValue])[] {
  const record = registry.get(node.op);
  return Object.entries(record?.attributes ?? {}).flatMap(([name, spec]) => {
    const value = node.attributes[name] ?? spec.default;
    const as = (values: readonly AttributeValue[]) => values.map((each) => [name, each] as const);
    if (name === 'shape' && record?.kind !== 'data') return as(changedShapes(value as (number | string)[]));
    if (name === 'dtype' || name === 'to') return as(DTYPES.filter((dtype) => dtype !== value));
    if (name === 'axis') return as(changedAxes([Number(value)]).map(([axis = 0]) => axis));
    if (name === 'axes' || name === 'perm') return as(changedAxes(value as number[]));
    return [];
  });
}

function mutantsOf(base: string, document: GraphDocument): Mutant[] {
  const { nodes, edges } = document.graph;
  const withGraph = (graph: Partial<GraphDocument['graph']>) => ({
    ...document,
    graph: { ...document.graph, ...graph },
  });
  const attributes = Object.values(nodes).flatMap((node) =>
    changedAttributes(node).map(([name, value]) => ({
      base,
      what: `${node.name}.${name} = ${JSON.stringify(value)}`,
      changed: [node.id],
      document: withGraph({
        nodes: { ...nodes, [node.id]: { ...node, attributes: { ...node.attributes, [name]: value } } },
      }),
    })),
  );
  const wires = Object.values(edges).map((edge) => {
    const { [edge.id]: _, ...rest } = edges;
    return {
      base,
      what: `unplug ${edge.source.node} → ${edge.target.node}.${edge.target.port}`,
      changed: [edge.source.node, edge.target.node],
      document: withGraph({ edges: rest }),
    };
  });
  return [...attributes, ...wires];
}

/** Whether a message points at a changed node or at one wired to it. */
function isNamed({ document, changed }: Mutant, { place, evidence, title, cause }: Diagnostic): boolean {
  const near = new Set(changed);
  for (const { source, target } of Object.values(document.graph.edges)) {
    if (changed.includes(source.node)) near.add(target.node);
    if (changed.includes(target.node)) near.add(source.node);
  }
  const names = changed.map((id) => document.graph.nodes[id]?.name ?? id);
  const told = `${title} ${cause}`;
  return (
    (place.node !== undefined && near.has(place.node)) ||
    evidence.some(({ node }) => node !== undefined && near.has(node)) ||
    names.some((name) => told.includes(name))
  );
}

/** Words of programs instead of words of the user. */
const FOREIGN = /undefined|\bNaN\b|\[object|\bnull\b|onnxruntime|\.(cc|h|ts|js)\b|\bat \S+:\d+|->/;

function textsOf({ title, cause, evidence, fixes }: Diagnostic): string[] {
  return [title, cause, ...evidence.flatMap(({ label, text }) => [label, text]), ...fixes.map(({ label }) => label)];
}

const mutants = bases().flatMap(([name, document]) => mutantsOf(name, document));

type Verdict = 'named' | 'not named' | 'valid, with a warning' | 'valid' | 'not compiled';

function judge(mutant: Mutant): Verdict {
  const { diagnostics } = check(mutant.document, registry);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return errors.some((found) => isNamed(mutant, found)) ? 'named' : 'not named';
  if (!compile(mutant.document, registry).plan) return 'not compiled';
  const warned = diagnostics.some(
    (found) => found.severity === 'warning' && found.code !== 'data/none' && isNamed(mutant, found),
  );
  return warned ? 'valid, with a warning' : 'valid';
}

const judged = mutants.map((mutant) => ({ mutant, verdict: judge(mutant) }));
const having = (verdict: Verdict) => judged.filter((each) => each.verdict === verdict).map(({ mutant }) => mutant);
const label = ({ base, what }: Mutant) => `${base}: ${what}`;

if (process.env.WIREGRAD_MUTATIONS === 'report') {
  const verdicts: readonly Verdict[] = ['named', 'not named', 'valid, with a warning', 'valid', 'not compiled'];
  for (const verdict of verdicts) console.info(`${verdict}: ${having(verdict).length} of ${mutants.length}`);
  console.info([...having('not named'), ...having('not compiled')].map(label).join('\n'));
  console.info(`valid:\n${having('valid').map(label).join('\n')}`);
}

test('there are mutants of every kind', () => {
  expect(new Set(mutants.map(({ base }) => base)).size).toBeGreaterThan(45);
  expect(mutants.length).toBeGreaterThan(1000);
  expect(having('named').length).toBeGreaterThan(mutants.length / 2);
});

test('what is refused is named where it is wrong, in 95 of 100 cases', () => {
  const refused = having('named').length + having('not named').length;
  expect(having('named').length / refused, having('not named').map(label).join('\n')).toBeGreaterThan(0.95);
});

test('what has no error compiles', () => {
  expect(having('not compiled').map(label)).toEqual([]);
});

test('one mistake is one error', () => {
  const several = judged.flatMap(({ mutant }) => {
    const errors = check(mutant.document, registry).diagnostics.filter(({ severity }) => severity === 'error');
    return errors.length > 1 ? [`${label(mutant)}: ${errors.map(({ title }) => title).join(' | ')}`] : [];
  });
  expect(several).toEqual([]);
});

test('messages are in words of the user', () => {
  const foreign = judged.flatMap(({ mutant }) =>
    check(mutant.document, registry)
      .diagnostics.flatMap(textsOf)
      .filter((text) => FOREIGN.test(text))
      .map((text) => `${label(mutant)}: ${text}`),
  );
  expect(foreign).toEqual([]);
});

function feedsOf(plan: GraphPlan): Record<string, TensorData> {
  return Object.fromEntries(
    plan.inputs.map(({ name, dtype, shape }) => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      const values = Array.from({ length: size }, (_, at) => (dtype === 'float32' ? 0.3 + (at % 5) / 10 : 0));
      return [name, { dtype, shape, data: makeArray(dtype, values) }];
    }),
  );
}

test('what compiles makes a step in ONNX Runtime, of the shapes that were inferred', async () => {
  const valid = [...having('valid'), ...having('valid, with a warning')];
  const every = Math.max(1, Math.floor(valid.length / 25));
  for (const mutant of valid.filter((_, at) => at % every === 0)) {
    // The graph of the WebGPU backend has standard operators only and is a single step.
    const plan = compile(mutant.document, registry).plan?.graphs.webgpu.train;
    if (!plan) continue;
    const runner = await openModel(plan);
    const outputs = await runner.run(feedsOf(plan)).finally(() => runner.close());
    expect(
      outputs.map(({ shape }) => shape),
      label(mutant),
    ).toEqual(plan.outputs.map(({ shape }) => shape));
  }
});
