/** Where in the tour one is, remembered in the browser. */
import { createStore } from 'zustand/vanilla';
import type { KeyValueStorage } from '../store/ui-store.ts';
import { STEPS } from './steps.ts';

export interface TourState {
  readonly running: boolean;
  readonly step: number;
  /** Nobody needs to be offered it any more. */
  readonly over: boolean;
}

const KEY = 'wiregrad.tour';

function recall(storage: KeyValueStorage | null): Pick<TourState, 'step' | 'over'> {
  try {
    const kept: Partial<TourState> | null = JSON.parse(storage?.getItem(KEY) ?? '{}');
    const step = Math.floor(Number(kept?.step ?? 0));
    return { step: step > 0 && step < STEPS.length ? step : 0, over: kept?.over === true };
  } catch {
    return { step: 0, over: false };
  }
}

export function createTour(storage: KeyValueStorage | null = null) {
  const store = createStore<TourState>(() => ({ running: false, ...recall(storage) }));
  const set = (part: Partial<TourState>) => {
    store.setState(part);
    const { step, over } = store.getState();
    try {
      storage?.setItem(KEY, JSON.stringify({ step, over }));
    } catch {
      // The next visit offers it again.
    }
  };
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    /** Goes on where it was left. */
    start: () => set({ running: true }),
    move(by: 1 | -1) {
      const step = store.getState().step + by;
      if (step >= STEPS.length) set({ running: false, step: 0, over: true });
      else set({ step: Math.max(0, step) });
    },
    /** It can be taken up again. */
    leave: () => set({ running: false }),
    dismiss: () => set({ running: false, over: true }),
  };
}

export const tour = createTour(typeof localStorage === 'undefined' ? null : localStorage);
