/** Commands about drawings as wholes: which there are, what they were, and how they leave. */
import { always, type Command } from './command.ts';

export const showDrawings: Command = {
  id: 'file.drawings',
  label: 'Your drawings…',
  group: 'File',
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'drawings' }),
};

export const showHistory: Command = {
  id: 'file.history',
  label: 'History…',
  group: 'File',
  shortcuts: ['Mod+Shift+H'],
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'history' }),
};

export const share: Command = {
  id: 'file.share',
  label: 'Share…',
  group: 'File',
  shortcuts: ['Mod+Shift+S'],
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'share' }),
};

export const savePicture: Command = {
  id: 'file.picture',
  label: 'Picture…',
  group: 'File',
  enabled: (editor) => Object.keys(editor.document.getState().document.graph.nodes).length > 0,
  run: (editor) => editor.ui.set({ dialog: 'picture' }),
};
