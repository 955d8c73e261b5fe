import { expect, test } from 'vitest';
import { createWatchStore, type Pin } from './watch-store.ts';

const pin = (node: string): Pin => ({ path: [], node, port: 'y' });

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test('pins are those of the drawing, in the next visit too', () => {
  const storage = memory();
  const store = createWatchStore(storage);
  store.open('a');
  store.pin(pin('x'));
  store.pin(pin('x'));
  store.open('b');
  expect(store.getState().pins).toEqual([]);
  store.pin(pin('z'));

  const again = createWatchStore(storage);
  again.open('a');
  expect(again.getState().pins).toEqual([pin('x')]);
  again.unpin(pin('x'));
  again.open('b');
  again.open('a');
  expect(again.getState().pins).toEqual([]);
});

test('an example that becomes a drawing keeps its pins, and a drawing that has some its own', () => {
  const storage = memory();
  const store = createWatchStore(storage);
  store.open('id');
  store.pin(pin('own'));
  store.open('example:x');
  store.pin(pin('x'));
  store.rename('new');
  expect(store.getState().pins).toEqual([pin('x')]);
  store.open('example:x');
  store.rename('id');
  expect(store.getState().pins).toEqual([pin('own')]);
});

test('what is no pin is left out', () => {
  const store = createWatchStore({ getItem: () => '{"a":[1,{"node":"x"}],"b":null}', setItem: () => {} });
  store.open('a');
  expect(store.getState().pins).toEqual([]);
  store.open('b');
  expect(store.getState().pins).toEqual([]);
});
