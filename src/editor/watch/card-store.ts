import { createStore } from 'zustand/vanilla';
import type { NodeId } from '../../compiler/document.ts';

/** What the card tells of, and beside which point of the page it stands. */
export interface Card {
  readonly node: NodeId;
  readonly port: string;
  /** Where the wire leads; null for a port with several wires, or none. */
  readonly target: { readonly node: NodeId; readonly port: string } | null;
  readonly x: number;
  readonly y: number;
}

export const card = createStore<{ readonly shown: Card | null }>(() => ({ shown: null }));
