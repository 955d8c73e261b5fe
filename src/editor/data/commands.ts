import type { DataInput } from '../../data/streams.ts';
import { always, type Command } from '../commands/command.ts';
import type { Editor } from '../store/create-editor.ts';
import { looksLikeData } from './chosen-files.ts';
import { openDialog, readFiles } from './dialog-store.ts';

export const addData: Command = {
  id: 'data.add',
  label: 'Add data…',
  group: 'File',
  enabled: always,
  run: () => openDialog(),
};

export const editData: Command<{ readonly name: string }> = {
  id: 'data.edit',
  label: 'Change data set…',
  group: 'Edit',
  enabled: always,
  run: (_, { name }) => openDialog(name),
};

/** Takes a data set out of the drawing. Its rows stay in the browser, so that this can be undone. */
export const removeData: Command<{ readonly name: string }> = {
  id: 'data.remove',
  label: 'Remove data set',
  group: 'Edit',
  enabled: always,
  run(editor, { name }) {
    editor.document.apply(`Remove data set ${name}`, (draft) => {
      const { [name]: _, ...others } = draft.graph.datasets ?? {};
      if (Object.keys(others).length > 0) draft.graph.datasets = others;
      else delete draft.graph.datasets;
    });
  },
};

/** Dropped files: all of them while the dialog is open, else those that look like data. False where they are something else. */
export function takeData(editor: Editor, inputs: readonly DataInput[]): boolean {
  const isOpen = editor.ui.getState().dialog === 'data';
  if (inputs.length === 0 || (!isOpen && !looksLikeData(inputs))) return false;
  if (!isOpen) openDialog();
  void readFiles(inputs);
  return true;
}
