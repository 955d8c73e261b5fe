/** What the compiler derived, what flows through every node, and training under the user's hands. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { example, openApp, reach, status, train } from './support/app.ts';
import { canvas, inspector, node } from './support/canvas.ts';
import { readout, transport } from './support/transport.ts';

const layer = (page: Page, name: string) =>
  page.getByRole('group', { name: 'Layers' }).getByRole('button', { name, exact: true });
const gradients = (page: Page) => canvas(page).locator('.react-flow__node[aria-label^="Gradient: "]');
const updates = (page: Page) => canvas(page).locator('.react-flow__node[aria-label^="Update: "]');
const section = (page: Page, title: string | RegExp) =>
  inspector(page).locator('section', { has: page.getByRole('heading', { name: title }) });
const state = (page: Page) =>
  page.evaluate(async () => Object.values(await window.wiregrad.state()).map((values) => Array.from(values)));

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The nodes of a derived layer stand in the columns of the nodes they come from, below all of them. */
async function expectMirrored(page: Page, ghosts: Locator, names: readonly string[]): Promise<Map<string, Place>> {
  const labels = await ghosts.evaluateAll((found) => found.map((ghost) => ghost.getAttribute('aria-label') ?? ''));
  const places = new Map<string, Place>();
  const bottom = (await node(page, 'b2').boundingBox())?.y ?? 0;
  for (const name of names) {
    const at = labels.findIndex((label) => label.match(/\w+/g)?.includes(name));
    expect(at, `${name} in ${labels}`).toBeGreaterThanOrEqual(0);
    const [forward, ghost] = [await node(page, name).boundingBox(), await ghosts.nth(at).boundingBox()];
    if (!forward || !ghost) throw new Error(`${name} is not visible`);
    expect(Math.abs(ghost.x - forward.x), `column of ${name}`).toBeLessThan(2);
    expect(ghost.y, `row of ${name}`).toBeGreaterThan(bottom);
    places.set(name, ghost);
  }
  return places;
}

test.beforeEach(async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
});

test('the backward graph stands mirrored below the forward graph, updates with the parameters', async ({ page }) => {
  await expect(gradients(page)).toHaveCount(0);
  await layer(page, 'Backward').click();
  await expect(gradients(page).first()).toBeVisible();
  // A tie leads from each node down to its gradient.
  await expect(canvas(page).locator('.tie')).toHaveCount(await gradients(page).count());
  const { hidden, loss } = Object.fromEntries(
    await expectMirrored(page, gradients(page), ['hidden', 'tanh', 'logits', 'loss']),
  );
  // What is drawn higher has its gradient lower.
  expect(loss?.y).toBeGreaterThan(hidden?.y ?? 0);

  await expect(updates(page)).toHaveCount(0);
  await layer(page, 'Update').click();
  await expect(updates(page)).toHaveCount(4);
  await expectMirrored(page, updates(page), ['W1', 'b1', 'W2', 'b2']);
  await layer(page, 'Backward').click();
  await expect(gradients(page)).toHaveCount(0);
  await expect(updates(page)).toHaveCount(4);
});

test('every node shows its formula, its local gradient and its live figures', async ({ page }) => {
  await train(page, 20, { watch: 'visible' });
  for (const [name, hasRule, hasGradient] of [
    ['digits', false, false],
    ['W1', false, true],
    ['hidden', true, true],
    ['tanh', true, true],
    ['loss', true, false],
    ['probabilities', true, false],
  ] as const) {
    await node(page, name).locator('.node-name').click();
    await expect(inspector(page).getByLabel('Name of the node')).toHaveValue(name);
    if (hasRule) {
      await expect(inspector(page).locator('section').first().locator('.katex').first()).toBeVisible();
      await expect(section(page, 'Local gradient').locator('.katex').first()).toBeVisible();
    }
    await expect(section(page, /^Value/).first()).toContainText(/step 20.*\d\.\d/s);
    if (hasGradient) await expect(section(page, /^Gradient/).first()).toContainText(/norm[\s\S]*\d\.\d/);
  }
  await layer(page, 'Backward').click();
  await gradients(page).first().click();
  await expect(inspector(page)).toContainText('Derived by the compiler');
});

test('the learning rate counts at once, and nothing is compiled anew', async ({ page }) => {
  await page.getByRole('tab', { name: 'Train' }).click();
  await transport(page).getByRole('button', { name: 'Train' }).click();
  await reach(page, 20);
  await page.evaluate(() => {
    const bar = document.querySelector('section[aria-label="Training"]') as HTMLElement;
    new MutationObserver(() => {
      if (bar.textContent?.includes('loading')) document.documentElement.dataset.loaded = 'again';
    }).observe(bar, { subtree: true, childList: true, characterData: true });
  });
  const rate = inspector(page).getByRole('tabpanel', { name: 'Train' }).getByLabel('lr', { exact: true });
  await rate.fill('0');
  await rate.press('Enter');
  await expect(inspector(page).getByRole('slider')).toHaveAttribute('aria-valuetext', '0');
  expect((await status(page)).running).toBe(true);
  // At rate 0 momentum is all that could move a parameter, and SGD multiplies that by the rate as well.
  const parameters = async () => (await state(page)).slice(0, 4);
  const { step } = await status(page);
  await reach(page, step + 100);
  const before = await parameters();
  await reach(page, step + 200);
  expect(await parameters()).toEqual(before);

  await rate.fill('0.05');
  await rate.press('Enter');
  await expect.poll(async () => JSON.stringify(await parameters()) === JSON.stringify(before)).toBe(false);
  expect(await page.evaluate(() => document.documentElement.dataset.loaded)).toBeUndefined();
});

test('training pauses, takes single steps, and starts again', async ({ page }) => {
  const button = (name: string) => transport(page).getByRole('button', { name, exact: true });
  await button('Train').click();
  await reach(page, 10);
  await button('Pause').click();
  await expect(button('Train')).toBeVisible();
  const { step } = await status(page);
  await button('One step').click();
  await expect.poll(async () => (await status(page)).step).toBe(step + 1);
  expect((await status(page)).running).toBe(false);
  await button('Reset to step 0').click();
  await expect.poll(() => status(page)).toMatchObject({ step: 0, loss: null, running: false });
  await expect(readout(page, 'loss')).toHaveText('–');
  const first = (await train(page, 1)).loss;
  await button('Reset to step 0').click();
  await expect.poll(async () => (await status(page)).step).toBe(0);
  expect((await train(page, 1)).loss).toBe(first);
});
