/** The way of a gradient that is being explained: nodes of the open sheet from the cost on, and the one it is at. */
import { createStore } from 'zustand/vanilla';
import type { NodeId } from '../../compiler/document.ts';
import { type Highlight, stepKey } from './highlight.ts';

export const tracedPath = createStore<{ readonly path: readonly NodeId[] | null; readonly at: NodeId | null }>(() => ({
  path: null,
  at: null,
}));

export function highlightOfPath(path: readonly NodeId[], at: NodeId | null): Highlight {
  return {
    at,
    path: new Set(path),
    obstacles: new Set(),
    // Wires run the other way.
    steps: new Set(path.slice(1).map((node, at) => stepKey(node, path[at] as NodeId))),
  };
}
