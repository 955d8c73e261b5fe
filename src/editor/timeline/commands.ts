import { always, type Command } from '../commands/command.ts';
import { lookAtPresent, lookBy, resumeFromHere, stepsSeen, timeline } from './timeline-store.ts';

export const toggleTimeline: Command = {
  id: 'timeline.show',
  label: 'Look back over the run',
  group: 'Train',
  shortcuts: ['H'],
  enabled: always,
  checked: () => timeline.getState().open,
  run() {
    const { open } = timeline.getState();
    if (open) lookAtPresent();
    timeline.setState({ open: !open });
  },
};

export const earlierMoment: Command = {
  id: 'timeline.earlier',
  label: 'An earlier moment of the run',
  group: 'Train',
  shortcuts: [','],
  enabled: (editor) => stepsSeen(editor).length > 1,
  run(editor) {
    timeline.setState({ open: true });
    lookBy(editor, -1);
  },
};

export const laterMoment: Command = {
  id: 'timeline.later',
  label: 'A later moment of the run',
  group: 'Train',
  shortcuts: ['Alt+,'],
  enabled: () => timeline.getState().step !== null,
  run: (editor) => lookBy(editor, 1),
};

export const backToPresent: Command = {
  id: 'timeline.present',
  label: 'Back to the present of the run',
  group: 'Train',
  enabled: () => timeline.getState().step !== null,
  run: () => lookAtPresent(),
};

export const resumeHere: Command = {
  id: 'timeline.resume',
  label: 'Resume training from the moment that is shown',
  group: 'Train',
  enabled: () => timeline.getState().step !== null,
  run: (editor) => resumeFromHere(editor),
};

export const timelineCommands: readonly Command[] = [
  toggleTimeline,
  earlierMoment,
  laterMoment,
  backToPresent,
  resumeHere,
];
