/** Gradients, checks and help where they are looked at. */
import { expect, type Page, test } from '@playwright/test';
import { changed, example, openApp, train, visit } from './support/app.ts';
import { canvas, inspector, middle, node, onWire } from './support/canvas.ts';
import { transport } from './support/transport.ts';

const watches = (page: Page) => page.getByRole('region', { name: 'Watches' });
const explanation = (page: Page) => page.getByRole('region', { name: 'Explain this gradient' });

test('a wire tells its numbers, a click pins them, and they are there after a reload', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await train(page, 5, { watch: 'visible' });
  const { x, y } = await onWire(page, 'hidden', 'tanh.x');
  await page.mouse.move(x, y, { steps: 2 });
  const card = page.getByRole('tooltip');
  await expect(card).toContainText('hidden → tanh.x');
  await expect(card.locator('[data-reading="value"]')).toContainText(/mean[−\d]/);
  await expect(card.locator('[data-reading="gradient"]')).toContainText(/max[−\d]/);
  await page.mouse.click(x, y);
  await expect(watches(page)).toContainText('hidden');
  const figure = watches(page).getByRole('listitem').locator('span.truncate').first();
  const before = await figure.textContent();
  await train(page, 5, { watch: 'visible' });
  await expect.poll(() => figure.textContent()).not.toBe(before);
  await page.reload();
  await expect(watches(page)).toContainText('hidden');
  await watches(page).getByRole('button', { name: 'Unpin hidden' }).click();
  await expect(watches(page)).toHaveCount(0);
});

test('a gradient is explained step by step with numbers that multiply', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await train(page, 5, { watch: 'visible' });
  await node(page, 'slope').locator('.node-name').click();
  await page.keyboard.press('d');
  await expect(explanation(page)).toHaveAttribute('data-step', '1');
  await expect(canvas(page).locator('.op-node[data-mark="at"]')).toHaveCount(1);
  for (const step of ['2', '3']) {
    await explanation(page).getByRole('button', { name: 'Next' }).click();
    await expect(explanation(page)).toHaveAttribute('data-step', step);
  }
  const rows = explanation(page).locator('tbody tr');
  await expect(rows.first()).toContainText(/\[\d+, 0\]/);
  const [incoming, local, outgoing] = (await rows.first().locator('td').allTextContents()).map((text) =>
    Number(text.replace('−', '-').replace(/e−/, 'e-')),
  ) as [number, number, number];
  expect(Math.abs(incoming * local - outgoing)).toBeLessThan(0.02 * Math.abs(outgoing));
  // The sum over all rows is the gradient that the canvas shows.
  const { gradient } = await page.evaluate(() => window.wiregrad.values('slope'));
  const total = Number((await explanation(page).locator('tfoot td').last().textContent())?.replace('−', '-'));
  expect(Math.abs(total - (gradient?.mean ?? Number.NaN))).toBeLessThan(2e-3 * Math.abs(total));
  await explanation(page).getByRole('button', { name: 'Close the explanation' }).click();
  await expect(canvas(page).locator('.op-node[data-mark]')).toHaveCount(0);
});

test('gradients are checked by differences and marked on the parameters', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await train(page, 5);
  await node(page, 'W1').locator('.node-name').click();
  await inspector(page).getByRole('button', { name: 'Check gradient' }).click();
  const report = page.getByRole('dialog', { name: 'Gradient check' });
  await expect(report).toContainText('All 4 gradients agree with differences.');
  await page.keyboard.press('Escape');
  await expect(canvas(page).locator('[data-verdict="pass"]')).toHaveCount(4);
  expect((await page.evaluate(() => window.wiregrad.status())).step).toBe(5);
});

test('a loss that is no number is traced to where it began, and training goes back', async ({ page }) => {
  const drawn = changed(example('line-fit'), { attributes: { optimizer: { lr: 100 } } });
  await openApp(page, 'wasm', drawn);
  await transport(page).getByRole('button', { name: 'Train' }).click();
  const banner = page.getByRole('alert');
  await expect(banner).toContainText(/not finite, in step \d+/);
  await banner.getByRole('button', { name: 'Details' }).click();
  const problems = inspector(page).getByRole('tabpanel', { name: /Problems/ });
  await expect(problems.getByRole('button', { name: /Lower the learning rate from 100 to 10/ })).toBeVisible();
  await problems.getByRole('button', { name: /Rewind to step/ }).click();
  await expect(banner).toHaveCount(0);
  await expect.poll(async () => (await page.evaluate(() => window.wiregrad.status())).step).toBe(0);
});

test('results of an earlier drawing are hatched until it runs again', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await train(page, 20, { watch: 'visible' });
  const plots = page.getByRole('region', { name: 'Plots' });
  await expect(plots.locator('.stale')).toHaveCount(0);
  await node(page, 'slope').locator('.node-name').click();
  await page.keyboard.press('Delete');
  await expect(plots.locator('.stale')).toHaveCount(1);
  await page.keyboard.press('ControlOrMeta+z');
  await plots.getByRole('button', { name: 'Run again' }).click();
  await expect(plots.locator('.stale')).toHaveCount(0);
});

test('help computes its examples here, for other inputs too, and draws them', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await node(page, 'tanh').locator('.node-name').click();
  await page.keyboard.press('F1');
  const dialog = page.getByRole('dialog', { name: 'Operators' });
  await expect(dialog.getByRole('heading', { name: /Tanh/ })).toBeVisible();
  const live = dialog.locator('[data-live="done"]').first();
  const output = live.getByRole('figure', { name: '→ y' });
  const before = await output.locator('td').first().textContent();
  const field = live.getByRole('textbox').first();
  await field.fill('0.25');
  await field.press('Enter');
  await expect(output.locator('td').first()).toHaveText('0.245');
  expect(before).not.toBe('0.245');
  await dialog.getByRole('searchbox').fill('cross entropy');
  await dialog.getByRole('searchbox').press('Enter');
  await expect(dialog.getByRole('heading', { name: /CrossEntropy/ }).first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Insert example' }).first().click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: /^Undo: Insert example/ })).toBeVisible();
});

test('the tour is offered, goes on where it was left, and is not offered again', async ({ page }) => {
  await visit(page, './?backend=wasm');
  await page.getByRole('button', { name: 'Take the tour' }).click();
  const card = page.getByRole('dialog', { name: 'Every node is alive' });
  await expect(card.getByRole('button', { name: 'Next' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  const second = page.getByRole('dialog', { name: 'Train, pause, step' });
  const bar = await middle(transport(page));
  await expect.poll(async () => Math.abs((await middle(second)).x - bar.x)).toBeLessThan(20);
  await page.keyboard.press('Escape');
  await expect(second).toBeHidden();
  await page.reload();
  await page.getByRole('button', { name: 'Resume the tour' }).click();
  await expect(second).toBeVisible();
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('complementary', { name: 'Tour' })).toHaveCount(0);
  await page.reload();
  await page.waitForFunction(() => 'wiregrad' in window);
  await expect(page.getByRole('complementary', { name: 'Tour' })).toHaveCount(0);
});
