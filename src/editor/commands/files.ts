import { printDocument } from '../../compiler/document-parse.ts';
import { isModelFile, openModel } from '../onnx/open-model.ts';
import { downloadFile, newDocument, openBlob, pickFile } from '../persistence/documents.ts';
import { always, type Command } from './command.ts';

export const createDocument: Command = {
  id: 'file.new',
  label: 'New graph',
  group: 'File',
  enabled: always,
  run: (editor) => newDocument(editor),
};

export const openFile: Command = {
  id: 'file.open',
  label: 'Open file…',
  group: 'File',
  shortcuts: ['Mod+O'],
  global: true,
  enabled: always,
  async run(editor) {
    const file = await pickFile('.json,.onnx,application/json');
    if (file) await (isModelFile(file) ? openModel(editor, file) : openBlob(editor, file));
  },
};

export const saveFile: Command = {
  id: 'file.save',
  label: 'Save as file',
  group: 'File',
  shortcuts: ['Mod+S'],
  global: true,
  enabled: always,
  run(editor) {
    const { document } = editor.whole.getState();
    downloadFile(`${document.name}.json`, printDocument(document), 'application/json');
  },
};
