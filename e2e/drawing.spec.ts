/** A newcomer draws with the mouse: from the empty canvas to a model that trains. */
import { expect, type Page, test } from '@playwright/test';
import { drawing } from '../scripts/drawing.ts';
import { openApp, reach } from './support/app.ts';
import {
  addBySearch,
  canvas,
  inspector,
  moveNode,
  node,
  nodes,
  palette,
  setAttribute,
  wireByClicks,
  wireByDrag,
} from './support/canvas.ts';
import { evaluate, transport } from './support/transport.ts';

const graph = (page: Page) => page.evaluate(() => window.wiregrad.document().graph);
const codes = (page: Page) => page.evaluate(() => window.wiregrad.check().map(({ code }) => code));
const history = (page: Page, way: 'undo' | 'redo') =>
  page.getByRole('button', { name: new RegExp(`^(${way}: |Nothing to ${way})`, 'i') });

/** Presses undo or redo until nothing is left of it. */
async function exhaust(page: Page, way: 'undo' | 'redo'): Promise<number> {
  const button = history(page, way);
  for (let steps = 0; steps < 100; steps++) {
    if ((await button.getAttribute('aria-disabled')) === 'true') return steps;
    await button.click();
  }
  throw new Error(`${way} does not end`);
}

test('a linear regression is drawn, trained, taken back and done again', async ({ page }) => {
  await openApp(page);
  await expect(page.getByText('Start from a loss')).toBeVisible();

  await palette(page).getByRole('button', { name: 'Data', exact: true }).click();
  await expect(node(page, 'data')).toBeVisible();
  await setAttribute(page, 'dataset', 'line');
  await moveNode(page, 'data', { x: 300, y: 160 });

  await palette(page)
    .getByRole('button', { name: 'Parameter', exact: true })
    .dragTo(canvas(page), { targetPosition: { x: 110, y: 330 } });
  await expect(node(page, 'parameter')).toBeVisible();
  await inspector(page).getByLabel('Name of the node').fill('slope');
  await inspector(page).getByLabel('Name of the node').press('Enter');
  await expect(node(page, 'slope')).toBeVisible();

  // Any name that one knows finds the operator.
  await addBySearch(page, 'multiply', { x: 540, y: 200 });
  await addBySearch(page, 'add', { x: 760, y: 200 });
  await addBySearch(page, 'mse', { x: 980, y: 200 });
  await addBySearch(page, 'shared', { x: 540, y: 480 });
  await addBySearch(page, 'sgd', { x: 980, y: 480 });
  await setAttribute(page, 'lr', '0.001');
  const names = await page.evaluate(() => Object.values(window.wiregrad.document().graph.nodes).map(({ op }) => op));
  expect(names.sort()).toEqual(['Add', 'Data', 'MeanSquaredError', 'Mul', 'Parameter', 'Parameter', 'SGD']);
  expect(await codes(page)).toContain('graph/missing-input');
  await expect(transport(page).getByRole('button', { name: /Cannot train/ })).toBeVisible();

  const loss = 'meansquarederror';
  await wireByDrag(page, 'data.x > mul.a');
  await wireByClicks(page, 'slope.value > mul.b');
  await wireByDrag(page, 'mul.y > add.a');
  await wireByClicks(page, 'parameter.value > add.b');
  await wireByDrag(page, `add.y > ${loss}.prediction`);
  await wireByClicks(page, `data.y > ${loss}.target`);
  await wireByDrag(page, `${loss}.loss > sgd.cost`);
  await expect.poll(async () => Object.keys((await graph(page)).edges).length).toBe(7);
  expect(await codes(page)).toEqual([]);

  const before = await evaluate(page);
  await transport(page).getByRole('button', { name: 'Train' }).click();
  await reach(page, 500);
  await transport(page).getByRole('button', { name: 'Pause' }).click();
  expect((await evaluate(page)).loss).toBeLessThan((before.loss as number) / 2);

  const drawn = await graph(page);
  const steps = await exhaust(page, 'undo');
  expect(steps).toBeGreaterThan(14);
  await expect(nodes(page)).toHaveCount(0);
  expect((await graph(page)).nodes).toEqual({});
  expect(await exhaust(page, 'redo')).toBe(steps);
  await expect(nodes(page)).toHaveCount(7);
  expect(await graph(page)).toEqual(drawn);
});

test('a wire between shapes that do not fit says why, and one click repairs it', async ({ page }) => {
  await openApp(page);
  await addBySearch(page, 'data', { x: 320, y: 200 });
  await addBySearch(page, 'parameter', { x: 320, y: 420 });
  await setAttribute(page, 'shape', '32, 10');
  await addBySearch(page, 'dot', { x: 720, y: 260 });
  await wireByDrag(page, 'data.x > matmul.a');
  await wireByDrag(page, 'parameter.value > matmul.b');

  await expect(canvas(page).locator('.wire-label').getByText('f32[batch,64]')).toBeVisible();
  const product = node(page, 'matmul');
  await expect(product).toContainText('inner sizes 64 and 32 differ');
  await expect(product).toContainText('comes from data set digits');
  await expect(product).toContainText('comes from Parameter');
  await product.getByRole('button', { name: /Change .* to \[64, 10\]/ }).click();
  await expect(product).not.toContainText('differ');
  await expect(product).toContainText('f32[batch,10]');
  expect(await codes(page)).not.toContain('shape/matmul');
  await history(page, 'undo').click();
  await expect(product).toContainText('inner sizes 64 and 32 differ');
});

test('nodes are copied, duplicated, renamed and deleted by keys', async ({ page }) => {
  const document = drawing({ data: ['Data'], tanh: ['Tanh', { x: 'data:x' }] });
  await openApp(page, 'wasm', document);
  await node(page, 'tanh').locator('.node-name').click();
  await page.keyboard.press('ControlOrMeta+d');
  await expect(nodes(page)).toHaveCount(3);
  // A duplicate keeps its incoming wires, a copy does not.
  expect(Object.keys((await graph(page)).edges)).toHaveLength(2);
  await page.keyboard.press('ControlOrMeta+c');
  await page.keyboard.press('ControlOrMeta+v');
  await expect(nodes(page)).toHaveCount(4);
  expect(Object.keys((await graph(page)).edges)).toHaveLength(2);

  await page.keyboard.press('F2');
  await page.keyboard.type('squashed');
  await page.keyboard.press('Enter');
  await expect(node(page, 'squashed')).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(nodes(page)).toHaveCount(3);
  await expect(node(page, 'squashed')).toHaveCount(0);
  await exhaust(page, 'undo');
  expect(await graph(page)).toEqual(document.graph);
});
