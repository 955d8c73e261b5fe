/**
 * Data sets in the browser's database: the columns that training reads, by the key of their recipe, and the files they were
 * made from, by their content, so that a recipe can be changed without choosing the file again.
 */
import { createStore, delMany, entries, get, promisifyRequest, set, type UseStore } from 'idb-keyval';
import type { DataSource } from '../compiler/datasets.ts';
import type { DataInput } from '../data/streams.ts';

export type StoredColumns = Readonly<Record<string, Float32Array | Int32Array>>;

/** Many files are kept as one. */
interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly content: Blob;
}

/** What nobody has used for so long is forgotten when something is added: the user still has the files. */
const FORGET_MS = 90 * 86_400_000;

/** Tests and commands bring another. */
export interface DataStorage {
  hasColumns(key: string): Promise<boolean>;
  /** True for sources that need no file, too. */
  hasFiles(source: DataSource): Promise<boolean>;
  readColumns(key: string): Promise<StoredColumns | null>;
  writeColumns(key: string, columns: StoredColumns): Promise<void>;
  readFiles(source: DataSource): Promise<readonly DataInput[] | null>;
  writeFiles(source: DataSource, files: readonly DataInput[]): Promise<void>;
}

function fileKey(source: DataSource): string | null {
  switch (source.kind) {
    case 'table':
    case 'pictures':
      return `files:${source.file.hash}`;
    case 'arrays':
      return `files:${source.files.map(({ hash }) => hash).join()}`;
    default:
      return null;
  }
}

export function browserStorage(database = 'wiregrad-data'): DataStorage {
  let opened: UseStore | null = null;
  let openedTimes: UseStore | null = null;
  /** When what is kept was used last; in a database of its own, so that going through it reads no data. */
  const times = () => {
    openedTimes ??= createStore(`${database}-used`, 'times');
    return openedTimes;
  };
  const used = {
    set: (key: string) => set(key, Date.now(), times()),
    async forget() {
      const all = await entries<string, number>(times());
      const old = all.flatMap(([key, time]) => (Date.now() - time > FORGET_MS ? [key] : []));
      await delMany(old, store());
      await delMany(old, times());
    },
  };
  const store = () => {
    opened ??= createStore(database, 'data');
    return opened;
  };
  const has = async (key: string) => {
    const isThere = (await store()('readonly', (all) => promisifyRequest(all.count(key)))) > 0;
    if (isThere) await used.set(key);
    return isThere;
  };
  const write = async (key: string, value: unknown) => {
    await set(key, value, store());
    await used.set(key);
    await used.forget();
  };
  return {
    hasColumns: (key) => has(`columns:${key}`),
    async hasFiles(source) {
      const key = fileKey(source);
      return key === null || has(key);
    },
    readColumns: async (key) => (await get<StoredColumns>(`columns:${key}`, store())) ?? null,
    writeColumns: (key, columns) => write(`columns:${key}`, columns),
    async readFiles(source) {
      const key = fileKey(source);
      const packed = key === null ? undefined : await get<Packed>(key, store());
      if (!packed) return null;
      let start = 0;
      return packed.files.map(({ path, size }) => {
        const blob = packed.content.slice(start, start + size);
        start += size;
        return { path, blob };
      });
    },
    async writeFiles(source, files) {
      const key = fileKey(source);
      if (key === null) return;
      const content = new Blob(files.map(({ blob }) => blob));
      const packed: Packed = { files: files.map(({ path, blob }) => ({ path, size: blob.size })), content };
      await write(key, packed);
    },
  };
}
