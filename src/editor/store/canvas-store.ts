/** How the canvas behaves, which is remembered in the browser, and what is found or about to happen on it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EdgeId, NodeId } from '../../compiler/document.ts';
import type { KeyValueStorage } from './ui-store.ts';

export interface CanvasSettings {
  /** `trackpad`: the wheel pans, and zooms with Ctrl; `mouse`: the wheel zooms. */
  readonly pointer: 'trackpad' | 'mouse';
  /** Moved nodes keep to a coarse grid. */
  readonly snapGrid: boolean;
  /** Moved nodes line up with others, and lines show with what. */
  readonly snapNodes: boolean;
  readonly minimap: boolean;
  /** What the wheel does was asked, or chosen without being asked. */
  readonly asked: boolean;
}

export interface Search {
  readonly query: string;
  readonly matches: readonly NodeId[];
  /** The match that was jumped to. */
  readonly at: NodeId | null;
}

export interface CanvasState extends CanvasSettings {
  /** The search in the graph; null while it is closed. */
  readonly search: Search | null;
  /** The wire that a searched operator is to be put on. */
  readonly inserting: EdgeId | null;
  /** The wheel was turned for the first time: what is it to do? */
  readonly asking: boolean;
}

export interface CanvasStore extends Pick<StoreApi<CanvasState>, 'getState' | 'getInitialState' | 'subscribe'> {
  set(part: Partial<CanvasState>): void;
}

const KEY = 'wiregrad.canvas';

const DEFAULTS: CanvasSettings = { pointer: 'trackpad', snapGrid: false, snapNodes: true, minimap: true, asked: false };

/** A browser that keeps nothing is no reason to fail, nor is what something else wrote there. */
function recall(storage: KeyValueStorage | null): CanvasSettings {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return DEFAULTS;
    const { pointer, snapGrid, snapNodes, minimap, asked } = { ...DEFAULTS, ...kept };
    return {
      pointer: pointer === 'mouse' ? 'mouse' : 'trackpad',
      snapGrid: snapGrid === true,
      snapNodes: snapNodes !== false,
      minimap: minimap !== false,
      asked: asked === true,
    };
  } catch {
    return DEFAULTS;
  }
}

function settingsOf({ pointer, snapGrid, snapNodes, minimap, asked }: CanvasState): CanvasSettings {
  return { pointer, snapGrid, snapNodes, minimap, asked };
}

export function createCanvasStore(storage: KeyValueStorage | null = null): CanvasStore {
  const store = createStore<CanvasState>(() => ({ ...recall(storage), search: null, inserting: null, asking: false }));
  const { getState, getInitialState, subscribe, setState } = store;
  subscribe((state, previous) => {
    const settings = JSON.stringify(settingsOf(state));
    if (settings === JSON.stringify(settingsOf(previous))) return;
    try {
      storage?.setItem(KEY, settings);
    } catch {
      // The next session starts with the defaults.
    }
  });
  return { getState, getInitialState, subscribe, set: (part) => setState(part) };
}
