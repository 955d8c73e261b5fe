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

test('a killed tab loses nothing', async ({ page, context }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await addTanh(page);
  await expect(saved(page)).toHaveText('Saved');
  const before = await document(page);
  const devtools = await context.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  devtools.send('Page.crash').catch(() => {});
  await crashed;

  const next = await context.newPage();
  await visit(next, './?backend=wasm');
  expect(await document(next)).toEqual(before);
  await expect(node(next, 'tanh')).toBeVisible();
  await next.close();

  const last = await context.newPage();
  await visit(last, './?backend=wasm');
  expect(await document(last)).toEqual(before);
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
