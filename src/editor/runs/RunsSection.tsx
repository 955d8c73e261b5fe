import './runs.css';
import { Bookmark, Eye, EyeOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand/react';
import { Section } from '../inspector/Section.tsx';
import { editor } from '../store/editor.ts';
import { useSession } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { formatFigure } from '../widgets/format.ts';
import { NameField } from '../widgets/NameField.tsx';
import { deleteRuns, keepThisRun } from './commands.ts';
import { isDashed, runColour } from './lines.ts';
import { differences, type KeptRun, type Settings } from './run.ts';
import { changeRun, removeRuns, runs } from './runs-store.ts';

/** Runs that were kept, in the plots beside the current one. */
export function RunsSection() {
  const { list, lost } = useStore(runs);
  const trained = useSession((state) => state.step > 0);
  const differing = differences(list);
  return (
    <Section title="Runs">
      <div className="flex flex-wrap gap-1.5">
        <Button disabled={!trained} onClick={() => void keepThisRun.run(editor)}>
          <Bookmark size={14} aria-hidden="true" /> Keep this run
        </Button>
        {list.length > 1 && (
          <Button kind="quiet" onClick={() => void deleteRuns.run(editor)}>
            Delete all
          </Button>
        )}
      </div>
      {list.length === 0 ? (
        <p className="mt-1.5 text-faint text-sm">
          A run that is kept stays in the plots, to compare the next one with.
        </p>
      ) : (
        <ul className="mt-2 flex flex-col gap-1" aria-label="Kept runs">
          {list.map((run, at) => (
            <Run key={run.id} run={run} at={at} differing={differing.get(run.id) ?? []} />
          ))}
        </ul>
      )}
      {lost && <p className="mt-1.5 text-sm text-warning">The browser could not keep these; they go with the page.</p>}
    </Section>
  );
}

function Run({ run, at, differing }: { readonly run: KeptRun; readonly at: number; readonly differing: Settings }) {
  const [naming, setNaming] = useState(false);
  const { id, name, shown, training, validation } = run;
  const untold = differing.map(([setting, value]) => `${setting} ${value}`).filter((text) => !name.includes(text));
  return (
    <li className="flex items-start gap-1">
      <IconButton
        label={shown ? `Hide ${name} in the plots` : `Show ${name} in the plots`}
        onClick={() => changeRun(id, { shown: !shown })}
      >
        {shown ? <Eye size={15} /> : <EyeOff size={15} />}
      </IconButton>
      <div className="min-w-0 flex-1 pt-1">
        <div className="flex items-center gap-1.5">
          <svg width="14" height="4" aria-hidden="true" className="shrink-0">
            <path
              d="M0 2h14"
              stroke={`var(--${runColour(at)})`}
              strokeWidth="2.5"
              strokeDasharray={isDashed(at) ? '4 3' : undefined}
            />
          </svg>
          {naming ? (
            <NameField
              name={name}
              label="Name of the run"
              className="field min-w-0 flex-1"
              onEnd={(text) => {
                if (text?.trim()) changeRun(id, { name: text.trim() });
                setNaming(false);
              }}
            />
          ) : (
            <button
              type="button"
              title="Rename"
              className={`min-h-6 min-w-0 flex-1 truncate text-left hover:underline ${shown ? '' : 'text-faint'}`}
              onClick={() => setNaming(true)}
            >
              {name}
            </button>
          )}
          <span className="text-muted text-sm" title="Last loss on the validation split, else on the training split">
            {formatFigure(validation ?? training)}
          </span>
        </div>
        {untold.length > 0 && <p className="break-words text-faint text-sm">{untold.join(' · ')}</p>}
      </div>
      <IconButton label={`Delete ${name}`} onClick={() => removeRuns([id])}>
        <Trash2 size={15} />
      </IconButton>
    </li>
  );
}
