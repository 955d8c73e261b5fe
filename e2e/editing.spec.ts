/** Editing on the canvas as one is used to from other tools. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { drawing } from '../scripts/drawing.ts';
import type { GraphDocument } from '../src/compiler/document.ts';
import { openApp } from './support/app.ts';
import { canvas, middle, node, nodes, type Point, port, viewAtRest, wireByDrag } from './support/canvas.ts';

const document = (page: Page): Promise<GraphDocument> => page.evaluate(() => window.wiregrad.document());
const graph = async (page: Page) => (await document(page)).graph;
const codes = (page: Page) => page.evaluate(() => window.wiregrad.check().map(({ code }) => code));
const search = (page: Page): Locator => page.getByRole('combobox', { name: 'Add an operator' });

/** The wires as `source.port > target.port`, by name. */
async function wiring(page: Page): Promise<string[]> {
  const { nodes: drawn, edges } = await graph(page);
  return Object.values(edges)
    .map(
      ({ source, target }) => `${drawn[source.node]?.name}.${source.port} > ${drawn[target.node]?.name}.${target.port}`,
    )
    .sort();
}

const placed = (
  parts: Parameters<typeof drawing>[0],
  places: Readonly<Record<string, readonly [number, number]>>,
): GraphDocument => ({
  ...drawing(parts),
  layout: { nodes: Object.fromEntries(Object.entries(places).map(([id, [x, y]]) => [id, { x, y }])) },
});

const chain = () =>
  placed(
    {
      digits: ['Data'],
      W: ['Parameter', {}, { shape: [64, 10] }],
      scores: ['MatMul', { a: 'digits:x', b: 'W' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }],
      sgd: ['SGD', { cost: 'loss' }],
    },
    { digits: [0, 0], W: [0, 240], scores: [260, 0], loss: [560, 0], sgd: [820, 0] },
  );

async function drag(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  // A node follows from where the drag is recognized, so that happens near its beginning, as by hand.
  await page.mouse.move(from.x + 2, from.y + 2);
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
}

/** A free place on the canvas. */
async function below(page: Page, name: string, dx = 0): Promise<Point> {
  const { x, y } = await middle(node(page, name));
  return { x: x + dx, y: y + 220 };
}

test('a wire dropped on nothing offers what fits, and wires it', async ({ page }) => {
  await openApp(page, 'wasm', chain());
  await drag(page, await middle(port(page, 'digits.y', 'source')), await below(page, 'scores'));
  await page.mouse.up();
  await expect(page.getByRole('dialog')).toContainText('Fits i32[batch]');
  await search(page).pressSequentially('relu');
  await expect(page.getByRole('option', { name: /Relu/ })).toHaveCount(0);
  await search(page).fill('one');
  await page.keyboard.press('Enter');
  await expect(node(page, 'onehot')).toBeVisible();
  expect(await wiring(page)).toContain('digits.y > onehot.indices');

  // The other way round: a parameter of the shape that is missing.
  await page.keyboard.press('ControlOrMeta+z');
  await drag(page, await middle(port(page, 'scores.b', 'target')), await below(page, 'scores'));
  await page.mouse.up();
  await search(page).fill('parameter');
  await page.keyboard.press('Enter');
  await expect.poll(() => wiring(page)).toContain('parameter.value > scores.b');
  const { nodes: drawn } = await graph(page);
  const parameter = Object.values(drawn).find(({ name }) => name === 'parameter');
  expect(parameter?.attributes.shape).toEqual([64, expect.anything()]);
  await page.keyboard.press('ControlOrMeta+z');
  expect((await graph(page)).edges).toEqual(chain().graph.edges);
});

test('operators come onto wires: by key, and by dropping a node there', async ({ page }) => {
  await openApp(page, 'wasm', chain());
  const [from, to] = [
    await middle(port(page, 'scores.y', 'source')),
    await middle(port(page, 'loss.logits', 'target')),
  ];
  await page.mouse.click((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.keyboard.press('i');
  await search(page).pressSequentially('argmax');
  await expect(page.getByRole('option', { name: /^ArgMax/ })).toHaveCount(0);
  await search(page).fill('tanh');
  await page.keyboard.press('Enter');
  await expect.poll(() => wiring(page)).toEqual(expect.arrayContaining(['scores.y > tanh.x', 'tanh.y > loss.logits']));
  expect(await codes(page)).toEqual([]);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(nodes(page)).toHaveCount(5);

  const point = await below(page, 'scores');
  await page.mouse.move(point.x, point.y);
  await page.keyboard.press('/');
  await search(page).fill('relu');
  await page.keyboard.press('Enter');
  await viewAtRest(page);
  const [left, right] = [
    await middle(port(page, 'scores.y', 'source')),
    await middle(port(page, 'loss.logits', 'target')),
  ];
  const title = await middle(node(page, 'relu').locator('.node-name'));
  const whole = await middle(node(page, 'relu'));
  const target = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  await drag(page, title, { x: target.x + title.x - whole.x, y: target.y + title.y - whole.y });
  await expect(canvas(page).locator('.react-flow__edge.taking')).toHaveCount(1);
  await page.mouse.up();
  await expect.poll(() => wiring(page)).toEqual(expect.arrayContaining(['scores.y > relu.x', 'relu.y > loss.logits']));
  // Moving and inserting are one step.
  await page.keyboard.press('ControlOrMeta+z');
  expect(await wiring(page)).toContain('scores.y > loss.logits');
  await expect(nodes(page)).toHaveCount(6);
});

test('Alt drags copies, lines show what lines up, and a line cuts wires', async ({ page }) => {
  await openApp(page, 'wasm', chain());
  const title = await middle(node(page, 'scores').locator('.node-name'));
  await page.keyboard.down('Alt');
  await drag(page, title, { x: title.x + 3, y: title.y + 200 });
  // The middle is a pixel or two off, and snaps.
  await expect(canvas(page).locator('.gesture-lines .guide').first()).toBeAttached();
  await expect(canvas(page).locator('.gesture-lines .ghost')).toHaveCount(1);
  await page.mouse.up();
  await page.keyboard.up('Alt');
  await expect(nodes(page)).toHaveCount(6);
  const { graph: drawn, layout } = await document(page);
  const copy = Object.values(drawn.nodes).find(({ name }) => name === 'scores2');
  expect(layout.nodes[copy?.id ?? '']?.x).toBe(layout.nodes.scores?.x);
  expect(layout.nodes.scores).toEqual({ x: 260, y: 0 });
  expect(await wiring(page)).toContain('W.value > scores2.b');
  await page.keyboard.press('ControlOrMeta+z');

  const [from, to] = [
    await middle(port(page, 'scores.y', 'source')),
    await middle(port(page, 'loss.logits', 'target')),
  ];
  const x = (from.x + to.x) / 2;
  await page.keyboard.down('Control');
  await page.mouse.move(x, from.y - 60);
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(x, from.y + 60, { steps: 5 });
  await page.mouse.up({ button: 'right' });
  await page.keyboard.up('Control');
  await expect.poll(() => wiring(page)).not.toContain('scores.y > loss.logits');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+z');
  expect((await graph(page)).edges).toEqual(chain().graph.edges);
});

test('nodes are bypassed where shapes allow it, and muted with what needs them', async ({ page }) => {
  const document = placed(
    {
      digits: ['Data'],
      W: ['Parameter', {}, { shape: [64, 10] }],
      scores: ['MatMul', { a: 'digits:x', b: 'W' }],
      tanh: ['Tanh', { x: 'scores' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'tanh', labels: 'digits:y' }],
      sgd: ['SGD', { cost: 'loss' }],
    },
    { digits: [0, 0], W: [0, 240], scores: [220, 0], tanh: [440, 0], loss: [660, 0], sgd: [880, 0] },
  );
  await openApp(page, 'wasm', document);
  await node(page, 'scores').locator('.node-name').click();
  await page.keyboard.press('b');
  expect((await graph(page)).nodes).toEqual(document.graph.nodes);
  await node(page, 'tanh').locator('.node-name').click();
  await page.keyboard.press('b');
  await expect(node(page, 'tanh').locator('[data-off="bypassed"]').first()).toBeVisible();
  expect(await codes(page)).toEqual([]);
  await page.keyboard.press('m');
  await expect(node(page, 'loss').locator('.op-node')).toHaveAttribute('data-off', 'muted');
  expect(await codes(page)).toEqual(['graph/nothing-to-train']);
  await page.keyboard.press('m');
  expect((await graph(page)).nodes).toEqual(document.graph.nodes);
});

test('menus, alignment and views', async ({ page }) => {
  await openApp(page, 'wasm', chain());
  await node(page, 'scores').locator('.node-name').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /Duplicate/ }).click();
  await expect(nodes(page)).toHaveCount(6);
  await page.keyboard.press('ControlOrMeta+z');

  // By keyboard, and for several nodes at once.
  await node(page, 'digits').locator('.node-name').click();
  await node(page, 'W')
    .locator('.node-name')
    .click({ modifiers: ['Shift'] });
  await node(page, 'loss')
    .locator('.node-name')
    .click({ modifiers: ['Shift'] });
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Arrange' }).click();
  await page.getByRole('menuitem', { name: 'Align top' }).click();
  await expect.poll(async () => (await document(page)).layout.nodes.W?.y).toBe(0);

  await canvas(page).press('Shift+Digit1');
  expect((await document(page)).layout.views?.['1']?.name).toBe('View 1');
  const before = await middle(node(page, 'digits'));
  await canvas(page).press('-');
  await canvas(page).press('-');
  await expect.poll(async () => Math.round((await middle(node(page, 'digits'))).x)).not.toBe(Math.round(before.x));
  await canvas(page).press('1');
  await expect.poll(async () => Math.round((await middle(node(page, 'digits'))).x)).toBe(Math.round(before.x));
});

test('nodes are found by shape, name and live value', async ({ page }) => {
  await openApp(page, 'wasm', chain());
  await page.keyboard.press('ControlOrMeta+f');
  const field = page.getByRole('searchbox', { name: 'Find in graph' });
  await field.fill('[N,10]');
  await expect(page.locator('.find-match')).toHaveText([/W/, /scores/]);
  await expect(canvas(page).locator('[data-found]')).toHaveCount(2);
  await field.press('Enter');
  await expect(node(page, 'W').locator('[data-found="at"]')).toBeVisible();
  await field.press('Enter');
  await expect(node(page, 'scores').locator('[data-found="at"]')).toBeVisible();
  await field.fill('norm>0');
  await expect(page.locator('.find-match')).toHaveCount(0);
  await page.evaluate(() => window.wiregrad.train({ steps: 30 }));
  await expect(page.locator('.find-match').first()).toBeVisible();
  await field.fill('nan');
  await expect(page.locator('.find-match')).toHaveCount(0);
  await field.press('Escape');
  await expect(page.locator('.find-bar')).toBeHidden();
});

test('commands are found by name, and their keys can be changed', async ({ page }) => {
  await openApp(page, 'wasm', chain());
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox', { name: 'Commands' }).pressSequentially('shortcuts');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Change keys' }).click();
  await page.getByRole('button', { name: /^Mute:/ }).click();
  await page.keyboard.press('b');
  await expect(page.getByRole('status').filter({ hasText: 'B is also “Bypass”' }).first()).toBeVisible();
  await page.getByRole('button', { name: /^Mute:/ }).click();
  await page.keyboard.press('x');
  await expect(page.getByText('B is also “Bypass”')).toHaveCount(0);
  await page.keyboard.press('Escape');

  await page.reload();
  await page.waitForFunction(() => 'wiregrad' in window);
  await node(page, 'scores').locator('.node-name').click();
  await page.keyboard.press('m');
  expect((await graph(page)).nodes.scores?.muted).toBeUndefined();
  await page.keyboard.press('x');
  await expect.poll(async () => (await graph(page)).nodes.scores?.muted).toBe(true);
});

test('a layout is made in a worker, as one step', async ({ page }) => {
  const workers: string[] = [];
  page.on('worker', (worker) => workers.push(worker.url()));
  await openApp(page, 'wasm', chain());
  await canvas(page).press('l');
  await expect.poll(async () => (await document(page)).layout).not.toEqual(chain().layout);
  expect(workers.some((url) => url.includes('elk'))).toBe(true);
  await page.keyboard.press('ControlOrMeta+z');
  expect((await document(page)).layout).toEqual(chain().layout);
});

test('a tap of the space bar searches, a wire is drawn from what is found', async ({ page }) => {
  await openApp(page, 'wasm', chain());
  const point = await below(page, 'scores');
  await page.mouse.click(point.x, point.y);
  await page.keyboard.press('Space');
  await search(page).fill('relu');
  await page.keyboard.press('Enter');
  await expect(node(page, 'relu')).toBeVisible();
  const at = await middle(node(page, 'relu'));
  expect(Math.hypot(at.x - point.x, at.y - point.y)).toBeLessThan(80);
  await wireByDrag(page, 'scores.y > relu.x');
  expect(await wiring(page)).toContain('scores.y > relu.x');
});
