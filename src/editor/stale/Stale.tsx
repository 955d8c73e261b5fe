import './stale.css';
import type { ReactNode } from 'react';
import { trainOrPause } from '../commands/train.ts';
import { editor } from '../store/editor.ts';
import { useResultsStale } from './results.ts';

/** Results, hatched where the graph was edited since. */
export function Stale({ className = '', children }: { readonly className?: string; readonly children: ReactNode }) {
  const stale = useResultsStale();
  return (
    <div className={`${className} ${stale ? 'stale' : ''}`} data-stale={stale || undefined}>
      {children}
    </div>
  );
}

/** Says that results are of an earlier drawing, and runs the new one. */
export function StaleNote() {
  const stale = useResultsStale();
  if (!stale) return null;
  return (
    <p className="whitespace-nowrap px-1.5 text-sm text-warning">
      Stale.{' '}
      <button type="button" className="min-h-6 underline" onClick={() => void trainOrPause.run(editor)}>
        Run again
      </button>
    </p>
  );
}
