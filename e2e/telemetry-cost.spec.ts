/** Watching a graph must not slow it down. */
import { expect, type Page, test } from '@playwright/test';
import type { TrainRequest } from '../src/editor/session/scripting.ts';
import { changed, example, openApp, train } from './support/app.ts';

/** Series of rounds at most, because a busy machine can spoil one. What really costs too much spoils all of them. */
const SERIES = 3;
const ROUNDS = 4;
const BLOCK_SECONDS = 2.2;
const MOST = 0.15;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** Steps a second over a whole block of steps, without what is compiled before it. */
async function speed(page: Page, steps: number, watch: TrainRequest['watch']): Promise<number> {
  const { milliseconds } = await train(page, steps, { watch, evaluate: false });
  return (1000 * steps) / milliseconds;
}

/** Which share of the steps watching costs: of blocks next to each other, in alternating order. */
async function cost(page: Page, steps: number): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const speeds = { nothing: 0, visible: 0 };
    const order = round % 2 === 0 ? (['nothing', 'visible'] as const) : (['visible', 'nothing'] as const);
    for (const watch of order) speeds[watch] = await speed(page, steps, watch);
    ratios.push(speeds.visible / speeds.nothing);
  }
  return 1 - median(ratios);
}

test('watching every node costs at most 15 % of the steps', async ({ page }) => {
  test.setTimeout(300_000);
  const document = changed(example('digits-mlp'), {
    attributes: { W1: { shape: [784, 128] }, b1: { shape: [128] }, W2: { shape: [128, 10] } },
    operators: { digits: ['Data', { dataset: 'mnist' }], optimizer: ['SGD', { lr: 0.1 }] },
    training: { batchSize: 64 },
  });
  await openApp(page, 'wasm', document);
  await train(page, 100);
  const steps = Math.ceil((await speed(page, 300, 'nothing')) * BLOCK_SECONDS);
  const costs: number[] = [];
  while (costs.length < SERIES && !costs.some((share) => share <= MOST)) costs.push(await cost(page, steps));
  console.log(`watching costs ${costs.map((share) => `${(100 * share).toFixed(1)} %`).join(', ')}`);
  // Something was there to be seen.
  const { value, gradient } = await page.evaluate(() => window.wiregrad.values('hidden'));
  expect(value?.norm).toBeGreaterThan(0);
  expect(gradient?.norm).toBeGreaterThan(0);
  expect(Math.min(...costs)).toBeLessThanOrEqual(MOST);
});
