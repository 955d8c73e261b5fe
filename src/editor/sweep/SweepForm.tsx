import { Play, Square } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand/react';
import { attr } from '../../compiler/op.ts';
import { editor } from '../store/editor.ts';
import { useWhole } from '../store/hooks.ts';
import { ChoiceField } from '../training/LoopField.tsx';
import { AttributeField } from '../widgets/AttributeField.tsx';
import { Button } from '../widgets/Button.tsx';
import { Choice } from '../widgets/Choice.tsx';
import { formatAmount } from '../widgets/format.ts';
import { stopSweep } from './commands.ts';
import { gridOf, type SweepAxis, spaced } from './sweep.ts';
import { isRunning, startSweep, sweeps } from './sweep-store.ts';
import { type Candidate, candidates } from './targets.ts';

const VALUES = attr.floats([], 'Values to train with, one after another');
const COUNT = attr.int(5, 'How long each run is', { min: 1 });
/** More would take hours, and nobody reads so long a table. */
const MOST = 200;

interface Draft {
  readonly id: string;
  readonly values: readonly number[];
}

/** Around the value as it is: two decades for numbers, factors of two for sizes. */
function suggested({ value, whole }: Candidate): readonly number[] {
  if (whole) return spaced(Math.max(1, value / 4), Math.max(4, value * 4), 5, true, true);
  const middle = value > 0 ? value : 0.01;
  return spaced(middle / 100, middle * 10, 4, true, false);
}

export function SweepForm() {
  const open = useStore(sweeps, (state) => state.open);
  const running = useStore(sweeps, isRunning);
  const document = useWhole((state) => state.document);
  const found = useMemo(() => (open ? candidates(document, editor.registry) : []), [document, open]);
  const [drafts, setDrafts] = useState<readonly [Draft | null, Draft | null]>([null, null]);
  const [unit, setUnit] = useState<'epochs' | 'steps'>('epochs');
  const [count, setCount] = useState(5);

  const first = found.find(({ id }) => id === drafts[0]?.id) ?? found.find(({ id }) => id.endsWith('.lr')) ?? found[0];
  const second = found.find(({ id }) => id === drafts[1]?.id);
  if (!first) return <p className="text-muted">There is nothing to vary yet.</p>;
  const valuesOf = (candidate: Candidate, draft: Draft | null) =>
    draft?.id === candidate.id ? draft.values : suggested(candidate);
  const axes: SweepAxis[] = [
    { target: first.target, label: first.label, values: valuesOf(first, drafts[0]) },
    ...(second ? [{ target: second.target, label: second.label, values: valuesOf(second, drafts[1]) }] : []),
  ];
  const runsCount = gridOf(axes).length;

  return (
    <form
      className="flex flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        void startSweep(editor, { axes, length: { unit, count } });
      }}
    >
      <Axis
        label="vary"
        chosen={first}
        found={found}
        values={axes[0]?.values ?? []}
        onChange={(draft) => setDrafts([draft, drafts[1]])}
      />
      <Axis
        label="and"
        chosen={second ?? null}
        found={found.filter(({ id }) => id !== first.id)}
        values={axes[1]?.values ?? []}
        onChange={(draft) => setDrafts([drafts[0], draft])}
      />
      <ChoiceField
        label="each run of"
        value={unit}
        choices={[
          ['epochs', 'epochs, or until it stops early'],
          ['steps', 'steps'],
        ]}
        onChange={(next) => setUnit(next as typeof unit)}
      />
      <AttributeField name={unit} spec={COUNT} value={count} onCommit={(next) => setCount(Number(next))} />
      <div className="mt-1 flex items-center gap-3">
        {running ? (
          <Button onClick={() => void stopSweep.run(editor)}>
            <Square size={14} aria-hidden="true" /> Cancel
          </Button>
        ) : (
          <Button type="submit" kind="primary" disabled={runsCount === 0 || runsCount > MOST}>
            <Play size={14} aria-hidden="true" /> Train {formatAmount(runsCount, 'run')}
          </Button>
        )}
        <p className="min-w-0 flex-1 text-faint text-sm">
          {runsCount > MOST
            ? `At most ${MOST} runs.`
            : 'Seeds stay as they are, so runs differ by these values alone. All runs are kept, to be shown in the plots.'}
        </p>
      </div>
    </form>
  );
}

interface AxisProps {
  readonly label: string;
  readonly chosen: Candidate | null;
  readonly found: readonly Candidate[];
  readonly values: readonly number[];
  readonly onChange: (draft: Draft | null) => void;
}

function Axis({ label, chosen, found, values, onChange }: AxisProps) {
  const none = label === 'and' ? ([['', 'nothing else']] as const) : [];
  return (
    <>
      <ChoiceField
        label={label}
        value={chosen?.id ?? ''}
        choices={[
          ...none,
          ...found.map((candidate) => [candidate.id, `${candidate.label} (${candidate.value})`] as const),
        ]}
        onChange={(id) => {
          const next = found.find((candidate) => candidate.id === id);
          onChange(next ? { id, values: suggested(next) } : null);
        }}
      />
      {chosen && (
        <>
          <AttributeField
            name="values"
            spec={VALUES}
            value={values}
            onCommit={(next) =>
              onChange({
                id: chosen.id,
                values: (next as readonly number[]).map((value) => (chosen.whole ? Math.round(value) : value)),
              })
            }
          />
          <Spacing
            values={values}
            whole={chosen.whole}
            onChange={(next) => onChange({ id: chosen.id, values: next })}
          />
        </>
      )}
    </>
  );
}

/** Fills in values from the least to the largest of those there are. */
function Spacing({
  values,
  whole,
  onChange,
}: {
  readonly values: readonly number[];
  readonly whole: boolean;
  readonly onChange: (values: readonly number[]) => void;
}) {
  if (values.length < 2) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const fill = (logarithmic: boolean, count: number) => onChange(spaced(low, high, count, logarithmic, whole));
  return (
    <div className="grid grid-cols-[96px_minmax(0,1fr)] gap-x-2">
      <span />
      <fieldset className="flex flex-wrap items-center gap-1">
        <legend className="sr-only">Space the values evenly</legend>
        {low > 0 && (
          <Choice kind="framed" pressed={false} onClick={() => fill(true, values.length)}>
            log-spaced
          </Choice>
        )}
        <Choice kind="framed" pressed={false} onClick={() => fill(false, values.length)}>
          evenly spaced
        </Choice>
        <Choice kind="framed" pressed={false} onClick={() => fill(low > 0, values.length + 1)}>
          one more
        </Choice>
      </fieldset>
    </div>
  );
}
