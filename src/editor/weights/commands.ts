import { always, type Command } from '../commands/command.ts';
import { pickFile } from '../persistence/documents.ts';
import type { Editor } from '../store/create-editor.ts';
import { weights, weightsStore } from './weights.ts';

export const showWeights: Command = {
  id: 'train.weights',
  label: 'Weights…',
  group: 'Train',
  enabled: always,
  run: (editor) => editor.ui.set({ dialog: 'weights' }),
};

/** Shows what a file holds for the drawing; nothing changes before that is confirmed. */
export function receiveWeights(editor: Editor, file: File): void {
  weightsStore.setState({ incoming: file });
  editor.ui.set({ dialog: 'weights' });
}

export const loadWeights: Command = {
  id: 'train.load-weights',
  label: 'Load weights from a file…',
  group: 'Train',
  enabled: always,
  async run(editor) {
    const file = await pickFile('.safetensors,.npz,.npy,.onnx');
    if (file) receiveWeights(editor, file);
  },
};

export const takeBackWeights: Command = {
  id: 'train.take-back-weights',
  label: 'Restore the values before loading',
  group: 'Train',
  enabled: () => weightsStore.getState().before !== null,
  run: async () => void (await weights().takeBack()),
};
