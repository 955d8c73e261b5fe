import { announce } from '../announce/announcer.ts';
import { trainingSummary } from '../announce/follow.ts';
import { always, type Command } from './command.ts';

/** For those who listen: steps are not told one by one, but the state of training is at any time one key away. */
export const sayTraining: Command = {
  id: 'train.say',
  label: 'Say the state of training',
  group: 'Train',
  shortcuts: ['S'],
  enabled: always,
  run: (editor) => announce('summary', trainingSummary(editor)),
};
