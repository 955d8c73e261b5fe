import { Fact, Facts, Section } from '../inspector/Section.tsx';
import { useFlatNodes, useWhole } from '../store/hooks.ts';
import { Batches } from '../training/Batches.tsx';
import { Schedule, Validation } from '../training/Rules.tsx';
import { formatAmount } from '../widgets/format.ts';
import { LearningRate } from './LearningRate.tsx';
import { Metrics } from './Metrics.tsx';

export function TrainPanel() {
  return (
    <>
      <Section title="Learning rate">
        <LearningRate />
        <Schedule />
      </Section>
      <Section title="Progress">
        <Metrics />
      </Section>
      <Batches />
      <Validation />
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
