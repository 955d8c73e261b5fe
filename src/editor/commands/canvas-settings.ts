/** How the canvas behaves: remembered in the browser, and no part of the document. */
import type { CanvasSettings } from '../store/canvas-store.ts';
import type { Editor } from '../store/create-editor.ts';
import { always, type Command } from './command.ts';

function toggle(id: string, label: string, key: 'snapGrid' | 'snapNodes' | 'minimap'): Command {
  return {
    id: `view.${id}`,
    label,
    group: 'View',
    enabled: always,
    checked: (editor: Editor) => editor.canvas.getState()[key],
    run: (editor: Editor) => editor.canvas.set({ [key]: !editor.canvas.getState()[key] }),
  };
}

export const toggleMinimap = toggle('minimap', 'Map', 'minimap');
export const toggleSnapGrid = toggle('snap-grid', 'Snap to grid', 'snapGrid');
export const toggleSnapNodes = toggle('snap-nodes', 'Snap to other nodes', 'snapNodes');

export const switchPointer: Command = {
  id: 'view.pointer',
  label: 'Switch between trackpad and mouse',
  group: 'View',
  enabled: always,
  run(editor) {
    const pointer = editor.canvas.getState().pointer === 'mouse' ? 'trackpad' : 'mouse';
    return choosePointer.run(editor, { pointer });
  },
};

export const choosePointer: Command<Pick<CanvasSettings, 'pointer'>> = {
  id: 'view.choose-pointer',
  label: 'What the wheel does',
  group: 'View',
  enabled: always,
  run: (editor, { pointer }) => editor.canvas.set({ pointer, asked: true, asking: false }),
};

/** Asks what the wheel is to do when it is turned for the first time. */
export const askPointer: Command = {
  id: 'view.ask-pointer',
  label: 'Ask what the wheel does',
  group: 'View',
  enabled: (editor) => !editor.canvas.getState().asked,
  run: (editor) => editor.canvas.set({ asked: true, asking: true }),
};
