/** What the interface knows of the drawings in the browser. Autosave keeps it up to date. */
import { createStore } from 'zustand/vanilla';
import type { Drawing } from './storage.ts';

export interface Library {
  /** Those that are not deleted, newest edit first; unedited examples are not among them. */
  readonly drawings: readonly Drawing[];
  /** The one that is open, whether or not it is stored yet. */
  readonly open: string | null;
  /** The open drawing is worked on in another tab: edits here go into a copy. */
  readonly elsewhere: boolean;
  /** The open drawing became a copy of this one, because that is worked on in another tab. */
  readonly copyOf: string | null;
}

export const library = createStore<Library>(() => ({ drawings: [], open: null, elsewhere: false, copyOf: null }));
