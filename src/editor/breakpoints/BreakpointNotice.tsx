import { CirclePause, X } from 'lucide-react';
import { useStore } from 'zustand/react';
import type { BreakpointHit } from '../../runtime/protocol.ts';
import { reveal } from '../commands/view.ts';
import { sessionActions } from '../session/actions.ts';
import { startStepper } from '../stepper/commands.ts';
import { editor } from '../store/editor.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { hitWords, paused } from './breakpoint-store.ts';
import { changeBreakpoint } from './commands.ts';

/** Why training paused, and what to do about it. */
export function BreakpointNotice() {
  const hit = useStore(paused, (state) => state.hit);
  return hit && <Content hit={hit} />;
}

function Content({ hit }: { readonly hit: BreakpointHit }) {
  const { title, text } = hitWords(editor, hit);
  const node = hit.tensor?.node;
  return (
    <section
      aria-label="Paused at a breakpoint"
      className="rise pointer-events-auto flex max-w-2xl flex-wrap items-center gap-2 rounded-lg border border-line bg-panel py-2 pr-1.5 pl-3 shadow-float"
    >
      <CirclePause size={18} aria-hidden="true" className="shrink-0 text-error max-sm:hidden" />
      <div className="min-w-48 flex-1">
        <p className="font-medium">{title}</p>
        <p className="text-muted">{text}</p>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        {node !== undefined && (
          <Button onClick={() => void reveal.run(editor, { node, flat: true })}>Show where</Button>
        )}
        {node !== undefined && <Button onClick={() => void startStepper.run(editor)}>Step through</Button>}
        <Button
          onClick={() => {
            void changeBreakpoint.run(editor, { id: hit.id, change: { disabled: true } });
            paused.setState({ hit: null });
          }}
        >
          Turn off
        </Button>
        <Button onClick={() => sessionActions().start()}>Go on</Button>
        <IconButton label="Dismiss" onClick={() => paused.setState({ hit: null })}>
          <X size={16} />
        </IconButton>
      </div>
    </section>
  );
}
