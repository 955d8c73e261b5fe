/**
 * Weights that were kept beside a drawing, in the browser's database of drawings: a list of what there is, and the values
 * of each apart from it, as safetensors. They go with the drawing when that is removed for good.
 */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';

export interface KeptWeights {
  /** The drawing's id, or that of an example that was not edited. */
  readonly drawing: string;
  /** Milliseconds since 1970; tells those of a drawing apart. */
  readonly time: number;
  readonly name: string;
  readonly step: number;
  /** Of the last step; null where there was none. */
  readonly loss: number | null;
}

const listKey = ({ drawing, time }: KeptWeights) => ['weights', drawing, time];
const valuesKey = ({ drawing, time }: KeptWeights) => ['weights-values', drawing, time];

export class KeptWeightsStorage {
  readonly #use: UseStore;

  constructor(database = 'wiregrad') {
    this.#use = createStore(database, 'drawings');
  }

  async add(kept: KeptWeights, values: Uint8Array): Promise<void> {
    await this.#use('readwrite', (store) => {
      store.put(kept, listKey(kept));
      store.put(values, valuesKey(kept));
      return promisifyRequest(store.transaction);
    });
  }

  /** Of these drawings, newest first. */
  async list(drawings: readonly string[]): Promise<readonly KeptWeights[]> {
    const found = await Promise.all(
      drawings.map((drawing) => {
        const range = IDBKeyRange.bound(['weights', drawing], ['weights', drawing, []]);
        return this.#use('readonly', (store) => promisifyRequest<KeptWeights[]>(store.getAll(range)));
      }),
    );
    return found.flat().sort((a, b) => b.time - a.time);
  }

  async values(kept: KeptWeights): Promise<Uint8Array> {
    const values = await this.#use('readonly', (store) => promisifyRequest<Uint8Array>(store.get(valuesKey(kept))));
    if (!values) throw new Error(`The values of “${kept.name}” are gone.`);
    return values;
  }

  async remove(kept: KeptWeights): Promise<void> {
    await this.#use('readwrite', (store) => {
      store.delete(listKey(kept));
      store.delete(valuesKey(kept));
      return promisifyRequest(store.transaction);
    });
  }
}
