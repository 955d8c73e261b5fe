/** Large data is read while the page stays awake: no task takes longer than 50 ms, and Cancel ends it at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { openApp } from '../support/app.ts';
import { tasksDuring } from '../support/main-thread.ts';
import { writeArchive, writePictures, writeTable } from '../support/performance/data-files.ts';

/** Of processor time. */
const LONGEST_MS = 50;
const PICTURES = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'wiregrad-data-'));
const table = join(folder, 'large.csv');
const archive = join(folder, 'pictures.zip');
const pictures = join(folder, 'pictures');
let rows = 0;

test.beforeAll(() => {
  rows = writeTable(table, 100_000_000);
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

/** Tasks of more than 50 ms while the files are read, looked at and prepared. */
async function measure(browser: Browser, page: Page, button: string, path: string, count: number): Promise<number[]> {
  await openDialog(page);
  const started = Date.now();
  const tasks = await tasksDuring(browser, page, async () => {
    await choose(page, button, path);
    await expect(dialog(page)).toContainText(`${count.toLocaleString('en')} rows`, { timeout: 300_000 });
    await expect(dialog(page)).toContainText('rows to train', { timeout: 120_000 });
  });
  console.log(`${path}: ${Date.now() - started} ms; longest tasks ${tasks.slice(0, 5).map(Math.round).join(', ')} ms`);
  expect(tasks.length).toBeGreaterThan(100);
  return tasks.filter((milliseconds) => milliseconds > LONGEST_MS);
}

test('a table of 100 MB', async ({ browser, page }) => {
  test.setTimeout(900_000);
  expect(await measure(browser, page, 'Choose files…', table, rows)).toEqual([]);
});

test('60,000 pictures in a zip', async ({ browser, page }) => {
  test.setTimeout(900_000);
  writeArchive(archive, PICTURES);
  expect(await measure(browser, page, 'Choose files…', archive, PICTURES)).toEqual([]);
});

test('60,000 pictures in folders', async ({ browser, page }) => {
  test.setTimeout(900_000);
  writePictures(pictures, PICTURES);
  expect(await measure(browser, page, 'Choose a folder…', pictures, PICTURES)).toEqual([]);
});

test('reading shows how far it is, and is cancelled', async ({ page }) => {
  await openDialog(page);
  await choose(page, 'Choose files…', table);
  const progress = dialog(page).getByRole('progressbar');
  await expect.poll(async () => Number(await progress.getAttribute('value')), { timeout: 60_000 }).toBeGreaterThan(0.1);
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog(page).getByRole('button', { name: 'Choose files…' })).toBeVisible();
});
