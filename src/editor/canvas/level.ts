/** How much of the graph is seen, and how closely. Outside of React Flow's store, which changes with every pan. */
import { useStore } from 'zustand/react';
import { createStore } from 'zustand/vanilla';

interface Level {
  /** Nodes are so small that only their titles can be read. */
  readonly block: boolean;
  /** Most of the graph is in sight. */
  readonly whole: boolean;
}

export const level = createStore<Level>(() => ({ block: false, whole: false }));

export function useBlock(): boolean {
  return useStore(level, (state) => state.block);
}
