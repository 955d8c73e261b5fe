import { attr } from '../../compiler/op.ts';
import { loopOptions } from '../../compiler/training-options.ts';
import { setTraining } from '../commands/nodes.ts';
import { Section } from '../inspector/Section.tsx';
import { editor } from '../store/editor.ts';
import { useTraining, useWhole } from '../store/hooks.ts';
import { AttributeField } from '../widgets/AttributeField.tsx';
import { Choice } from '../widgets/Choice.tsx';
import { formatAmount, formatCount } from '../widgets/format.ts';
import { type BatchPreset, presetOf, presetSize } from './commands.ts';
import { LoopField } from './LoopField.tsx';
import { trainingRows } from './rows.ts';

const BATCH = attr.int(64, 'Rows a step', { min: 1 });
const EPOCHS = attr.int(0, 'Passes over the training split; 0 goes on until paused', { min: 0 });
const SEED = attr.int(1, 'Seeds shuffling and initializers', { min: 0 });
const SHUFFLE = attr.flag(true, 'New order of the rows in every epoch');

const PRESETS: readonly (readonly [BatchPreset, string])[] = [
  ['online', 'Online'],
  ['minibatch', 'Minibatch'],
  ['full', 'All rows'],
];

/** How the rows of the training split become steps and epochs. */
export function Batches() {
  const training = useTraining();
  const rows = useWhole((state) => trainingRows(state.document, editor.registry));
  const loop = loopOptions(training);
  const chosen = presetOf(training, rows);
  return (
    <Section title="Batches">
      <div className="flex flex-col gap-1.5">
        {rows !== null && (
          <fieldset className="-mx-1 flex gap-1">
            <legend className="sr-only">Rows a step</legend>
            {PRESETS.map(([preset, label]) => (
              <Choice
                key={preset}
                kind="framed"
                pressed={chosen === preset}
                onClick={() => {
                  const size = presetSize(preset, rows);
                  if (size !== null && chosen !== preset) setTraining.run(editor, { batchSize: size });
                }}
              >
                {label}
              </Choice>
            ))}
          </fieldset>
        )}
        <AttributeField
          name="batch size"
          spec={BATCH}
          value={training.batchSize}
          onCommit={(value) => void setTraining.run(editor, { batchSize: Number(value) })}
        />
        {rows !== null && rows % training.batchSize > 0 && <LoopField loop={loop} group={null} name="lastBatch" />}
        <AttributeField
          name="epochs"
          spec={EPOCHS}
          value={training.epochs}
          onCommit={(value) => void setTraining.run(editor, { epochs: Number(value) })}
        />
        <AttributeField
          name="seed"
          spec={SEED}
          value={training.seed}
          onCommit={(value) => void setTraining.run(editor, { seed: Number(value) })}
        />
        <AttributeField
          name="shuffle"
          spec={SHUFFLE}
          value={training.shuffle}
          onCommit={(value) => void setTraining.run(editor, { shuffle: value === true })}
        />
      </div>
      <p className="mt-1.5 text-faint text-sm">
        {rows !== null && `${stepsText(rows, training.batchSize, loop.lastBatch)} `}
        {training.epochs === 0 && 'Epochs 0 trains until paused.'}
      </p>
    </Section>
  );
}

/** `An epoch is 23 steps; 28 rows are left out.` */
function stepsText(rows: number, batch: number, last: 'drop' | 'keep' | 'fill'): string {
  const left = rows % batch;
  const whole = Math.floor(rows / batch);
  const steps = Math.max(1, whole + (left > 0 && last !== 'drop' ? 1 : 0));
  const text = `An epoch is ${formatAmount(steps, 'step')}`;
  if (left === 0 || whole === 0) return `${text}.`;
  if (last === 'drop') return `${text}; ${formatAmount(left, 'row')} left over ${left === 1 ? 'is' : 'are'} dropped.`;
  return last === 'keep'
    ? `${text}, the last of ${formatAmount(left, 'row')}.`
    : `${text}, the last with ${formatCount(batch - left)} from the beginning.`;
}
