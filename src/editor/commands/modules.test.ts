import { expect, test } from 'vitest';
import digits from '../../../examples/digits-mlp.json' with { type: 'json' };
import { check, compile } from '../../compiler/compile.ts';
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';
import { copy, duplicate, pasteCopy } from './clipboard.ts';
import {
  enterModule,
  makeModule,
  makeModuleUnique,
  openSheet,
  removeModule,
  renameModule,
  unpackModule,
} from './modules.ts';
import { deleteSelection, rename, setAttribute } from './nodes.ts';
import { idOf, wiring } from './test-editor.ts';
import { selectNothing } from './view.ts';
import { connect } from './wires.ts';

const HIDDEN = ['W1', 'b1', 'hidden', 'tanh'];

function open(): Editor {
  return createEditor({ registry, check, document: digits as unknown as GraphDocument, now: () => 0 });
}

const graph = (editor: Editor) => editor.document.getState().document.graph;
const whole = (editor: Editor) => editor.whole.getState().document;
const names = (editor: Editor) => Object.values(graph(editor).nodes).map(({ name }) => name);
const errors = (editor: Editor) =>
  editor.whole.getState().check.diagnostics.flatMap(({ severity, title }) => (severity === 'error' ? [title] : []));
const select = (editor: Editor, ...chosen: string[]) => editor.ui.select(chosen.map((name) => idOf(editor, name)));
const flatNames = (editor: Editor) =>
  Object.values(flatten(whole(editor), registry).document.graph.nodes).map(({ name }) => name);

function withModule(): Editor {
  const editor = open();
  select(editor, ...HIDDEN);
  makeModule.run(editor);
  return editor;
}

test('a selection becomes an instance with ports for the wires that cross, in one step', () => {
  const editor = open();
  const before = whole(editor);
  const wires = wiring(editor);
  select(editor, ...HIDDEN);
  expect(makeModule.enabled(editor)).toBe(true);
  makeModule.run(editor);
  expect(errors(editor)).toEqual([]);
  expect(names(editor)).not.toContain('W1');
  expect(flatNames(editor)).toContain('module/W1');
  const record = editor.registry.get(graph(editor).nodes[idOf(editor, 'module')]?.op ?? '');
  expect([record?.inputs.map(({ name }) => name), record?.outputs.map(({ name }) => name)]).toEqual([['x'], ['y']]);
  expect(editor.document.getState().check.types.get(`${idOf(editor, 'module')}:y`)?.shape[0]).toBe('batch');
  editor.document.undo();
  expect(whole(editor)).toEqual(before);
  editor.document.redo();
  select(editor, 'module');
  unpackModule.run(editor);
  expect(wiring(editor)).toEqual(wires);
  expect(errors(editor)).toEqual([]);
});

test('one definition serves all instances; an edit inside reaches them all, and undo takes it back from outside', () => {
  const editor = withModule();
  select(editor, 'module');
  duplicate.run(editor);
  const [first, second] = [idOf(editor, 'module'), idOf(editor, 'module2')];
  expect(graph(editor).nodes[first]?.op).toBe(graph(editor).nodes[second]?.op);
  select(editor, 'module');
  enterModule.run(editor);
  expect(editor.document.getState().path).toEqual([first]);
  expect(names(editor).sort()).toEqual([...HIDDEN, 'x', 'y'].sort());
  const before = whole(editor);
  setAttribute.run(editor, { node: idOf(editor, 'W1'), attribute: 'trainable', value: false, policy: 'record' });
  const flat = flatten(whole(editor), registry).document.graph.nodes;
  expect(flat[`${first}/W1`]?.attributes.trainable).toBe(false);
  expect(flat[`${second}/W1`]?.attributes.trainable).toBe(false);
  expect(editor.document.getState().check.types.get('W1:value')?.shape).toEqual([64, 32]);
  editor.ui.select([]);
  selectNothing.run(editor);
  expect(editor.ui.getState().selection.nodes).toEqual([first]);
  expect(flatten(whole(editor), registry).document.graph.nodes[`${first}/W1`]?.attributes.trainable).toBe(false);
  editor.document.undo();
  expect(whole(editor)).toEqual(before);
});

test('ports renamed or removed inside take the wires outside along', () => {
  const editor = withModule();
  const id = idOf(editor, 'module');
  openSheet.run(editor, { path: [id] });
  rename.run(editor, { node: idOf(editor, 'x'), name: 'pixels' });
  expect(errors(editor)).toEqual([]);
  editor.document.open([]);
  expect(wiring(editor).some((wire) => wire.endsWith('> module.pixels'))).toBe(true);
  openSheet.run(editor, { path: [id] });
  select(editor, 'y');
  deleteSelection.run(editor);
  editor.document.open([]);
  expect(wiring(editor).some((wire) => wire.startsWith('module.'))).toBe(false);
  editor.document.undo();
  editor.document.undo();
  expect(wiring(editor).some((wire) => wire.endsWith('> module.x'))).toBe(true);
});

test('an instance can get a definition of its own', () => {
  const editor = withModule();
  select(editor, 'module');
  expect(makeModuleUnique.enabled(editor)).toBe(false);
  duplicate.run(editor);
  expect(makeModuleUnique.enabled(editor)).toBe(true);
  makeModuleUnique.run(editor);
  const ops = ['module', 'module2'].map((name) => graph(editor).nodes[idOf(editor, name)]?.op);
  expect(new Set(ops).size).toBe(2);
  select(editor, 'module2');
  enterModule.run(editor);
  rename.run(editor, { node: idOf(editor, 'W1'), name: 'weights' });
  expect(flatNames(editor)).toEqual(expect.arrayContaining(['module/W1', 'module2/weights']));
});

test('a definition outlives its instances until it is removed', () => {
  const editor = withModule();
  const [module = ''] = Object.keys(graph(editor).modules ?? {});
  renameModule.run(editor, { module, name: 'Layer' });
  removeModule.run(editor, { module });
  expect(graph(editor).modules?.[module]?.name).toBe('Layer');
  select(editor, 'module');
  deleteSelection.run(editor);
  expect(graph(editor).modules?.[module]?.name).toBe('Layer');
  removeModule.run(editor, { module });
  expect(graph(editor).modules).toBeUndefined();
  expect(whole(editor).layout.modules).toBeUndefined();
});

test('instances take their modules along into other documents', () => {
  const editor = withModule();
  select(editor, 'module');
  makeModule.run(editor);
  copy.run(editor);
  const count = Object.keys(graph(editor).modules ?? {}).length;
  pasteCopy.run(editor);
  expect(Object.keys(graph(editor).modules ?? {}).length).toBe(count);
  editor.document.load(emptyDocument());
  pasteCopy.run(editor);
  pasteCopy.run(editor);
  expect(Object.keys(graph(editor).modules ?? {}).length).toBe(count);
  expect(flatNames(editor).filter((name) => name.endsWith('/module/W1'))).toHaveLength(2);
  // A module of the same id that is another one stays.
  const other = emptyDocument();
  const [id = ''] = Object.keys(graph(editor).modules ?? {});
  const strange = { id, name: 'Strange', description: '', nodes: {}, edges: {} };
  editor.document.load({ ...other, graph: { ...other.graph, modules: { [id]: strange } } });
  pasteCopy.run(editor);
  expect(graph(editor).modules?.[id]).toEqual(strange);
  expect(flatNames(editor).some((name) => name.endsWith('/module/W1'))).toBe(true);
});

test('undoing an instance away closes its sheet', () => {
  const editor = withModule();
  openSheet.run(editor, { path: [idOf(editor, 'module')] });
  editor.document.undo();
  expect(editor.document.getState().path).toEqual([]);
  expect(names(editor)).toContain('W1');
});

test('modules in modules train the same parameters', () => {
  const editor = withModule();
  const slots = (document: GraphDocument) => compile(document, registry).plan?.state.length;
  const expected = slots(digits as unknown as GraphDocument);
  select(editor, 'module');
  makeModule.run(editor);
  expect(errors(editor)).toEqual([]);
  expect(slots(whole(editor))).toBe(expected);
  const outer = editor.ui.getState().selection.nodes;
  enterModule.run(editor);
  const inner = idOf(editor, 'module');
  editor.document.open([...outer, inner]);
  expect(names(editor)).toContain('W1');
  const outside = Object.values(graph(editor).nodes).find(({ name }) => name === 'x');
  connect.run(editor, {
    source: { node: outside?.id ?? '', port: 'value' },
    target: { node: idOf(editor, 'tanh'), port: 'x' },
  });
  expect(wiring(editor)).toContain('x.value > tanh.x');
  expect(errors(editor)).not.toEqual([]);
  // The problem shows on the instance further out.
  editor.document.open([]);
  const marked = editor.document.getState().check.diagnostics.filter(({ severity }) => severity === 'error');
  expect(marked.every(({ place }) => graph(editor).nodes[place.node ?? ''] !== undefined)).toBe(true);
});
