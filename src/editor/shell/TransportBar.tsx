import { Gauge, Pause, Play, RotateCcw, ScanSearch, StepForward } from 'lucide-react';
import { analysisCommands } from '../analysis/commands.ts';
import { breakAnywhere } from '../breakpoints/commands.ts';
import { resetTraining, stepOnce, trainOrPause } from '../commands/train.ts';
import { sessionActions } from '../session/actions.ts';
import { startStepper } from '../stepper/commands.ts';
import { StepStrip } from '../stepper/StepStrip.tsx';
import { editor } from '../store/editor.ts';
import { useDocumentState, useSession } from '../store/hooks.ts';
import { toggleTimeline } from '../timeline/commands.ts';
import { Scrubber } from '../timeline/Scrubber.tsx';
import { ProgressLine, useTimeLeft } from '../training/Progress.tsx';
import { Button, IconButton } from '../widgets/Button.tsx';
import { Figure } from '../widgets/Figure.tsx';
import { formatCount } from '../widgets/format.ts';
import { Menu, MenuCheck, MenuChoices, MenuCommand, MenuLabel, MenuLine } from '../widgets/Menu.tsx';
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
    <div className="flex min-w-0 max-w-full flex-col items-center gap-2">
      <StepStrip />
      <Scrubber />
      <section
        aria-label="Training"
        data-pane="training"
        className="pointer-events-auto relative flex h-11 max-w-full items-center gap-1 rounded-xl border border-line bg-panel px-2 shadow-float"
      >
        <IconButton side="top" label="Reset to step 0" onClick={() => void resetTraining.run(editor)}>
          <RotateCcw size={16} />
        </IconButton>
        {errors > 0 && !busy ? (
          <Button onClick={() => editor.ui.showTab('problems')}>
            <SeverityMark severity="error" />
            <span>
              <span className="sr-only">Cannot train: show </span>
              {formatCount(errors)}
              <span className="max-[480px]:sr-only"> {errors === 1 ? 'problem' : 'problems'}</span>
            </span>
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
        <Speed />
        <LookingInside />
        <span className="mx-1 h-5 w-px shrink-0 bg-line" />
        <Readouts loading={phase === 'loading'} />
        <ProgressLine />
      </section>
    </div>
  );
}

/** What looks into the run: node by node, back over it, and the panel that analyses it. */
function LookingInside() {
  return (
    <Menu
      align="center"
      className="w-72"
      trigger={
        <Button kind="plain" aria-label="Look inside" className="size-7 shrink-0 justify-center px-0!">
          <ScanSearch size={15} aria-hidden="true" />
        </Button>
      }
    >
      {[startStepper, toggleTimeline].map((command) => (
        <MenuCommand key={command.id} command={command} />
      ))}
      <MenuLine />
      <MenuLabel>Analysis</MenuLabel>
      {analysisCommands.map((command) => (
        <MenuCommand key={command.id} command={command} />
      ))}
      <MenuLine />
      <MenuCheck checked={breakAnywhere.checked?.(editor) ?? false} onChange={() => void breakAnywhere.run(editor)}>
        {breakAnywhere.label}
      </MenuCheck>
    </Menu>
  );
}

const PACES = [
  { value: '5', label: 'Slow motion', hint: '5 steps/s' },
  { value: '60', label: 'Watchable', hint: '60 steps/s' },
  { value: '600', label: 'Fast', hint: '600 steps/s' },
  { value: 'max', label: 'As fast as it goes' },
] as const;

/** How fast training runs: slow enough to watch, or as fast as the machine can. */
function Speed() {
  const pace = useSession((state) => state.pace);
  const value = pace === null ? 'max' : String(pace);
  return (
    <Menu
      align="center"
      trigger={
        <Button kind="plain" aria-label={`Speed: ${pace === null ? 'max' : `${pace}/s`}`}>
          <Gauge size={15} aria-hidden="true" />
          <span className="w-7 text-left tabular-nums max-[480px]:hidden">{pace === null ? 'max' : `${pace}/s`}</span>
        </Button>
      }
    >
      <MenuChoices
        label="Speed"
        value={value}
        choices={PACES}
        onChange={(next) => sessionActions().setPace(next === 'max' ? null : Number(next))}
      />
    </Menu>
  );
}

function Readouts({ loading }: { readonly loading: boolean }) {
  const step = useSession((state) => state.step);
  const epoch = useSession((state) => state.epoch);
  const loss = useSession((state) => state.loss);
  const rate = useSession((state) => state.stepsPerSecond);
  const learningRate = useSession((state) => state.stepRate ?? state.learningRate);
  const left = useTimeLeft();
  const ends = useSession((state) => state.until !== null);
  return (
    <dl className="flex gap-x-3.5 px-1">
      <Readout label={loading ? 'loading' : 'step'}>
        <Figure value={step} format={formatCount} width={6} className="font-semibold" />
      </Readout>
      <Readout label="loss">
        <Figure value={loss} width={7} className="font-semibold" />
      </Readout>
      <Readout label="epoch" className="max-[360px]:hidden">
        <Figure value={epoch} format={formatCount} width={4} />
      </Readout>
      <Readout label="steps/s" className={ends ? '@max-5xl:hidden' : '@max-2xl:hidden'}>
        <Figure value={rate} width={5} />
      </Readout>
      {ends && (
        <Readout label="left" className="@max-2xl:hidden">
          <span className="inline-block min-w-[5ch] whitespace-nowrap tabular-nums">{left}</span>
        </Readout>
      )}
      <Readout label="lr" className="@max-5xl:hidden max-[480px]:hidden">
        <Figure value={learningRate} format={formatSetting} width={5} />
      </Readout>
    </dl>
  );
}

/** As it was set: without zeros that only a measurement would have. */
function formatSetting(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : String(Number(value.toPrecision(3)));
}

interface ReadoutProps {
  readonly label: string;
  readonly className?: string;
  readonly children: React.ReactNode;
}

/** The figure above its label: narrow, and nothing moves when the figure grows. */
function Readout({ label, className = '', children }: ReadoutProps) {
  return (
    <div className={`flex flex-col-reverse ${className}`}>
      <dt className="text-faint text-xs leading-3">{label}</dt>
      <dd className="leading-4">{children}</dd>
    </div>
  );
}
