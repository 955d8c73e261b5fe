/** Nodes that are muted or bypassed. */
import { expect, test } from 'vitest';
import { drawing, messages, numbersOf } from '../../scripts/drawing.ts';
import { registry } from '../nodes/registry.ts';
import { check, compile } from './compile.ts';
import type { DocumentNode, GraphDocument } from './document.ts';
import { parseDocument } from './document-parse.ts';
import { leftOut } from './phases/resolve/flags.ts';
import { portKey } from './result.ts';

type Flags = Pick<DocumentNode, 'muted' | 'bypassed'>;

function flagged(document: GraphDocument, flags: Readonly<Record<string, Flags>>): GraphDocument {
  const nodes = Object.values(document.graph.nodes).map((node) => [node.id, { ...node, ...flags[node.id] }]);
  return { ...document, graph: { ...document.graph, nodes: Object.fromEntries(nodes) } };
}

const net = () =>
  drawing({
    digits: ['Data'],
    W: ['Parameter', {}, { shape: [64, 10] }],
    b: ['Parameter', {}, { shape: [10] }],
    scores: ['Gemm', { a: 'digits:x', b: 'W', c: 'b' }],
    squashed: ['Tanh', { x: 'scores' }],
    loss: ['SoftmaxCrossEntropyLoss', { logits: 'squashed', labels: 'digits:y' }],
    sgd: ['SGD', { cost: 'loss' }],
  });

const all = (document: GraphDocument) => messages(document, ['error', 'warning', 'notice']);

test('a bypassed node lets its input through, in value and in gradient', async () => {
  const drawn = drawing({
    x: ['Input', {}, { shape: [2] }],
    twice: ['Mul', { a: 'x', b: 'two' }],
    two: ['Constant', {}, { values: [2] }],
    squared: ['Mul', { a: 'twice', b: 'twice' }],
    cost: ['ReduceSum', { x: 'squared' }],
    slope: ['Grad', { cost: 'cost', 'wrt.0': 'x' }],
    y: ['Output', { value: 'slope:gradient.0' }],
  });
  const feeds = { x: { dtype: 'float32', shape: [2], data: Float32Array.from([3, -1]) } } as const;
  expect((await numbersOf(drawn, feeds)).y).toEqual([24, -8]);
  expect((await numbersOf(flagged(drawn, { twice: { bypassed: true } }), feeds)).y).toEqual([6, -2]);
});

test('a bypassed node has the type of what it lets through, and no equation', () => {
  const document = flagged(net(), { squashed: { bypassed: true } });
  expect(all(document)).toEqual([]);
  expect(check(document, registry).types.get(portKey('squashed', 'y'))?.shape).toEqual(['batch', 10]);
  const { derived } = compile(document, registry);
  expect(derived.nodes.map(({ of }) => of)).toContain('scores');
  expect(derived.nodes.map(({ of }) => of)).not.toContain('squashed');
});

test('where no input fits, that is the one error, and it can be taken back', () => {
  const document = flagged(net(), { scores: { bypassed: true } });
  const { diagnostics, blocked } = check(document, registry);
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ title }) => title)).toEqual([
    'scores cannot be bypassed: none of its inputs is f32[batch,10], as its output is',
  ]);
  expect(diagnostics[0]?.evidence.map(({ text }) => text)).toEqual([
    'digits f32[batch,64]',
    'W f32[64,10]',
    'b f32[10]',
  ]);
  expect(diagnostics[0]?.fixes[0]?.edits).toEqual([{ kind: 'clear-flags', node: 'scores' }]);
  expect([...blocked].sort()).toEqual(['loss', 'sgd', 'squashed']);
});

test('what has no input has nothing to let through', () => {
  expect(all(flagged(net(), { W: { bypassed: true } }))).toContain(
    'graph/bypass W: W cannot be bypassed: none of its inputs is f32[64,10], as its output is',
  );
});

test('a muted node is left out with all that needs it', () => {
  const document = flagged(net(), { scores: { muted: true } });
  expect([...leftOut(document.graph, registry)].sort()).toEqual(['loss', 'scores', 'sgd', 'squashed']);
  const { diagnostics, types } = check(document, registry);
  expect(diagnostics.map(({ code }) => code)).toEqual(['graph/nothing-to-train']);
  expect(types.has(portKey('scores', 'y'))).toBe(false);
  expect(compile(document, registry).plan).not.toBeNull();
});

test('an optional input does without what is muted', () => {
  const document = flagged(net(), { b: { muted: true } });
  expect([...leftOut(document.graph, registry)]).toEqual(['b']);
  expect(all(document)).toEqual([]);
  const names = (of: GraphDocument) => compile(of, registry).plan?.state.map(({ id }) => id);
  expect(names(net())).toEqual(['W', 'b']);
  expect(names(document)).toEqual(['W']);
});

test('muting one of two costs leaves the other, and says nothing of parameters that wait', () => {
  const branch = drawing({
    digits: ['Data'],
    W: ['Parameter', {}, { shape: [64, 10] }],
    V: ['Parameter', {}, { shape: [64, 10] }],
    scores: ['MatMul', { a: 'digits:x', b: 'W' }],
    others: ['MatMul', { a: 'digits:x', b: 'V' }],
    loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }],
    loss2: ['SoftmaxCrossEntropyLoss', { logits: 'others', labels: 'digits:y' }],
    sum: ['Sum', { 'inputs.0': 'loss', 'inputs.1': 'loss2' }],
    sgd: ['SGD', { cost: 'loss' }],
    error: ['Metric', { value: 'sum' }],
  });
  const document = flagged(branch, { loss2: { muted: true } });
  expect([...leftOut(document.graph, registry)].sort()).toEqual(['error', 'loss2', 'sum']);
  expect(all(document).filter((text) => /graph\//.test(text))).toEqual([]);
});

test('flags and views are kept in files, and nothing is stored where there are none', () => {
  const views = { 1: { name: 'Loss', x: 10, y: -20, zoom: 0.5 } };
  const document = flagged(net(), { scores: { muted: true }, squashed: { bypassed: true } });
  const text = JSON.stringify({ ...document, layout: { nodes: {}, views } });
  const { document: read } = parseDocument(text);
  expect(read?.graph).toEqual(document.graph);
  expect(read?.layout.views).toEqual(views);
  const plain = parseDocument(JSON.stringify(net())).document;
  expect(Object.keys(plain?.graph.nodes.scores ?? {})).toEqual(['id', 'op', 'name', 'attributes']);
  expect(Object.keys(plain?.layout ?? {})).toEqual(['nodes']);
});

test.each([
  ['a flag that is none', (document: GraphDocument) => flagged(document, { W: { muted: 1 as never } })],
  [
    'a view without scale',
    (document: GraphDocument) => ({
      ...document,
      layout: { nodes: {}, views: { 1: { name: '', x: 0, y: 0, zoom: 0 } } },
    }),
  ],
])('%s is malformed', (_, change) => {
  const { document, diagnostics } = parseDocument(JSON.stringify(change(net())));
  expect(document).toBeNull();
  expect(diagnostics[0]?.code).toBe('document/malformed');
});
