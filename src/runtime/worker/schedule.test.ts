import { describe, expect, test } from 'vitest';
import { BatchOrder, Budget, Pace, Pacer } from './schedule.ts';

describe('BatchOrder', () => {
  test('file order drops the rows left over and starts again', () => {
    const order = new BatchOrder([10, 17], 3, null);
    expect(order.stepsPerEpoch).toBe(2);
    expect([...order.rows(0, 3)]).toEqual([10, 11, 12, 13, 14, 15, 10, 11, 12]);
    expect([...order.rows(1, 1)]).toEqual([13, 14, 15]);
  });

  test('shuffling is a permutation each epoch, another one the next, and the same again from the same seed', () => {
    const epoch = (seed: number, e: number) => [...new BatchOrder([100, 160], 10, seed).rows(e * 6, 6)];
    const sorted = (rows: number[]) => rows.toSorted((a, b) => a - b);
    expect(sorted(epoch(3, 0))).toEqual(Array.from({ length: 60 }, (_, i) => 100 + i));
    expect(epoch(3, 0)).not.toEqual(sorted(epoch(3, 0)));
    expect(epoch(3, 1)).not.toEqual(epoch(3, 0));
    expect(epoch(4, 0)).not.toEqual(epoch(3, 0));
    expect(epoch(3, 1)).toEqual(epoch(3, 1));
  });

  test('the rows of a step do not depend on what was asked before', () => {
    const order = new BatchOrder([0, 50], 5, 1);
    const all = [...order.rows(0, 30)];
    expect([...order.rows(17, 1)]).toEqual(all.slice(85, 90));
    expect([...order.rows(2, 1)]).toEqual(all.slice(10, 15));
  });

  test('rows left over are kept as a smaller batch, or filled up with the first rows of the epoch', () => {
    const keep = new BatchOrder([10, 17], 3, null, 'keep');
    expect(keep.stepsPerEpoch).toBe(3);
    expect([...keep.rows(0, 2)]).toEqual([10, 11, 12, 13, 14, 15]);
    expect([...keep.rows(2, 1)]).toEqual([16]);
    expect([...keep.rows(5, 1)]).toEqual([16]);
    // A probe of whole batches looks at a whole one there too.
    expect([...keep.rows(2, 1, 3)]).toEqual([16, 10, 11]);
    expect([0, 1, 2, 3].map((step) => keep.alike(step, 8))).toEqual([2, 1, 1, 2]);
    const fill = new BatchOrder([10, 17], 3, 5, 'fill');
    const epoch = [...fill.rows(3, 3)];
    expect(fill.alike(0, 8)).toBe(8);
    expect(new Set(epoch.slice(0, 7)).size).toBe(7);
    expect(epoch.slice(7)).toEqual(epoch.slice(0, 2));
    expect(new BatchOrder([5, 8], 4, null, 'keep').rows(0, 1)).toEqual(Int32Array.of(5, 6, 7));
  });

  test('a split smaller than a batch is repeated', () => {
    expect([...new BatchOrder([5, 8], 4, null).rows(0, 1)]).toEqual([5, 6, 7, 5]);
  });
});

describe('Pacer', () => {
  test('starts with one step, grows at most fourfold, settles at the target', () => {
    const pacer = new Pacer(60);
    const turns = [];
    for (let i = 0; i < 8; i++) {
      const steps = pacer.next();
      turns.push(steps);
      pacer.took(steps, steps * 0.5);
    }
    expect(turns).toEqual([1, 4, 16, 64, 120, 120, 120, 120]);
  });

  test('never less than one step', () => {
    const pacer = new Pacer(60);
    pacer.took(1, 5000);
    expect(pacer.next()).toBe(1);
  });
});

describe('Budget', () => {
  /** Share of the time spent when every due moment is taken, at a cost that may change. */
  function share(budget: Budget, cost: (now: number) => number): number {
    let spent = 0;
    let now = 0;
    while (now < 100_000) {
      if (budget.due(now)) {
        const ms = cost(now);
        budget.spent(now, now + ms);
        spent += ms;
        now += ms;
      } else now += 1;
    }
    return spent / now;
  }

  test('a cheap cost is limited by the minimum interval', () => {
    const budget = new Budget(0.1, 50);
    expect(share(budget, () => 1)).toBeCloseTo(0.02, 2);
    expect(budget.interval).toBe(50);
  });

  test('a dear cost is limited by the share', () => {
    const budget = new Budget(0.1, 50);
    expect(share(budget, () => 200)).toBeLessThanOrEqual(0.102);
    expect(budget.interval).toBe(2000);
  });

  test('the first cost does not count', () => {
    const budget = new Budget(0.1, 50);
    budget.spent(0, 5000);
    expect(budget.interval).toBe(50);
    expect(budget.due(5040)).toBe(false);
    expect(budget.due(5050)).toBe(true);
    budget.spent(5050, 5060);
    expect(budget.interval).toBe(100);
  });

  test('a cost that swings stays within the share', () => {
    const swing = share(new Budget(0.1, 16), (now) => (Math.floor(now / 700) % 2 ? 30 : 2));
    expect(swing).toBeLessThanOrEqual(0.105);
    expect(swing).toBeGreaterThan(0.03);
  });
});

describe('Pace', () => {
  test('lets through so many steps a second', () => {
    const pace = new Pace(60, 1000, 5);
    expect(pace.due(1000, 5)).toBe(0);
    expect(pace.due(1100, 5)).toBe(6);
    expect(pace.due(1100, 11)).toBe(0);
    expect(pace.due(1200, 11)).toBe(6);
  });

  test('does not make up for what a long pause missed', () => {
    const pace = new Pace(60, 0, 0);
    expect(pace.due(10_000, 0)).toBe(1);
    expect(pace.due(10_100, 1)).toBe(5);
  });
});
