/** Large data is read while the page stays awake: no task of its own takes longer than 50 ms, and Cancel ends it at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { openApp } from '../support/app.ts';
import { writeArchive, writePictures, writeTable } from '../support/performance/data-files.ts';

/** A busy machine can make any task long; what really blocks does so each time. */
const SERIES = 3;
const LONGEST_MS = 50;
const PICTURES = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'wiregrad-data-'));
const table = join(folder, 'large.csv');
const archive = join(folder, 'pictures.zip');
const pictures = join(folder, 'pictures');
let rows = 0;

test.beforeAll(() => {
  test.setTimeout(600_000);
  rows = writeTable(table, 100_000_000);
  writeArchive(archive, PICTURES);
  writePictures(pictures, PICTURES);
});

test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Add data' });

async function openDialog(page: Page): Promise<void> {
  await openApp(page);
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog').getByRole('combobox').fill('add data');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
}

async function choose(page: Page, button: string, path: string): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button }).click();
  await (await choosing).setFiles(path);
}

/** Durations of the page's tasks of more than 50 ms from now on. */
const watch = (page: Page) =>
  page.evaluate(() => {
    const found: number[] = [];
    Object.assign(window, { longTasks: found });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) found.push(Math.round(duration));
    }).observe({ type: 'longtask' });
  });

const longTasks = (page: Page) => page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);

async function measure(page: Page, button: string, path: string, count: number): Promise<number[]> {
  let best: number[] = [];
  for (let series = 0; series < SERIES; series++) {
    await openDialog(page);
    await watch(page);
    const started = Date.now();
    await choose(page, button, path);
    await expect(dialog(page)).toContainText(`${count.toLocaleString('en')} rows`, { timeout: 300_000 });
    await expect(dialog(page)).toContainText('rows to train', { timeout: 120_000 });
    const found = await longTasks(page);
    console.log(`${button} ${path}: ${Date.now() - started} ms, tasks over 50 ms: ${found.join(', ') || 'none'}`);
    best = series === 0 || Math.max(0, ...found) < Math.max(0, ...best) ? found : best;
    if (Math.max(0, ...best) <= LONGEST_MS) break;
  }
  return best;
}

test('a table of 100 MB', async ({ page }) => {
  test.setTimeout(900_000);
  expect(await measure(page, 'Choose files…', table, rows)).toEqual([]);
});

test('60,000 pictures in a zip', async ({ page }) => {
  test.setTimeout(900_000);
  expect(await measure(page, 'Choose files…', archive, PICTURES)).toEqual([]);
});

test('60,000 pictures in folders', async ({ page }) => {
  test.setTimeout(900_000);
  expect(await measure(page, 'Choose a folder…', pictures, PICTURES)).toEqual([]);
});

test('reading shows how far it is, and is cancelled', async ({ page }) => {
  await openDialog(page);
  await choose(page, 'Choose files…', table);
  const progress = dialog(page).getByRole('progressbar');
  await expect.poll(async () => Number(await progress.getAttribute('value')), { timeout: 60_000 }).toBeGreaterThan(0.1);
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog(page).getByRole('button', { name: 'Choose files…' })).toBeVisible();
});
