/** The canvas under a finger, and what is dragged or scrolled onto it. */
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import type { GraphDocument } from '../src/compiler/document.ts';
import { example, openApp, train } from './support/app.ts';
import { canvas, middle, node, nodes, type Point, palette } from './support/canvas.ts';

const graph = (page: Page): Promise<GraphDocument['graph']> => page.evaluate(() => window.wiregrad.document().graph);

async function small(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await openApp(page, 'wasm', example('line-fit'));
  return page;
}

/** The middle of a wire, which small windows show without its title. */
async function onWire(page: Page, source: string, target: string): Promise<Point> {
  const { edges } = await graph(page);
  const edge = Object.values(edges).find((item) => item.source.node === source && item.target.node === target);
  return canvas(page)
    .locator(`.react-flow__edge[data-id="${edge?.id}"] .react-flow__edge-path`)
    .evaluate((path: SVGPathElement) => {
      const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
      const matrix = path.getScreenCTM() as DOMMatrix;
      return { x: x * matrix.a + matrix.e, y: y * matrix.d + matrix.f };
    });
}

/** A finger that stays where it is put down. */
async function press(page: Page, { x, y }: Point): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  await expect(page.getByRole('menu')).toBeVisible();
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await devtools.detach();
}

const choose = (page: Page, name: string) => page.getByRole('menuitem', { name: new RegExp(`^${name}`) });

test('a long press opens the menu of a node, a wire and the canvas, and a tap on a wire its card', async ({
  browser,
}) => {
  const page = await small(browser);
  await page.getByRole('button', { name: 'Show the canvas' }).tap();
  await expect(nodes(page).first()).toBeVisible();
  const before = await graph(page);

  // What was selected before is not what is deleted.
  await node(page, 'slope').tap();
  await press(page, await middle(node(page, 'intercept')));
  await choose(page, 'Delete').tap();
  await expect(node(page, 'intercept')).toHaveCount(0);
  await expect(node(page, 'slope')).toHaveCount(1);
  await page.getByRole('button', { name: /^Undo/ }).tap();
  expect(await graph(page)).toEqual(before);

  await train(page, 20, { watch: 'visible' });
  const wire = await onWire(page, 'points', 'loss');
  await page.touchscreen.tap(wire.x, wire.y);
  const card = page.getByRole('tooltip');
  await expect(card).toContainText('points');
  await expect(card).toContainText('loss.target');
  const box = await card.boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844).toBe(true);

  await press(page, wire);
  await choose(page, 'Delete').tap();
  const wires = Object.values((await graph(page)).edges);
  expect(wires).toHaveLength(Object.keys(before.edges).length - 1);
  expect(wires.filter(({ target }) => target.node === 'loss' && target.port === 'target')).toEqual([]);

  const pane = await canvas(page).boundingBox();
  await press(page, { x: 195, y: (pane?.y ?? 0) + 90 });
  await expect(choose(page, 'Select all')).toBeVisible();
  await page.context().close();
});

test('Ctrl+F finds in a small window, wherever the keyboard is', async ({ browser }) => {
  const page = await small(browser);
  await expect(page.getByRole('region', { name: 'Outline' })).toBeVisible();
  const bar = page.getByRole('search', { name: 'Find in graph' });
  for (const view of ['outline', 'canvas']) {
    await page.keyboard.press('ControlOrMeta+f');
    await bar.getByRole('searchbox').fill('slope');
    await bar.getByRole('searchbox').press('Enter');
    await expect(bar).toContainText('1 of 1');
    await bar.getByRole('button', { name: 'Close the search' }).tap();
    await expect(bar).toHaveCount(0);
    if (view === 'outline') await page.getByRole('button', { name: 'Show the canvas' }).tap();
  }
  await page.context().close();
});

/** Drags out of the palette, and holds what is dragged over the point. */
async function dragOperator(page: Page, item: Locator, to: Point): Promise<void> {
  const from = await middle(item);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, from.y + 8, { steps: 2 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  // The first move tells where it came to, only the next that it is there.
  await page.mouse.move(to.x + 1, to.y);
}

test('an operator dropped on a wire comes onto it if it fits, and lies there if not', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  const before = await graph(page);
  const item = (name: string) => palette(page).locator(`[data-op="${name}"]`);
  const wire = await onWire(page, 'product', 'prediction');

  await item('Tanh').scrollIntoViewIfNeeded();
  await dragOperator(page, item('Tanh'), wire);
  await expect(canvas(page).locator('.react-flow__edge.taking')).toHaveCount(1);
  await page.mouse.up();
  await expect(node(page, 'tanh')).toBeVisible();
  await expect(canvas(page).locator('.react-flow__edge.taking')).toHaveCount(0);
  expect(await page.evaluate(() => window.wiregrad.check().filter(({ severity }) => severity === 'error'))).toEqual([]);
  const { edges } = await graph(page);
  const tanh = Object.values((await graph(page)).nodes).find(({ op }) => op === 'Tanh')?.id;
  expect(Object.values(edges).map(({ source, target }) => [source.node, target.node])).toEqual(
    expect.arrayContaining([
      ['product', tanh],
      [tanh, 'prediction'],
    ]),
  );
  await page.keyboard.press('ControlOrMeta+z');
  expect(await graph(page)).toEqual(before);

  await item('Data').scrollIntoViewIfNeeded();
  await dragOperator(page, item('Data'), wire);
  await expect(canvas(page).locator('.react-flow__edge.taking')).toHaveCount(0);
  await page.mouse.up();
  await expect(nodes(page)).toHaveCount(Object.keys(before.nodes).length + 1);
  expect((await graph(page)).edges).toEqual(before.edges);
});

test('what the wheel does is asked once', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  const question = page.getByRole('region', { name: 'What the wheel does' });
  const viewport = page.locator('.react-flow__viewport');
  const zoom = () => viewport.evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).a);
  const { x, y } = await middle(canvas(page));
  await page.mouse.move(x, y - 200);
  // Pinching is no question.
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -20);
  await page.keyboard.up('Control');
  await expect(question).toHaveCount(0);
  const before = await zoom();
  await page.mouse.wheel(0, 20);
  await expect(question).toBeVisible();
  expect(await zoom()).toBeCloseTo(before, 5);
  await question.getByRole('button', { name: 'Mouse' }).click();
  await page.mouse.move(x, y - 200);
  await page.mouse.wheel(0, 60);
  await expect.poll(zoom).toBeLessThan(before - 0.001);

  await page.reload();
  await page.waitForFunction(() => 'wiregrad' in window);
  await page.mouse.move(x, y - 200);
  const again = await zoom();
  await page.mouse.wheel(0, 60);
  await expect.poll(zoom).toBeLessThan(again - 0.001);
  await expect(question).toHaveCount(0);
});
