/** What was trained is kept, leaves as a file, and comes back. */
import { expect, type Page, test } from '@playwright/test';
import { readNpz } from '../src/formats/npz.ts';
import { example, openApp, status, train, visit } from './support/app.ts';

const evaluate = (page: Page) => page.evaluate(() => window.wiregrad.evaluate());
const dialog = (page: Page) => page.getByRole('dialog');
const press = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true }).click();

async function openWeights(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await dialog(page).getByRole('combobox').fill('Weights…');
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('heading', { name: 'Weights' })).toBeVisible();
}

test('weights outlive the page, and loading can be taken back', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  const untrained = await evaluate(page);
  await train(page, 300, { evaluate: false });
  const trained = await evaluate(page);
  expect(trained.accuracy).toBeGreaterThan(0.8);

  await openWeights(page);
  await dialog(page).getByLabel('Name of what is kept').fill('good');
  await press(page, 'Keep in this browser');
  await expect(dialog(page).getByRole('listitem').filter({ hasText: 'good' })).toContainText('step 300 · loss');
  const downloading = page.waitForEvent('download');
  await press(page, 'Download .npz');
  const file = await (await downloading).path();

  await visit(page, './?backend=wasm');
  expect((await status(page)).step).toBe(0);
  await openWeights(page);
  await press(page, 'Load good');
  await press(page, 'Load 4 parameters and state');
  await expect(dialog(page).getByRole('button', { name: 'Restore the values before' })).toBeVisible();
  expect(await evaluate(page)).toEqual(trained);
  // All of its state is loaded, so training goes on at the step where it was.
  expect((await status(page)).step).toBe(300);

  await press(page, 'Restore the values before');
  await expect(dialog(page).getByRole('button', { name: 'Restore the values before' })).toBeHidden();
  expect(await evaluate(page)).toEqual(untrained);

  const choosing = page.waitForEvent('filechooser');
  await press(page, 'Choose a file…');
  await (await choosing).setFiles(file);
  await dialog(page).getByLabel('What becomes b1').selectOption('keeps its value');
  await expect(dialog(page)).toContainText('Not used: 1 tensor of the file');
  await press(page, 'Load 3 parameters and state');
  await expect(dialog(page).getByRole('button', { name: 'Restore the values before' })).toBeVisible();
  const { data } = await page.evaluate(async () => {
    const value = await window.wiregrad.getValue('b1');
    return { data: Array.from(value.data) };
  });
  expect(data).toEqual(new Array(32).fill(0));
});

test('scripts read, write, save and load values', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await train(page, 20, { evaluate: false });
  const bytes = await page.evaluate(async () => Array.from(await window.wiregrad.saveWeights({ format: 'npz' })));
  const arrays = readNpz(Uint8Array.from(bytes));
  const slope = await page.evaluate(async () => Array.from((await window.wiregrad.getValue('slope')).data));
  expect([...(arrays.get('slope')?.data ?? [])]).toEqual(slope);

  await page.evaluate(() => window.wiregrad.setValue('slope', [7]));
  expect(await page.evaluate(async () => (await window.wiregrad.state()).slope?.[0])).toBe(7);
  const report = await page.evaluate((file) => window.wiregrad.loadWeights(Uint8Array.from(file)), bytes);
  expect(report).toEqual({ loaded: ['slope', 'intercept'], missing: [], unused: [] });
  expect(await page.evaluate(async () => Array.from((await window.wiregrad.getValue('slope')).data))).toEqual(slope);
  const wrong = page.evaluate(() => window.wiregrad.setValue('slope', [1, 2]));
  await expect(wrong).rejects.toThrow('slope takes 1 values, not 2');
});
