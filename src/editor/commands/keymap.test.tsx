import { beforeEach, describe, expect, test } from 'vitest';
import { commands } from './all.ts';
import { handleKey, shortcutText } from './keymap.ts';
import { addNode } from './nodes.ts';
import { createTestEditor } from './test-editor.ts';

const PAGE = `
  <input id="field">
  <p id="text">text</p>
  <div role="dialog"><button id="in-dialog"></button></div>
  <section data-canvas><div id="canvas" tabindex="0"></div><button id="fix"></button></section>`;

beforeEach(() => {
  document.body.innerHTML = PAGE;
});

function press(key: string, where: string, more: KeyboardEventInit = {}) {
  const editor = createTestEditor();
  addNode.run(editor, { op: 'Relu' });
  let used = false;
  const target = document.getElementById(where);
  const listener = (event: KeyboardEvent) => {
    used = handleKey(editor, commands, event);
  };
  window.addEventListener('keydown', listener);
  target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  window.removeEventListener('keydown', listener);
  return { editor, used };
}

const nodes = ({ editor }: ReturnType<typeof press>) => Object.keys(editor.document.getState().document.graph.nodes);

describe('shortcuts', () => {
  test('single letters work only while the canvas has the keyboard', () => {
    expect(press('g', 'canvas').editor.ui.getState().layers.backward).toBe(true);
    for (const where of ['field', 'text', 'in-dialog']) expect(press('g', where).used).toBe(false);
  });

  test('typing keeps its keys', () => {
    for (const key of ['Delete', 'Backspace', 'Tab', 'ArrowLeft', '?']) expect(press(key, 'field').used).toBe(false);
    for (const key of ['z', 'a', 'v', 'x', 'd']) expect(press(key, 'field', { ctrlKey: true }).used).toBe(false);
    expect(press('k', 'field', { ctrlKey: true }).editor.ui.getState().dialog).toBe('commands');
  });

  test('editing keys work on the canvas', () => {
    expect(nodes(press('Delete', 'canvas'))).toHaveLength(0);
    expect(nodes(press('d', 'canvas', { ctrlKey: true }))).toHaveLength(2);
    expect(nodes(press('z', 'text', { ctrlKey: true }))).toHaveLength(0);
    expect(press('Tab', 'canvas').editor.ui.getState().dialog).toBe('search');
  });

  test('the keyboard can leave: Shift+Tab, and Tab on buttons', () => {
    expect(press('Tab', 'canvas', { shiftKey: true }).used).toBe(false);
    expect(press('Tab', 'fix').used).toBe(false);
  });

  test('a disabled command leaves its key alone', () => {
    expect(press('v', 'canvas', { ctrlKey: true }).used).toBe(false);
  });

  test('no two commands share a shortcut, and ids are unique', () => {
    const shortcuts = commands.flatMap((command) => command.shortcuts ?? []);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
    expect(new Set(commands.map((command) => command.id)).size).toBe(commands.length);
  });

  test('are written as the system writes them', () => {
    expect(shortcutText('Mod+Shift+Z')).toBe('Ctrl+Shift+Z');
    expect(shortcutText('ArrowLeft')).toBe('←');
  });
});
