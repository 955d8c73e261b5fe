import { X } from 'lucide-react';
import { useState } from 'react';
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import { RewindButton } from '../diverged/RewindButton.tsx';
import { editor } from '../store/editor.ts';
import { useSession } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { SeverityMark } from '../widgets/SeverityMark.tsx';

/** The newest problem of the runtime, until it is put away. */
export function Banner() {
  const newest = useSession((state) => state.problems.at(-1));
  const [hidden, setHidden] = useState<Diagnostic | null>(null);
  if (!newest || newest === hidden) return null;
  return (
    <div
      role="alert"
      className="rise pointer-events-auto flex max-w-xl items-start gap-2.5 rounded-lg border border-line bg-panel py-2 pr-1.5 pl-3 shadow-float"
    >
      <span className="pt-1">
        <SeverityMark severity={newest.severity} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">{newest.title}</p>
        <p className="text-muted">{newest.cause}</p>
        <div className="mt-1.5 empty:hidden">
          <RewindButton problem={newest} />
        </div>
      </div>
      <Button kind="quiet" onClick={() => editor.ui.showTab('problems')}>
        Details
      </Button>
      <IconButton label="Dismiss" onClick={() => setHidden(newest)}>
        <X size={16} />
      </IconButton>
    </div>
  );
}
