import { describe, expect, test } from 'vitest';
import type { Fix } from '../../compiler/diagnostics.ts';
import type { Editor } from '../store/create-editor.ts';
import { copy, cut, duplicate, pasteCopy, pasteWired } from './clipboard.ts';
import { applyFix } from './fixes.ts';
import { addNode, deleteSelection, nudges, rename, setAttribute, setTraining } from './nodes.ts';
import { createTestEditor, idOf, wiring } from './test-editor.ts';
import { connect, connectTo, disconnect, forbiddenNodes, reconnect } from './wires.ts';

function add(editor: Editor, op: string, name: string) {
  addNode.run(editor, { op, name });
  return idOf(editor, name);
}

/** `wire(editor, 'a.y', 'b.x')` by node names. */
function wire(editor: Editor, source: string, target: string) {
  const end = (text: string) => {
    const dot = text.indexOf('.');
    return { node: idOf(editor, text.slice(0, dot)), port: text.slice(dot + 1) };
  };
  connect.run(editor, { source: end(source), target: end(target) });
}

function edgeId(editor: Editor, targetName: string, port: string): string {
  const target = idOf(editor, targetName);
  const { edges } = editor.document.getState().document.graph;
  const edge = Object.values(edges).find((item) => item.target.node === target && item.target.port === port);
  if (!edge) throw new Error(`No wire ends at ${targetName}.${port}`);
  return edge.id;
}

const document = (editor: Editor) => editor.document.getState().document;

describe('nodes', () => {
  test('names are unique, after the operator if none is given', () => {
    const editor = createTestEditor();
    for (let count = 0; count < 3; count++) addNode.run(editor, { op: 'Relu' });
    const names = Object.values(document(editor).graph.nodes).map((node) => node.name);
    expect(names).toEqual(['relu', 'relu2', 'relu3']);
    rename.run(editor, { node: idOf(editor, 'relu3'), name: 'relu' });
    expect(idOf(editor, 'relu3')).toBeDefined();
    rename.run(editor, { node: idOf(editor, 'relu3'), name: ' hidden ' });
    expect(idOf(editor, 'hidden')).toBeDefined();
  });

  test('a parameter that goes on with the generator of another follows its new name', () => {
    const editor = createTestEditor();
    addNode.run(editor, { op: 'Parameter' });
    addNode.run(editor, { op: 'Parameter' });
    setAttribute.run(editor, { node: idOf(editor, 'parameter2'), attribute: 'after', value: 'parameter' });
    rename.run(editor, { node: idOf(editor, 'parameter'), name: 'W' });
    expect(document(editor).graph.nodes[idOf(editor, 'parameter2')]?.attributes).toEqual({ after: 'W' });
  });

  test('new nodes lie on no other and on the grid, and are selected', () => {
    const editor = createTestEditor();
    for (let count = 0; count < 20; count++) addNode.run(editor, { op: 'Add', at: { x: 3, y: 5 } });
    const places = Object.values(document(editor).layout.nodes);
    for (const [index, a] of places.entries()) {
      expect([a.x % 4, a.y % 4].map(Math.abs)).toEqual([0, 0]);
      for (const b of places.slice(index + 1)) {
        expect(Math.abs(a.x - b.x) >= 144 || Math.abs(a.y - b.y) >= 88).toBe(true);
      }
    }
    expect(editor.ui.getState().selection.nodes).toEqual([Object.keys(document(editor).graph.nodes).at(-1)]);
  });

  test('attributes are stored only where they differ from the default; typing is one step', () => {
    const editor = createTestEditor(() => 0);
    const node = add(editor, 'Relu', 'r');
    for (const value of [2, 2.5, 2.55]) setAttribute.run(editor, { node, attribute: 'scale', value });
    expect(document(editor).graph.nodes[node]?.attributes).toEqual({ scale: 2.55 });
    editor.document.undo();
    expect(document(editor).graph.nodes[node]?.attributes).toEqual({});
    setAttribute.run(editor, { node, attribute: 'sizes', value: [1, 2] });
    setAttribute.run(editor, { node, attribute: 'sizes', value: [] });
    expect(document(editor).graph.nodes[node]?.attributes).toEqual({});
  });

  test('deleting takes the wires along and prunes the selection', () => {
    const editor = createTestEditor();
    add(editor, 'Source', 's');
    add(editor, 'Relu', 'r');
    wire(editor, 's.y', 'r.x');
    editor.ui.select([idOf(editor, 's')]);
    deleteSelection.run(editor);
    expect(wiring(editor)).toEqual([]);
    expect(editor.ui.getState().selection.nodes).toEqual([]);
    editor.document.undo();
    expect(wiring(editor)).toEqual(['s.y > r.x']);
  });

  test('arrow keys move the selection as one step', () => {
    const editor = createTestEditor(() => 0);
    const node = add(editor, 'Relu', 'r');
    const before = document(editor).layout.nodes[node];
    const right = nudges.find((command) => command.id === 'node.nudge-right');
    for (let count = 0; count < 3; count++) right?.run(editor);
    expect(document(editor).layout.nodes[node]?.x).toBe((before?.x ?? 0) + 48);
    editor.document.undo();
    expect(document(editor).layout.nodes[node]).toEqual(before);
  });

  test('training options are undoable', () => {
    const editor = createTestEditor();
    setTraining.run(editor, { batchSize: 7 });
    expect(document(editor).graph.training.batchSize).toBe(7);
    editor.document.undo();
    expect(document(editor).graph.training.batchSize).toBe(64);
  });
});

describe('wires', () => {
  test('an input has one wire: a new one takes the place of the old', () => {
    const editor = createTestEditor();
    add(editor, 'Source', 's');
    add(editor, 'Source', 't');
    add(editor, 'Relu', 'r');
    wire(editor, 's.y', 'r.x');
    wire(editor, 't.y', 'r.x');
    expect(wiring(editor)).toEqual(['t.y > r.x']);
    editor.document.undo();
    expect(wiring(editor)).toEqual(['s.y > r.x']);
  });

  test('no wire closes a loop, except into a parameter', () => {
    const editor = createTestEditor();
    add(editor, 'Parameter', 'p');
    add(editor, 'Relu', 'a');
    add(editor, 'Relu', 'b');
    wire(editor, 'p.value', 'a.x');
    wire(editor, 'a.y', 'b.x');
    wire(editor, 'b.y', 'a.x');
    expect(wiring(editor)).toEqual(['a.y > b.x', 'p.value > a.x']);
    wire(editor, 'b.y', 'p.update');
    expect(wiring(editor)).toContain('b.y > p.update');
    const forbidden = forbiddenNodes(document(editor), editor.registry, { node: idOf(editor, 'b'), side: 'source' });
    expect([...forbidden].sort()).toEqual(['a', 'b', 'p'].map((name) => idOf(editor, name)).sort());
  });

  test('members of a variadic port close up when one in the middle goes', () => {
    const editor = createTestEditor();
    for (const name of ['s', 't', 'u']) add(editor, 'Source', name);
    add(editor, 'Concat', 'c');
    for (const name of ['s', 't', 'u']) wire(editor, `${name}.y`, 'c.parts');
    expect(wiring(editor)).toEqual(['s.y > c.parts.0', 't.y > c.parts.1', 'u.y > c.parts.2']);
    disconnect.run(editor, { edge: edgeId(editor, 'c', 'parts.1') });
    expect(wiring(editor)).toEqual(['s.y > c.parts.0', 'u.y > c.parts.1']);
    wire(editor, 't.y', 'c.parts.7');
    expect(wiring(editor)).toContain('t.y > c.parts.2');
    editor.ui.select([idOf(editor, 's')]);
    deleteSelection.run(editor);
    expect(wiring(editor)).toEqual(['t.y > c.parts.1', 'u.y > c.parts.0']);
  });

  test('gradients keep to their variables when members are renumbered', () => {
    const editor = createTestEditor();
    for (const name of ['p', 'q', 'w']) add(editor, 'Parameter', name);
    add(editor, 'Grad', 'g');
    for (const name of ['p', 'q', 'w']) wire(editor, `${name}.value`, 'g.wrt');
    for (const name of ['a', 'b', 'c']) add(editor, 'Relu', name);
    ['a', 'b', 'c'].forEach((name, index) => {
      wire(editor, `g.gradient.${index}`, `${name}.x`);
    });
    disconnect.run(editor, { edge: edgeId(editor, 'g', 'wrt.1') });
    expect(wiring(editor)).toEqual([
      'g.gradient.0 > a.x',
      'g.gradient.1 > c.x',
      'p.value > g.wrt.0',
      'w.value > g.wrt.1',
    ]);
    editor.document.undo();
    expect(wiring(editor)).toHaveLength(6);
  });

  test('a gradient that is wired before its variable stays', () => {
    const editor = createTestEditor();
    add(editor, 'Source', 's');
    add(editor, 'Grad', 'g');
    add(editor, 'Relu', 'r');
    wire(editor, 'g.gradient.0', 'r.x');
    wire(editor, 's.y', 'g.cost');
    expect(wiring(editor)).toEqual(['g.gradient.0 > r.x', 's.y > g.cost']);
  });

  test('reconnecting moves an end as one step', () => {
    const editor = createTestEditor();
    add(editor, 'Source', 's');
    add(editor, 'Add', 'sum');
    wire(editor, 's.y', 'sum.a');
    const source = { node: idOf(editor, 's'), port: 'y' };
    reconnect.run(editor, {
      edge: edgeId(editor, 'sum', 'a'),
      source,
      target: { node: idOf(editor, 'sum'), port: 'b' },
    });
    expect(wiring(editor)).toEqual(['s.y > sum.b']);
    editor.document.undo();
    expect(wiring(editor)).toEqual(['s.y > sum.a']);
  });

  test('the document keeps nothing of a connection but its ends', () => {
    const editor = createTestEditor();
    const source = { node: add(editor, 'Relu', 'r'), port: 'y', side: 'source' as const };
    const target = { node: add(editor, 'Relu', 's'), port: 'x' };
    connect.run(editor, { source, target });
    expect(Object.values(document(editor).graph.edges)).toEqual([
      { id: edgeId(editor, 's', 'x'), source: { node: source.node, port: 'y' }, target },
    ]);
  });

  test('a connection by clicks ends at the first free input, or at a new node', () => {
    const editor = createTestEditor();
    add(editor, 'Source', 's');
    add(editor, 'Add', 'sum');
    const connecting = { node: idOf(editor, 's'), port: 'y', side: 'source' } as const;
    for (let count = 0; count < 2; count++) {
      editor.ui.set({ connecting });
      connectTo.run(editor, { node: idOf(editor, 'sum') });
    }
    expect(wiring(editor)).toEqual(['s.y > sum.a', 's.y > sum.b']);
    editor.ui.set({ connecting });
    add(editor, 'Relu', 'r');
    expect(wiring(editor)).toContain('s.y > r.x');
    expect(editor.ui.getState().connecting).toBeNull();
  });
});

describe('clipboard', () => {
  test('copies keep the wires among them; incoming ones on request', () => {
    const editor = createTestEditor();
    add(editor, 'Source', 's');
    add(editor, 'Relu', 'a');
    add(editor, 'Relu', 'b');
    wire(editor, 's.y', 'a.x');
    wire(editor, 'a.y', 'b.x');
    editor.ui.select([idOf(editor, 'a'), idOf(editor, 'b')]);
    copy.run(editor);
    pasteCopy.run(editor);
    expect(wiring(editor)).toEqual(['a.y > b.x', 'a2.y > b2.x', 's.y > a.x']);
    pasteWired.run(editor);
    expect(wiring(editor)).toContain('s.y > a3.x');
    expect(editor.ui.getState().selection.nodes).toEqual([idOf(editor, 'a3'), idOf(editor, 'b3')]);
    const [a2, a3] = ['a2', 'a3'].map((name) => document(editor).layout.nodes[idOf(editor, name)]);
    expect(a2).not.toEqual(a3);
  });

  test('a copy of a variadic operator keeps the order of its members', () => {
    const editor = createTestEditor();
    for (const name of ['s', 't', 'u']) add(editor, 'Source', name);
    add(editor, 'Concat', 'c');
    for (const name of ['s', 't', 'u']) wire(editor, `${name}.y`, 'c.parts');
    editor.ui.select([idOf(editor, 'c')]);
    duplicate.run(editor);
    expect(wiring(editor).filter((line) => line.includes('c2'))).toEqual([
      's.y > c2.parts.0',
      't.y > c2.parts.1',
      'u.y > c2.parts.2',
    ]);
    editor.ui.select(['t', 'u', 'c'].map((name) => idOf(editor, name)));
    copy.run(editor);
    pasteCopy.run(editor);
    expect(wiring(editor).filter((line) => line.includes('c3'))).toEqual(['t2.y > c3.parts.0', 'u2.y > c3.parts.1']);
  });

  test('cut and paste', () => {
    const editor = createTestEditor();
    add(editor, 'Relu', 'a');
    cut.run(editor);
    expect(Object.keys(document(editor).graph.nodes)).toEqual([]);
    pasteCopy.run(editor);
    expect(idOf(editor, 'a')).toBeDefined();
  });
});

describe('fixes', () => {
  test('all edits of a fix are one step', () => {
    const editor = createTestEditor();
    add(editor, 'Source', 's');
    add(editor, 'Source', 't');
    const extra = add(editor, 'Relu', 'extra');
    const sum = add(editor, 'Add', 'sum');
    wire(editor, 's.y', 'sum.a');
    wire(editor, 't.y', 'sum.b');
    const before = document(editor);
    const fix: Fix = {
      label: 'Repair everything',
      safety: 'safe',
      edits: [
        { kind: 'insert-on-wire', target: { node: sum, port: 'a' }, op: 'Relu', attributes: { scale: 3 } },
        { kind: 'remove-edge', edge: edgeId(editor, 'sum', 'b') },
        { kind: 'remove-node', node: extra },
        { kind: 'set-attribute', node: sum, attribute: 'sizes', value: [4] },
        { kind: 'rename', node: sum, name: 'total' },
      ],
    };
    applyFix.run(editor, { fix });
    expect(wiring(editor)).toEqual(['relu.y > total.a', 's.y > relu.x']);
    expect(document(editor).graph.nodes[idOf(editor, 'relu')]?.attributes).toEqual({ scale: 3 });
    expect(document(editor).graph.nodes[sum]?.attributes).toEqual({ sizes: [4] });
    expect(document(editor).graph.nodes[extra]).toBeUndefined();
    expect(editor.document.getState().undoLabel).toBe('Repair everything');
    editor.document.undo();
    expect(document(editor)).toEqual(before);
  });

  test('inserting on the wire of a variadic member keeps its place', () => {
    const editor = createTestEditor();
    for (const name of ['s', 't', 'u']) add(editor, 'Source', name);
    const concat = add(editor, 'Concat', 'c');
    for (const name of ['s', 't', 'u']) wire(editor, `${name}.y`, 'c.parts');
    const target = { node: concat, port: 'parts.1' };
    const fix: Fix = {
      label: 'Insert',
      safety: 'safe',
      edits: [{ kind: 'insert-on-wire', target, op: 'Relu', attributes: {} }],
    };
    applyFix.run(editor, { fix });
    expect(wiring(editor)).toEqual(['relu.y > c.parts.1', 's.y > c.parts.0', 't.y > relu.x', 'u.y > c.parts.2']);
  });

  test('a fix for a wire that is gone changes nothing', () => {
    const editor = createTestEditor();
    const sum = add(editor, 'Add', 'sum');
    const before = document(editor);
    const target = { node: sum, port: 'a' };
    const edits: Fix['edits'] = [{ kind: 'insert-on-wire', target, op: 'Relu', attributes: {} }];
    applyFix.run(editor, { fix: { label: 'Insert', safety: 'safe', edits } });
    expect(document(editor)).toBe(before);
  });
});
