import { createStore } from 'zustand/vanilla';
import type { Command } from '../commands/command.ts';
import { costWire, penalizable } from './regularize.ts';

export const regularizing = createStore<{ readonly open: boolean }>(() => ({ open: false }));

export const openRegularize: Command = {
  id: 'document.open-regularize',
  label: 'Regularize…',
  group: 'Create',
  enabled(editor) {
    const { document } = editor.document.getState();
    return costWire(document, editor.registry) !== null && penalizable(document, editor.registry).length > 0;
  },
  run: () => regularizing.setState({ open: true }),
};
