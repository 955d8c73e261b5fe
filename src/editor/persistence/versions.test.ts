import { expect, test } from 'vitest';
import { outdated } from './versions.ts';

const HOUR = 3_600_000;
const NOW = 1000 * 24 * HOUR + HOUR / 2;

test('an hour is kept whole, a day by the hour, what is older by the day', () => {
  const minutes = (count: number, from: number) => Array.from({ length: count }, (_, at) => NOW - from - at * 60_000);
  expect(outdated(minutes(59, 0), NOW)).toEqual([]);
  const day = minutes(23 * 60, HOUR);
  const kept = day.filter((time) => !outdated(day, NOW).includes(time));
  expect(kept).toHaveLength(24);
  expect(kept[0]).toBe(day[0]);
  const week = Array.from({ length: 7 * 24 }, (_, at) => NOW - 24 * HOUR - at * HOUR);
  expect(week.filter((time) => !outdated(week, NOW).includes(time))).toHaveLength(8);
});

test('thinning again gives up nothing more', () => {
  const times = Array.from({ length: 500 }, (_, at) => NOW - at * 7 * 60_000);
  const once = times.filter((time) => !outdated(times, NOW).includes(time));
  expect(outdated(once, NOW)).toEqual([]);
});
