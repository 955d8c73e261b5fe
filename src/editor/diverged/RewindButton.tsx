import './diverged.css';
import { History } from 'lucide-react';
import { useStore } from 'zustand/react';
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import { editor } from '../store/editor.ts';
import { Button } from '../widgets/Button.tsx';
import { formatCount } from '../widgets/format.ts';
import { rewind } from './commands.ts';
import { diverged } from './follow.ts';

/** Goes back to the last checkpoint, where the problem is a loss that is no number. */
export function RewindButton({ problem }: { readonly problem: Diagnostic }) {
  const to = useStore(diverged, (state) => state.rewindTo);
  if (problem.code !== 'runtime/diverged' || to === null) return null;
  return (
    <Button onClick={() => void rewind.run(editor)}>
      <History size={14} aria-hidden="true" /> Rewind to step {formatCount(to)}
    </Button>
  );
}
