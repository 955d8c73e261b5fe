/** Whether nodes are so small that only their titles can be read. Outside of React Flow's store, which changes with every pan. */
import { useStore } from 'zustand/react';
import { createStore } from 'zustand/vanilla';

export const level = createStore(() => ({ block: false }));

export function useBlock(): boolean {
  return useStore(level, (state) => state.block);
}
