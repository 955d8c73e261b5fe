import { always, type Command } from '../commands/command.ts';
import { pickFile } from '../persistence/documents.ts';
import { weights, weightsStore } from './weights.ts';

export const WEIGHT_FILES = '.safetensors,.npz,.npy,.onnx';

export const showWeights: Command = {
  id: 'train.weights',
  label: 'Weights…',
  group: 'Train',
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'weights' }),
};

/** Shows what the file holds for the drawing; nothing changes before that is confirmed. */
export const loadWeights: Command<{ readonly file?: File } | undefined> = {
  id: 'train.load-weights',
  label: 'Load weights from a file…',
  group: 'Train',
  enabled: always,
  async run(editor, args) {
    const file = args?.file ?? (await pickFile(WEIGHT_FILES));
    if (!file) return;
    weightsStore.setState({ incoming: file });
    editor.ui.set({ dialog: 'weights' });
  },
};

export const takeBackWeights: Command = {
  id: 'train.take-back-weights',
  label: 'Restore the values before loading',
  group: 'Train',
  enabled: () => weightsStore.getState().before !== null,
  run: async () => void (await weights().takeBack()),
};
