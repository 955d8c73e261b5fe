import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { emptyDocument } from '../../compiler/document.ts';
import { type Drawing, DrawingStorage, TakenOver } from './storage.ts';

let count = 0;
const storage = () => new DrawingStorage(`storage-${count++}`);

const drawing = (id: string, name: string, edited = 1): Drawing => ({
  id,
  document: emptyDocument(name),
  edited,
  opened: edited,
  deleted: null,
});

const named = async (from: DrawingStorage) => (await from.list()).map(({ document }) => document.name);

describe('drawings in the database', () => {
  test('edits in the journal are read with the drawing, and end with the next complete one', async () => {
    const kept = storage();
    await kept.claim('a', 'me', 0);
    await kept.save(drawing('a', 'first'), 'me');
    await kept.append('a', 'me', 0, [[['name'], 'second']], 5);
    await kept.append('a', 'me', 1, [[['description'], 'told']], 6);
    expect(await kept.read('a')).toMatchObject({ document: { name: 'second', description: 'told' }, edited: 6 });
    expect(await kept.list()).toEqual([await kept.read('a')]);
    await kept.save(drawing('a', 'third', 7), 'me');
    expect(await kept.read('a')).toEqual(drawing('a', 'third', 7));
  });

  test('who lost a drawing to another page can no longer write to it', async () => {
    const kept = storage();
    await kept.claim('a', 'me', 0);
    await kept.save(drawing('a', 'mine'), 'me');
    expect((await kept.claim('a', 'you', 3))?.document.name).toBe('mine');
    await expect(kept.append('a', 'me', 0, [[['name'], 'lost']], 4)).rejects.toThrow(TakenOver);
    await expect(kept.save(drawing('a', 'lost'), 'me')).rejects.toThrow(TakenOver);
    expect(await named(kept)).toEqual(['mine']);
    await kept.append('a', 'you', 0, [[['name'], 'yours']], 4);
    expect(await named(kept)).toEqual(['yours']);
  });

  test('journals of drawings with similar names are not mixed up', async () => {
    const kept = storage();
    for (const id of ['a', 'a1', 'b']) {
      await kept.claim(id, 'me', 0);
      await kept.save(drawing(id, id), 'me');
      await kept.append(id, 'me', 0, [[['name'], `${id}!`]], 5);
    }
    await kept.remove('a');
    expect((await named(kept)).sort()).toEqual(['a1!', 'b!']);
  });

  test('versions are kept newest first, each state once, and thinned', async () => {
    const kept = storage();
    const now = 100 * 24 * 3_600_000;
    await kept.claim('a', 'me', 0);
    const at = (time: number, name: string) =>
      kept.save(drawing('a', name), 'me', { versions: [{ time, document: emptyDocument(name) }], now });
    await at(now - 7_000_000, 'one');
    await at(now - 6_990_000, 'two');
    await at(now - 1000, 'three');
    await at(now - 900, 'three');
    await at(now - 500, 'four');
    expect((await kept.versions('a')).map(({ document }) => document.name)).toEqual(['four', 'three', 'two']);
  });
});
