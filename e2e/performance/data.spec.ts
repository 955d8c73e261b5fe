/** Large data is read while the page stays awake: no task takes longer than 50 ms, and Cancel ends it at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { openApp } from '../support/app.ts';
import { tasksDuring } from '../support/main-thread.ts';
import { png, writeArchive, writeTable } from '../support/performance/data-files.ts';

/** Of processor time. */
const LONGEST_MS = 50;
const PICTURES = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'wiregrad-data-'));
const table = join(folder, 'large.csv');
const archive = join(folder, 'pictures.zip');
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

async function choose(page: Page, path: string): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  await (await choosing).setFiles(path);
}

/** Tasks of more than 50 ms while the files are read, looked at and prepared. */
async function measure(browser: Browser, page: Page, path: string, count: number, begin: () => Promise<void>) {
  await openDialog(page);
  const started = Date.now();
  const tasks = await tasksDuring(browser, page, async () => {
    await begin();
    await expect(dialog(page)).toContainText(`${count.toLocaleString('en')} rows`, { timeout: 300_000 });
    await expect(dialog(page)).toContainText('rows to train', { timeout: 120_000 });
  });
  console.log(`${path}: ${Date.now() - started} ms; longest tasks ${tasks.slice(0, 5).map(Math.round).join(', ')} ms`);
  expect(tasks.length).toBeGreaterThan(100);
  return tasks.filter((milliseconds) => milliseconds > LONGEST_MS);
}

test('a table of 100 MB', async ({ browser, page }) => {
  test.setTimeout(900_000);
  expect(await measure(browser, page, table, rows, () => choose(page, table))).toEqual([]);
});

test('60,000 pictures in a zip', async ({ browser, page }) => {
  test.setTimeout(900_000);
  writeArchive(archive, PICTURES);
  expect(await measure(browser, page, archive, PICTURES, () => choose(page, archive))).toEqual([]);
});

/** A folder as the browser's picker gives it: no test can work the picker itself. */
async function offerFolder(page: Page, count: number): Promise<void> {
  const pictures = Array.from({ length: 100 }, (_, at) => png(28, at).toString('base64'));
  await page.addInitScript(
    ({ files, total }) => {
      const contents = files.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
      const folder = (name: string, entries: () => AsyncGenerator) => ({ kind: 'directory', name, entries });
      const kind = (number: number) =>
        folder(String(number), async function* () {
          for (let at = number; at < total; at += 10) {
            const name = `${at}.png`;
            const getFile = async () => new File([contents[at % 100] as BlobPart], name);
            yield [name, { kind: 'file', name, getFile }];
          }
        });
      const all = folder('pictures', async function* () {
        for (let number = 0; number < 10; number++) yield [String(number), kind(number)];
      });
      Object.assign(window, { showDirectoryPicker: async () => all });
    },
    { files: pictures, total: count },
  );
}

test('60,000 pictures in folders', async ({ browser, page }) => {
  test.setTimeout(900_000);
  await offerFolder(page, PICTURES);
  const begin = () => page.getByRole('button', { name: 'Choose a folder…' }).click();
  expect(await measure(browser, page, 'pictures', PICTURES, begin)).toEqual([]);
});

test('reading shows how far it is, and is cancelled', async ({ page }) => {
  await openDialog(page);
  await choose(page, table);
  const progress = dialog(page).getByRole('progressbar');
  await expect.poll(async () => Number(await progress.getAttribute('value')), { timeout: 60_000 }).toBeGreaterThan(0.1);
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog(page).getByRole('button', { name: 'Choose files…' })).toBeVisible();
});
