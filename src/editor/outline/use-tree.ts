/** Where the keyboard is in the outline, which rows are open, and what keys do: the treegrid pattern of the ARIA guide. */
import { type KeyboardEvent, type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { connectPort, disconnectAll } from '../commands/connect-list.ts';
import { editor } from '../store/editor.ts';
import type { OutlineRow } from './rows.ts';

/** Cells by number, after the row itself, which is -1. */
export const COLUMNS = ['select', 'name', 'operator', 'type', 'inputs', 'value', 'gradient', 'actions'] as const;
const ROW = -1;
const PAGE = 10;

export interface Place {
  readonly key: string;
  readonly column: number;
}

interface TreeOptions {
  readonly rows: readonly OutlineRow[];
  readonly root: RefObject<HTMLElement | null>;
  readonly setExpanded: (node: NodeId, open: boolean) => void;
  readonly rename: (node: NodeId) => void;
  readonly inspect: (node: NodeId) => void;
  readonly reveal: (index: number) => void;
}

/** Selects what lies between two rows. */
function selectRange(rows: readonly OutlineRow[], from: number, to: number) {
  const between = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  editor.ui.select(between.flatMap((row) => (row.kind === 'node' ? [row.node] : [])));
}

export function toggleSelected(node: NodeId) {
  const { nodes } = editor.ui.getState().selection;
  editor.ui.select(nodes.includes(node) ? nodes.filter((id) => id !== node) : [...nodes, node]);
}

export function useTree({ rows, root, setExpanded, rename, inspect, reveal }: TreeOptions) {
  const [place, setPlace] = useState<Place | null>(null);
  const wanted = useRef(false);
  const anchor = useRef(0);

  /** The row of the Tab key: where the keyboard was, else the selected node, else the first. */
  const [selected] = editor.ui.getState().selection.nodes;
  const known = place && rows.some((row) => row.key === place.key) ? place : null;
  const active: Place = known ?? {
    key: rows.find((row) => row.key === selected)?.key ?? rows[0]?.key ?? '',
    column: ROW,
  };

  const go = useCallback(
    (index: number, column = ROW) => {
      const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
      if (!row) return;
      wanted.current = true;
      reveal(rows.indexOf(row));
      setPlace({ key: row.key, column });
    },
    [rows, reveal],
  );

  useLayoutEffect(() => {
    if (!wanted.current) return;
    const target = root.current?.querySelector<HTMLElement>('[data-place="here"]');
    if (!target) return;
    wanted.current = false;
    target.focus({ preventScroll: true });
  });

  const moveTo = (index: number, event: KeyboardEvent) => {
    const at = Math.min(Math.max(index, 0), rows.length - 1);
    const row = rows[at];
    if (!row) return;
    go(at, active.column);
    if (event.ctrlKey || event.metaKey) return;
    if (event.shiftKey) selectRange(rows, anchor.current, at);
    else {
      anchor.current = at;
      editor.ui.select([row.node]);
    }
  };

  const sideways = (row: OutlineRow, at: number, step: 1 | -1) => {
    const { column } = active;
    if (column === ROW && row.kind === 'node' && row.expanded === step < 0) setExpanded(row.node, step > 0);
    else if (column === ROW && step < 0) {
      if (row.kind === 'port') go(rows.findIndex((other) => other.key === row.node));
    } else if (column + step < COLUMNS.length) go(at, column + step);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const element = event.target as HTMLElement;
    if (element.closest('input:not([type="checkbox"]), [role="menu"]') || event.altKey) return;
    const at = rows.findIndex((row) => row.key === active.key);
    const row = rows[at];
    if (!row || !element.closest('[role="row"]')) return;
    if (press(row, at, event, element.closest('button, input') !== null)) event.preventDefault();
  };

  /** True where the key was used. */
  const press = (row: OutlineRow, at: number, event: KeyboardEvent, inWidget: boolean): boolean => {
    const inCells = active.column !== ROW && !event.ctrlKey && !event.metaKey;
    switch (event.key) {
      case 'ArrowDown':
        moveTo(at + 1, event);
        return true;
      case 'ArrowUp':
        moveTo(at - 1, event);
        return true;
      case 'PageDown':
        moveTo(at + PAGE, event);
        return true;
      case 'PageUp':
        moveTo(at - PAGE, event);
        return true;
      case 'Home':
        if (inCells) go(at, 0);
        else moveTo(0, event);
        return true;
      case 'End':
        if (inCells) go(at, COLUMNS.length - 1);
        else moveTo(rows.length - 1, event);
        return true;
      case 'ArrowRight':
        sideways(row, at, 1);
        return true;
      case 'ArrowLeft':
        sideways(row, at, -1);
        return true;
      case 'F2':
        rename(row.node);
        return true;
      case 'Enter':
        if (inWidget || event.ctrlKey || event.metaKey) return false;
        if (row.kind === 'port') void connectPort.run(editor, row);
        else inspect(row.node);
        return true;
      case ' ':
        if (inWidget) return false;
        toggleSelected(row.node);
        return true;
      case 'Delete':
      case 'Backspace':
        // On a port its wires go, and the node stays.
        if (row.kind === 'port') void disconnectAll.run(editor, { edges: row.wires });
        return row.kind === 'port';
      default:
        return false;
    }
  };

  const focusNode = useCallback((node: NodeId) => go(rows.findIndex((row) => row.key === node)), [go, rows]);

  /** A pointer that goes down somewhere takes the Tab stop along. */
  const onFocus = (key: string, column: number) => {
    if (key !== active.key || column !== active.column) setPlace({ key, column });
  };

  const setAnchor = (index: number) => {
    anchor.current = index;
  };

  return { active, onKeyDown, onFocus, focusNode, anchor, setAnchor, selectRange };
}
