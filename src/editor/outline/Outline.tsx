// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one, which those of tables are not
// biome-ignore-all lint/a11y/useFocusableInteractive: the keyboard moves among rows and cells
import './outline.css';
import { ListTree, Plus, Search, Table2 } from 'lucide-react';
import {
  type RefObject,
  useCallback,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { rename as renameCommand } from '../commands/nodes.ts';
import { focusPane } from '../commands/panes.ts';
import { openSearch } from '../commands/view.ts';
import { focusFind } from '../find/focus-find.ts';
import { useNarrow } from '../shell/use-narrow.ts';
import { NO_VIEW, type View } from '../store/create-editor.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useUi } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Choice } from '../widgets/Choice.tsx';
import { formatAmount } from '../widgets/format.ts';
import { Row } from './Row.tsx';
import { type OutlineRow, outlineRows, SORTS, type Sort } from './rows.ts';
import { outlineSight } from './sight.ts';
import { useTree } from './use-tree.ts';

/** Rows beyond those in sight that are there already when one scrolls. */
const MARGIN = 8;
const HEIGHT = { wide: 32, narrow: 56 } as const;
const SORT_NAMES: Readonly<Record<Sort, string>> = {
  flow: 'data flow',
  name: 'name',
  operator: 'operator',
  type: 'type',
  problems: 'problems',
};
const HEADS = [
  ['select', 'Selected', null],
  ['name', 'Name', 'name'],
  ['operator', 'Operator', 'operator'],
  ['type', 'Type', 'type'],
  ['inputs', 'Inputs', null],
  ['value', 'Value', null],
  ['gradient', 'Gradient', null],
  ['actions', 'Actions', null],
] as const;

/**
 * The graph as a tree or a table: the same nodes, the same selection and the same commands as on the canvas, for those who
 * read it with the keyboard, a screen reader or a small screen. `alone`: there is no canvas beside it.
 */
export function Outline({ alone }: { readonly alone: boolean }) {
  const state = useDocumentState((value) => value);
  const as = useUi((value) => value.outlineAs);
  const [sort, setSort] = useState<Sort>('flow');
  const [filter, setFilter] = useState('');
  const [expanded, setOpen] = useState<ReadonlySet<NodeId>>(new Set());
  const deferred = useDeferredValue(filter);
  const rows = useMemo(
    () => outlineRows(state, editor.registry, { as, sort, expanded, filter: deferred }),
    [state, as, sort, expanded, deferred],
  );
  const count = Object.keys(state.document.graph.nodes).length;
  const toggle = (wanted: 'tree' | 'table') => editor.ui.set({ outlineAs: wanted });
  return (
    <section
      aria-label="Outline"
      data-canvas
      data-pane="outline"
      tabIndex={-1}
      className="@container flex h-full min-h-0 flex-col bg-bg outline-none"
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b bg-panel px-2 py-1.5">
        <div role="group" aria-label="Outline as" className="flex gap-0.5">
          <Choice kind="framed" pressed={as === 'tree'} onClick={() => toggle('tree')}>
            <ListTree size={14} aria-hidden="true" /> Tree
          </Choice>
          <Choice kind="framed" pressed={as === 'table'} onClick={() => toggle('table')}>
            <Table2 size={14} aria-hidden="true" /> Table
          </Choice>
        </div>
        {as === 'table' && (
          <label className="flex items-center gap-1.5">
            <span className="text-muted">Sort by</span>
            <select className="field w-auto!" value={sort} onChange={(event) => setSort(event.target.value as Sort)}>
              {SORTS.map((each) => (
                <option key={each} value={each}>
                  {SORT_NAMES[each]}
                </option>
              ))}
            </select>
          </label>
        )}
        <div className="relative min-w-28 max-w-56 flex-1">
          <Search size={14} aria-hidden="true" className="absolute top-2 left-2 text-faint" />
          <input
            type="search"
            aria-label="Filter the outline"
            placeholder="Filter"
            className="field pl-7!"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </div>
        <span className="text-muted max-wide:hidden">
          {deferred === '' ? formatAmount(count, 'node') : `${rows.length} of ${formatAmount(count, 'node')}`}
        </span>
        <Button className="ml-auto" onClick={() => void openSearch.run(editor)}>
          <Plus size={14} aria-hidden="true" /> Add operator
        </Button>
      </div>
      {rows.length > 0 ? (
        <Grid rows={rows} as={as} sort={sort} setSort={setSort} setOpen={setOpen} alone={alone} />
      ) : (
        count > 0 && <p className="px-4 py-6 text-muted">No node has “{filter}” in its name or operator.</p>
      )}
    </section>
  );
}

interface GridProps {
  readonly rows: readonly OutlineRow[];
  readonly as: 'tree' | 'table';
  readonly sort: Sort;
  readonly setSort: (sort: Sort) => void;
  readonly setOpen: React.Dispatch<React.SetStateAction<ReadonlySet<NodeId>>>;
  readonly alone: boolean;
}

/** A range of rows that grows and shrinks with what is scrolled to. */
function useWindow(root: RefObject<HTMLElement | null>, rowHeight: number) {
  const [range, setRange] = useState({ first: 0, last: 60 });
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const measure = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - MARGIN);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + MARGIN;
      setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
    };
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(measure);
    observer?.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer?.disconnect();
    };
  }, [root, rowHeight]);
  return range;
}

function Grid({ rows, as, sort, setSort, setOpen, alone }: GridProps) {
  const root = useRef<HTMLDivElement>(null);
  const narrow = useNarrow();
  const rowHeight = narrow ? HEIGHT.narrow : HEIGHT.wide;
  const { first, last } = useWindow(root, rowHeight);
  const selection = useUi((value) => value.selection.nodes);
  const selected = useMemo(() => new Set(selection), [selection]);
  const asked = useUi((value) => (alone ? value.renaming : null));
  const [own, setOwn] = useState<NodeId | null>(null);
  const renaming = own ?? asked;

  const reveal = useCallback(
    (index: number) => {
      const element = root.current;
      if (!element || index < 0) return;
      const head = narrow ? 0 : HEIGHT.wide;
      const top = index * rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      const bottom = top + rowHeight + head - element.clientHeight;
      if (bottom > element.scrollTop) element.scrollTop = bottom;
    },
    [narrow, rowHeight],
  );
  const setExpanded = (node: NodeId, open: boolean) =>
    setOpen((old) => {
      const next = new Set(old);
      if (open) next.add(node);
      else next.delete(node);
      return next;
    });
  const inspect = (node: NodeId) => {
    editor.ui.select([node]);
    editor.ui.showTab('inspect');
    focusPane('inspector');
  };
  const tree = useTree({ rows, root, setExpanded, rename: setOwn, inspect, reveal });
  const { focusNode } = tree;

  // What is selected elsewhere comes into sight here.
  const lead = selection[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another selection scrolls
  useLayoutEffect(() => {
    if (lead !== undefined) reveal(rows.findIndex((row) => row.key === lead));
  }, [lead]);

  // Without a canvas, what leads to a node leads here.
  useEffect(() => {
    if (!alone) return;
    const view: View = { ...NO_VIEW, center: freePlace, focusFind, focus: (node) => node && focusNode(node) };
    editor.view = view;
    return () => {
      if (editor.view === view) editor.view = NO_VIEW;
    };
  }, [alone, focusNode]);

  const activeIndex = rows.findIndex((row) => row.key === tree.active.key);
  const shown: number[] = [];
  for (let at = first; at < Math.min(last, rows.length); at++) shown.push(at);
  if (activeIndex >= 0 && (activeIndex < first || activeIndex >= last)) shown.push(activeIndex);

  const inSight = useMemo(
    () => [...new Set(rows.slice(first, last).flatMap((row) => (row.kind === 'node' ? [row.node] : [])))],
    [rows, first, last],
  );
  useEffect(() => outlineSight.show(inSight), [inSight]);
  useEffect(() => () => outlineSight.show([]), []);

  const endRename = (node: NodeId, name: string | null) => {
    if (name !== null) void renameCommand.run(editor, { node, name });
    setOwn(null);
    if (asked) editor.ui.set({ renaming: null });
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the role is one of two that are interactive
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: and that have a name
    <div
      ref={root}
      role={as === 'tree' ? 'treegrid' : 'grid'}
      aria-label="Nodes"
      aria-multiselectable="true"
      aria-rowcount={rows.length + 1}
      aria-colcount={HEADS.length}
      className="outline-grid scroll-thin relative min-h-0 flex-1 overflow-y-auto"
      onKeyDown={tree.onKeyDown}
    >
      <div role="rowgroup" className="outline-head">
        <div role="row" aria-rowindex={1} className="outline-row">
          {HEADS.map(([column, title, by], at) => (
            <div
              key={column}
              role="columnheader"
              aria-colindex={at + 1}
              aria-sort={as === 'table' && by && by === sort ? 'ascending' : undefined}
              className={`outline-cell outline-${column}`}
            >
              {as === 'table' && by ? (
                <button
                  type="button"
                  tabIndex={-1}
                  className="min-h-6 text-left hover:underline"
                  onClick={() => setSort(sort === by ? 'flow' : by)}
                >
                  {title}
                  {sort === by && <span aria-hidden="true"> ↑</span>}
                </button>
              ) : (
                <span className={column === 'select' || column === 'actions' ? 'sr-only' : ''}>{title}</span>
              )}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: rows.length * rowHeight }}>
        {shown.map((at) => {
          const row = rows[at];
          if (!row) return null;
          const isActive = at === activeIndex;
          return (
            <Row
              key={row.key}
              row={row}
              index={at}
              top={at * rowHeight}
              height={rowHeight}
              narrow={narrow}
              tree={as === 'tree'}
              selected={selected.has(row.node)}
              active={isActive ? tree.active.column : null}
              renaming={row.kind === 'node' && renaming === row.node}
              onFocus={tree.onFocus}
              onToggle={setExpanded}
              onRename={setOwn}
              onRenamed={endRename}
              onInspect={inspect}
              onSelect={(event) => {
                if (event.shiftKey) tree.selectRange(rows, tree.anchor.current, at);
                else if (event.ctrlKey || event.metaKey) {
                  const others = selection.filter((id) => id !== row.node);
                  editor.ui.select(others.length < selection.length ? others : [...selection, row.node]);
                } else editor.ui.select([row.node]);
                if (!event.shiftKey) tree.setAnchor(at);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

/** To the right of what is drawn: without a canvas there is no middle to see. */
function freePlace() {
  const places = Object.values(editor.document.getState().document.layout.nodes);
  if (places.length === 0) return { x: 0, y: 0 };
  const right = Math.max(...places.map(({ x }) => x));
  const { y } = places.find(({ x }) => x === right) ?? { y: 0 };
  return { x: right + 264, y: y + 44 };
}
