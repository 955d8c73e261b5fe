import { useStore } from 'zustand/react';
import { Fact, Facts, Section } from '../inspector/Section.tsx';
import { openRegularize } from '../regularize/commands.ts';
import { RunsSection } from '../runs/RunsSection.tsx';
import { editor } from '../store/editor.ts';
import { useDocumentState, useFlatNodes, useWhole } from '../store/hooks.ts';
import { openSweep } from '../sweep/commands.ts';
import { isRunning, sweeps } from '../sweep/sweep-store.ts';
import { Batches } from '../training/Batches.tsx';
import { Schedule, Validation } from '../training/Rules.tsx';
import { Button } from '../widgets/Button.tsx';
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
      <Tools />
      <RunsSection />
      <Optimizers />
    </>
  );
}

/** What is done with a drawing as a whole. */
function Tools() {
  const sweep = useStore(sweeps);
  const running = isRunning(sweep);
  const canRegularize = useDocumentState(() => openRegularize.enabled(editor));
  return (
    <Section title="Try out">
      <div className="flex flex-wrap gap-1.5">
        <Button disabled={!canRegularize} onClick={() => void openRegularize.run(editor)}>
          Regularize…
        </Button>
        <Button onClick={() => void openSweep.run(editor)}>
          {running ? `Sweep: run ${(sweep.at ?? 0) + 1} of ${sweep.rows.length}` : 'Sweep…'}
        </Button>
      </div>
    </Section>
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
