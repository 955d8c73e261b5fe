import type { Command } from '../commands/command.ts';
import { checkAllGradients } from './check-store.ts';

export const checkGradients: Command = {
  id: 'gradient.check',
  label: 'Check all gradients',
  group: 'Train',
  enabled: (editor) => !editor.document.getState().check.diagnostics.some(({ severity }) => severity === 'error'),
  run: () => checkAllGradients(),
};
