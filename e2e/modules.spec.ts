/** Modules, frames and notes, by mouse and keyboard. */
import { expect, type Page, test } from '@playwright/test';
import { example, openApp, train } from './support/app.ts';
import { canvas, inspector, middle, moveNode, node, palette, setAttribute } from './support/canvas.ts';

const LAYERS = ['W1', 'b1', 'hidden', 'tanh', 'W2', 'b2', 'logits'];

async function choose(page: Page, ...names: string[]): Promise<void> {
  for (const [at, name] of names.entries()) {
    await node(page, name)
      .locator('.node-name')
      .click({ modifiers: at === 0 ? [] : ['ControlOrMeta'] });
  }
}

const slots = async (page: Page) => Object.keys(await page.evaluate(() => window.wiregrad.state())).sort();
const errors = (page: Page) =>
  page.evaluate(() => window.wiregrad.check().flatMap(({ severity, title }) => (severity === 'error' ? [title] : [])));

test('two layers become a module that is copied, entered, edited, trained, exported and unpacked', async ({ page }) => {
  test.setTimeout(120_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await openApp(page, 'wasm', example('digits-mlp'));
  await choose(page, ...LAYERS);
  await page.keyboard.press('ControlOrMeta+Shift+E');
  await page.keyboard.type('layers');
  await page.keyboard.press('Enter');
  await expect(node(page, 'layers')).toBeVisible();
  await expect(node(page, 'W1')).toHaveCount(0);
  expect(await errors(page)).toEqual([]);

  await page.keyboard.press('ControlOrMeta+D');
  await expect(node(page, 'layers2')).toBeVisible();

  const { x, y } = await middle(node(page, 'layers2').locator('.node-name'));
  await moveNode(page, 'layers2', { x, y: y + 110 });

  // In by a double click, along wires and shapes that are those of this instance.
  await node(page, 'layers').locator('.node-type').dblclick();
  const breadcrumb = canvas(page).getByRole('navigation', { name: 'Modules' });
  await expect(breadcrumb).toContainText('layers');
  await expect(node(page, 'logits')).toContainText('f32[batch,10]');
  await choose(page, 'W1');
  await setAttribute(page, 'initializer', 'zeros');
  await page.keyboard.press('Escape');
  await canvas(page).focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(breadcrumb).toBeHidden();
  const inside = () =>
    page.evaluate(() => {
      const modules = Object.values(window.wiregrad.document().graph.modules ?? {});
      return modules.map(({ nodes }) => nodes.W1?.attributes.initializer);
    });
  expect(await inside()).toEqual(['zeros']);
  await page.keyboard.press('ControlOrMeta+Z');
  expect(await inside()).toEqual([undefined]);

  const { metrics } = await train(page, 600);
  expect(metrics.accuracy).toBeGreaterThan(0.85);
  expect(await slots(page)).toContain('layers/W1');
  const strip = await page.evaluate(() => window.wiregrad.values('layers/W1'));
  expect(strip.value?.shape).toEqual([64, 32]);
  const model = await page.evaluate(async () => (await window.wiregrad.export('inference')).length);
  expect(model).toBeGreaterThan(64 * 32 * 4);

  await choose(page, 'layers');
  await inspector(page).getByRole('button', { name: 'Unpack' }).click();
  await expect(node(page, 'W1')).toBeVisible();
  expect(await errors(page)).toEqual([]);
  expect((await train(page, 20)).steps).toBeGreaterThan(0);
  expect(await slots(page)).toContain('W1');
  expect(problems).toEqual([]);
});

test('a problem inside marks the instance, and leads inside', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await choose(page, ...LAYERS);
  await page.keyboard.press('ControlOrMeta+Shift+E');
  await page.keyboard.press('Enter');
  await choose(page, 'module');
  await page.keyboard.press('Enter');
  await choose(page, 'W2');
  await setAttribute(page, 'shape', '30, 10');
  const up = canvas(page).getByRole('button', { name: 'Leave module' });
  await up.click();
  await expect(node(page, 'module').locator('.op-node[data-severity="error"]')).toBeVisible();
  await inspector(page)
    .getByRole('tab', { name: /Problems/ })
    .click();
  await inspector(page)
    .getByRole('button', { name: /^module\/logits/ })
    .click();
  await expect(up).toBeVisible();
  await expect(node(page, 'logits')).toHaveClass(/selected/);
  // A fix reaches what is inside.
  await inspector(page)
    .getByRole('tab', { name: /Problems/ })
    .click();
  await inspector(page)
    .getByRole('button', { name: /^Change module\/W2/ })
    .click();
  expect(await errors(page)).toEqual([]);
});

test('a ready module is placed and has its sizes in the inspector', async ({ page }) => {
  await openApp(page, 'wasm');
  await palette(page).getByRole('button', { name: 'Dense' }).click();
  await expect(node(page, 'dense')).toBeVisible();
  await setAttribute(page, 'weights', '64, 8');
  expect(
    await page.evaluate(() =>
      Object.values(window.wiregrad.document().graph.nodes).map(({ attributes }) => attributes),
    ),
  ).toEqual([{ weights: [64, 8] }]);
  await canvas(page).focus();
  await page.keyboard.press('ControlOrMeta+Z');
  await page.keyboard.press('ControlOrMeta+Z');
  expect(await page.evaluate(() => window.wiregrad.document().graph.modules)).toBeUndefined();
});

test('a frame takes along what lies on it, and a note shows Markdown', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await choose(page, 'hidden', 'tanh');
  await page.keyboard.press('ControlOrMeta+G');
  await page.keyboard.type('Encoder');
  await page.keyboard.press('Enter');
  await expect(node(page, 'Encoder')).toBeVisible();
  const before = await middle(node(page, 'tanh'));
  const title = await middle(node(page, 'Encoder').locator('.node-name'));
  await moveNode(page, 'Encoder', { x: title.x, y: title.y + 60 });
  await expect.poll(async () => (await middle(node(page, 'tanh'))).y - before.y).toBeGreaterThan(40);
  await page.keyboard.press('ControlOrMeta+Z');
  await expect.poll(async () => Math.abs((await middle(node(page, 'tanh'))).y - before.y)).toBeLessThan(2);

  await palette(page).getByRole('button', { name: 'Note', exact: true }).click();
  await node(page, 'note').click();
  await page.keyboard.press('F2');
  await page.keyboard.type('## Loss\nfalls as $e^{-t}$ <b>x</b>');
  await page.keyboard.press('ControlOrMeta+Enter');
  const note = node(page, 'note');
  await expect(note.getByRole('heading', { name: 'Loss' })).toBeVisible();
  await expect(note.locator('.katex').first()).toBeVisible();
  await expect(note).toContainText('<b>x</b>');
});
