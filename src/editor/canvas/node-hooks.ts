/** What a node asks of the canvas it is drawn on. */
import { useStore } from 'zustand/react';
import type { NodeId } from '../../compiler/document.ts';
import { leftOut } from '../../compiler/phases/resolve/flags.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState } from '../store/hooks.ts';

/** Whether it is not computed because of a muted node. */
export function useLeftOut(id: NodeId): boolean {
  return useDocumentState((state) => leftOut(state.document.graph, editor.registry).has(id));
}

const sets = new WeakMap<readonly NodeId[], ReadonlySet<NodeId>>();

function asSet(ids: readonly NodeId[]): ReadonlySet<NodeId> {
  const set = sets.get(ids) ?? new Set(ids);
  sets.set(ids, set);
  return set;
}

/** Whether the search in the graph found it, or is at it. */
export function useFound(id: NodeId): 'match' | 'at' | null {
  return useStore(editor.canvas, ({ search }) =>
    !search ? null : search.at === id ? 'at' : asSet(search.matches).has(id) ? 'match' : null,
  );
}
