/** What is selected, open and shown. Theme, panels and layers are remembered in the browser; nothing here is undoable. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EdgeId, NodeId } from '../../compiler/document.ts';
import type { Layer, PanelTab, UiState } from './types.ts';

export interface UiStore extends Pick<StoreApi<UiState>, 'getState' | 'getInitialState' | 'subscribe'> {
  set(part: Partial<UiState>): void;
  /** Keeps the state's identity if that is selected already. */
  select(nodes: readonly NodeId[], edges?: readonly EdgeId[]): void;
  selectDerived(id: string | null): void;
  toggleLayer(layer: Layer): void;
  togglePanel(panel: keyof UiState['panels']): void;
  /** Opens the search for an operator, to be placed at a point of the canvas. */
  openSearch(at?: { readonly x: number; readonly y: number }): void;
  showTab(tab: PanelTab): void;
}

/** The part of Storage that is used; tests give their own. */
export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'wiregrad.ui';
const REMEMBERED = ['theme', 'panels', 'layers', 'view', 'outlineAs'] as const;
type Remembered = Pick<UiState, (typeof REMEMBERED)[number]>;

export const NO_PANELS: UiState['panels'] = {
  palette: false,
  inspector: false,
  plots: false,
  compiler: false,
  analysis: false,
  code: false,
};

function initialState(): UiState {
  const reduced = typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches;
  const wide = typeof innerWidth !== 'number' || innerWidth >= 900;
  return {
    selection: { nodes: [], edges: [] },
    selectedDerived: null,
    layers: { forward: true, backward: false, update: false },
    connecting: null,
    problem: null,
    renaming: null,
    tab: 'inspect',
    panels: { ...NO_PANELS, palette: wide, inspector: wide, plots: wide },
    theme: 'system',
    view: null,
    outlineAs: 'tree',
    motion: !reduced,
    dialog: null,
    searchAt: null,
  };
}

/** A browser that keeps nothing (private mode, storage switched off) is no reason to fail. */
function recall(storage: KeyValueStorage | null): Partial<Remembered> {
  try {
    const value: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function remember(storage: KeyValueStorage | null, { theme, panels, layers, view, outlineAs }: UiState) {
  try {
    storage?.setItem(KEY, JSON.stringify({ theme, panels, layers, view, outlineAs } satisfies Remembered));
  } catch {
    // The next session starts with the defaults.
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

export function createUiStore(storage: KeyValueStorage | null = null): UiStore {
  const store = createStore<UiState>(() => {
    const initial = initialState();
    const { theme, panels, layers, view, outlineAs } = recall(storage);
    return {
      ...initial,
      theme: theme ?? initial.theme,
      panels: { ...initial.panels, ...panels },
      layers: { ...initial.layers, ...layers },
      view: view ?? initial.view,
      outlineAs: outlineAs ?? initial.outlineAs,
    };
  });
  store.subscribe((state, previous) => {
    if (REMEMBERED.some((key) => state[key] !== previous[key])) remember(storage, state);
  });
  const { getState, getInitialState, subscribe, setState } = store;
  return {
    getState,
    getInitialState,
    subscribe,
    set: (part) => setState(part),
    select(chosenNodes, chosenEdges = []) {
      const nodes = [...new Set(chosenNodes)];
      const edges = [...new Set(chosenEdges)];
      const { selection, selectedDerived, problem } = getState();
      if (!selectedDerived && problem === null && sameList(selection.nodes, nodes) && sameList(selection.edges, edges))
        return;
      setState({ selection: { nodes, edges }, selectedDerived: null, problem: null });
    },
    selectDerived(id) {
      if (getState().selectedDerived === id) return;
      setState({ selection: { nodes: [], edges: [] }, selectedDerived: id, problem: null });
    },
    toggleLayer(layer) {
      const { layers } = getState();
      setState({ layers: { ...layers, [layer]: !layers[layer] } });
    },
    togglePanel(panel) {
      const { panels } = getState();
      setState({ panels: { ...panels, [panel]: !panels[panel] } });
    },
    openSearch: (at) => setState({ dialog: 'search', searchAt: at ?? null }),
    showTab(tab) {
      setState({ tab, panels: { ...getState().panels, inspector: true } });
    },
  };
}
