import { ChartLine, ChevronDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand/react';
import { loopOptions } from '../../compiler/training-options.ts';
import { runLines } from '../runs/lines.ts';
import { runs } from '../runs/runs-store.ts';
import { hub } from '../session/telemetry.ts';
import { Stale, StaleNote } from '../stale/Stale.tsx';
import { editor } from '../store/editor.ts';
import { useDocumentState, useTraining, useUi } from '../store/hooks.ts';
import { trainingMarks } from '../training/marks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { Choice } from '../widgets/Choice.tsx';
import { formatAmount, formatFigure } from '../widgets/format.ts';
import { LiveText } from '../widgets/LiveText.tsx';
import { Chart, type Line } from './Chart.tsx';
import { useMetricNames } from './use-metric-names.ts';

const LOSS: readonly Line[] = [
  { label: 'train', curve: () => hub.training, colour: 'forward' },
  { label: 'valid', curve: () => hub.validation, colour: 'muted', dashed: true },
];

const LEARNING_RATE: readonly Line[] = [{ label: 'rate', curve: () => hub.learningRate, colour: 'update' }];
/** In place of the name of a metric; no node can be called so. */
const RATE = '';

const beside = (others: number) => (others > 0 ? `, beside ${formatAmount(others, 'kept run')}` : '');

/** The plots as a card over the canvas; collapsed it is one button. */
export function PlotsCard() {
  const open = useUi((state) => state.panels.plots);
  const empty = useDocumentState((state) => Object.keys(state.document.graph.nodes).length === 0);
  if (empty) return null;
  if (!open) {
    return (
      <Button className="pointer-events-auto shadow-float" onClick={() => editor.ui.togglePanel('plots')}>
        <ChartLine size={14} /> Plots
      </Button>
    );
  }
  return (
    <section
      aria-label="Plots"
      className="pointer-events-auto h-44 w-56 rounded-xl border border-line bg-panel p-2 shadow-float"
    >
      <Plots onCollapse={() => editor.ui.togglePanel('plots')} />
    </section>
  );
}

/** Curves of the loss, and of one metric at a time. */
export function Plots({ onCollapse }: { readonly onCollapse?: () => void }) {
  const metrics = useMetricNames();
  const [chosen, setChosen] = useState<string | null>(null);
  const [logarithmic, setLogarithmic] = useState(false);
  const metric = chosen !== null && metrics.includes(chosen) ? chosen : null;
  const kept = useStore(runs, (state) => state.list);
  const { schedule } = loopOptions(useTraining());
  const scheduled = schedule.kind !== 'constant' || schedule.warmup > 0;
  const rate = scheduled && chosen === RATE;
  const current = useMemo(() => (rate ? LEARNING_RATE : metric === null ? LOSS : [metricLine(metric)]), [metric, rate]);
  const lines = useMemo(
    () => (metric === null && !rate ? [...current, ...runLines(kept)] : current),
    [current, kept, metric, rate],
  );
  return (
    <div className="flex h-full flex-col max-wide:px-3 max-wide:pb-3">
      <div className="flex items-center gap-0.5">
        <Choice pressed={metric === null && !rate} onClick={() => setChosen(null)}>
          Loss
        </Choice>
        {metrics.slice(0, 2).map((name) => (
          <Choice key={name} kind="name" pressed={metric === name} onClick={() => setChosen(name)}>
            {name}
          </Choice>
        ))}
        {scheduled && (
          <Choice pressed={rate} onClick={() => setChosen(RATE)}>
            rate
          </Choice>
        )}
        <span className="flex-1" />
        <Choice pressed={logarithmic} onClick={() => setLogarithmic(!logarithmic)}>
          log
        </Choice>
        {onCollapse && (
          <IconButton side="top" label="Collapse the plots" className="size-6!" onClick={onCollapse}>
            <ChevronDown size={14} />
          </IconButton>
        )}
      </div>
      <div className="flex gap-3 px-1.5 text-sm">
        {current.map((line) => (
          <span key={line.label} className="flex items-center gap-1.5 text-faint">
            <svg width="14" height="2" aria-hidden="true">
              <path
                d="M0 1h14"
                stroke={`var(--${line.colour})`}
                strokeWidth="2"
                strokeDasharray={line.dashed ? '4 3' : undefined}
              />
            </svg>
            {line.label}
            <LiveText width={6} className="text-ink" read={() => formatFigure(line.curve()?.last?.y)} />
          </span>
        ))}
      </div>
      <StaleNote />
      <Stale className="min-h-0 flex-1">
        <Chart
          lines={lines}
          logarithmic={logarithmic}
          marks={trainingMarks}
          label={`${rate ? 'Learning rate' : (metric ?? 'Loss')} by step${beside(lines.length - current.length)}`}
        />
      </Stale>
    </div>
  );
}

function metricLine(name: string): Line {
  return { label: 'valid', curve: () => hub.metric(name), colour: 'muted', dashed: true };
}
