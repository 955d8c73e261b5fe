import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { emptyDocument } from '../../compiler/document.ts';
import { DrawingStorage } from '../persistence/storage.ts';
import { type KeptWeights, KeptWeightsStorage } from './checkpoints.ts';

const kept = (drawing: string, time: number): KeptWeights => ({
  drawing,
  time,
  name: `at ${time}`,
  step: time,
  loss: null,
});

test('lists what was kept of a drawing, newest first, and gives back its values', async () => {
  const storage = new KeptWeightsStorage('list');
  await storage.add(kept('a', 1), Uint8Array.of(1));
  await storage.add(kept('a', 2), Uint8Array.of(2));
  await storage.add(kept('ab', 3), Uint8Array.of(3));
  expect((await storage.list(['a'])).map(({ time }) => time)).toEqual([2, 1]);
  expect((await storage.list(['a', 'ab'])).map(({ time }) => time)).toEqual([3, 2, 1]);
  expect(await storage.values(kept('a', 1))).toEqual(Uint8Array.of(1));
  await storage.remove(kept('a', 1));
  expect((await storage.list(['a'])).map(({ time }) => time)).toEqual([2]);
  await expect(storage.values(kept('a', 1))).rejects.toThrow('The values of “at 1” are gone.');
});

test('goes with its drawing', async () => {
  const [drawings, storage] = [new DrawingStorage('both'), new KeptWeightsStorage('both')];
  await drawings.insert({ id: 'a', document: emptyDocument(), edited: 1, opened: 1, deleted: 2 });
  await storage.add(kept('a', 1), Uint8Array.of(1));
  await storage.add(kept('b', 1), Uint8Array.of(1));
  await drawings.remove('a');
  expect(await storage.list(['a', 'b'])).toEqual([kept('b', 1)]);
  await expect(storage.values(kept('a', 1))).rejects.toThrow();
});
