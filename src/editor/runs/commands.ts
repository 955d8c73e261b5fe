import type { Command } from '../commands/command.ts';
import { hub } from '../session/telemetry.ts';
import { keepRun, removeRuns, runs } from './runs-store.ts';

export const keepThisRun: Command = {
  id: 'train.keep-run',
  label: 'Keep this run to compare',
  group: 'Train',
  enabled: (editor) => editor.session.getState().step > 0,
  run: (editor) => void keepRun(editor, hub),
};

export const deleteRuns: Command = {
  id: 'train.delete-runs',
  label: 'Delete all kept runs',
  group: 'Train',
  enabled: () => runs.getState().list.length > 0,
  run: () => removeRuns(runs.getState().list.map(({ id }) => id)),
};
