/** What of a step that is gone through node by node is computed so far, in ids of the open sheet. */
import { useStore } from 'zustand/react';
import { createStore } from 'zustand/vanilla';
import type { NodeId } from '../../compiler/document.ts';

export interface Walked {
  readonly at: NodeId | null;
  readonly phase: 'forward' | 'backward' | 'update';
  /** Nodes that were come to, with the last phase in which; parameters and constants are given. */
  readonly done: ReadonlyMap<NodeId, Walked['phase'] | 'given'>;
}

export const walked = createStore<{ readonly now: Walked | null }>(() => ({ now: null }));

/** Null while no step is gone through. */
export function useWalked(id: NodeId): Walked['phase'] | `at-${Walked['phase']}` | 'given' | 'todo' | null {
  return useStore(walked, ({ now }) =>
    !now ? null : now.at === id ? (`at-${now.phase}` as const) : (now.done.get(id) ?? 'todo'),
  );
}
