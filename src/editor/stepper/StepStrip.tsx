import './stepper.css';
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight, SkipForward, X } from 'lucide-react';
import { useStore } from 'zustand/react';
import { editor } from '../store/editor.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { makeStep, previousStop, startStepper, stopStepper, toEnd, toLoss } from './commands.ts';
import { goToStop, stepper, stopTitle } from './stepper-store.ts';

/** Buttons that go through a step node by node, above the transport bar. */
export function StepStrip() {
  const { now, loading, problem } = useStore(stepper);
  if (!now && !loading && !problem) return null;
  const stop = now?.walk.stops[now.at];
  const last = (now?.walk.stops.length ?? 1) - 1;
  const isEnd = now !== null && now.at === last;
  return (
    <section
      aria-label="Step through nodes"
      className="pointer-events-auto flex max-w-full items-center gap-0.5 rounded-xl border border-line bg-panel px-1.5 py-1 shadow-float"
    >
      <IconButton side="top" label="First node" disabled={!now} onClick={() => goToStop(editor, 0)}>
        <ChevronFirst size={16} />
      </IconButton>
      <IconButton
        side="top"
        label="Previous node"
        shortcut={shortcutOf(previousStop)}
        disabled={!now}
        onClick={() => void previousStop.run(editor)}
      >
        <ChevronLeft size={16} />
      </IconButton>
      <span role="status" className="w-44 truncate px-1 text-center max-[480px]:w-28">
        {stop ? stopTitle(editor, stop) : loading ? 'Reading the numbers…' : 'Nothing to step through'}
      </span>
      <IconButton
        side="top"
        label="Next node"
        shortcut={shortcutOf(startStepper)}
        disabled={!now || isEnd}
        onClick={() => void startStepper.run(editor)}
      >
        <ChevronRight size={16} />
      </IconButton>
      <Button
        kind="quiet"
        disabled={!now}
        title={`Shortcut: ${shortcutOf(toLoss)}`}
        onClick={() => void toLoss.run(editor)}
      >
        Loss
      </Button>
      <IconButton
        side="top"
        label="To the end of the step"
        shortcut={shortcutOf(toEnd)}
        disabled={!now || isEnd}
        onClick={() => void toEnd.run(editor)}
      >
        <ChevronLast size={16} />
      </IconButton>
      {isEnd && (
        <Button onClick={() => void makeStep.run(editor)}>
          <SkipForward size={14} /> Next step
        </Button>
      )}
      <IconButton side="top" label="Stop stepping" onClick={() => void stopStepper.run(editor)}>
        <X size={16} />
      </IconButton>
    </section>
  );
}
