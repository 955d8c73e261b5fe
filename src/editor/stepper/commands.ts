import type { Command } from '../commands/command.ts';
import { sessionActions } from '../session/actions.ts';
import type { Editor } from '../store/create-editor.ts';
import { closeStepper, goToStop, isStepping, moveBy, openStepper, stepper } from './stepper-store.ts';

const isOpen = () => stepper.getState().now !== null;
const hasErrors = (editor: Editor) =>
  editor.whole.getState().check.diagnostics.some(({ severity }) => severity === 'error');

/** Begins with the first node, and goes on to the next. */
export const startStepper: Command = {
  id: 'stepper.start',
  label: 'Step through nodes, one by one',
  group: 'Train',
  shortcuts: ['N'],
  enabled: (editor) => !hasErrors(editor),
  async run(editor) {
    if (isOpen()) return moveBy(editor, 1);
    sessionActions().pause();
    await openStepper(editor);
  },
};

export const previousStop: Command = {
  id: 'stepper.previous',
  label: 'Previous node of the step',
  group: 'Train',
  shortcuts: ['Shift+N'],
  enabled: isOpen,
  run: (editor) => moveBy(editor, -1),
};

export const toLoss: Command = {
  id: 'stepper.loss',
  label: 'To the loss of the step',
  group: 'Train',
  shortcuts: ['J'],
  enabled: isOpen,
  run(editor) {
    const { now } = stepper.getState();
    if (now) goToStop(editor, now.walk.cost);
  },
};

export const toEnd: Command = {
  id: 'stepper.end',
  label: 'To the end of the step',
  group: 'Train',
  shortcuts: ['Shift+J'],
  enabled: isOpen,
  run: (editor) => goToStop(editor, Number.POSITIVE_INFINITY),
};

/** Trains the step that was gone through, and begins with the one after it. */
export const makeStep: Command = {
  id: 'stepper.make',
  label: 'Make the step, and go through the next',
  group: 'Train',
  enabled: isOpen,
  run(editor) {
    const { now } = stepper.getState();
    if (!now) return;
    const { step } = now;
    closeStepper();
    const end = editor.session.subscribe((state) => {
      if (state.step < step || state.phase === 'running' || state.phase === 'loading') return;
      end();
      void openStepper(editor);
    });
    sessionActions().step(1);
  },
};

export const stopStepper: Command = {
  id: 'stepper.stop',
  label: 'Stop stepping through nodes',
  group: 'Train',
  enabled: () => isStepping(),
  run: () => closeStepper(),
};

export const stepperCommands: readonly Command[] = [startStepper, previousStop, toLoss, toEnd, makeStep, stopStepper];
