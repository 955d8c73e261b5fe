import { describe, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import type { CheckResult } from '../../compiler/result.ts';
import { NOTHING } from '../commands/test-editor.ts';
import { createDocumentStore, type DocumentDraft } from './document-store.ts';

function setUp() {
  let time = 0;
  let checks = 0;
  const check = (document: GraphDocument): CheckResult => {
    checks++;
    const types = Object.keys(document.graph.nodes).map(
      (id) => [`${id}:y`, { dtype: 'float32', shape: ['batch', 3] }] as const,
    );
    return { ...NOTHING, types: new Map(types) };
  };
  const store = createDocumentStore({ check, now: () => time });
  return {
    store,
    wait: (ms: number) => {
      time += ms;
    },
    checks: () => checks,
    name: () => store.getState().document.name,
  };
}

const named = (name: string) => (draft: DocumentDraft) => {
  draft.name = name;
};
const described = (text: string) => (draft: DocumentDraft) => {
  draft.description = text;
};
const moved = (id: string, x: number, y: number) => (draft: DocumentDraft) => {
  draft.layout.nodes[id] = { x, y };
};
const addNode = (id: string) => (draft: DocumentDraft) => {
  draft.graph.nodes[id] = { id, op: 'Relu', name: id, attributes: {} };
};

describe('history policies', () => {
  test('record: each edit is a step', () => {
    const { store, name } = setUp();
    store.apply('Rename', named('a'));
    store.apply('Rename', named('b'));
    store.undo();
    expect(name()).toBe('a');
    store.undo();
    expect(name()).toBe('untitled');
    expect(store.getState().undoLabel).toBeNull();
    expect(store.getState().redoLabel).toBe('Rename');
  });

  test('merge: edits of one label within a second are one step', () => {
    const { store, name, wait } = setUp();
    store.apply('Rename', named('a'), 'merge');
    wait(900);
    store.apply('Rename', named('ab'), 'merge');
    wait(900);
    store.apply('Rename', named('abc'), 'merge');
    wait(1000);
    store.apply('Rename', named('abcd'), 'merge');
    store.undo();
    expect(name()).toBe('abc');
    store.undo();
    expect(name()).toBe('untitled');
    store.redo();
    expect(name()).toBe('abc');
  });

  test('merge: another label or a recorded step in between begins a step', () => {
    const { store, name } = setUp();
    store.apply('Rename', named('a'), 'merge');
    store.apply('Describe', described('text'), 'merge');
    store.apply('Rename', named('b'), 'merge');
    store.undo();
    expect(name()).toBe('a');
    store.apply('Rename', named('c'));
    store.apply('Rename', named('d'), 'merge');
    store.undo();
    expect(name()).toBe('c');
  });

  test('ignore: not undoable, and kept by undo of what came before', () => {
    const { store } = setUp();
    store.apply('Add', addNode('a'));
    store.apply('Repair', named('repaired'), 'ignore');
    store.undo();
    expect(store.getState().document.name).toBe('repaired');
    expect(store.getState().document.graph.nodes).toEqual({});
  });

  test('an edit that changes nothing leaves no step and keeps what could be redone', () => {
    const { store } = setUp();
    store.apply('Rename', named('a'));
    store.undo();
    store.apply('Rename', named('untitled'));
    expect(store.getState().undoLabel).toBeNull();
    expect(store.getState().redoLabel).toBe('Rename');
  });
});

describe('gestures', () => {
  test('all edits of a gesture are one step with its label', () => {
    const { store, name } = setUp();
    store.apply('Rename', named('before'));
    store.beginGesture('Drag');
    for (const value of ['a', 'b', 'c']) store.apply('Rename', named(value));
    store.apply('Add', addNode('n'));
    store.endGesture();
    expect(store.getState().undoLabel).toBe('Drag');
    store.undo();
    expect(name()).toBe('before');
    expect(store.getState().document.graph.nodes).toEqual({});
    store.redo();
    expect(name()).toBe('c');
    expect(Object.keys(store.getState().document.graph.nodes)).toEqual(['n']);
  });

  test('a cancelled gesture leaves nothing', () => {
    const { store, name } = setUp();
    store.beginGesture('Drag');
    store.apply('Rename', named('a'));
    store.apply('Rename', named('b'));
    store.cancelGesture();
    expect(name()).toBe('untitled');
    expect(store.getState().undoLabel).toBeNull();
    expect(store.getState().redoLabel).toBeNull();
  });

  test('undo ends the open gesture and takes it back', () => {
    const { store, name } = setUp();
    store.beginGesture('Drag');
    store.apply('Rename', named('a'));
    store.undo();
    expect(name()).toBe('untitled');
    store.apply('Rename', named('b'));
    expect(store.getState().undoLabel).toBe('Rename');
  });
});

describe('check', () => {
  test('runs only when the graph changed, and the revision counts with it', () => {
    const { store, checks } = setUp();
    expect(checks()).toBe(1);
    store.apply('Add', addNode('a'));
    expect(checks()).toBe(2);
    expect(store.getState().revision).toBe(1);
    store.apply('Move', moved('a', 1, 2));
    store.apply('Rename', named('b'));
    expect(checks()).toBe(2);
    expect(store.getState().revision).toBe(1);
    store.undo();
    store.undo();
    store.undo();
    expect(checks()).toBe(3);
  });

  test('types that stayed the same keep their identity', () => {
    const { store } = setUp();
    store.apply('Add', addNode('a'));
    const before = store.getState().check.types.get('a:y');
    store.apply('Add', addNode('b'));
    expect(store.getState().check.types.get('b:y')).toEqual(before);
    expect(store.getState().check.types.get('a:y')).toBe(before);
  });

  test('a loaded document has a history of its own', () => {
    const { store } = setUp();
    store.apply('Rename', named('a'));
    store.load(emptyDocument('other'));
    store.undo();
    expect(store.getState().document.name).toBe('other');
    expect(store.getState().undoLabel).toBeNull();
  });
});
