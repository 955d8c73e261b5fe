import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import {
  DEFAULT_TRAINING,
  type DocumentEdge,
  type DocumentNode,
  emptyDocument,
  type GraphDocument,
} from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import { registry } from '../../nodes/registry.ts';
import { printCode } from './print.ts';
import { readCode } from './read.ts';

type Sheet = { nodes: Readonly<Record<string, DocumentNode>>; edges: Readonly<Record<string, DocumentEdge>> };

/** What matters of nodes and wires: names, not ids. */
function meaning({ nodes, edges }: Sheet) {
  const nameOf = (id: string) => nodes[id]?.name ?? id;
  return {
    nodes: Object.fromEntries(Object.values(nodes).map(({ id: _, ...node }) => [node.name, node])),
    edges: Object.values(edges)
      .map(({ source, target }) => `${nameOf(source.node)}:${source.port} → ${nameOf(target.node)}:${target.port}`)
      .sort(),
  };
}

function whole({ name, description, graph }: GraphDocument) {
  const { nodes, edges, modules = {}, ...rest } = graph;
  const inside = Object.values(modules).map((definition) => {
    const exposed = definition.exposed?.map((each) => ({ ...each, node: definition.nodes[each.node]?.name }));
    const { id, name: called, description: said } = definition;
    return [id, { called, said, exposed, ...meaning(definition) }];
  });
  return { name, description, ...meaning({ nodes, edges }), modules: Object.fromEntries(inside), ...rest };
}

function read(code: string): GraphDocument {
  const { document, diagnostics } = readCode(code);
  if (!document) throw new Error(`${diagnostics.map(({ title, cause }) => `${title}. ${cause}`).join('\n')}\n${code}`);
  return document;
}

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? files(`${folder}/${entry.name}`)
      : entry.name.endsWith('.json')
        ? [`${folder}/${entry.name}`]
        : [],
  );

describe('documents as code', () => {
  const documents = [...files('examples'), ...files('src/editor/modules/library')].flatMap((file) => {
    const { document } = readDocument(JSON.parse(readFileSync(file, 'utf8')));
    return document ? [[file, document] as const] : [];
  });

  test('there are some', () => expect(documents.length).toBeGreaterThan(4));

  test.each(documents)('%s is the same when it is read again', (_, document) => {
    const { code, lost } = printCode(document);
    expect(lost).toEqual([]);
    const again = read(code);
    expect(whole(again)).toEqual(whole(document));
    expect(printCode(again).code).toBe(code);
  });

  test('every operator survives, with all its attributes', () => {
    for (const record of registry.values()) {
      const attributes = Object.fromEntries(
        Object.entries(record.attributes).map(([key, { default: value }]) => [key, value]),
      );
      const inputs = Object.fromEntries(
        record.inputs.map(({ name, variadic }) => [variadic ? `${name}.0` : name, 'x']),
      );
      const document = drawing({ x: ['Input'], made: [record.name, inputs, attributes] });
      expect(whole(read(printCode(document).code))).toEqual(whole(document));
    }
  });
});

test('random drawings, with any names and values', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.boolean(),
    fc.array(fc.integer()),
  );
  const drawn = fc.record({
    name: fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'const', 'T', 'a b', 'a_b', "it's", '1', 'constructor', 'graph'),
    ),
    op: fc.constantFrom('Add', 'Sub', 'MatMul', 'Concat', 'Split', 'Where', 'Data', 'Strange', 'Parameter'),
    attributes: fc.dictionary(fc.constantFrom('axis', 'dataset', 'odd name', 'shape'), value, { maxKeys: 2 }),
    from: fc.array(fc.nat(20), { maxLength: 3 }),
    ports: fc.array(fc.constantFrom('a', 'b', 'x.0', 'x.2', 'y', 'condition', 'weird port'), {
      minLength: 3,
      maxLength: 3,
    }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(drawn, { selector: ({ name }) => name, maxLength: 8 }), (all) => {
      const nodes: Record<string, DocumentNode> = {};
      const edges: Record<string, DocumentEdge> = {};
      for (const [at, { name, op, attributes, from, ports }] of all.entries()) {
        const id = `n${at}`;
        nodes[id] = { id, op, name, attributes };
        for (const [input, source] of from.entries()) {
          const port = ports[input] as string;
          if (at === 0 || edges[`${id}.${port}`]) continue;
          const edge = {
            id: `${id}.${port}`,
            source: { node: `n${source % at}`, port: ports[(input + 1) % 3] as string },
            target: { node: id, port },
          };
          edges[edge.id] = edge;
        }
      }
      const document = { ...emptyDocument('random'), graph: { nodes, edges, training: DEFAULT_TRAINING } };
      expect(whole(read(printCode(document).code))).toEqual(whole(document));
    }),
    { seed: 20, numRuns: 300 },
  );
});

test('the code of a small network', () => {
  const document = drawing({
    data: ['Data', {}, { dataset: 'digits' }],
    W: ['Parameter', {}, { shape: [64, 10] }],
    product: ['MatMul', { a: 'data:x', b: 'W' }],
    'my loss': ['SoftmaxCrossEntropyLoss', { logits: 'product', labels: 'data:y' }],
    step: ['SGD', { cost: 'my loss' }, { lr: 0.5 }],
  });
  const { code, lines } = printCode(document);
  expect(code).toBe(`import { graph, module, node, op, T } from 'wiregrad';

const data = op.Data({ dataset: 'digits' });
const W = op.Parameter({ shape: [64, 10] });
const product = op.MatMul(data.x, W);
const my_loss = op.SoftmaxCrossEntropyLoss(product, data.y);
const step = op.SGD(my_loss, { lr: 0.5 });

export default graph({
  name: 'drawing',
  nodes: { data, W, product, 'my loss': my_loss, step },
});
`);
  expect(lines.get('my loss')).toBe(6);
  expect(readCode(code).lines.get('my loss')).toBe(6);
});

test('code in Theano’s words', () => {
  const document = read(`
    const x = T.matrix('x', ['batch', 4]);
    const y = T.ivector('y', ['batch']);
    const W = shared(zeros(4, 3), 'W');
    const p = T.nnet.softmax(T.dot(x, W));
    const cost = T.mean(T.nnet.categorical_crossentropy(p, y));
    const [g] = T.grad(cost, [W]);
    export default graph({ name: 'softmax', nodes: { x, W, p, cost }, updates: [[W, W.sub(g.mul(0.1))]] });
  `);
  const { nodes, edges } = document.graph;
  expect(nodes.W).toMatchObject({ op: 'Parameter', attributes: { shape: [4, 3], initializer: 'constant', value: 0 } });
  expect(edges['W.update']?.source.node).toBe('Sub');
  expect(check(document, registry).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('updates, flags, options and what no record knows', () => {
  const document = drawing(
    {
      a: ['Parameter', { update: 'next' }, { shape: [] }],
      next: ['Add', { a: 'a', b: 'a' }],
      odd: ['Unheard', { strange: 'a' }, { volume: 11 }],
      after: ['Tanh', { x: 'odd:loud' }],
    },
    { options: { broadcast: 'one-sided' }, training: { batchSize: 7 } },
  );
  const nodes = {
    ...document.graph.nodes,
    next: { ...document.graph.nodes.next, muted: true },
  } as typeof document.graph.nodes;
  const marked = { ...document, description: "it's\nlong", graph: { ...document.graph, nodes } };
  expect(whole(read(printCode(marked).code))).toEqual(whole(marked));
});

test('wires that close a circle are told of', () => {
  const document = drawing({ a: ['Tanh', { x: 'b' }], b: ['Exp', { x: 'a' }] });
  expect(printCode(document).lost).toHaveLength(1);
});

describe('mistakes have a line', () => {
  test.each([
    ['const x = ;', 'code/syntax', 'Line 1, column 11'],
    ['const x = T.scalar("x");\nconst y = z;', 'code/unknown', 'Line 2, column 11: There is no z'],
    ['const y = op.Tanhh(1);', 'code/unknown', 'There is no operator Tanhh'],
    ['const y = T.scalar().mull(2);', 'code/unknown', 'Variables have no mull'],
    ['let y = 1;', 'code/unsupported', 'Only constants'],
    ['for (;;) {}', 'code/unsupported', 'Only constants'],
    ['const y = T.scalar("x") + 1;', 'code/value', 'Arithmetic here is of numbers'],
    ['const y = op.Tanh(1, 2, 3);', 'code/value', 'Tanh takes 1 inputs, not 3'],
    ['const y = op.Tanh(1, { alpha: 3 });', 'code/value', 'Tanh has no attribute alpha'],
    ['const x = T.scalar("x");', 'code/value', 'exports no graph'],
    ['export default 3;', 'code/unsupported', 'has to export graph'],
    ['const f = T.scalar.constructor;', 'code/unknown', 'There is no constructor here'],
    ['const f = (() => 1).constructor("return 1")();', 'code/unknown', 'There is no constructor'],
    ['const f = T.__proto__;', 'code/unknown', 'There is no __proto__'],
    ['const f = graph.call;', 'code/unknown', 'There is no call'],
  ])('%s', (code, kind, title) => {
    const { document, diagnostics } = readCode(code);
    expect(document).toBeNull();
    expect(diagnostics[0]?.code).toBe(kind);
    expect(diagnostics[0]?.title).toContain(title);
  });
});
