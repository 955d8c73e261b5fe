/** Choosing how training goes on and ends, and comparing runs, as a user does. */
import { expect, type Page, test } from '@playwright/test';
import { changed, example, expectClose, losses, openApp } from './support/app.ts';

const panel = (page: Page) => page.getByRole('tabpanel', { name: 'Train' });

async function openTrain(page: Page): Promise<void> {
  await openApp(page, 'wasm', changed(example('digits-mlp'), { training: { epochs: 60 } }));
  await page.getByRole('tab', { name: 'Train' }).click();
}

test('early stopping ends training, the best comes back, and the run is kept beside the next', async ({ page }) => {
  await openTrain(page);
  const train = panel(page);
  await train.getByLabel('stop early').selectOption('no new best');
  await train.getByLabel('epochs to wait').fill('2');
  await train.getByLabel('epochs to wait').press('Enter');
  await page.getByRole('button', { name: /^Speed/ }).click();
  await page.getByRole('menuitemradio', { name: 'As fast as it goes' }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(train.getByText('Training ends: there was no new best for too long.')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuetext', /of 1,800/);
  const restore = train.getByRole('button', { name: /^Restore step/ });
  const step = Number((await restore.textContent())?.replace(/\D/g, ''));
  const made = await page.evaluate(() => window.wiregrad.status().step);
  expect(made).toBe(step + 2 * 30);
  const before = await page.evaluate(() => window.wiregrad.evaluate());
  await restore.click();
  await expect
    .poll(() => page.evaluate(() => window.wiregrad.evaluate().then(({ loss }) => loss)))
    .toBeLessThan(before.loss ?? 0);

  await train.getByRole('button', { name: 'Keep this run' }).click();
  await page.getByRole('button', { name: 'Reset to step 0' }).click();
  await expect(page.getByRole('img', { name: 'Loss by step, beside 1 kept run' })).toBeVisible();
  await page.reload();
  await page.getByRole('tab', { name: 'Train' }).click();
  await expect(train.getByRole('list', { name: 'Kept runs' }).getByRole('listitem')).toHaveCount(1);
  await train.getByRole('button', { name: 'Delete Run 1' }).click();
  await expect(train.getByRole('list', { name: 'Kept runs' })).toBeHidden();
  // Runs are no part of the drawing.
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled();
});

test('a sweep fills its table while the drawing can be edited, and its best is taken over', async ({ page }) => {
  await openTrain(page);
  await panel(page).getByRole('button', { name: 'Sweep…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sweep' });
  await dialog.getByLabel('vary').selectOption({ label: 'units: size 32 of W1, b1, W2 (32)' });
  await dialog.getByLabel('values').fill('2, 8');
  await dialog.getByLabel('values').press('Enter');
  await dialog.getByLabel('epochs', { exact: true }).fill('2');
  await dialog.getByLabel('epochs', { exact: true }).press('Enter');
  await dialog.getByRole('button', { name: 'Train 2 runs' }).click();
  await expect(dialog.getByText('Done: 2 of 2 runs.')).toBeVisible({ timeout: 60_000 });
  await expect(dialog.getByRole('img', { name: /validation loss is least at 8/ })).toBeVisible();
  await dialog.getByRole('button', { name: 'Use 8' }).click();
  const shapes = () =>
    page.evaluate(() => {
      const { nodes } = window.wiregrad.document().graph;
      return ['W1', 'b1', 'W2'].map((id) => nodes[id]?.attributes.shape);
    });
  expect(await shapes()).toEqual([[64, 8], [8], [8, 10]]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await shapes()).toEqual([[64, 32], [32], [32, 10]]);
});

test('batches that are left over and a schedule give the same losses on WebGPU and on wasm', async ({ page }) => {
  // Steps of 700, 700 and 100 rows; the rate rises within the first epoch and halves with each.
  const document = changed(example('digits-mlp'), {
    training: {
      batchSize: 700,
      shuffle: false,
      lastBatch: 'keep',
      schedule: { kind: 'step', factor: 0.5, every: 1, warmup: 2 },
    },
  });
  await openApp(page, 'wasm', document);
  const expected = await losses(page, 7);
  await openApp(page, 'webgpu', document);
  expectClose(await losses(page, 7), expected as number[], 1e-4);
  expect(await page.evaluate(() => window.wiregrad.status().backend)).toBe('webgpu');
});
