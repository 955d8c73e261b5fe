import { always, type Command } from './command.ts';

/** Ports are no stops of the Tab key: these go through those of one node, and Enter begins a wire there. */
export const nextPort: Command = {
  id: 'select.next-port',
  label: 'Next port of the node',
  group: 'Select',
  shortcuts: [']'],
  enabled: always,
  run: (editor) => editor.view.focusPort(1),
};

export const previousPort: Command = {
  id: 'select.previous-port',
  label: 'Previous port of the node',
  group: 'Select',
  shortcuts: ['['],
  enabled: always,
  run: (editor) => editor.view.focusPort(-1),
};
