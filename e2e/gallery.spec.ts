/** Every example opens, trains, and learns what it should. */
import { readdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { example, followExample, openApp, reach, status, train, visit } from './support/app.ts';
import { evaluate, readout } from './support/transport.ts';

const examples = readdirSync(new URL('../examples/', import.meta.url))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

for (const name of examples) {
  test(`${name} opens by its address and trains`, async ({ page }) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await followExample(page, name);
    await reach(page, 3);
    expect(await page.evaluate(() => window.wiregrad.document().name)).toBe(name);
    expect(await page.evaluate(() => window.wiregrad.check())).toEqual([]);
    expect(await status(page)).toMatchObject({ backend: 'wasm', running: true });
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test('a first visit shows the digits being learned', async ({ page }) => {
  await visit(page);
  expect(await page.evaluate(() => window.wiregrad.document().name)).toBe('digits-mlp');
  const shown = async (name: string) => Number((await readout(page, name).textContent())?.replaceAll(/[^\d.]/g, ''));
  await expect.poll(() => shown('step'), { timeout: 60_000 }).toBeGreaterThan(0);
  const before = { step: await shown('step'), loss: await shown('loss') };
  expect(await status(page)).toMatchObject({ running: true });
  await expect.poll(() => shown('step'), { timeout: 60_000 }).toBeGreaterThan(before.step);
  await expect.poll(() => shown('loss'), { timeout: 60_000 }).toBeLessThan(Math.min(before.loss, 0.5));
});

test('the digits are told apart', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  const { steps, metrics, backend } = await train(page, 1200);
  expect({ steps, backend }).toEqual({ steps: 1200, backend: 'wasm' });
  expect(metrics.accuracy).toBeGreaterThanOrEqual(0.91);
});

test('logistic regression has the error rates of the original', async ({ page }) => {
  await openApp(page, 'wasm', example('mnist-logistic-regression'));
  for (const error of [0.189, 0.156, 0.144]) expect((await train(page, 16)).metrics.error).toBeCloseTo(error, 6);
  expect((await evaluate(page, 'test')).error).toBeCloseTo(0.153, 6);
});

test('LeNet reads handwriting after eight epochs', async ({ page }) => {
  test.setTimeout(400_000);
  await openApp(page, 'wasm', example('mnist-lenet'));
  await train(page, 1000);
  expect((await evaluate(page, 'test')).accuracy).toBeGreaterThanOrEqual(0.965);
});
