import { createStore } from 'zustand/vanilla';

/** Whether the browser's storage has the document as it is now; autosave keeps this up to date. */
export type SaveState = 'saved' | 'saving' | 'failed';

export const saveState = createStore<{ readonly value: SaveState }>(() => ({ value: 'saved' }));
