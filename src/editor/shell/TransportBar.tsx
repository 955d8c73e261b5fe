import { Pause, Play, RotateCcw, StepForward } from 'lucide-react';
import { resetTraining, stepOnce, trainOrPause } from '../commands/train.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useSession } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { Figure } from '../widgets/Figure.tsx';
import { formatAmount, formatCount } from '../widgets/format.ts';
import { SeverityMark } from '../widgets/SeverityMark.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';

/** Reset, run, step, and how far training is. The figures keep their widths. */
export function TransportBar() {
  const phase = useSession((state) => state.phase);
  const errors = useDocumentState(
    (state) => state.check.diagnostics.filter((problem) => problem.severity === 'error').length,
  );
  const busy = phase === 'running' || phase === 'loading';
  return (
    <section
      aria-label="Training"
      className="pointer-events-auto flex h-11 max-w-full items-center gap-1 rounded-xl border border-line bg-panel px-2 shadow-float"
    >
      <IconButton side="top" label="Reset to step 0" onClick={() => void resetTraining.run(editor)}>
        <RotateCcw size={16} />
      </IconButton>
      {errors > 0 && !busy ? (
        <Button
          onClick={() => editor.ui.showTab('problems')}
          aria-label={`Cannot train: show ${formatAmount(errors, 'problem')}`}
        >
          <SeverityMark severity="error" />
          {formatAmount(errors, 'problem')}
        </Button>
      ) : (
        <IconButton
          side="top"
          kind="primary"
          label={busy ? 'Pause' : 'Train'}
          shortcut={shortcutOf(trainOrPause)}
          onClick={() => void trainOrPause.run(editor)}
        >
          {busy ? (
            <Pause size={16} fill="currentColor" strokeWidth={0} />
          ) : (
            <Play size={16} fill="currentColor" strokeWidth={0} />
          )}
        </IconButton>
      )}
      <IconButton
        side="top"
        label="One step"
        shortcut={shortcutOf(stepOnce)}
        aria-disabled={errors > 0}
        className="aria-disabled:opacity-45"
        onClick={() => void stepOnce.run(editor)}
      >
        <StepForward size={16} />
      </IconButton>
      <span className="mx-1 h-5 w-px shrink-0 bg-line" />
      <Readouts loading={phase === 'loading'} />
    </section>
  );
}

function Readouts({ loading }: { readonly loading: boolean }) {
  const step = useSession((state) => state.step);
  const epoch = useSession((state) => state.epoch);
  const loss = useSession((state) => state.loss);
  const rate = useSession((state) => state.stepsPerSecond);
  const learningRate = useSession((state) => state.learningRate);
  return (
    <dl className="flex items-baseline gap-x-4 overflow-hidden px-1">
      <Readout label="step" hint={loading ? 'loading' : undefined}>
        <Figure value={step} format={formatCount} width={5} className="font-semibold" />
      </Readout>
      <Readout label="loss">
        <Figure value={loss} width={6} className="font-semibold text-ink" />
      </Readout>
      <Readout label="epoch" className="hidden @md:flex">
        <Figure value={epoch} format={formatCount} width={3} />
      </Readout>
      <Readout label="steps/s" className="hidden @lg:flex">
        <Figure value={rate} width={4} />
      </Readout>
      {learningRate !== null && (
        <Readout label="lr" className="hidden @2xl:flex">
          <span>{String(Number(learningRate.toPrecision(3)))}</span>
        </Readout>
      )}
    </dl>
  );
}

interface ReadoutProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly className?: string;
  readonly children: React.ReactNode;
}

function Readout({ label, hint, className = 'flex', children }: ReadoutProps) {
  return (
    <div className={`items-baseline gap-1.5 ${className}`}>
      <dt className="text-faint">{hint ?? label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
