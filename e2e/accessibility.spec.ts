/** No barrier that two engines can find, in every state of the page; and what they cannot find: focus, motion, colours. */
import { expect, type Page, test } from '@playwright/test';
import { drawing } from '../scripts/drawing.ts';
import { barriers, pale, smallTargets } from './support/access.ts';
import { openApp, reach } from './support/app.ts';
import { node } from './support/canvas.ts';
import { choose, model, rest, SMALL, type State, select, WALKS } from './support/states.ts';
import { transport } from './support/transport.ts';

// So that what is missing is told with its state.
test.use({ actionTimeout: 15_000 });

/** Goes on after a barrier, so that all are told, each with the state it is in. */
async function inspect(page: Page, { name, show, leave }: State, bothThemes: boolean): Promise<void> {
  await test.step(name, async () => {
    await show?.(page);
    expect.soft(await barriers(page), name).toEqual([]);
    expect.soft(await smallTargets(page), `${name}: targets`).toEqual([]);
    if (bothThemes) expect.soft(await pale(page), `${name}, dark`).toEqual([]);
    await leave?.(page);
    await rest(page);
  });
}

for (const { name, document, states } of WALKS) {
  test(`no barriers: ${name}`, async ({ page }) => {
    test.setTimeout(60_000 + 15_000 * states.length);
    await openApp(page, 'wasm', document);
    await choose(page, 'Light');
    for (const state of states) await inspect(page, state, true);
  });
}

for (const { name, document, states } of SMALL) {
  test(`no barriers at 390 pixels: ${name}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await openApp(page, 'wasm', document);
    for (const state of states) await inspect(page, state, false);
  });
}

test('the outline reflows at 320 pixels', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await openApp(page, 'wasm', model);
  await expect(page.getByRole('row', { name: /^Select digits/ })).toBeVisible();
  const outside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(outside).toBeLessThanOrEqual(0);
  const cut = await page.getByRole('treegrid').evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(cut).toBeLessThanOrEqual(0);
});

test('the canvas is one stop of the Tab key, arrows walk along wires, and what has the keyboard is in sight', async ({
  page,
}) => {
  await openApp(page, 'wasm', model);
  const stops = page.locator('.react-flow__node[tabindex="0"]');
  await expect(stops).toHaveCount(1);
  await select(page, 'digits');
  await page.keyboard.press('ArrowRight');
  await expect(node(page, 'hidden')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(node(page, 'logits')).toBeFocused();
  await expect(stops).toHaveCount(1);
  // Tab goes on to the rest of the page, and Shift+Tab comes back.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(node(page, 'logits')).not.toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(node(page, 'logits')).toBeFocused();

  for (let presses = 0; presses < 6; presses++) await page.keyboard.press('+');
  for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'ArrowRight', 'ArrowRight', 'ArrowRight']) {
    await page.keyboard.press(key);
    await page.waitForTimeout(300);
    const covered = await page.evaluate(() => {
      const focused = document.activeElement;
      const box = focused?.getBoundingClientRect();
      if (!focused || !box) return 'nothing has the keyboard';
      const corners = [
        [box.left + 4, box.top + 4],
        [box.right - 4, box.top + 4],
        [box.left + 4, box.bottom - 4],
        [box.right - 4, box.bottom - 4],
      ] as const;
      const hidden = corners.find(([x, y]) => !focused.contains(document.elementFromPoint(x, y)));
      return hidden ? `${focused.getAttribute('aria-label')} is covered at ${hidden}` : null;
    });
    expect(covered).toBeNull();
  }
});

test('said are the beginning and the end of training, not its steps', async ({ page }) => {
  await openApp(page, 'wasm', model);
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);
  await page.evaluate(() => {
    const kept: string[] = [];
    Object.assign(window, { said: kept });
    const region = document.querySelector('[data-testid="live-region"]');
    new MutationObserver(() => kept.push(region?.textContent ?? '')).observe(region as Element, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  await transport(page).getByRole('button', { name: 'Train' }).click();
  await reach(page, 120);
  await transport(page).getByRole('button', { name: 'Pause' }).click();
  await expect.poll(said).toContainEqual(expect.stringMatching(/^Training paused at step [\d,]+, loss \d/));
  expect((await said()).length).toBeLessThanOrEqual(4);
  await select(page, 'tanh');
  await page.keyboard.press('s');
  await expect.poll(said).toContainEqual(expect.stringMatching(/^Training paused\. Step [\d,]+, epoch \d+\. Loss \d/));
});

test('with reduced motion nothing moves, and pictures of values change now and then', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openApp(page, 'wasm', model);
  await transport(page).getByRole('button', { name: 'Train' }).click();
  await reach(page, 60);
  const animated = await page.evaluate(
    () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
  );
  expect(animated).toBe(0);
  const repaints = await page.evaluate(async () => {
    const strip = document.querySelector<HTMLCanvasElement>('.react-flow__node canvas');
    let changes = 0;
    let last = strip?.toDataURL();
    const overlay = document.querySelector<HTMLCanvasElement>('.flow-overlay');
    const blank = overlay
      ?.getContext('2d')
      ?.getImageData(0, 0, overlay.width, overlay.height)
      .data.every((part) => part === 0);
    for (let look = 0; look < 20; look++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const now = strip?.toDataURL();
      if (now !== last) changes++;
      last = now;
    }
    return { changes, blank };
  });
  expect(repaints.changes).toBeLessThanOrEqual(2);
  expect(repaints.blank).toBe(true);
});

test('in forced colours ports, wires and selection are seen', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await openApp(page, 'wasm', model);
  await select(page, 'hidden');
  const seen = await page.evaluate(() => {
    const style = (selector: string, part: string | null) =>
      getComputedStyle(document.querySelector(selector) as Element, part);
    const paper = style('.graph-canvas', null).backgroundColor;
    return {
      port: style('.port.source', '::after').backgroundColor !== paper,
      wire: style('.wire .react-flow__edge-path', null).stroke !== paper,
      selection: style('.react-flow__node.selected .op-node', null).outlineStyle,
    };
  });
  expect(seen).toEqual({ port: true, wire: true, selection: 'solid' });
});

test('a thousand nodes: the outline mounts what is in sight and keeps up with keys', async ({ page }) => {
  const chain = Object.fromEntries(
    Array.from({ length: 1000 }, (_, at) => [
      `n${at}`,
      at === 0 ? (['Parameter', {}, { shape: [4] }] as const) : (['Tanh', { x: `n${at - 1}` }] as const),
    ]),
  );
  await openApp(page, 'wasm', drawing(chain));
  await choose(page, 'Outline');
  const rows = page.getByRole('treegrid').getByRole('row');
  await expect(page.getByRole('treegrid')).toHaveAttribute('aria-rowcount', '1001');
  expect(await rows.count()).toBeLessThan(80);
  await page.getByRole('row', { name: /^Select n3 / }).click();
  await page.keyboard.press('End');
  await expect(page.getByRole('row', { name: /^Select n999 / })).toBeFocused();
  const before = Date.now();
  for (let presses = 0; presses < 20; presses++) await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('row', { name: /^Select n979 / })).toBeFocused();
  expect(Date.now() - before).toBeLessThan(8000);
});
