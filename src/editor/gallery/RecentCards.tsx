import { useEffect } from 'react';
import { useStore } from 'zustand';
import { autosave } from '../persistence/autosave.ts';
import { library } from '../persistence/library.ts';
import { editor } from '../store/editor.ts';
import { Button } from '../widgets/Button.tsx';
import { formatAmount } from '../widgets/format.ts';
import { DocumentCard } from './DocumentCard.tsx';

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const SHOWN = 6;

/** The newest drawings besides the open one; choosing one opens it. Nothing where there are none. */
export function RecentCards({ onOpen }: { readonly onOpen: () => void }) {
  const { drawings, open } = useStore(library);
  useEffect(
    () =>
      void autosave()
        .refresh()
        .catch(() => {}),
    [],
  );
  const others = drawings.filter(({ id }) => id !== open);
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="recent" className="mt-4">
      <div className="mb-2 flex items-center justify-between gap-2">
        <h3 id="recent" className="font-semibold">
          Your drawings
        </h3>
        <Button kind="quiet" onClick={() => editor.ui.set({ dialog: 'drawings' })}>
          All…
        </Button>
      </div>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(216px,1fr))] gap-3">
        {others.slice(0, SHOWN).map(({ id, document, edited }) => (
          <li key={id} className="flex">
            <DocumentCard
              document={document}
              detail={`${formatAmount(Object.keys(document.graph.nodes).length, 'node')}, ${time.format(edited)}`}
              onOpen={() => {
                onOpen();
                void autosave().open(id);
              }}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
