import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { updates } from '../offline/register.ts';
import { autosave } from '../persistence/autosave.ts';
import { library } from '../persistence/library.ts';
import { useWhole } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';

/** What the user may want to know and need not: the drawing is open in another tab, or a new version is there. */
export function Notices() {
  return (
    <div aria-live="polite" className="flex w-full flex-col items-center gap-2">
      <TabNotice />
      <UpdateNotice />
    </div>
  );
}

function TabNotice() {
  const { open, elsewhere, copyOf } = useStore(library);
  const name = useWhole((state) => state.document.name);
  const [hidden, setHidden] = useState<string | null>(null);
  if (elsewhere) {
    return (
      <Notice
        title={`“${name}” is open in another tab`}
        text="Edits here go into a copy, so neither tab overwrites the other."
      >
        <Button onClick={() => autosave().copy()}>Work on a copy</Button>
        <Button onClick={() => void autosave().takeOver()}>Edit it here</Button>
      </Notice>
    );
  }
  if (copyOf === null || hidden === open) return null;
  return (
    <Notice
      title="This is a copy now"
      text={`Another tab works on “${copyOf}”; what you do here stays apart from it.`}
      onHide={() => setHidden(open)}
    />
  );
}

function UpdateNotice() {
  const update = useStore(updates, (state) => state.waiting);
  const [hidden, setHidden] = useState<unknown>(null);
  if (!update || hidden === update) return null;
  return (
    <Notice
      title="A new version of Wiregrad is ready"
      text="Your drawing is kept; training starts over."
      onHide={() => setHidden(update)}
    >
      <Button onClick={update.apply}>Reload</Button>
    </Notice>
  );
}

interface NoticeProps {
  readonly title: string;
  readonly text: string;
  readonly onHide?: () => void;
  readonly children?: ReactNode;
}

function Notice({ title, text, onHide, children }: NoticeProps) {
  return (
    <section
      aria-label={title}
      className="rise pointer-events-auto flex max-w-xl items-center gap-2 rounded-lg border border-line bg-panel py-2 pr-1.5 pl-3 shadow-float max-sm:flex-wrap"
    >
      <div className="min-w-48 flex-1">
        <p className="font-medium">{title}</p>
        <p className="text-muted">{text}</p>
      </div>
      <div className="flex items-center gap-1.5 pr-1">{children}</div>
      {onHide && (
        <IconButton label="Dismiss" onClick={onHide}>
          <X size={16} />
        </IconButton>
      )}
    </section>
  );
}
