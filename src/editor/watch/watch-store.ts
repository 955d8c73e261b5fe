/** Pinned values, remembered in the browser for each drawing. Nothing of it is undoable. */
import { createStore } from 'zustand/vanilla';
import type { NodeId } from '../../compiler/document.ts';
import type { KeyValueStorage } from '../store/ui-store.ts';

/** An output of a node, on the sheet that the path leads to. */
export interface Pin {
  readonly path: readonly NodeId[];
  readonly node: NodeId;
  readonly port: string;
}

export interface WatchState {
  readonly pins: readonly Pin[];
  /** What the pins are remembered under: the drawing. */
  readonly drawing: string | null;
}

const KEY = 'wiregrad.watches';
/** Drawings whose pins are remembered. */
const MOST = 50;

export function pinKey({ path, node, port }: Pin): string {
  return JSON.stringify([path, node, port]);
}

function isPin(value: unknown): value is Pin {
  const { path, node, port } = (value ?? {}) as Partial<Pin>;
  return Array.isArray(path) && typeof node === 'string' && typeof port === 'string';
}

function recall(storage: KeyValueStorage | null): Record<string, readonly Pin[]> {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}');
    const entries = Object.entries(typeof kept === 'object' && kept !== null ? kept : {});
    return Object.fromEntries(entries.map(([name, pins]) => [name, Array.isArray(pins) ? pins.filter(isPin) : []]));
  } catch {
    return {};
  }
}

export type WatchStore = ReturnType<typeof createWatchStore>;

export function createWatchStore(storage: KeyValueStorage | null = null) {
  const store = createStore<WatchState>(() => ({ pins: [], drawing: null }));

  function remember() {
    const { pins, drawing } = store.getState();
    if (drawing === null) return;
    try {
      const { [drawing]: _, ...others } = recall(storage);
      const entries = Object.entries(others).slice(-MOST + 1);
      storage?.setItem(
        KEY,
        JSON.stringify(Object.fromEntries(pins.length > 0 ? [...entries, [drawing, pins]] : entries)),
      );
    } catch {
      // The next visit begins without pins.
    }
  }

  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    isPinned: (pin: Pin) => store.getState().pins.some((known) => pinKey(known) === pinKey(pin)),
    pin(pin: Pin) {
      const { pins } = store.getState();
      if (pins.some((known) => pinKey(known) === pinKey(pin))) return;
      store.setState({ pins: [...pins, pin] });
      remember();
    },
    unpin(pin: Pin) {
      store.setState({ pins: store.getState().pins.filter((known) => pinKey(known) !== pinKey(pin)) });
      remember();
    },
    clear() {
      store.setState({ pins: [] });
      remember();
    },
    /** Another drawing is open: its pins. */
    open(drawing: string) {
      store.setState({ drawing, pins: recall(storage)[drawing] ?? [] });
    },
    /** The open drawing is known by another name from now on: its pins are those, or the ones it has where there are none. */
    rename(drawing: string) {
      if (drawing === store.getState().drawing) return;
      const kept = recall(storage)[drawing];
      store.setState({ drawing, ...(kept && { pins: kept }) });
      remember();
    },
  };
}

export const watches = createWatchStore(typeof localStorage === 'undefined' ? null : localStorage);
