/** Which keys the user gave to commands instead of their own. Kept in the browser. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { KeyValueStorage } from './ui-store.ts';

export interface KeysState {
  /** Shortcuts by command; an empty list is a command without keys. */
  readonly bindings: Readonly<Record<string, readonly string[]>>;
  /** Whether letters, digits and signs without Ctrl, ⌘ or Alt do anything (WCAG 2.1.4). */
  readonly singleKeys: boolean;
}

export interface KeyBindings extends Pick<StoreApi<KeysState>, 'getState' | 'getInitialState' | 'subscribe'> {
  /** Null gives the command its own keys back. */
  bind(command: string, shortcuts: readonly string[] | null): void;
  setSingleKeys(on: boolean): void;
  reset(): void;
}

const KEY = 'wiregrad.keys';
const NONE: KeysState = { bindings: {}, singleKeys: true };

function isList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function recall(storage: KeyValueStorage | null): KeysState {
  try {
    const kept: Partial<KeysState> | null = JSON.parse(storage?.getItem(KEY) ?? '{}');
    const bindings = Object.entries(kept?.bindings ?? {}).filter(([, shortcuts]) => isList(shortcuts));
    return { bindings: Object.fromEntries(bindings), singleKeys: kept?.singleKeys !== false };
  } catch {
    return NONE;
  }
}

export function createKeyBindings(storage: KeyValueStorage | null = null): KeyBindings {
  const { getState, getInitialState, subscribe, setState } = createStore<KeysState>(() => recall(storage));
  subscribe((state) => {
    try {
      storage?.setItem(KEY, JSON.stringify(state));
    } catch {
      // The next session starts with the commands' own keys.
    }
  });
  return {
    getState,
    getInitialState,
    subscribe,
    bind(command, shortcuts) {
      const { [command]: _, ...others } = getState().bindings;
      setState({ bindings: shortcuts === null ? others : { ...others, [command]: shortcuts } });
    },
    setSingleKeys: (singleKeys) => setState({ singleKeys }),
    reset: () => setState(NONE),
  };
}

interface Bindable {
  readonly id: string;
  readonly shortcuts?: readonly string[];
}

/** Keys that a text could be made of: a letter, a digit or a sign, with Shift at most. */
export function isSingleKey(shortcut: string): boolean {
  const key = shortcut === '+' ? '+' : shortcut.replace(/^Shift\+/, '');
  return key.length === 1;
}

/** The shortcuts that a command has now; the first is shown. */
export function shortcutsOf({ id, shortcuts = [] }: Bindable, { bindings, singleKeys }: KeysState): readonly string[] {
  const own = bindings[id] ?? shortcuts;
  return singleKeys ? own : own.filter((shortcut) => !isSingleKey(shortcut));
}
