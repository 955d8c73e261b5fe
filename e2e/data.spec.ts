/** The user's own data, from a file to a trained model. */
import { expect, type Page, test } from '@playwright/test';
import { drawing } from '../scripts/drawing.ts';
import { openApp, status, train, visit } from './support/app.ts';
import { inspector, node } from './support/canvas.ts';
import { tasksDuring } from './support/main-thread.ts';
import { writeTable } from './support/performance/data-files.ts';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Add data' });

/** Two classes of flowers that a line tells apart; one cell of the height is a word. */
function flowers(rows: number, mistake = true): string {
  const line = (at: number) => {
    const kind = at % 2;
    const cell = mistake && at === 20 ? 'high' : (1 + 2 * kind + ((at * 7) % 10) / 10).toFixed(1);
    return `${at},${(5 - 2 * kind + ((at * 3) % 10) / 10).toFixed(1)},${cell},${kind ? 'tulip' : 'rose'}`;
  };
  return `id,width,height,kind\n${Array.from({ length: rows }, (_, at) => line(at)).join('\n')}\n`;
}

const classifier = drawing({
  data: ['Data', {}, { dataset: 'iris' }],
  W: ['Parameter', {}, { shape: [2, 2] }],
  scores: ['MatMul', { a: 'data:x', b: 'W' }],
  loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'data:y' }],
  sgd: ['SGD', { cost: 'loss' }, { lr: 0.5 }],
});

async function chooseFile(page: Page, name: string, content: string | Buffer): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  await (await choosing).setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
}

test('a table becomes a data set that trains, is there after a reload, and is asked for elsewhere', async ({
  page,
  browser,
}) => {
  await openApp(page, 'wasm', classifier);
  await node(page, 'data').locator('.node-name').click();
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog').getByRole('combobox').fill('add data');
  await page.keyboard.press('Enter');

  await chooseFile(page, 'flowers.csv', 'width,kind\n"1,rose\n2,tulip\n');
  await expect(dialog(page).getByRole('alert')).toContainText('flowers.csv, row 2: a quotation mark is not closed');

  const table = flowers(200);
  await chooseFile(page, 'flowers.csv', table);
  await expect(dialog(page)).toContainText('200 rows');
  await expect(dialog(page).getByLabel('Role of id')).toHaveValue('ignored');
  await expect(dialog(page).getByLabel('Role of kind')).toHaveValue('label');
  // The word made the column one of texts.
  await dialog(page).getByLabel('Role of height').selectOption('feature');
  await dialog(page).getByLabel('Take height as').selectOption('numbers');
  await expect(dialog(page).getByRole('alert')).toContainText(
    'flowers.csv, row 22, column “height”: “high” is no number',
  );
  await dialog(page).getByLabel('odd cells').selectOption('drop');
  await expect(dialog(page)).toContainText('x f32[batch,2], y i32[batch] of 2 classes');
  await expect(dialog(page)).toContainText('159 rows to train, 20 for validation, 20 for testing · 1 row left out');
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill('my flowers');
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();

  await expect(dialog(page)).toBeHidden();
  await expect(inspector(page).getByRole('tabpanel', { name: 'Data' })).toContainText('my flowers');
  const { loss, metrics } = await train(page, 200);
  expect(loss).toBeLessThan(0.2);
  expect(metrics.loss ?? 0).toBeLessThan(0.2);
  await page.keyboard.press('Escape');
  await page.locator('body').press('ControlOrMeta+z');
  expect(await page.evaluate(() => window.wiregrad.document().graph.datasets)).toBeUndefined();
  await page.locator('body').press('ControlOrMeta+Shift+z');
  const document = await page.evaluate(() => window.wiregrad.document());
  expect(document.graph.nodes.data?.attributes).toEqual({ dataset: 'my flowers' });

  await page.reload();
  await page.waitForFunction(() => 'wiregrad' in window);
  expect((await train(page, 10)).steps).toBeGreaterThan(0);

  const elsewhere = await browser.newContext({ serviceWorkers: 'block' });
  const fresh = await elsewhere.newPage();
  await visit(fresh, './?backend=wasm');
  await fresh.evaluate((value) => window.wiregrad.open(value), document);
  await expect(fresh.getByRole('alert')).toContainText('The rows of my flowers are not in this browser');
  await expect(train(fresh, 1)).rejects.toThrow('flowers.csv');
  await inspector(fresh).getByRole('tab', { name: 'Data' }).click();
  const choose = async (content: string) => {
    const choosing = fresh.waitForEvent('filechooser');
    await fresh.getByRole('button', { name: 'Choose flowers.csv…' }).click();
    await (await choosing).setFiles({ name: 'flowers.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
  };
  await choose(flowers(200, false));
  await expect(inspector(fresh).getByRole('alert')).toContainText(
    'This is not the flowers.csv that the data set was made from',
  );
  await choose(table);
  await expect(fresh.getByRole('button', { name: 'Choose flowers.csv…' })).toBeHidden();
  expect((await train(fresh, 5)).steps).toBe(5);
  expect(await status(fresh)).toMatchObject({ step: 5 });
  await elsewhere.close();
});

test('reading a large table leaves the page awake, and is cancelled', async ({ browser, page }, info) => {
  const path = info.outputPath('large.csv');
  writeTable(path, 12_000_000);
  await openApp(page, 'wasm', classifier);
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog').getByRole('combobox').fill('add data');
  await page.keyboard.press('Enter');
  const choose = async () => {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files…' }).click();
    await (await choosing).setFiles(path);
  };
  const tasks = await tasksDuring(browser, page, async () => {
    await choose();
    await expect(dialog(page)).toContainText('rows to train', { timeout: 60_000 });
  });
  expect(tasks.length).toBeGreaterThan(20);
  expect(tasks.filter((milliseconds) => milliseconds > 50)).toEqual([]);

  await dialog(page).getByRole('button', { name: 'Back' }).click();
  await choose();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog(page).getByRole('button', { name: 'Choose files…' })).toBeVisible();
});
