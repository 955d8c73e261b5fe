import { always, type Command } from '../commands/command.ts';
import { type Sweep, withValues } from './sweep.ts';
import { cancelSweep, isRunning, sweeps } from './sweep-store.ts';

export const openSweep: Command = {
  id: 'train.sweep',
  label: 'Sweep: train with several values…',
  group: 'Train',
  enabled: (editor) => !editor.whole.getState().check.diagnostics.some(({ severity }) => severity === 'error'),
  run: () => sweeps.setState({ open: true }),
};

export const stopSweep: Command = {
  id: 'train.cancel-sweep',
  label: 'Cancel the sweep',
  group: 'Train',
  enabled: () => isRunning(sweeps.getState()),
  run: () => cancelSweep(),
};

/** Puts the values of a row into the drawing, as one step. */
export const applyValues: Command<{ readonly sweep: Sweep; readonly values: readonly number[] }> = {
  id: 'train.use-values',
  label: 'Use these values',
  group: 'Train',
  enabled: always,
  run(editor, { sweep, values }) {
    editor.whole.apply('Use values of the sweep', (draft) => {
      const document = withValues(editor.whole.getState().document, sweep, values);
      for (const { target } of sweep.axes) {
        if (target.kind === 'training') Object.assign(draft.graph.training, document.graph.training);
        const nodes =
          target.kind === 'attribute'
            ? [target.node]
            : target.kind === 'size'
              ? target.axes.map(({ node }) => node)
              : [];
        for (const id of nodes) {
          const node = draft.graph.nodes[id];
          if (node) Object.assign(node.attributes, structuredClone(document.graph.nodes[id]?.attributes));
        }
      }
    });
  },
};
