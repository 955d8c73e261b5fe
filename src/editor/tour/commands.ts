import { always, type Command } from '../commands/command.ts';
import { tour } from './tour-store.ts';

export const takeTour: Command = {
  id: 'help.tour',
  label: 'Take the tour',
  group: 'Help',
  enabled: always,
  run: () => tour.start(),
};
