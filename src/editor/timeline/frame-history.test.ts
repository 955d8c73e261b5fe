import { describe, expect, test } from 'vitest';
import { FrameHistory, type Moment } from './frame-history.ts';

const probe = { key: 'p', entries: [] };
const moment = (step: number, size = 10, sheet = ''): Moment => ({
  frame: { probe: 'p', step, outputs: { summary: new Float32Array(size) }, milliseconds: 1, interval: 50 },
  probe,
  sheet,
});
const stepsOf = (history: FrameHistory) => history.moments('').map(({ frame }) => frame.step);

describe('20,000 steps with everything watched', () => {
  const history = new FrameHistory();
  // Forty kilobytes a moment, as of a network on images.
  for (let step = 0; step <= 20_000; step += 5) history.add(moment(step, 10_000));

  test('take no more than the room there is', () => {
    expect(history.bytes).toBeLessThanOrEqual(24 * 2 ** 20);
    expect(stepsOf(history).length).toBeLessThanOrEqual(240);
    expect(stepsOf(history).length).toBeGreaterThan(200);
  });

  test('can be looked back on from the first to the last, closely where it was lately', () => {
    const steps = stepsOf(history);
    expect([steps[0], steps.at(-1)]).toEqual([0, 20_000]);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.filter((step) => step > 19_000).length).toBeGreaterThan(20);
    expect(steps.filter((step) => step < 1000).length).toBeGreaterThan(0);
  });
});

test('large moments are few', () => {
  const history = new FrameHistory({ moments: 100, bytes: 4000 });
  for (let step = 0; step < 50; step++) history.add(moment(step, 100));
  expect(history.bytes).toBeLessThanOrEqual(4000);
  expect(stepsOf(history)).toHaveLength(10);
});

test('going back forgets what came later, and the same step is told once', () => {
  const history = new FrameHistory();
  for (const step of [0, 5, 9, 9, 12]) history.add(moment(step));
  expect(stepsOf(history)).toEqual([0, 5, 9, 12]);
  history.truncate(9);
  expect(stepsOf(history)).toEqual([0, 5, 9]);
  history.clear();
  expect([stepsOf(history), history.bytes]).toEqual([[], 0]);
});

test('moments of other sheets are kept apart', () => {
  const history = new FrameHistory();
  history.add(moment(1));
  history.add(moment(2, 10, 'block1'));
  expect(history.moments('block1').map(({ frame }) => frame.step)).toEqual([2]);
  expect(stepsOf(history)).toEqual([1]);
});
