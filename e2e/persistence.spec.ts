/** What is drawn is kept, and what is wrong with a file or a drawing is said where it is. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { example, open, openApp, readJson, remember, visit } from './support/app.ts';
import { canvas, inspector, node, nodes, palette } from './support/canvas.ts';

const document = (page: Page) => page.evaluate(() => window.wiregrad.document());
const problems = (page: Page) => inspector(page).getByRole('tabpanel', { name: 'Problems' });
const saved = (page: Page) => page.getByRole('status').filter({ hasText: /sav/i });

async function addTanh(page: Page): Promise<void> {
  await palette(page).getByRole('button', { name: 'Tanh', exact: true }).click();
  await expect(node(page, 'tanh')).toBeVisible();
}

async function openFile(page: Page, text: string): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Wiregrad menu' }).click();
  await page.getByRole('menuitem', { name: 'Open file…' }).click();
  await (await choosing).setFiles({ name: 'graph.json', mimeType: 'application/json', buffer: Buffer.from(text) });
}

const menu = async (page: Page, name: string) => {
  await page.getByRole('button', { name: 'Wiregrad menu' }).click();
  await page.getByRole('menuitem', { name }).click();
};

test('history shows what the drawing was, and restores it as one edit', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  const original = await document(page);
  await addTanh(page);
  await page.waitForTimeout(4500);
  await addTanh(page);
  const edited = await document(page);
  await menu(page, 'History…');
  const dialog = page.getByRole('dialog', { name: 'History' });
  await expect(dialog.getByRole('listitem')).toHaveCount(3);
  await expect(dialog.getByRole('listitem').first()).toContainText('As it is now');
  await expect(dialog.getByRole('listitem').first()).toContainText('10 nodes');
  await dialog
    .getByRole('button', { name: /^Restore/ })
    .last()
    .click();
  expect(await document(page)).toEqual(original);
  await page.keyboard.press('ControlOrMeta+z');
  expect(await document(page)).toEqual(edited);

  await menu(page, 'History…');
  await dialog
    .getByRole('button', { name: /as a new drawing/ })
    .last()
    .click();
  await expect(nodes(page)).toHaveCount(8);
  await menu(page, 'Your drawings…');
  await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(2);
});

test('drawings are listed, renamed, duplicated, deleted and taken back', async ({ page }) => {
  await openApp(page, 'wasm', { ...example('line-fit'), name: 'first' });
  await menu(page, 'New graph');
  await addTanh(page);
  await menu(page, 'Your drawings…');
  const dialog = page.getByRole('dialog', { name: 'Your drawings' });
  const rows = dialog.getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Rename first' }).click();
  await dialog.getByRole('textbox').fill('renamed');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Duplicate renamed' }).click();
  await expect(rows).toHaveCount(3);
  await dialog.getByRole('button', { name: 'Delete renamed', exact: true }).click();
  await expect(rows).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await expect(rows).toHaveCount(3);
  await dialog.getByRole('button', { name: 'renamed', exact: true }).click();
  await expect(node(page, 'slope')).toBeVisible();
  expect((await document(page)).name).toBe('renamed');

  await page.reload();
  await expect(node(page, 'slope')).toBeVisible();
  await menu(page, 'Your drawings…');
  await dialog.getByRole('button', { name: 'Delete untitled' }).click();
  await dialog.getByRole('button', { name: 'Delete renamed', exact: true }).click();
  await expect(rows).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(nodes(page)).toHaveCount(0);
});

test('two tabs with the same drawing do not overwrite each other', async ({ page, context }) => {
  await openApp(page, 'wasm', { ...example('line-fit'), name: 'ours' });
  const other = await context.newPage();
  await visit(other, './?backend=wasm');
  const notice = other.getByRole('region', { name: '“ours” is open in another tab' });
  await expect(notice).toBeVisible();
  await addTanh(page);
  await addTanh(other);
  await addTanh(other);
  await expect(other.getByRole('region', { name: 'This is a copy now' })).toBeVisible();
  await menu(other, 'Your drawings…');
  const rows = other.getByRole('dialog').getByRole('listitem');
  await expect(rows.filter({ hasText: 'ours (copy)' })).toContainText('10 nodes');
  await expect(rows.filter({ hasNotText: '(copy)' })).toContainText('9 nodes');

  const third = await context.newPage();
  await visit(third, './?backend=wasm');
  await third.getByRole('button', { name: 'Edit it here' }).click();
  await addTanh(third);
  await expect(third.getByRole('button', { name: 'Edit it here' })).toBeHidden();
  await expect(other.getByRole('region', { name: /is open in another tab/ })).toBeVisible();
});

test('a run that ends after another drawing was opened changes nothing there, and none makes an undo step', async ({
  page,
}) => {
  await openApp(page, 'wasm', example('line-fit'));
  const before = await document(page);
  await page.evaluate(() => window.wiregrad.train({ steps: 300 }));
  expect(await document(page)).toEqual(before);
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeVisible();

  const run = page.evaluate(() =>
    window.wiregrad.train({ steps: 20_000 }).then(
      () => 'done',
      () => 'stopped',
    ),
  );
  await page.waitForFunction(() => window.wiregrad.status().step > 300);
  await menu(page, 'New graph');
  const blank = await document(page);
  await run;
  expect(await document(page)).toEqual(blank);
  expect(blank.graph.nodes).toEqual({});
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeVisible();
  expect(await page.evaluate(() => window.wiregrad.status())).toMatchObject({ step: 0, loss: null, running: false });
});

test('a saved file opens as the same drawing', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await addTanh(page);
  const before = await document(page);
  const downloading = page.waitForEvent('download');
  await page.keyboard.press('ControlOrMeta+s');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('line-fit.json');
  const text = await readFile(await download.path(), 'utf8');

  await page.getByRole('button', { name: 'Wiregrad menu' }).click();
  await page.getByRole('menuitem', { name: 'New graph' }).click();
  await expect(nodes(page)).toHaveCount(0);
  await openFile(page, text);
  await expect(node(page, 'tanh')).toBeVisible();
  expect(await document(page)).toEqual(before);
});

test('files that cannot be opened are explained, and the open drawing stays', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  const before = await document(page);
  const bad = [
    ['{"format": "wiregr', 'The file is not JSON'],
    ['{"nodes": []}', 'This is not a Wiregrad document'],
    [JSON.stringify({ ...before, version: 99 }), 'The document has version 99'],
    [JSON.stringify({ ...before, graph: { nodes: { a: { op: 7 } } } }), 'graph.nodes.a.op is not text'],
  ] as const;
  for (const [text, message] of bad) {
    await openFile(page, text);
    await expect(problems(page)).toContainText(message);
    expect(await document(page)).toEqual(before);
  }
});

test('a full browser is told of, and the drawing stays open', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('There is no room', 'QuotaExceededError');
    };
  });
  await addTanh(page);
  await expect(saved(page)).toHaveText('Not saved');
  await expect(page.getByRole('alert')).toContainText('no room left');
  await expect(node(page, 'tanh')).toBeVisible();
  expect(Object.keys((await document(page)).graph.nodes)).toHaveLength(9);
});

test('a drawing that was saved and cannot be read is not passed over', async ({ page }) => {
  await remember(page, '{"format": "wiregr');
  await visit(page, './?backend=wasm');
  await expect(page.getByRole('alert')).toContainText('The file is not JSON');
  expect((await document(page)).name).toBe('digits-mlp');
});

test('problems name the place where they are', async ({ page }) => {
  await openApp(page);
  const samples = [
    ['cycle', 'tanh → sum → tanh', 'sum'],
    ['missing-input', 'nothing is wired to “b”', 'sum'],
    ['not-scalar', 'product is f32[batch,10], not a single number', 'sgd'],
    ['labels', 'digits goes up to 9, but logits has 7 classes', 'loss'],
    ['unknown-operator', 'there is no operator “Frobnicate”', 'f'],
  ] as const;
  for (const [name, message, place] of samples) {
    await open(page, readJson(`src/compiler/samples/error-${name}/graph.json`));
    await inspector(page).getByRole('tab', { name: 'Problems' }).click();
    const card = problems(page).getByRole('article').filter({ hasText: message });
    await card.getByRole('button', { name: message }).click();
    await expect(node(page, place)).toHaveClass(/selected/);
    await expect(canvas(page).locator('[data-severity="error"]').first()).toBeVisible();
  }
});
