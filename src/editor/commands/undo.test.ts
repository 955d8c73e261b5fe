/** Whatever is done can be undone and done again; and nothing but the document is in the history. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeId } from '../../compiler/document.ts';
import type { Editor } from '../store/create-editor.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';
import { arranges } from './arrange.ts';
import { copy, cut, duplicate, duplicateTo, pasteCopy, pasteWired } from './clipboard.ts';
import { findNext, openFind } from './find.ts';
import { applyFix } from './fixes.ts';
import { bypass, mute } from './flags.ts';
import { detach, insertNode, insertOperator, placeFitting } from './insert.ts';
import { tidy } from './layout.ts';
import {
  addNode,
  deleteNode,
  deleteSelection,
  moveNodes,
  nudges,
  rename,
  renameDocument,
  setAttribute,
  setTraining,
} from './nodes.ts';
import { goToViews, removeView, renameView, saveViews } from './saved-views.ts';
import { createTestEditor, testRegistry } from './test-editor.ts';
import { selectAll, toggleBackward } from './view.ts';
import { connect, connectFrom, connectTo, disconnect, reconnect } from './wires.ts';

/** Any number becomes one of the list. */
function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % Math.max(1, list.length)];
}

type Act = (editor: Editor, a: number, b: number) => void | Promise<void>;

const nodesOf = (editor: Editor): NodeId[] => Object.keys(editor.document.getState().document.graph.nodes);
const edgesOf = (editor: Editor) => Object.values(editor.document.getState().document.graph.edges);
/** A port the node has, or, now and then, one it has not. */
function portOf(editor: Editor, node: NodeId, side: 'inputs' | 'outputs', number: number): string {
  const { graph } = editor.document.getState().document;
  const record = editor.registry.get(graph.nodes[node]?.op ?? '');
  const wires = wiresOf(graph.edges, node);
  const ports = side === 'inputs' ? inputPorts(record, wires) : outputPorts(record, wires);
  return pick([...ports, ...ports, 'parts', 'nothing'], number) ?? '';
}

const edits: Record<string, Act> = {
  add: (editor, a) => addNode.run(editor, { op: pick([...testRegistry.keys()], a) ?? 'Relu' }),
  connect: (editor, a, b) => {
    const source = pick(nodesOf(editor), a);
    const target = pick(nodesOf(editor), b);
    if (!source || !target) return;
    return connect.run(editor, {
      source: { node: source, port: portOf(editor, source, 'outputs', a + b) },
      target: { node: target, port: portOf(editor, target, 'inputs', a * 7 + b) },
    });
  },
  connectTo: (editor, a, b) => {
    editor.ui.select([pick(nodesOf(editor), a) ?? '']);
    connectFrom.run(editor, undefined);
    return connectTo.run(editor, { node: pick(nodesOf(editor), b) ?? '' });
  },
  reconnect: (editor, a, b) => {
    const edge = pick(edgesOf(editor), a);
    const node = pick(nodesOf(editor), b);
    if (edge && node)
      return reconnect.run(editor, {
        edge: edge.id,
        source: edge.source,
        target: { node, port: portOf(editor, node, 'inputs', b) },
      });
  },
  disconnect: (editor, a) => disconnect.run(editor, { edge: pick(edgesOf(editor), a)?.id ?? '' }),
  deleteNode: (editor, a) => deleteNode.run(editor, { node: pick(nodesOf(editor), a) ?? '' }),
  deleteSelection: (editor) => deleteSelection.run(editor),
  cut: (editor) => cut.run(editor),
  paste: (editor) => pasteCopy.run(editor),
  pasteWired: (editor) => pasteWired.run(editor),
  duplicate: (editor) => duplicate.run(editor),
  duplicateTo: (editor, a, b) =>
    duplicateTo.run(editor, { places: { [pick(nodesOf(editor), a) ?? '']: { x: a, y: b } } }),
  mute: (editor) => mute.run(editor),
  bypass: (editor) => bypass.run(editor),
  arrange: (editor, a) => pick(arranges, a)?.run(editor),
  detach: (editor) => detach.run(editor),
  insertOperator: (editor, a, b) =>
    insertOperator.run(editor, {
      edge: pick(edgesOf(editor), a)?.id ?? '',
      op: pick([...testRegistry.keys()], b) ?? '',
      at: b % 2 ? { x: a, y: b } : null,
    }),
  insertNode: (editor, a, b) =>
    insertNode.run(editor, { edge: pick(edgesOf(editor), a)?.id ?? '', node: pick(nodesOf(editor), b) ?? '' }),
  placeFitting: (editor, a) =>
    placeFitting.run(editor, { op: 'Add', at: { x: a, y: a }, fit: a % 2 ? { input: 'b', output: null } : undefined }),
  saveView: (editor, a) => pick(saveViews, a)?.run(editor),
  renameView: (editor, a, b) => renameView.run(editor, { view: `${a % 10}`, name: `view ${b % 3}` }),
  removeView: (editor, a) => removeView.run(editor, { view: `${a % 10}` }),
  rename: (editor, a, b) => rename.run(editor, { node: pick(nodesOf(editor), a) ?? '', name: `n${b % 3}` }),
  renameDocument: (editor, a) => renameDocument.run(editor, { name: `doc${a % 3}` }),
  move: (editor, a, b) => moveNodes.run(editor, { places: { [pick(nodesOf(editor), a) ?? '']: { x: a, y: b } } }),
  nudge: (editor, a) => pick(nudges, a)?.run(editor),
  setAttribute: (editor, a, b) =>
    setAttribute.run(editor, { node: pick(nodesOf(editor), a) ?? '', attribute: 'scale', value: b % 4 }),
  setTraining: (editor, a) => setTraining.run(editor, { seed: a % 4 }),
  fix: (editor, a, b) => {
    const edge = pick(edgesOf(editor), a);
    const node = pick(nodesOf(editor), b);
    if (!edge || !node) return;
    const insert = { kind: 'insert-on-wire', target: edge.target, op: 'Relu', attributes: {} } as const;
    const change = { kind: 'set-attribute', node, attribute: 'sizes', value: [b] } as const;
    return applyFix.run(editor, { fix: { label: 'Fix', safety: 'safe', edits: [insert, change] } });
  },
  gesture: (editor, a, b) => {
    editor.document.beginGesture('Slide');
    for (const value of [b, b + 1, b + 2]) {
      setAttribute.run(editor, { node: pick(nodesOf(editor), a) ?? '', attribute: 'scale', value });
    }
    if (a % 3 === 0) editor.document.cancelGesture();
    else editor.document.endGesture();
  },
  undo: (editor) => editor.document.undo(),
  redo: (editor) => editor.document.redo(),
};

/** Changes of what is shown and of the session. */
const others: Record<string, Act> = {
  select: (editor, a, b) => editor.ui.select([pick(nodesOf(editor), a) ?? '', pick(nodesOf(editor), b) ?? '']),
  selectEdge: (editor, a) => editor.ui.select([], [pick(edgesOf(editor), a)?.id ?? '']),
  selectAll: (editor) => selectAll.run(editor),
  copy: (editor) => copy.run(editor),
  layer: (editor) => toggleBackward.run(editor),
  search: (editor) => editor.ui.openSearch({ x: 1, y: 2 }),
  goToView: (editor, a) => pick(goToViews, a)?.run(editor),
  find: (editor) => openFind.run(editor),
  findNext: (editor, a) => {
    editor.canvas.set({ search: { query: 'n', matches: nodesOf(editor).slice(a % 3), at: null } });
    return findNext.run(editor);
  },
  session: (editor, a) => editor.session.set({ step: a, loss: a, phase: 'running' }),
};

const act = fc.record({
  name: fc.constantFrom(...Object.keys(edits), ...Object.keys(others)),
  a: fc.nat(1000),
  b: fc.nat(1000),
});

test('any sequence of commands, undone and done again, gives the same documents', async () => {
  const property = fc.asyncProperty(fc.array(act, { maxLength: 60, size: 'max' }), async (acts) => {
    let time = 0;
    const editor = createTestEditor(() => time);
    const start = editor.document.getState().document;
    for (const { name, a, b } of acts) {
      time += a;
      const state = editor.document.getState();
      await (edits[name] ?? others[name])?.(editor, a, b);
      if (name in others) expect(editor.document.getState()).toBe(state);
    }
    const states = [editor.document.getState().document];
    while (editor.document.getState().undoLabel !== null) {
      editor.document.undo();
      states.push(editor.document.getState().document);
    }
    expect(states.at(-1)).toEqual(start);
    for (const state of states.reverse().slice(1)) {
      editor.document.redo();
      expect(editor.document.getState().document).toEqual(state);
    }
  });
  await fc.assert(property, { numRuns: 200 });
});

test('drawings stay well formed', async () => {
  const property = fc.asyncProperty(fc.array(act, { maxLength: 60, size: 'max' }), async (acts) => {
    const editor = createTestEditor();
    for (const { name, a, b } of acts) {
      await (edits[name] ?? others[name])?.(editor, a, b);
      const { graph, layout } = editor.document.getState().document;
      const names = Object.values(graph.nodes).map((node) => node.name);
      expect(new Set(names).size).toBe(names.length);
      expect(Object.keys(layout.nodes).sort()).toEqual(Object.keys(graph.nodes).sort());
      const targets = Object.values(graph.edges).map(({ target }) => `${target.node}:${target.port}`);
      expect(new Set(targets).size).toBe(targets.length);
      for (const { source, target } of Object.values(graph.edges)) {
        expect(graph.nodes[source.node]).toBeDefined();
        expect(graph.nodes[target.node]).toBeDefined();
        const member = /^(.*)\.(\d+)$/.exec(target.port);
        if (member && Number(member[2]) > 0) {
          expect(targets).toContain(`${target.node}:${member[1]}.${Number(member[2]) - 1}`);
        }
      }
    }
  });
  await fc.assert(property, { numRuns: 200 });
});

test('tidying is one step', async () => {
  const editor = createTestEditor();
  for (const op of ['Source', 'Relu', 'Add']) await edits.add?.(editor, [...testRegistry.keys()].indexOf(op), 0);
  const [source = '', relu = '', sum = ''] = nodesOf(editor);
  connect.run(editor, { source: { node: source, port: 'y' }, target: { node: relu, port: 'x' } });
  connect.run(editor, { source: { node: relu, port: 'y' }, target: { node: sum, port: 'a' } });
  editor.ui.select([]);
  const before = editor.document.getState().document;
  await tidy.run(editor);
  const { layout } = editor.document.getState().document;
  expect(layout.nodes[source]?.x).toBeLessThan(layout.nodes[relu]?.x ?? 0);
  expect(layout.nodes[relu]?.x).toBeLessThan(layout.nodes[sum]?.x ?? 0);
  expect(layout.nodes[relu]?.y).toBe(layout.nodes[sum]?.y);
  editor.document.undo();
  expect(editor.document.getState().document).toEqual(before);
});
