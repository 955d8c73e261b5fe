/** Training survives what goes wrong beneath it, and says what happened. */
import { chromium, expect, type Page, test } from '@playwright/test';
import { changed, example, followExample, openApp, reach, status, train, visit } from './support/app.ts';
import { findBrowser } from './support/browser.ts';
import { node, setAttribute } from './support/canvas.ts';
import { transport } from './support/transport.ts';

const breakIt = (page: Page, what: 'device' | 'worker') => page.evaluate((part) => window.wiregrad.break(part), what);
const alert = (page: Page) => page.getByRole('alert');

test('a crashed worker is replaced while it trains', async ({ page }) => {
  await followExample(page, 'digits-mlp');
  await reach(page, 50);
  const { step } = await status(page);
  await breakIt(page, 'worker');
  await expect(alert(page)).toContainText('The training worker was stopped.');
  await expect(alert(page)).toContainText('Going on from step');
  await reach(page, step + 50);
  expect(await status(page)).toMatchObject({ running: true, backend: 'wasm' });
});

test('training goes on from the last checkpoint', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await train(page, 300, { evaluate: false });
  // An edit makes a checkpoint.
  await node(page, 'optimizer').locator('.node-name').click();
  await setAttribute(page, 'lr', '0.02');
  await page.evaluate(() => window.wiregrad.state());
  await breakIt(page, 'worker');
  await expect(alert(page)).toContainText('Going on from step 300.');
  expect(await train(page, 1)).toMatchObject({ steps: 301 });
});

test('a lost device is replaced while it trains', async ({ page }) => {
  await followExample(page, 'line-fit', 'webgpu');
  await reach(page, 5);
  const { step } = await status(page);
  await breakIt(page, 'device');
  await expect(alert(page)).toContainText('graphics device was lost', { timeout: 30_000 });
  await reach(page, step + 5);
  expect(await status(page)).toMatchObject({ running: true, backend: 'webgpu' });
});

test('without WebGPU it trains on wasm and says so', async ({ baseURL }) => {
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ baseURL });
    await followExample(page, 'line-fit', 'webgpu');
    await expect(alert(page)).toContainText('no WebGPU');
    await reach(page, 20);
    expect(await status(page)).toMatchObject({ running: true, backend: 'wasm' });
    await visit(page, './?backend=auto#example=line-fit');
    await page.reload();
    await reach(page, 20);
    await page.getByRole('button', { name: 'Backend: WebAssembly' }).click();
    await expect(page.getByText('WebGPU is not available in this browser')).toBeVisible();
  } finally {
    await browser.close();
  }
});

test('training that diverges pauses and says why', async ({ page }) => {
  await openApp(page, 'wasm', changed(example('line-fit'), { attributes: { optimizer: { lr: 1e6 } } }));
  await transport(page).getByRole('button', { name: 'Train' }).click();
  await expect(alert(page)).toContainText('A smaller learning rate may help');
  await expect.poll(async () => (await status(page)).running).toBe(false);
  await expect(transport(page).getByRole('button', { name: 'Train' })).toBeVisible();
});

test('training moves to WebGPU and back when asked to', async ({ page }) => {
  await followExample(page, 'digits-mlp');
  await reach(page, 30);
  for (const [label, backend] of [
    ['WebGPU', 'webgpu'],
    ['WebAssembly', 'wasm'],
  ]) {
    const { step } = await status(page);
    await page.getByRole('button', { name: /^Backend/ }).click();
    await page.getByRole('menuitemradio', { name: label }).click();
    await expect.poll(() => status(page), { timeout: 60_000 }).toMatchObject({ running: true, backend });
    await reach(page, step + 3);
  }
  await expect(alert(page)).toHaveCount(0);
});
