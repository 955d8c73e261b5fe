/** How the canvas behaves: remembered in the browser, and no part of the document. */
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
    editor.canvas.set({ pointer: editor.canvas.getState().pointer === 'mouse' ? 'trackpad' : 'mouse' });
  },
};
