import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import type { DataSource } from '../compiler/datasets.ts';
import { browserStorage } from './data-store.ts';

afterEach(() => vi.useRealTimers());

const format = { height: 1, width: 1, channels: 1 } as const;
const sourceOf = (hash: string): DataSource => ({
  kind: 'pictures',
  file: { name: 'a', size: 5, hash, files: 2 },
  format,
});

test('columns and files come back as they were', async () => {
  const storage = browserStorage('a');
  expect(await storage.hasColumns('k')).toBe(false);
  expect(await storage.readColumns('k')).toBeNull();
  await storage.writeColumns('k', { x: Float32Array.of(1, 2) });
  expect(await storage.hasColumns('k')).toBe(true);
  expect(await storage.readColumns('k')).toEqual({ x: Float32Array.of(1, 2) });

  expect(await storage.hasFiles(sourceOf('h'))).toBe(false);
  expect(await storage.hasFiles({ kind: 'built-in', name: 'iris' })).toBe(true);
  await storage.writeFiles(sourceOf('h'), []);
  expect(await storage.hasFiles(sourceOf('h'))).toBe(true);
});

test('what nobody used for three months is forgotten when something is added', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  const storage = browserStorage('b');
  await storage.writeColumns('old', { x: Float32Array.of(1) });
  await storage.writeColumns('used', { x: Float32Array.of(2) });
  vi.setSystemTime(80 * 86_400_000);
  expect(await storage.hasColumns('used')).toBe(true);
  vi.setSystemTime(100 * 86_400_000);
  await storage.writeColumns('new', { x: Float32Array.of(3) });
  expect(await storage.hasColumns('old')).toBe(false);
  expect(await storage.hasColumns('used')).toBe(true);
  expect(await storage.hasColumns('new')).toBe(true);
});
