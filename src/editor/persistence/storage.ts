/**
 * Drawings in the browser's database. A drawing is its last complete text, the journal of edits since then, and its
 * versions. What belongs together is written in one transaction, so a tab that is killed leaves a drawing behind that is
 * one edit old at most. Only its owner, one page at a time, writes to a drawing.
 */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import type { GraphDocument } from '../../compiler/document.ts';
import { applyChanges, type Change } from './changes.ts';
import { outdated } from './versions.ts';

export interface Drawing {
  readonly id: string;
  readonly document: GraphDocument;
  /** Times are milliseconds since 1970. */
  readonly edited: number;
  readonly opened: number;
  /** When it was deleted; null for those that are there. */
  readonly deleted: number | null;
}

export interface Version {
  readonly time: number;
  readonly document: GraphDocument;
}

export interface SaveOptions {
  readonly versions?: readonly Version[];
  readonly now?: number;
  readonly claim?: boolean;
}

interface JournalEntry {
  readonly id: string;
  readonly changes: readonly Change[];
  readonly edited: number;
}

/** Another page has become the owner of the drawing. */
export class TakenOver extends Error {}

/** Weights and their values are kept by `weights/checkpoints.ts`. */
type Kind = 'drawing' | 'journal' | 'version' | 'weights' | 'weights-values';

/** All keys of a kind, or of one drawing: lists come after texts and numbers in the order of keys. */
const all = (...start: readonly [Kind, string?]) => {
  const key = start.filter((part) => part !== undefined);
  return IDBKeyRange.bound(key, [...key, []]);
};

function withJournal(drawing: Drawing, entries: readonly JournalEntry[]): Drawing {
  let { document, edited } = drawing;
  for (const entry of entries) {
    if (entry.id !== drawing.id) continue;
    document = applyChanges(document, entry.changes);
    edited = entry.edited;
  }
  return { ...drawing, document, edited };
}

const request = <T>(value: IDBRequest<T>): Promise<T> => promisifyRequest(value);

export class DrawingStorage {
  readonly #use: UseStore;

  constructor(database = 'wiregrad') {
    this.#use = createStore(database, 'drawings');
  }

  /** Those that were deleted too; newest edit first. */
  async list(): Promise<readonly Drawing[]> {
    return this.#use('readonly', async (store) => {
      const drawings: Promise<Drawing[]> = request(store.getAll(all('drawing')));
      const entries: Promise<JournalEntry[]> = request(store.getAll(all('journal')));
      const [heads, journal] = await Promise.all([drawings, entries]);
      return heads.map((drawing) => withJournal(drawing, journal)).sort((a, b) => b.edited - a.edited);
    });
  }

  async read(id: string): Promise<Drawing | null> {
    return this.#use('readonly', (store) => this.#read(store, id));
  }

  async #read(store: IDBObjectStore, id: string): Promise<Drawing | null> {
    const head: Promise<Drawing | undefined> = request(store.get(['drawing', id]));
    const journal: Promise<JournalEntry[]> = request(store.getAll(all('journal', id)));
    const [drawing, entries] = await Promise.all([head, journal]);
    return drawing ? withJournal(drawing, entries) : null;
  }

  /** Makes `owner` the only one who writes to the drawing, from now on. Null where nothing is written yet. */
  async claim(id: string, owner: string, time: number): Promise<Drawing | null> {
    return this.#write(async (store) => {
      const drawing = await this.#read(store, id);
      store.put(owner, ['owner', id]);
      if (!drawing) return null;
      const claimed = { ...drawing, opened: time, deleted: null };
      this.#put(store, claimed);
      return claimed;
    });
  }

  /** Writes an edit. Rejects with `TakenOver` where another page is the owner. */
  async append(id: string, owner: string, place: number, changes: readonly Change[], edited: number): Promise<void> {
    await this.#write(async (store) => {
      await this.#check(store, id, owner);
      store.put({ id, changes, edited } satisfies JournalEntry, ['journal', id, place]);
    });
  }

  /**
   * Writes the whole drawing, which ends its journal, and versions of it. Versions like the one before are left out.
   * `claim`: the drawing is new, and this makes `owner` its owner.
   */
  async save(
    drawing: Drawing,
    owner: string,
    { versions = [], now = Date.now(), claim = false }: SaveOptions = {},
  ): Promise<void> {
    await this.#write(async (store) => {
      if (claim) store.put(owner, ['owner', drawing.id]);
      else await this.#check(store, drawing.id, owner);
      this.#put(store, drawing);
      for (const version of versions) await this.#addVersion(store, drawing.id, version, now);
    });
  }

  /** Writes the whole drawing without waiting for anything, for a page that is about to end and is sure to be the owner. */
  saveAtOnce(drawing: Drawing, owner: string): void {
    void this.#use('readwrite', (store) => {
      store.put(owner, ['owner', drawing.id]);
      this.#put(store, drawing);
      store.transaction.commit();
    }).catch(() => {});
  }

  /** Adds a drawing that nobody owns. */
  async insert(drawing: Drawing): Promise<void> {
    await this.#write(async (store) => this.#put(store, drawing));
  }

  /** Changes a drawing that is not open here. A page that has it open finds that it is the owner no longer. */
  async change(id: string, change: (old: Drawing) => Drawing): Promise<void> {
    await this.#write(async (store) => {
      const drawing = await this.#read(store, id);
      if (!drawing) return;
      this.#put(store, change(drawing));
      store.delete(['owner', id]);
    });
  }

  /** For good, with its versions. */
  async remove(id: string): Promise<void> {
    await this.#write(async (store) => {
      store.delete(['drawing', id]);
      store.delete(['owner', id]);
      store.delete(all('journal', id));
      store.delete(all('version', id));
      store.delete(all('weights', id));
      store.delete(all('weights-values', id));
    });
  }

  /** Newest first. */
  async versions(id: string): Promise<readonly Version[]> {
    const found: Version[] = await this.#use('readonly', (store) => request(store.getAll(all('version', id))));
    return found.reverse();
  }

  async #addVersion(store: IDBObjectStore, id: string, version: Version, now: number): Promise<void> {
    const keys = (await request(store.getAllKeys(all('version', id)))) as [Kind, string, number][];
    const times = keys.map(([, , time]) => time);
    const last = times.at(-1);
    if (last !== undefined) {
      const newest: Version = await request(store.get(['version', id, last]));
      if (JSON.stringify(newest.document) === JSON.stringify(version.document)) return;
    }
    // Two of the same millisecond are both kept.
    const time = Math.max(version.time, (last ?? 0) + 1);
    store.put({ ...version, time }, ['version', id, time]);
    for (const old of outdated(times, now)) store.delete(['version', id, old]);
  }

  #put(store: IDBObjectStore, drawing: Drawing) {
    store.put(drawing, ['drawing', drawing.id]);
    store.delete(all('journal', drawing.id));
  }

  async #check(store: IDBObjectStore, id: string, owner: string): Promise<void> {
    if ((await request(store.get(['owner', id]))) !== owner) throw new TakenOver();
  }

  /** All or nothing. */
  async #write<T>(run: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    return this.#use('readwrite', async (store) => {
      const done = promisifyRequest(store.transaction);
      try {
        const result = await run(store);
        await done;
        return result;
      } catch (error) {
        done.catch(() => {});
        try {
          store.transaction.abort();
        } catch {
          // It has ended already.
        }
        throw error;
      }
    });
  }
}
