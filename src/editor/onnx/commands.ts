import { always, type Command } from '../commands/command.ts';
import { pickFile } from '../persistence/documents.ts';
import { openModel } from './open-model.ts';

export const openOnnxModel: Command = {
  id: 'file.open-model',
  label: 'Open ONNX model…',
  group: 'File',
  enabled: always,
  async run(editor) {
    const file = await pickFile('.onnx');
    if (file) await openModel(editor, file);
  },
};
