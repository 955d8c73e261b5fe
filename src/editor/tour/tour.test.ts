import { expect, test } from 'vitest';
import { STEPS } from './steps.ts';
import { createTour } from './tour-store.ts';

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test('the tour goes on where it was left, and is over at its end', () => {
  const storage = memory();
  const first = createTour(storage);
  expect(first.getState()).toEqual({ running: false, step: 0, over: false });
  first.start();
  first.move(1);
  first.move(1);
  first.leave();

  const again = createTour(storage);
  expect(again.getState()).toEqual({ running: false, step: 2, over: false });
  again.start();
  for (let step = 2; step < STEPS.length; step++) again.move(1);
  expect(again.getState()).toEqual({ running: false, step: 0, over: true });
  expect(createTour(storage).getState().over).toBe(true);
});

test('it does not go back before its first step', () => {
  const tour = createTour();
  tour.start();
  tour.move(-1);
  expect(tour.getState().step).toBe(0);
});

test('what another version kept does no harm', () => {
  for (const kept of ['', '{"step":99}', 'null', '{"step":"x"}']) {
    expect(createTour({ getItem: () => kept, setItem: () => {} }).getState()).toMatchObject({ step: 0, over: false });
  }
});
