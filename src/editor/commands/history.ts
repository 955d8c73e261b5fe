import type { Command } from './command.ts';

export const undo: Command = {
  id: 'edit.undo',
  label: 'Undo',
  group: 'Edit',
  shortcuts: ['Mod+Z'],
  enabled: (editor) => editor.document.getState().undoLabel !== null,
  run: (editor) => editor.document.undo(),
};

export const redo: Command = {
  id: 'edit.redo',
  label: 'Redo',
  group: 'Edit',
  shortcuts: ['Mod+Shift+Z', 'Mod+Y'],
  enabled: (editor) => editor.document.getState().redoLabel !== null,
  run: (editor) => editor.document.redo(),
};
