import { RotateCcw, X } from 'lucide-react';
import { Slider } from 'radix-ui';
import { useStore } from 'zustand/react';
import { questions } from '../session/questions.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useSession } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { formatCount } from '../widgets/format.ts';
import { resumeHere, toggleTimeline } from './commands.ts';
import { lookAtPresent, lookBackTo, stepsSeen, timeline } from './timeline-store.ts';

/** A slider over the moments of the run, above the transport bar. */
export function Scrubber() {
  const { open } = useStore(timeline);
  return open ? <Strip /> : null;
}

function Strip() {
  const { step, resuming } = useStore(timeline);
  const made = useSession((state) => state.step);
  const phase = useSession((state) => state.phase);
  useDocumentState((state) => state.path);
  const steps = stepsSeen(editor);
  const last = Math.max(1, steps.length - 1);
  const at = step === null ? last : Math.max(0, steps.indexOf(step));
  const isBack = step !== null;
  const text = isBack
    ? `step ${formatCount(step)} of ${formatCount(made)} · looking back`
    : `step ${formatCount(made)}`;
  return (
    <section
      aria-label="Look back over the run"
      data-looking-back={isBack || undefined}
      className="pointer-events-auto flex w-120 max-w-full flex-wrap items-center gap-x-2 rounded-xl border border-line bg-panel px-3 py-1.5 shadow-float data-looking-back:border-warning"
    >
      <span
        role="status"
        className={`min-w-0 flex-1 truncate tabular-nums max-sm:w-full max-sm:flex-none ${isBack ? 'text-warning' : 'text-muted'}`}
      >
        {steps.length < 2 ? 'Train to have something to look back on' : text}
      </span>
      <Slider.Root
        min={0}
        max={last}
        step={1}
        value={[at]}
        disabled={steps.length < 2}
        onValueChange={([next = last]) => {
          const to = steps[next];
          if (next >= steps.length - 1) lookAtPresent();
          else if (to !== undefined) lookBackTo(editor, to);
        }}
        className="relative order-last flex h-6 w-full touch-none select-none items-center data-disabled:opacity-45"
      >
        <Slider.Track className="relative h-1 flex-1 rounded-full bg-line">
          <Slider.Range className="absolute h-full rounded-full bg-muted" />
        </Slider.Track>
        <Slider.Thumb
          aria-label="Moment of the run"
          aria-valuetext={text}
          className="block size-4 rounded-full border-2 border-muted bg-panel after:absolute after:-inset-1"
        />
      </Slider.Root>
      {isBack && (
        <>
          <Button kind="quiet" onClick={() => lookAtPresent()}>
            Present
          </Button>
          <Button
            disabled={resuming || phase === 'loading'}
            title={
              questions().canResumeAt(step)
                ? 'Makes the steps from the nearest checkpoint again, and goes on from here'
                : 'The graph or the values were changed since: goes back to the nearest checkpoint'
            }
            onClick={() => void resumeHere.run(editor)}
          >
            <RotateCcw size={14} /> {resuming ? 'Going back…' : 'Resume from here'}
          </Button>
        </>
      )}
      <IconButton side="top" label="Close" onClick={() => void toggleTimeline.run(editor)}>
        <X size={16} />
      </IconButton>
    </section>
  );
}
