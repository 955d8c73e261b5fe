/** How much of a step's time each node of the flat drawing takes, as colours of the canvas; null while there are none. */
import { useStore } from 'zustand/react';
import { createStore } from 'zustand/vanilla';
import type { NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { editor } from './editor.ts';
import { useDocumentState } from './hooks.ts';

export const heat = createStore<{ readonly shares: ReadonlyMap<NodeId, number> | null }>(() => ({ shares: null }));

/** From 0 to 5: none, and up to more than a third of the time. */
export function heatLevel(share: number): number {
  return [0.01, 0.03, 0.08, 0.18, 0.35].filter((least) => share >= least).length;
}

/** Of a node of the open sheet. */
export function useHeat(id: NodeId): number | null {
  const path = useDocumentState((state) => state.path);
  return useStore(heat, ({ shares }) => {
    if (!shares) return null;
    return heatLevel(shares.get(flatten(editor.whole.getState().document, editor.registry).idOf(path, id)) ?? 0);
  });
}
