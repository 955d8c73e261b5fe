import { sessionActions } from '../session/actions.ts';
import type { Editor } from '../store/create-editor.ts';
import { always, type Command } from './command.ts';

function isTraining(editor: Editor): boolean {
  const { phase } = editor.session.getState();
  return phase === 'running' || phase === 'loading';
}

/** Where errors stand in the way the list of them opens instead: a command that does nothing would not say why. */
function unlessBlocked(editor: Editor, run: () => void) {
  const blocked = editor.document.getState().check.diagnostics.some((problem) => problem.severity === 'error');
  if (blocked) editor.ui.showTab('problems');
  else run();
}

export const trainOrPause: Command = {
  id: 'train.run',
  label: 'Train or pause',
  group: 'Train',
  shortcuts: ['Mod+Enter'],
  enabled: always,
  run(editor) {
    if (isTraining(editor)) sessionActions().pause();
    else unlessBlocked(editor, () => sessionActions().start());
  },
};

export const stepOnce: Command = {
  id: 'train.step',
  label: 'One step',
  group: 'Train',
  shortcuts: [';'],
  enabled: always,
  run: (editor) => unlessBlocked(editor, () => sessionActions().step(1)),
};

export const resetTraining: Command = {
  id: 'train.reset',
  label: 'Reset to step 0',
  group: 'Train',
  enabled: always,
  run: () => sessionActions().reset(),
};
