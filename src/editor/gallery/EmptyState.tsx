import { FolderOpen, Search } from 'lucide-react';
import { openFile } from '../commands/files.ts';
import { openSearch } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState } from '../store/hooks.ts';
import { Button, Key } from '../widgets/Button.tsx';
import { ExampleCards } from './ExampleCards.tsx';

/** Ways to begin, while nothing is drawn. */
export function EmptyState() {
  const empty = useDocumentState((state) => Object.keys(state.document.graph.nodes).length === 0);
  if (!empty) return null;
  return (
    <section
      aria-labelledby="begin"
      className="scroll-thin pointer-events-auto max-h-full w-full max-w-lg overflow-y-auto rounded-xl border border-line bg-panel p-4"
    >
      <h2 id="begin" className="font-semibold text-lg">
        Start from a loss
      </h2>
      <p className="mb-3 text-muted">Open a graph that trains in seconds, or draw your own.</p>
      <ExampleCards compact />
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={() => void openSearch.run(editor)}>
          <Search size={14} /> Add an operator <Key>Tab</Key>
        </Button>
        <Button onClick={() => void openFile.run(editor)}>
          <FolderOpen size={14} /> Open file…
        </Button>
      </div>
    </section>
  );
}
