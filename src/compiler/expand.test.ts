import { describe, expect, test } from 'vitest';
import { contractOperands } from '../../scripts/contract-operands.ts';
import { scattered } from '../../scripts/gradient-check.ts';
import { type Feeds, runFunction } from '../../scripts/run-onnx.ts';
import { registry } from '../nodes/registry.ts';
import { check, programOf } from './compile.ts';
import { bindShape } from './dims.ts';
import {
  type Attributes,
  type DocumentEdge,
  type DocumentNode,
  emptyDocument,
  type GraphDocument,
  type PortRef,
} from './document.ts';
import { expand, isComposite, withExpansion } from './expand.ts';
import { type ContractCase, isNoGradient, type OpRecord } from './op.ts';
import { buildOutputs } from './phases/3-functions.ts';
import { portKey } from './result.ts';
import { type TensorData, type TensorType, tensorData } from './types.ts';

const DIMS = { batch: 3 };

/** A drawing under construction: nodes are called by their ids. */
class Drawing {
  readonly nodes: Record<string, DocumentNode> = {};
  readonly edges: Record<string, DocumentEdge> = {};

  node(id: string, op: string, attributes: Attributes = {}): string {
    this.nodes[id] = { id, op, name: id, attributes };
    return id;
  }

  wire(source: PortRef, target: PortRef): void {
    const id = `e${Object.keys(this.edges).length}`;
    this.edges[id] = { id, source, target };
  }

  input(id: string, { shape, dtype }: TensorType): PortRef {
    return { node: this.node(id, 'Input', { shape, dtype }), port: 'value' };
  }

  output(id: string, value: PortRef): void {
    this.wire(value, { node: this.node(id, 'Output'), port: 'value' });
  }

  get document(): GraphDocument {
    const blank = emptyDocument();
    return { ...blank, graph: { ...blank.graph, nodes: this.nodes, edges: this.edges } };
  }
}

interface Drawn {
  readonly document: GraphDocument;
  readonly feeds: Feeds;
}

/** An operator with its operands as inputs, its values, and the gradients of all it can be differentiated by, as outputs. */
function draw(record: OpRecord, [text, attributes = {}]: ContractCase): Drawn {
  const drawing = new Drawing();
  const feeds: Record<string, TensorData> = {};
  drawing.node('subject', record.name, attributes);
  const free: PortRef[] = [];
  for (const [at, operand] of contractOperands(text, DIMS).entries()) {
    if (!operand) continue;
    const { name = '', variadic } = record.inputs[Math.min(at, record.inputs.length - 1)] ?? {};
    const source = drawing.input(`x${at}`, operand.type);
    drawing.wire(source, { node: 'subject', port: variadic ? `${name}.${at - record.inputs.length + 1}` : name });
    feeds[`x${at}`] = operand.data;
    if (operand.type.dtype === 'float32') free.push(source);
  }
  const { types } = check(drawing.document, registry);
  const outputs = [...types].filter(([key]) => key.startsWith('subject:'));
  expect(outputs.length).toBeGreaterThan(0);
  for (const [at, [key, type]] of outputs.entries()) {
    const port = key.slice('subject:'.length);
    drawing.output(`y${at}`, { node: 'subject', port });
    if (type.dtype !== 'float32' || free.length === 0 || isNoGradient(record.gradient)) continue;
    const cotangent = drawing.input(`v${at}`, type);
    const shape = bindShape(type.shape, DIMS) as readonly number[];
    const size = shape.reduce((product, dim) => product * dim, 1);
    feeds[`v${at}`] = tensorData('float32', shape, scattered(size, at));
    const product = drawing.node(`vjp${at}`, 'VectorJacobianProduct', { disconnected_inputs: 'ignore' });
    drawing.wire({ node: 'subject', port }, { node: product, port: 'y' });
    drawing.wire(cotangent, { node: product, port: 'v' });
    for (const [index, source] of free.entries()) {
      drawing.wire(source, { node: product, port: `wrt.${index}` });
      drawing.output(`g${at}_${index}`, { node: product, port: `gradient.${index}` });
    }
  }
  return { document: drawing.document, feeds };
}

/** The outputs by name. */
async function run({ document, feeds }: Drawn): Promise<Map<string, TensorData>> {
  expect(check(document, registry).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { fn } = buildOutputs(programOf(document, registry), 'predict');
  const results = await runFunction(fn, registry, feeds, DIMS);
  return new Map(
    fn.outputs.map(({ target }, at) => [target.kind === 'output' ? target.name : '', results[at] as TensorData]),
  );
}

/** Rounding of other orders of the same operations. */
function expectSame(found: Map<string, TensorData>, wanted: Map<string, TensorData>, what: string): void {
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [name, { shape, data }] of wanted) {
    expect(found.get(name)?.shape, `${what}, shape of ${name}`).toEqual(shape);
    data.forEach((item, i) => {
      const [mine, right] = [Number(found.get(name)?.data[i]), Number(item)];
      const near = Object.is(mine, right) || Math.abs(mine - right) <= 2e-6 + 2e-5 * Math.abs(right);
      if (!near) expect.fail(`${what}, ${name}[${i}]: ${mine} instead of ${right}`);
    });
  }
}

/** Expands a node, or every node there is to expand. */
function expanded(document: GraphDocument, nodes: readonly string[]): GraphDocument {
  let result = document;
  for (const node of nodes) {
    const expansion = expand(result, registry, check(result, registry).types, node);
    if (expansion) result = withExpansion(result, expansion);
  }
  return result;
}

const composites = [...registry.values()].filter(isComposite).flatMap((record) => {
  const cases = record.cases ?? [];
  return cases.map((each, at) => [cases.length > 1 ? `${record.name} ${at + 1}` : record.name, record, each] as const);
});

describe('values and gradients stay', () => {
  test.each(composites)('%s', async (name, record, each) => {
    const drawn = draw(record, each);
    const first = expanded(drawn.document, ['subject']);
    if (first === drawn.document) return;
    const wanted = await run(drawn);
    expect(first.graph.nodes.subject).toBeUndefined();
    expectSame(await run({ ...drawn, document: first }), wanted, name);
    let [deeper, before] = [first, drawn.document];
    while (deeper !== before) {
      before = deeper;
      deeper = expanded(before, Object.keys(before.graph.nodes));
    }
    if (deeper !== first) expectSame(await run({ ...drawn, document: deeper }), wanted, `${name}, all the way`);
  });
});

const expandsTo = (op: string): string[] | undefined => {
  const record = registry.get(op) as OpRecord;
  const { document } = draw(record, record.cases?.[0] as ContractCase);
  return expand(document, registry, check(document, registry).types, 'subject')?.nodes.map((node) => node.op);
};

test('composites that people know expand into what they are written with', () => {
  expect(expandsTo('MeanSquaredError')).toEqual(['Sub', 'Mul', 'ReduceMean']);
  expect(expandsTo('LayerNormalization')).toContain('Sqrt');
  expect(expandsTo('GRU')).toContain('Sigmoid');
});

test('what has a kernel, what only names or filters, and what is drawn at random is left as it is', () => {
  for (const op of ['Relu', 'MatMul', 'Conv', 'Identity', 'GradClip', 'KnownGrad']) {
    expect(expandsTo(op), op).toBeUndefined();
  }
  expect(isComposite(registry.get('Dropout') as OpRecord)).toBe(false);
});

test('named sizes stay named, and are counted where their number is needed', () => {
  const record = registry.get('MeanVarianceNormalization') as OpRecord;
  const { document } = draw(record, ['f32[batch,3]', { axes: [0] }]);
  const after = expanded(document, ['subject']);
  const stretched = Object.values(after.graph.nodes).find(({ op }) => op === 'Expand');
  expect(stretched?.attributes.shape).toEqual(['batch']);
  const { types } = check(after, registry);
  const counts = Object.values(after.graph.nodes).filter(({ op }) => op === 'ReduceSum');
  expect(counts.map(({ id }) => types.get(portKey(id, 'y'))?.shape ?? null)).toContainEqual([]);
});

test('nodes are called after the one they come from, and wires stay where they were', () => {
  const record = registry.get('MeanSquaredError') as OpRecord;
  const { document } = draw(record, ['f32[3] f32[3]']);
  const after = expanded(document, ['subject']);
  expect(Object.values(after.graph.nodes).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['subject_sub', 'subject_mul', 'subject']),
  );
  const name = (node: string) => after.graph.nodes[node]?.name;
  const into = (node: string) =>
    Object.values(after.graph.edges).find(({ target }) => name(target.node) === node)?.source;
  expect(name(into('y0')?.node ?? '')).toBe('subject');
  expect(
    Object.values(after.graph.edges).flatMap(({ source }) => (source.node === 'x0' ? [source.port] : [])),
  ).toContain('value');
});
