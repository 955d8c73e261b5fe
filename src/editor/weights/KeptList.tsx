import { Download, RotateCcw, Trash2 } from 'lucide-react';
import { Button, IconButton } from '../widgets/Button.tsx';
import type { KeptWeights } from './checkpoints.ts';

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

interface KeptListProps {
  /** Null while they are read. */
  readonly kept: readonly KeptWeights[] | null;
  readonly onRestore: (entry: KeptWeights) => void;
  readonly onDownload: (entry: KeptWeights) => void;
  readonly onDelete: (entry: KeptWeights) => void;
}

export function KeptList({ kept, onRestore, onDownload, onDelete }: KeptListProps) {
  if (!kept) return <p className="text-muted">Reading…</p>;
  if (kept.length === 0) {
    return <p className="text-muted">Nothing yet. What you keep stays here when the page is closed.</p>;
  }
  return (
    <ul className="flex flex-col gap-1.5">
      {kept.map((entry) => (
        <li
          key={entry.time}
          className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-lg border border-line px-2.5 py-1.5"
        >
          <div className="min-w-32 flex-1">
            <p className="truncate font-medium">{entry.name}</p>
            <p className="text-muted text-sm">
              step {entry.step}
              {entry.loss !== null && ` · loss ${entry.loss.toPrecision(4)}`} · {date.format(entry.time)}
            </p>
          </div>
          <Button aria-label={`Load ${entry.name}`} onClick={() => onRestore(entry)}>
            <RotateCcw size={14} /> Load…
          </Button>
          <IconButton label={`Download ${entry.name}`} onClick={() => onDownload(entry)}>
            <Download size={14} />
          </IconButton>
          <IconButton label={`Delete ${entry.name}`} onClick={() => onDelete(entry)}>
            <Trash2 size={14} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
