import { createStore } from 'zustand/vanilla';

/** The operator that is explained; an empty name shows the list alone. */
export const help = createStore<{ readonly op: string | null }>(() => ({ op: null }));

export function openHelp(op: string): void {
  help.setState({ op });
}

export function closeHelp(): void {
  help.setState({ op: null });
}
