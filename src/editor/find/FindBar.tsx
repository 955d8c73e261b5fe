import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useStore } from 'zustand/react';
import { printType } from '../../compiler/types.ts';
import { closeFind, findNext, findPrevious, jumpTo, selectMatches } from '../commands/find.ts';
import { hub } from '../session/telemetry.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { formatAmount, formatFigure } from '../widgets/format.ts';
import { focusItem, moveByArrows } from '../widgets/roving.ts';
import { shortcutOf } from '../widgets/shortcut.ts';
import { factsOf, findNodes } from './find-nodes.ts';
import { parseQuery } from './query.ts';

/** Values are looked at so often while a query asks for them. */
const LIVE_MS = 500;
/** More are counted, not listed. */
const LISTED = 100;

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

/** Finds anew; what is found already keeps its identity. */
function refresh(query: string) {
  const { search } = editor.canvas.getState();
  if (!search) return;
  const found = findNodes(editor, hub, parseQuery(query));
  const matches = sameList(found, search.matches) ? search.matches : found;
  const at = search.at !== null && matches.includes(search.at) ? search.at : null;
  if (query === search.query && matches === search.matches && at === search.at) return;
  editor.canvas.set({ search: { query, matches, at } });
}

/** The search in the graph: by operator, name, shape, dtype or live value; matches are marked on the canvas. */
export function FindBar() {
  const isOpen = useStore(editor.canvas, (state) => state.search !== null);
  return isOpen ? <Find /> : null;
}

function Find() {
  const query = useStore(editor.canvas, (state) => state.search?.query ?? '');
  const matches = useStore(editor.canvas, (state) => state.search?.matches ?? []);
  const at = useStore(editor.canvas, (state) => state.search?.at ?? null);
  const graph = useDocumentState((state) => state.document.graph);
  const list = useRef<HTMLDivElement>(null);
  const live = parseQuery(query).live;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph may have other matches
  useEffect(() => refresh(query), [query, graph]);
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(() => refresh(query), LIVE_MS);
    return () => clearInterval(timer);
  }, [query, live]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') void closeFind.run(editor);
    else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      void (event.shiftKey ? findPrevious : findNext).run(editor);
    } else if (event.key === 'ArrowDown' && event.target instanceof HTMLInputElement) focusItem(list.current, 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const position = at === null ? -1 : matches.indexOf(at);
  return (
    <search className="find-bar" aria-label="Find in graph" onKeyDown={onKeyDown}>
      <div className="flex items-center gap-0.5">
        <input
          type="search"
          data-find
          aria-label="Find in graph"
          placeholder="Name, [N,784], f32, nan, absgrad>1e3"
          className="field min-w-0 flex-1 [&::-webkit-search-cancel-button]:hidden"
          value={query}
          // biome-ignore lint/a11y/noAutofocus: the user asked to search just now
          autoFocus
          spellCheck={false}
          onChange={(event) => refresh(event.target.value)}
        />
        <IconButton
          label="Previous match"
          shortcut={shortcutOf(findPrevious)}
          disabled={matches.length === 0}
          onClick={() => void findPrevious.run(editor)}
        >
          <ChevronUp size={16} />
        </IconButton>
        <IconButton
          label="Next match"
          shortcut={shortcutOf(findNext)}
          disabled={matches.length === 0}
          onClick={() => void findNext.run(editor)}
        >
          <ChevronDown size={16} />
        </IconButton>
        <IconButton label="Close the search" shortcut="Esc" onClick={() => void closeFind.run(editor)}>
          <X size={16} />
        </IconButton>
      </div>
      {query !== '' && (
        <div className="flex items-center justify-between pt-1 pl-1">
          <p className="text-muted text-sm" aria-live="polite">
            {position >= 0 ? `${position + 1} of ${matches.length}` : formatAmount(matches.length, 'node')}
            {live && ' with such values now'}
          </p>
          {matches.length > 0 && (
            <Button kind="quiet" className="text-sm" onClick={() => void selectMatches.run(editor)}>
              Select all
            </Button>
          )}
        </div>
      )}
      {matches.length > 0 && (
        // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the buttons inside
        <div ref={list} className="find-list scroll-thin" onKeyDown={moveByArrows}>
          {matches.slice(0, LISTED).map((id, index) => (
            <Match key={id} id={id} current={id === at} first={index === 0} live={live} />
          ))}
          {matches.length > LISTED && (
            <p className="px-2 py-1 text-muted text-sm">and {matches.length - LISTED} more</p>
          )}
        </div>
      )}
    </search>
  );
}

interface MatchProps {
  readonly id: string;
  readonly current: boolean;
  readonly first: boolean;
  readonly live: boolean;
}

function Match({ id, current, first, live }: MatchProps) {
  const { op, name, types, value, gradient } = factsOf(editor, hub, id);
  const [type] = types;
  const norms = [value && `‖value‖ ${formatFigure(value.norm)}`, gradient && `‖grad‖ ${formatFigure(gradient.norm)}`];
  const detail = live ? norms.filter(Boolean).join(' ') : type ? printType(type) : '';
  return (
    <button
      type="button"
      data-item
      tabIndex={first ? 0 : -1}
      aria-current={current || undefined}
      className="find-match"
      onClick={() => void jumpTo.run(editor, { node: id })}
    >
      <span className="min-w-0 truncate font-medium">{name}</span>
      <span className="min-w-0 truncate text-muted text-sm">{op.startsWith('module:') ? 'Module' : op}</span>
      <span className="ml-auto max-w-40 shrink-0 truncate font-mono text-muted text-sm">{detail}</span>
    </button>
  );
}
