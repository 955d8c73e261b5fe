import type { TrainingOptions } from '../../compiler/document.ts';
import { LOOP_GROUPS, LOOP_SPECS, type LoopGroup } from '../../compiler/training-options.ts';
import { always, type Command } from '../commands/command.ts';
import { sessionActions } from '../session/actions.ts';

interface SetLoopArgs {
  /** Null: the option is not in a group. */
  readonly group: LoopGroup | null;
  readonly name: string;
  readonly value: unknown;
}

/** One option of the training loop. What is as by default is not stored. */
export const setLoop: Command<SetLoopArgs> = {
  id: 'document.set-loop',
  label: 'Set an option of the training loop',
  group: 'Train',
  enabled: always,
  run(editor, { group, name, value }) {
    const specs: Readonly<Record<string, { readonly default: unknown }>> = group ? LOOP_GROUPS[group] : LOOP_SPECS;
    editor.document.apply(
      `Set ${name} of training`,
      (draft) => {
        const training = draft.graph.training as Record<string, unknown>;
        const before = (group ? training[group] : training) as Record<string, unknown> | undefined;
        if ((before?.[name] ?? specs[name]?.default) === value) return;
        const { [name]: _, ...others } = before ?? {};
        const isDefault = specs[name]?.default === value;
        const after = isDefault ? others : { ...others, [name]: value };
        if (!group) draft.graph.training = after as unknown as typeof draft.graph.training;
        else if (Object.keys(after).length > 0) training[group] = after;
        else delete training[group];
      },
      'merge',
    );
  },
};

export type BatchPreset = 'online' | 'minibatch' | 'full';

/** Rows a step of gradient descent's three forms; null where the number of rows is not known. */
export function presetSize(preset: BatchPreset, rows: number | null): number | null {
  if (preset === 'online') return 1;
  return preset === 'full' ? rows : Math.min(64, rows ?? 64);
}

/** Which of the presets a batch size is. */
export function presetOf({ batchSize }: TrainingOptions, rows: number | null): BatchPreset {
  if (batchSize === rows) return 'full';
  return batchSize === 1 ? 'online' : 'minibatch';
}

export const restoreBest: Command = {
  id: 'train.restore-best',
  label: 'Restore the best parameters',
  group: 'Train',
  enabled: (editor) => typeof editor.session.getState().rules?.kept === 'number',
  run: () => sessionActions().restoreBest(),
};
