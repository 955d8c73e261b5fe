import type { Command } from '../commands/command.ts';
import { questions } from '../session/questions.ts';
import { diverged, forget } from './follow.ts';

export const rewind: Command = {
  id: 'train.rewind',
  label: 'Rewind to before the loss was no number',
  group: 'Train',
  enabled: () => diverged.getState().rewindTo !== null,
  async run(editor) {
    const { step } = diverged.getState();
    if (step === null) return;
    const to = await questions().rewind(step);
    if (to !== null) forget(editor);
  },
};
