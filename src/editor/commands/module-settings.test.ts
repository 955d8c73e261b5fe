import { expect, test } from 'vitest';
import digits from '../../../examples/digits-mlp.json' with { type: 'json' };
import { check } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';
import { bypass, mute } from './flags.ts';
import {
  describeModule,
  editModule,
  exposeAttribute,
  hideAttribute,
  pathInto,
  renameExposed,
} from './module-settings.ts';
import { leaveModule, makeModule, removeModule } from './modules.ts';
import { addNode, deleteSelection, setAttribute } from './nodes.ts';
import { idOf } from './test-editor.ts';

const whole = (editor: Editor) => editor.whole.getState().document;
const definition = (editor: Editor) => Object.values(whole(editor).graph.modules ?? {})[0];
const flatNode = (editor: Editor, name: string) =>
  Object.values(flatten(whole(editor), registry).document.graph.nodes).find((node) => node.name === name);
const errors = (editor: Editor) =>
  editor.whole.getState().check.diagnostics.flatMap(({ severity, title }) => (severity === 'error' ? [title] : []));

function withModule(...names: string[]): { readonly editor: Editor; readonly module: string; readonly id: string } {
  const document = digits as unknown as GraphDocument;
  const editor = createEditor({ registry, check, document, now: () => 0 });
  editor.ui.select(names.map((name) => idOf(editor, name)));
  makeModule.run(editor);
  const [module = ''] = Object.keys(whole(editor).graph.modules ?? {});
  return { editor, module, id: editor.ui.getState().selection.nodes[0] ?? '' };
}

test('an attribute of a node inside is exposed, set by an instance, renamed and hidden', () => {
  const { editor, module, id } = withModule('W1', 'b1', 'hidden', 'tanh');
  const before = whole(editor);
  describeModule.run(editor, { module, description: ' A layer. ' });
  const node = Object.values(definition(editor)?.nodes ?? {}).find(({ name }) => name === 'W1')?.id ?? '';
  exposeAttribute.run(editor, { module, node, attribute: 'initializer' });
  exposeAttribute.run(editor, { module, node, attribute: 'initializer' });
  expect(definition(editor)?.exposed).toEqual([{ node, attribute: 'initializer', as: 'initializer' }]);
  expect(editor.registry.get(whole(editor).graph.nodes[id]?.op ?? '')?.doc.summary).toBe('A layer.');
  setAttribute.run(editor, { node: id, attribute: 'initializer', value: 'zeros' });
  expect(flatNode(editor, 'module/W1')?.attributes.initializer).toBe('zeros');
  // A name that instances use for something else is not taken.
  renameExposed.run(editor, { module, as: 'initializer', name: 'parameters' });
  expect(definition(editor)?.exposed?.[0]?.as).not.toBe('parameters');
  renameExposed.run(editor, { module, as: definition(editor)?.exposed?.[0]?.as ?? '', name: 'start' });
  expect(whole(editor).graph.nodes[id]?.attributes).toEqual({ start: 'zeros' });
  expect(flatNode(editor, 'module/W1')?.attributes.initializer).toBe('zeros');

  // What an outer module exposes of it follows.
  editor.ui.select([id]);
  makeModule.run(editor);
  const outer = Object.keys(whole(editor).graph.modules ?? {}).find((other) => other !== module) ?? '';
  exposeAttribute.run(editor, { module: outer, node: id, attribute: 'start' });
  renameExposed.run(editor, { module, as: 'start', name: 'begin' });
  expect(whole(editor).graph.modules?.[outer]?.exposed).toEqual([{ node: id, attribute: 'begin', as: 'start' }]);
  expect(errors(editor)).toEqual([]);
  hideAttribute.run(editor, { module, as: 'begin' });
  expect(whole(editor).graph.modules?.[outer]?.exposed).toBeUndefined();
  expect(whole(editor).graph.modules?.[module]?.exposed).toBeUndefined();
  expect(flatNode(editor, 'module/module/W1')?.attributes.initializer).toBeUndefined();
  while (editor.document.getState().undoLabel !== null) editor.document.undo();
  editor.document.redo();
  expect(whole(editor)).toEqual(before);
});

test('a module that nothing uses is entered, edited, left and removed', () => {
  const { editor, module, id } = withModule('W1', 'b1', 'hidden', 'tanh');
  expect(pathInto(whole(editor), module)).toEqual([id]);
  editor.ui.select([id]);
  deleteSelection.run(editor);
  editModule.run(editor, { module });
  const sheet = () => editor.document.getState();
  expect(Object.values(sheet().document.graph.nodes).map(({ name }) => name)).toContain('W1');
  const W1 = idOf(editor, 'W1');
  expect(sheet().check.types.get(`${W1}:value`)?.shape).toEqual([64, 32]);
  // What hangs on the input waits, and is no mistake.
  expect(sheet().check.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  setAttribute.run(editor, { node: W1, attribute: 'shape', value: [64, 16] });
  expect(sheet().check.types.get(`${W1}:value`)?.shape).toEqual([64, 16]);
  addNode.run(editor, { op: 'Relu', name: 'more' });
  expect(sheet().check.diagnostics.map(({ place }) => place.node)).toContain(idOf(editor, 'more'));
  expect(Object.values(definition(editor)?.nodes ?? {}).map(({ name }) => name)).toContain('more');
  expect(errors(editor).some((title) => title.includes('more'))).toBe(false);
  editor.ui.select([]);
  leaveModule.run(editor);
  expect(sheet().path).toEqual([]);
  editModule.run(editor, { module });
  removeModule.run(editor, { module });
  expect(sheet().path).toEqual([]);
  expect(whole(editor).graph.modules).toBeUndefined();
});

test('an instance is bypassed where it keeps the type of its first input, and muted', () => {
  const { editor, id } = withModule('tanh');
  const types = () => editor.document.getState().check.types;
  const shape = types().get(`${id}:y`)?.shape;
  editor.ui.select([id]);
  bypass.run(editor);
  expect(whole(editor).graph.nodes[id]?.bypassed).toBe(true);
  expect(errors(editor)).toEqual([]);
  expect(flatNode(editor, 'module/tanh')?.muted).toBe(true);
  expect(types().get(`${id}:y`)?.shape).toEqual(shape);
  const logits = Object.values(flatten(whole(editor), registry).document.graph.edges).find(
    ({ target }) => target.node === 'logits' && target.port === 'a',
  );
  expect(logits?.source.node).toBe('hidden');
  mute.run(editor);
  expect(whole(editor).graph.nodes[id]?.muted).toBe(true);
  expect(types().has('logits:y')).toBe(false);

  const layer = withModule('W1', 'b1', 'hidden');
  layer.editor.ui.select([layer.id]);
  expect(bypass.enabled(layer.editor)).toBe(false);
});
