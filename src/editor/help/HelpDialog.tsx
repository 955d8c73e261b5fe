import { ArrowLeft, Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand/react';
import { searchOperators } from '../palette/search.ts';
import { useNarrow } from '../shell/use-narrow.ts';
import { editor } from '../store/editor.ts';
import { Button } from '../widgets/Button.tsx';
import { Modal } from '../widgets/Modal.tsx';
import { moveByArrows } from '../widgets/roving.ts';
import { HelpArticle } from './HelpArticle.tsx';
import { closeHelp, help, openHelp } from './help-store.ts';

/** Help on every operator, with a search over all of them. */
export function HelpDialog() {
  const op = useStore(help, (state) => state.op);
  return (
    <Modal open={op !== null} onClose={closeHelp} title="Operators" className="max-w-4xl">
      <Body op={op ?? ''} />
    </Modal>
  );
}

function Body({ op }: { readonly op: string }) {
  const narrow = useNarrow();
  const record = editor.registry.get(op);
  const article = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another operator begins at its top
  useEffect(() => {
    if (article.current) article.current.scrollTop = 0;
  }, [op]);
  if (narrow) {
    return record ? (
      <>
        <Button kind="quiet" className="mb-2" onClick={() => openHelp('')}>
          <ArrowLeft size={14} /> All operators
        </Button>
        <HelpArticle key={op} record={record} />
      </>
    ) : (
      <List op={op} />
    );
  }
  return (
    <div className="grid h-[min(70dvh,640px)] grid-cols-[208px_minmax(0,1fr)] gap-4">
      <List op={op} />
      <div ref={article} className="scroll-thin min-h-0 overflow-y-auto pr-2">
        {record ? (
          <HelpArticle key={op} record={record} />
        ) : (
          <p className="text-muted">Choose an operator to see what it computes, its gradient, and an example to try.</p>
        )}
      </div>
    </div>
  );
}

function List({ op }: { readonly op: string }) {
  const [query, setQuery] = useState('');
  const found = useMemo(() => searchOperators(editor.registry, query), [query]);
  return (
    <div className="flex min-h-0 flex-col">
      <div className="relative">
        <Search size={14} aria-hidden="true" className="absolute top-2 left-2 text-faint" />
        <input
          type="search"
          aria-label="Search all operators"
          placeholder="Search"
          className="field pl-7!"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            const [best] = found;
            if (event.key === 'Enter' && best) openHelp(best.record.name);
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the buttons inside */}
      <div className="scroll-thin mt-2 min-h-0 flex-1 overflow-y-auto" onKeyDown={moveByArrows}>
        {found.map(({ record, alias }, at) => (
          <button
            key={record.name}
            type="button"
            data-item
            tabIndex={record.name === op || (at === 0 && !found.some((each) => each.record.name === op)) ? 0 : -1}
            aria-current={record.name === op ? 'page' : undefined}
            className="flex min-h-7 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-panel-2 aria-[current=page]:bg-panel-2 aria-[current=page]:font-medium max-wide:min-h-9"
            onClick={() => openHelp(record.name)}
          >
            <span aria-hidden="true" className="w-5 shrink-0 text-center font-serif text-muted">
              {record.glyph}
            </span>
            <span className="min-w-0 truncate">
              {record.name}
              {alias && <span className="text-faint"> {alias}</span>}
            </span>
          </button>
        ))}
        {found.length === 0 && <p className="px-2 py-3 text-muted">No operator is called “{query}”.</p>}
      </div>
    </div>
  );
}
