import { always, type Command } from './command.ts';

export const showGallery: Command = {
  id: 'file.gallery',
  label: 'Gallery…',
  group: 'File',
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'gallery' }),
};

export const showExport: Command = {
  id: 'file.export',
  label: 'Export…',
  group: 'File',
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'export' }),
};
