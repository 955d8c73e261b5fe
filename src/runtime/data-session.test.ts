import { describe, expect, test } from 'vitest';
import { file, ports } from '../../scripts/data-files.ts';
import { testPlan } from '../../scripts/test-plan.ts';
import { type DatasetRecipe, recipeKey } from '../compiler/datasets.ts';
import type { DataInput } from '../data/streams.ts';
import { DataSession } from './data-session.ts';
import type { DataStorage, StoredColumns } from './data-store.ts';
import { DataStore } from './worker/datasets/load.ts';

function memory(): DataStorage & { readonly columns: Map<string, StoredColumns> } {
  const columns = new Map<string, StoredColumns>();
  const files = new Map<string, readonly DataInput[]>();
  return {
    columns,
    hasColumns: async (key) => columns.has(key),
    hasFiles: async (source) => files.has(JSON.stringify(source)),
    readColumns: async (key) => columns.get(key) ?? null,
    writeColumns: async (key, value) => void columns.set(key, value),
    readFiles: async (source) => files.get(JSON.stringify(source)) ?? null,
    writeFiles: async (source, value) => void files.set(JSON.stringify(source), value),
  };
}

const TABLE = `a,kind\n${Array.from({ length: 100 }, (_, at) => `${at / 10},${'xy'[at % 2]}`).join('\n')}\n`;

/** A data set of TABLE, kept in the storage. */
async function made(storage: DataStorage): Promise<DatasetRecipe> {
  const session = new DataSession(ports, storage);
  session.give([file('t.csv', TABLE)]);
  const { source, plan } = await session.open({});
  const { info } = session.prepare(plan);
  const recipe = { ...plan, source, info };
  await session.keep(recipeKey(recipe));
  return recipe;
}

test('what is prepared is what training reads', async () => {
  const storage = memory();
  const recipe = await made(storage);
  const key = recipeKey(recipe);
  const columns = recipe.info.columns.map(({ name, dtype, shape }) => ({
    id: `t.${name}`,
    dataset: 't',
    column: name,
    key,
    dtype,
    shape: [recipe.info.rows, ...shape],
  }));
  const plan = { ...testPlan({ splits: recipe.info.splits }), columns, classes: { 't.kind': 2 } };
  const none = () => Promise.reject(new Error('no file is read'));
  const found = await new DataStore(none, storage).columns(plan);
  expect([...found.keys()]).toEqual(['t.a', 't.kind']);
  expect(found.get('t.a')).toEqual(storage.columns.get(key)?.a);
  await expect(new DataStore(none, memory()).columns(plan)).rejects.toMatchObject({
    code: 'runtime/data',
    message: 'The rows of the data set t are not in this browser.',
  });
});

describe('a recipe is made again', () => {
  test('from the files that are kept', async () => {
    const storage = memory();
    const recipe = await made(storage);
    const key = recipeKey(recipe);
    const before = storage.columns.get(key);
    storage.columns.clear();
    await new DataSession(ports, storage).restore(recipe, key);
    expect(storage.columns.get(key)).toEqual(before);
  });

  test('from the same file, and from no other', async () => {
    const recipe = await made(memory());
    const storage = memory();
    const from = async (...inputs: DataInput[]) => {
      const session = new DataSession(ports, storage);
      session.give(inputs);
      await session.restore(recipe, recipeKey(recipe));
    };
    await expect(from()).rejects.toMatchObject({ code: 'data/missing', message: expect.stringContaining('t.csv') });
    await expect(from(file('t.csv', TABLE.replace('x', 'z')))).rejects.toMatchObject({ code: 'data/changed' });
    expect(storage.columns.size).toBe(0);
    await from(file('renamed.csv', TABLE));
    expect(storage.columns.size).toBe(1);
  });

  test('unless it makes something else than the drawing says', async () => {
    const storage = memory();
    const recipe = await made(storage);
    const other = { ...recipe, info: { ...recipe.info, rows: 99 } };
    await expect(new DataSession(ports, storage).restore(other, 'k')).rejects.toMatchObject({ code: 'data/changed' });
  });
});

test('a storage that is full is said so, and nothing is half kept', async () => {
  const full: DataStorage = { ...memory(), writeColumns: () => Promise.reject(new Error('quota')) };
  await expect(made(full)).rejects.toMatchObject({ code: 'data/size', message: expect.stringContaining('quota') });
});

test('what the page is sent does not grow with the rows, and little with the columns', async () => {
  const sizeOf = async (rows: number, columns: number) => {
    const names = Array.from({ length: columns }, (_, at) => `pixel${at}`);
    const line = (row: number) => [...names.map((_, at) => (row * (at + 7)) % 256), row % 10].join(',');
    const text = `${[...names, 'label'].join(',')}\n${Array.from({ length: rows }, (_, at) => line(at)).join('\n')}`;
    const session = new DataSession(ports, memory());
    session.give([file('large.csv', text)]);
    const looked = await session.open({});
    return JSON.stringify([looked, session.prepare(looked.plan)]).length;
  };
  expect((await sizeOf(20_000, 8)) / (await sizeOf(2000, 8))).toBeLessThan(1.1);
  expect(await sizeOf(300, 784)).toBeLessThan(600_000);
});
