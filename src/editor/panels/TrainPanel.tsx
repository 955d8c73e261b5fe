import { attr } from '../../compiler/op.ts';
import { setTraining } from '../commands/nodes.ts';
import { Fact, Facts, Section } from '../inspector/Section.tsx';
import { editor } from '../store/editor.ts';
import { useFlatNodes, useTraining, useWhole } from '../store/hooks.ts';
import { AttributeField } from '../widgets/AttributeField.tsx';
import { formatAmount } from '../widgets/format.ts';
import { LearningRate } from './LearningRate.tsx';
import { Metrics } from './Metrics.tsx';

const BATCH = attr.int(64, 'Rows a step', { min: 1 });
const EPOCHS = attr.int(0, 'Passes over the training split; 0 goes on until paused', { min: 0 });
const SEED = attr.int(1, 'Seeds shuffling and initializers', { min: 0 });
const SHUFFLE = attr.flag(true, 'New order of the rows in every epoch');

export function TrainPanel() {
  const training = useTraining();
  return (
    <>
      <Section title="Learning rate">
        <LearningRate />
      </Section>
      <Section title="Progress">
        <Metrics />
      </Section>
      <Section title="Options">
        <div className="flex flex-col gap-1.5">
          <AttributeField
            name="batch size"
            spec={BATCH}
            value={training.batchSize}
            onCommit={(value) => void setTraining.run(editor, { batchSize: Number(value) })}
          />
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
        <p className="mt-1.5 text-faint text-sm">Epochs 0 trains until paused.</p>
      </Section>
      <Optimizers />
    </>
  );
}

/** Who changes which parameters. */
function Optimizers() {
  const nodes = useFlatNodes();
  const updates = useWhole((state) => state.check.updates);
  const counts = new Map<string, number>();
  for (const by of updates.values()) counts.set(by, (counts.get(by) ?? 0) + 1);
  return (
    <Section title="Updates">
      {counts.size === 0 ? (
        <p className="text-muted">Nothing updates a parameter yet. Add an optimizer and wire the cost to it.</p>
      ) : (
        <Facts>
          {[...counts].map(([id, count]) => (
            <Fact key={id} label={<span className="text-update">{nodes[id]?.name ?? id}</span>}>
              {nodes[id]?.op} changes {formatAmount(count, 'parameter')}
            </Fact>
          ))}
        </Facts>
      )}
    </Section>
  );
}
