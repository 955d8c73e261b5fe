import { useStore } from 'zustand';
import { openDocument } from '../persistence/documents.ts';
import { recentDrawings } from '../persistence/recent.ts';
import { editor } from '../store/editor.ts';
import { formatAmount } from '../widgets/format.ts';
import { DocumentCard } from './DocumentCard.tsx';

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Drawings that other documents took the place of; choosing one opens it again. Nothing where there are none. */
export function RecentCards({ onOpen }: { readonly onOpen: () => void }) {
  const list = useStore(recentDrawings, (state) => state.list);
  if (list.length === 0) return null;
  return (
    <section aria-labelledby="recent" className="mt-4">
      <h3 id="recent" className="mb-2 font-semibold">
        Your drawings
      </h3>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(216px,1fr))] gap-3">
        {list.map((drawing) => (
          <li key={drawing.time} className="flex">
            <DocumentCard
              document={drawing.document}
              detail={`${formatAmount(Object.keys(drawing.document.graph.nodes).length, 'node')}, until ${time.format(drawing.time)}`}
              onOpen={() => {
                onOpen();
                openDocument(editor, drawing.document);
              }}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
