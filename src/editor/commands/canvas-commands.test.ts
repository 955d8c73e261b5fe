/** Commands of the canvas on a real language. */
import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor } from '../store/create-editor.ts';
import { createKeyBindings, isSingleKey, shortcutsOf } from '../store/key-bindings.ts';
import { commands } from './all.ts';
import { arranges } from './arrange.ts';
import { bypass, mute } from './flags.ts';
import { insertNode, insertOperator } from './insert.ts';
import { conflictsOf } from './keymap.ts';
import { goToViews, removeView, saveViews } from './saved-views.ts';
import { wiring } from './test-editor.ts';

function open() {
  const document = {
    ...drawing({
      digits: ['Data'],
      W: ['Parameter', {}, { shape: [64, 10] }],
      scores: ['MatMul', { a: 'digits:x', b: 'W' }],
      tanh: ['Tanh', { x: 'scores' }],
      end: ['ReduceSum', { x: 'tanh' }],
      loose: ['Relu'],
    }),
    layout: {
      nodes: {
        digits: { x: 0, y: 0 },
        W: { x: 12, y: 200 },
        scores: { x: 200, y: 40 },
        tanh: { x: 360, y: 0 },
        end: { x: 520, y: 8 },
        loose: { x: 0, y: 600 },
      },
    },
  };
  return createEditor({ registry, check, document });
}

const layout = (editor: ReturnType<typeof open>) => editor.document.getState().document.layout.nodes;

test('what keeps no shape is not bypassed, what does is switched on and off', () => {
  const editor = open();
  editor.ui.select(['scores']);
  expect(bypass.enabled(editor)).toBe(false);
  editor.ui.select(['scores', 'tanh']);
  bypass.run(editor);
  const { nodes } = editor.document.getState().document.graph;
  expect([nodes.scores?.bypassed, nodes.tanh?.bypassed]).toEqual([undefined, true]);
  bypass.run(editor);
  mute.run(editor);
  expect(editor.document.getState().document.graph.nodes.tanh).toMatchObject({ muted: true });
  editor.document.undo();
  editor.document.undo();
  editor.document.undo();
  expect(editor.document.getState().document).toEqual(open().document.getState().document);
});

describe('on wires', () => {
  test('an operator that fits comes between, and makes room', () => {
    const editor = open();
    insertOperator.run(editor, { edge: 'end.x', op: 'Relu' });
    expect(wiring(editor)).toEqual(expect.arrayContaining(['tanh.y > relu.x', 'relu.y > end.x']));
    const relu = editor.ui.getState().selection.nodes[0] ?? '';
    expect(layout(editor).end?.x).toBeGreaterThanOrEqual((layout(editor)[relu]?.x ?? 0) + 144 + 56);
    editor.document.undo();
    expect(layout(editor)).toEqual(layout(open()));
  });

  test('what does not fit is not put there', () => {
    const editor = open();
    const before = editor.document.getState();
    insertOperator.run(editor, { edge: 'end.x', op: 'MaxPool' });
    insertOperator.run(editor, { edge: 'none', op: 'Relu' });
    insertNode.run(editor, { edge: 'end.x', node: 'scores' });
    expect(editor.document.getState()).toBe(before);
  });

  test('a loose node comes between', () => {
    const editor = open();
    insertNode.run(editor, { edge: 'end.x', node: 'loose' });
    expect(wiring(editor)).toEqual(expect.arrayContaining(['tanh.y > loose.x', 'loose.y > end.x']));
  });
});

test('nodes line up, and spread evenly', () => {
  const editor = open();
  editor.ui.select(['digits', 'scores', 'tanh', 'end']);
  const run = (id: string) => arranges.find((command) => command.id === `arrange.${id}`)?.run(editor);
  run('top');
  expect(['digits', 'scores', 'tanh', 'end'].map((id) => layout(editor)[id]?.y)).toEqual([0, 0, 0, 0]);
  run('distribute-across');
  const xs = ['digits', 'scores', 'tanh', 'end'].map((id) => layout(editor)[id]?.x ?? Number.NaN);
  expect([xs[0], xs[3]]).toEqual([0, 520]);
  const gaps = xs.slice(1).map((x, at) => x - (xs[at] ?? 0));
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(4);
  run('left');
  expect(new Set(['digits', 'scores', 'tanh', 'end'].map((id) => layout(editor)[id]?.x))).toEqual(new Set([0]));
});

test('views are kept with the document, and leave nothing behind', () => {
  const editor = open();
  let look = { x: 3, y: 4, zoom: 0.5 };
  editor.view = {
    ...editor.view,
    look: () => look,
    lookAt(next) {
      look = { ...next };
    },
  };
  saveViews[0]?.run(editor);
  expect(editor.document.getState().document.layout.views).toEqual({ 1: { name: 'View 1', x: 3, y: 4, zoom: 0.5 } });
  look = { x: 0, y: 0, zoom: 1 };
  goToViews[0]?.run(editor);
  expect(look).toMatchObject({ x: 3, y: 4, zoom: 0.5 });
  removeView.run(editor, { view: '1' });
  expect(editor.document.getState().document).toEqual(open().document.getState().document);
});

test('keys are changed, kept, told where they collide, and reset', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const keys = createKeyBindings(storage);
  keys.bind(mute.id, ['B']);
  expect(conflictsOf('B', mute, commands, keys.getState()).map(({ id }) => id)).toEqual([bypass.id]);
  expect(shortcutsOf(mute, createKeyBindings(storage).getState())).toEqual(['B']);
  keys.setSingleKeys(false);
  expect(shortcutsOf(mute, keys.getState())).toEqual([]);
  keys.reset();
  expect(shortcutsOf(mute, keys.getState())).toEqual(['M']);
  expect(['A', 'Shift+1', '?', '+', 'Shift+F'].every(isSingleKey)).toBe(true);
  expect(['Mod+A', 'Alt+A', 'F3', 'Tab', 'Shift+F10', 'ArrowUp'].some(isSingleKey)).toBe(false);
});
