/**
 * Drawings that another document took the place of, so that opening an example never loses work. The newest few are kept
 * in IndexedDB; shipped examples that were not edited are not among them.
 */
import { get, update } from 'idb-keyval';
import { createStore } from 'zustand/vanilla';
import type { GraphDocument } from '../../compiler/document.ts';
import { loadExample } from '../gallery/examples.ts';
import type { Editor } from '../store/create-editor.ts';

const KEY = 'wiregrad.recent';
const KEPT = 6;

export interface RecentDrawing {
  readonly document: GraphDocument;
  /** Milliseconds since 1970, when it was replaced. */
  readonly time: number;
}

/** Newest first. */
export const recentDrawings = createStore<{ readonly list: readonly RecentDrawing[] }>(() => ({ list: [] }));

export interface RecentStorage {
  read(): Promise<readonly RecentDrawing[] | undefined>;
  write(change: (old: readonly RecentDrawing[] | undefined) => readonly RecentDrawing[]): Promise<void>;
}

const browserStorage: RecentStorage = {
  read: () => get<readonly RecentDrawing[]>(KEY),
  write: (change) => update<readonly RecentDrawing[]>(KEY, change),
};

async function isWorthKeeping({ name, graph }: GraphDocument): Promise<boolean> {
  if (Object.keys(graph.nodes).length === 0) return false;
  const example = await loadExample(name);
  return JSON.stringify(example?.graph) !== JSON.stringify(graph);
}

/** Newest first, each graph once. */
export function withDrawing(list: readonly RecentDrawing[], added: RecentDrawing): readonly RecentDrawing[] {
  const text = JSON.stringify(added.document.graph);
  const others = list.filter(({ document }) => JSON.stringify(document.graph) !== text);
  return [added, ...others].slice(0, KEPT);
}

/** Starts keeping what is replaced. Reads what was kept before. */
export async function keepReplaced(editor: Editor, storage: RecentStorage = browserStorage): Promise<() => void> {
  const unsubscribe = editor.document.subscribe((state, previous) => {
    if (state.opened !== previous.opened) void keep(previous.document);
  });

  async function keep(document: GraphDocument) {
    if (!(await isWorthKeeping(document))) return;
    const added = { document, time: Date.now() };
    recentDrawings.setState(({ list }) => ({ list: withDrawing(list, added) }));
    // Where the browser has no room they stay for as long as the page does; autosave reports the lack of room.
    await storage.write((old = []) => withDrawing(old, added)).catch(() => {});
  }

  const kept = await storage.read().catch(() => undefined);
  recentDrawings.setState(({ list }) => ({ list: [...list, ...(kept ?? [])].slice(0, KEPT) }));
  return unsubscribe;
}
