/** Kept runs in the browser's database, beside the drawings: a document has no part of them. */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import type { KeptRun } from './run.ts';

/** All keys of one drawing: lists come after texts in the order of keys. */
const all = (drawing: string) => IDBKeyRange.bound([drawing], [drawing, []]);

export class RunsStorage {
  readonly #use: UseStore;

  constructor(database = 'wiregrad-runs') {
    this.#use = createStore(database, 'runs');
  }

  /** Oldest first. */
  async list(drawing: string): Promise<readonly KeptRun[]> {
    const found: KeptRun[] = await this.#use('readonly', (store) => promisifyRequest(store.getAll(all(drawing))));
    return found.toSorted((a, b) => a.time - b.time);
  }

  async put(drawing: string, runs: readonly KeptRun[]): Promise<void> {
    await this.#use('readwrite', (store) => {
      for (const run of runs) store.put(run, [drawing, run.id]);
      return promisifyRequest(store.transaction);
    });
  }

  async remove(drawing: string, ids: readonly string[]): Promise<void> {
    await this.#use('readwrite', (store) => {
      for (const id of ids) store.delete([drawing, id]);
      return promisifyRequest(store.transaction);
    });
  }
}
