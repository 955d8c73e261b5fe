/** What holds for every drawing, tried on random ones. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scattered } from '../../scripts/gradient-check.ts';
import { type Feeds, runModel } from '../../scripts/run-onnx.ts';
import { registry } from '../nodes/registry.ts';
import { bindFunction } from './bind.ts';
import { Builder } from './builder.ts';
import { check, compile, programOf } from './compile.ts';
import { DiagnosticError } from './diagnostics.ts';
import type { Dim } from './dims.ts';
import {
  type AttributeValue,
  type DocumentEdge,
  type DocumentNode,
  emptyDocument,
  type GraphDocument,
} from './document.ts';
import { parseDocument, printDocument } from './document-parse.ts';
import { type FunctionIR, printFunction, type Value } from './ir.ts';
import { buildOutputs } from './phases/3-functions.ts';
import { rewrite } from './phases/4-rewrite.ts';
import { emit, lower, toKernels, writeModel } from './phases/6-emit.ts';
import { buildTrain } from './phases/functions/train.ts';
import { type TensorData, tensor, tensorData } from './types.ts';
import { verify } from './verify.ts';

/** Reproducible by default; another seed and more effort look further. */
const seed = Number(process.env.WIREGRAD_PROPERTY_SEED ?? 20);
const effort = Number(process.env.WIREGRAD_PROPERTY_EFFORT ?? 1);

type Attributes = Readonly<Record<string, AttributeValue>>;

class Drawing {
  readonly nodes: Record<string, DocumentNode> = {};
  readonly edges: Record<string, DocumentEdge> = {};

  node(id: string, op: string, attributes: Attributes, inputs: Readonly<Record<string, string>> = {}): string {
    this.nodes[id] = { id, op, name: id, attributes };
    for (const [port, from] of Object.entries(inputs)) {
      const [node = '', output = ''] = from.split(':');
      const edge = `${from}>${id}:${port}`;
      this.edges[edge] = { id: edge, source: { node, port: output }, target: { node: id, port } };
    }
    return id;
  }

  document(): GraphDocument {
    const empty = emptyDocument('random');
    return { ...empty, graph: { ...empty.graph, nodes: this.nodes, edges: this.edges } };
  }
}

const SOURCES = { x: ['batch', 3], v: [3], w: [3, 3], s: [] } as const satisfies Record<string, readonly Dim[]>;

/** Smooth, and of few attributes. */
const STEPS: readonly (readonly [op: string, attributes?: Attributes])[] = [
  ...['Tanh', 'Sigmoid', 'Softplus', 'Sin', 'Erf', 'Atan', 'Gelu', 'Mish', 'Neg', 'Identity'].map(
    (op) => [op] as const,
  ),
  ...['Softmax', 'LogSoftmax', 'Transpose', 'Add', 'Sub', 'Mul', 'Mul', 'MatMul', 'MatMul'].map((op) => [op] as const),
  ['ReduceSum', { axes: [0] }],
  ['ReduceMean', { axes: [-1], keepdims: true }],
  ['ReduceLogSumExp', { axes: [0] }],
  ['ReduceSumSquare', { axes: [-1] }],
];

/** Operators whose results may grow, and are tamed so that differences stay exact. */
const GROWING = new Set(['Mul', 'MatMul', 'ReduceSum', 'ReduceSumSquare']);

interface Step {
  readonly which: number;
  readonly left: number;
  readonly right: number;
}

const steps = fc.array(fc.record({ which: fc.nat(99), left: fc.nat(99), right: fc.nat(99) }), {
  minLength: 1,
  maxLength: 10,
});

/** A drawing of the steps that fit, whose cost is the sum of the means of all its values, with its gradients as outputs. */
function draw(list: readonly Step[]): GraphDocument {
  const drawing = new Drawing();
  const types = new Builder(registry);
  const values: { readonly port: string; readonly value: Value }[] = [];
  for (const [name, shape] of Object.entries(SOURCES)) {
    const op = name === 'x' ? 'Input' : 'Parameter';
    const port = `${drawing.node(name, op, { shape })}:value`;
    values.push({ port, value: types.input(tensor('float32', shape), { kind: 'feed', node: name, name }) });
  }
  const place = (op: string, attributes: Attributes, given: typeof values) => {
    const record = registry.get(op);
    const inputs = given.slice(0, record?.inputs.length);
    const value = types.emit(
      op,
      inputs.map((each) => each.value),
      attributes,
    );
    const ports = Object.fromEntries(inputs.map(({ port }, at) => [record?.inputs[at]?.name ?? '', port]));
    const id = drawing.node(`n${values.length}`, op, attributes, ports);
    values.push({ port: `${id}:${record?.outputs[0]?.name}`, value });
  };
  for (const { which, left, right } of list) {
    const [op, attributes = {}] = STEPS[which % STEPS.length] as (typeof STEPS)[number];
    const operands = [left, right].map((at) => values[at % values.length] as (typeof values)[number]);
    try {
      place(op, attributes, operands);
    } catch (error) {
      if (error instanceof DiagnosticError) continue;
      throw error;
    }
    if (GROWING.has(op)) place('Tanh', {}, values.slice(-1));
  }
  const means = values.map(({ port }, at) => `${drawing.node(`mean${at}`, 'ReduceMean', {}, { x: port })}:y`);
  const terms = Object.fromEntries(means.map((port, at) => [`x.${at}`, port]));
  const cost = `${drawing.node('cost', 'Sum', {}, terms)}:y`;
  const wrt = Object.fromEntries(Object.keys(SOURCES).map((name, at) => [`wrt.${at}`, `${name}:value`]));
  drawing.node('grad', 'Grad', {}, { cost, ...wrt });
  drawing.node('y', 'Output', {}, { value: cost });
  for (const [at, name] of Object.keys(SOURCES).entries()) {
    drawing.node(`d${name}`, 'Output', {}, { value: `grad:gradient.${at}` });
  }
  drawing.node('sgd', 'SGD', {}, { cost });
  return drawing.document();
}

function feedsOf(batch: number, shift: number): Feeds {
  return Object.fromEntries(
    Object.entries(SOURCES).map(([name, dims], at) => {
      const shape = dims.map((dim: Dim) => (dim === 'batch' ? batch : Number(dim)));
      const n = shape.reduce((size, dim) => size * dim, 1);
      const along = scattered(n, at + 0.5);
      const values = scattered(n, at).map((x, i) => x + shift * Number(along[i]));
      return [name, tensorData('float32', shape, values)];
    }),
  );
}

const errorsOf = (document: GraphDocument) =>
  check(document, registry).diagnostics.filter(({ severity }) => severity === 'error');

/** Every phase verifies what it made; this goes through them with and without the rewrites. */
function models(fn: FunctionIR, batch: number) {
  const bound = verify(bindFunction(verify(fn, registry, 'differentiation'), { batch }, registry), registry, 'binding');
  const plain = verify(lower(bound, registry), registry, 'lowering');
  return {
    plain: writeModel(plain, registry, batch, { data: 'batch' }),
    rewritten: emit(verify(rewrite(fn, registry), registry, 'rewriting'), registry, { dims: { batch }, data: 'batch' }),
  };
}

const numbers = (data: TensorData | undefined) => Array.from(data?.data ?? [], Number);

test('drawings of smooth operators have right gradients, with and without rewriting', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(1, 2, 5), async (list, batch) => {
      const document = draw(list);
      expect(errorsOf(document)).toEqual([]);
      const { fn } = buildOutputs(programOf(document, registry), 'predict');
      const { plain, rewritten } = models(fn, batch);

      const step = 2 ** -7;
      const [middle = [], above = [], below = []] = await runModel(
        rewritten,
        [0, step, -step].map((shift) => feedsOf(batch, shift)),
      );
      const [, ...gradients] = middle.map(numbers);
      const along = Object.values(SOURCES).map((_, at) => scattered(gradients[at]?.length ?? 0, at + 0.5));
      const derivative = gradients
        .flatMap((gradient, at) => gradient.map((slope, i) => slope * Number(along[at]?.[i])))
        .reduce((sum, term) => sum + term, 0);
      const difference = (Number(above[0]?.data[0]) - Number(below[0]?.data[0])) / (2 * step);
      expect(Math.abs(derivative - difference)).toBeLessThan(4e-3 * (1 + Math.abs(difference)));

      const [unrewritten = []] = await runModel(plain, [feedsOf(batch, 0)]);
      expect(unrewritten.map(({ shape }) => shape)).toEqual(middle.map(({ shape }) => shape));
      unrewritten.forEach((data, at) => {
        const wanted = numbers(middle[at]);
        numbers(data).forEach((value, i) => {
          expect(Math.abs(value - Number(wanted[i]))).toBeLessThanOrEqual(1e-5 + 1e-4 * Math.abs(value));
        });
      });
    }),
    { seed, numRuns: 60 * effort },
  );
});

function printed(document: GraphDocument): string {
  const train = buildTrain(programOf(document, registry), { fuseLearningRate: true }).fn;
  return [train, rewrite(train, registry), toKernels(rewrite(train, registry), registry, { batch: 7 })]
    .map((fn) => printFunction(fn))
    .join('\n');
}

test('a drawing compiles to the same text and the same bytes every time', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const document = draw(list);
      const copy = parseDocument(printDocument(document)).document as GraphDocument;
      expect(copy).toEqual(document);
      expect(printed(copy)).toBe(printed(document));
      const { plan } = compile(document, registry);
      expect(plan).not.toBeNull();
      expect(compile(copy, registry).plan).toEqual(plan);
    }),
    { seed, numRuns: 20 * effort },
  );
});

const FOLDER = new URL('../../examples/', import.meta.url);
const examples = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file): GraphDocument => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));

const oddValue = fc.oneof(
  fc.constantFrom<AttributeValue>(
    0,
    -1,
    2.5,
    1e6,
    '',
    'batch',
    '2*batch+1',
    'no name',
    true,
    'float32',
    'int32',
    'bool',
  ),
  fc.integer({ min: -3, max: 1000 }),
  fc.array(fc.oneof(fc.integer({ min: -2, max: 30 }), fc.constantFrom('batch', 'n', '-batch', '*')), { maxLength: 4 }),
);

interface Mutation {
  readonly kind: 'dim' | 'attribute' | 'op' | 'unplug' | 'rewire' | 'cast' | 'remove' | 'rename' | 'mute' | 'bypass';
  readonly at: number;
  readonly other: number;
  readonly value: AttributeValue;
}

const mutations = fc.array(
  fc.record<Mutation>({
    kind: fc.constantFrom('dim', 'attribute', 'op', 'unplug', 'rewire', 'cast', 'remove', 'rename', 'mute', 'bypass'),
    at: fc.nat(999),
    other: fc.nat(999),
    value: oddValue,
  }),
  { minLength: 1, maxLength: 2 },
);

/** The graph of a document, to be changed. */
interface Sketch {
  readonly nodes: Record<
    string,
    {
      id: string;
      op: string;
      name: string;
      attributes: Record<string, AttributeValue>;
      muted?: boolean;
      bypassed?: boolean;
    }
  >;
  readonly edges: Record<string, { id: string; source: DocumentEdge['source']; target: DocumentEdge['target'] }>;
}

function mutate(graph: Sketch, { kind, at, other, value }: Mutation): void {
  const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
  const node = pick(Object.values(graph.nodes), at);
  const edge = pick(Object.values(graph.edges), at);
  if (!node || !edge) return;
  switch (kind) {
    case 'dim': {
      const lists = Object.values(graph.nodes).flatMap((each) =>
        Object.values(each.attributes).filter((value): value is (string | number)[] => Array.isArray(value)),
      );
      const list = pick(lists, at);
      if (list)
        list[other % Math.max(1, list.length)] = typeof value === 'number' || typeof value === 'string' ? value : 7;
      break;
    }
    case 'attribute': {
      const name = pick(Object.keys(registry.get(node.op)?.attributes ?? {}), other) ?? 'unknown';
      node.attributes[name] = value;
      break;
    }
    case 'op':
      node.op = pick([...registry.keys(), 'Unheard-of'], other) ?? '';
      break;
    case 'unplug':
      delete graph.edges[edge.id];
      break;
    case 'rewire': {
      const from = pick(Object.values(graph.edges), other);
      if (from) edge.source = { ...from.source };
      break;
    }
    case 'cast': {
      graph.nodes.cast = { id: 'cast', op: 'Cast', name: 'cast', attributes: { to: at % 2 ? 'int32' : 'bool' } };
      graph.edges.cast = { id: 'cast', source: edge.source, target: { node: 'cast', port: 'x' } };
      edge.source = { node: 'cast', port: 'y' };
      break;
    }
    case 'remove':
      delete graph.nodes[node.id];
      break;
    case 'rename':
      node.name = pick(Object.values(graph.nodes), other)?.name ?? '';
      break;
    case 'mute':
      node.muted = true;
      break;
    case 'bypass':
      node.bypassed = true;
      break;
  }
}

test('a damaged example gives diagnostics or a plan', () => {
  let [plans, refusals] = [0, 0];
  fc.assert(
    fc.property(fc.constantFrom(...examples), mutations, (example, list) => {
      const copy = structuredClone(example) as { graph: Sketch };
      for (const mutation of list) mutate(copy.graph, mutation);
      const { document, diagnostics } = parseDocument(JSON.stringify(copy));
      if (!document) {
        expect(diagnostics).not.toEqual([]);
        return;
      }
      const refused = errorsOf(document).length > 0;
      const { plan } = compile(document, registry);
      expect(plan === null).toBe(refused);
      if (refused) refusals++;
      else plans++;
    }),
    { seed, numRuns: 400 * effort },
  );
  expect(plans).toBeGreaterThan(20);
  expect(refusals).toBeGreaterThan(100);
});

test('any text can be read, and what can be read can be checked', () => {
  const read = (text: string) => {
    const { document, diagnostics } = parseDocument(text);
    expect(document === null).toBe(diagnostics.length > 0);
    if (document) check(document, registry);
  };
  const json = fc.jsonValue({ maxDepth: 4 });
  const nearly = fc.record(
    {
      format: fc.constantFrom('wiregrad', 'wiregrad', 'other'),
      version: fc.constantFrom(1, 1, 0, 2, 'x'),
      name: fc.oneof(fc.string(), json),
      graph: fc.oneof(
        json,
        fc.record({
          nodes: fc.dictionary(
            fc.string(),
            fc.oneof(
              json,
              fc.record({
                op: fc.constantFrom(...registry.keys()),
                name: fc.string(),
                attributes: fc.object({ maxDepth: 1 }),
              }),
            ),
          ),
          edges: fc.oneof(json, fc.constant({})),
        }),
      ),
      layout: json,
    },
    { requiredKeys: ['format', 'version', 'graph', 'name'] },
  );
  fc.assert(fc.property(fc.string(), read), { seed, numRuns: 300 * effort });
  fc.assert(
    fc.property(fc.oneof(json, nearly), (value) => read(JSON.stringify(value))),
    { seed, numRuns: 1500 * effort },
  );
});
