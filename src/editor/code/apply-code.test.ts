import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { printCode } from '../../symbolic/code/print.ts';
import { createEditor } from '../store/create-editor.ts';
import { applyCode } from './apply-code.ts';

function opened() {
  const document = drawing({
    n1: ['Parameter', {}, { shape: [3] }],
    n2: ['Tanh', { x: 'n1' }],
    n3: ['ReduceSum', { x: 'n2' }],
  });
  const { nodes } = document.graph;
  const named = {
    ...nodes,
    n1: { ...nodes.n1, name: 'W' },
    n2: { ...nodes.n2, name: 'act' },
    n3: { ...nodes.n3, name: 'sum' },
  };
  const places = { n1: { x: 1, y: 2 }, n2: { x: 300, y: 4 }, n3: { x: 600, y: 6 } };
  const editor = createEditor({
    registry,
    check,
    document: { ...document, graph: { ...document.graph, nodes: named as typeof nodes }, layout: { nodes: places } },
  });
  return editor;
}

const now = (editor: ReturnType<typeof opened>) => editor.whole.getState().document;

test('unchanged code changes nothing and makes no step', () => {
  const editor = opened();
  const before = now(editor);
  expect(applyCode(editor, printCode(before).code).diagnostics).toEqual([]);
  expect(now(editor)).toBe(before);
  expect(editor.whole.getState().undoLabel).toBeNull();
});

test('nodes keep ids, places and wires; new ones get places; one step takes it back', () => {
  const editor = opened();
  const before = now(editor);
  const code = printCode(before)
    .code.replace('T.tanh(W)', 'T.nnet.sigmoid(W)')
    .replace('op.ReduceSum(act)', 'op.ReduceMean(more)')
    .replace('const sum', 'const more = T.exp(act);\nconst sum')
    .replace('act, sum', 'act, more, sum');
  expect(applyCode(editor, code).diagnostics).toEqual([]);
  const { graph, layout } = now(editor);
  expect(graph.nodes.n2).toMatchObject({ id: 'n2', op: 'Sigmoid', name: 'act' });
  expect(graph.nodes.n3).toMatchObject({ id: 'n3', op: 'ReduceMean' });
  expect(graph.nodes.more).toMatchObject({ op: 'Exp', name: 'more' });
  expect(graph.edges['n2.x']).toEqual(before.graph.edges['n2.x']);
  expect(layout.nodes.n2).toEqual({ x: 300, y: 4 });
  expect(layout.nodes.more).toBeDefined();
  editor.whole.undo();
  expect(now(editor)).toEqual(before);
});

test('a node that is gone takes its place and its wires along', () => {
  const editor = opened();
  const code = printCode(now(editor))
    .code.replace(/const sum.*\n/, '')
    .replace(', sum', '');
  expect(applyCode(editor, code).diagnostics).toEqual([]);
  expect(Object.keys(now(editor).graph.nodes)).toEqual(['n1', 'n2']);
  expect(Object.keys(now(editor).layout.nodes)).toEqual(['n1', 'n2']);
  expect(Object.keys(now(editor).graph.edges)).toEqual(['n2.x']);
});

test('a mistake changes nothing', () => {
  const editor = opened();
  const before = now(editor);
  const { diagnostics, at } = applyCode(editor, 'const x = T.tanhh(1);');
  expect(diagnostics[0]?.code).toBe('code/unknown');
  expect(at).toBe(10);
  expect(now(editor)).toBe(before);
});
