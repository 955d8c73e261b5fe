/** What the compiler does without being asked, and what one can ask of it. */
import { expect, type Page, test } from '@playwright/test';
import { drawing } from '../scripts/drawing.ts';
import { example, expectClose, losses, open, openApp } from './support/app.ts';
import { canvas, inspector, node } from './support/canvas.ts';

const panel = (page: Page) => page.getByRole('region', { name: 'Compiler' });
const graph = (page: Page) => page.evaluate(() => window.wiregrad.document().graph);
const marked = (page: Page, mark: string) => canvas(page).locator(`.op-node[data-mark="${mark}"] .node-name`);
const undo = (page: Page) => page.getByRole('button', { name: /^Undo: / }).click();

/** A line whose slope passes a step function: its gradient is lost there. */
const LOST = drawing({
  data: ['Data', {}, { dataset: 'line' }],
  slope: ['Parameter', {}, { shape: [1] }],
  shift: ['Parameter', {}, { shape: [1] }],
  product: ['Mul', { a: 'data:x', b: 'slope' }],
  steps: ['Round', { x: 'product' }],
  sum: ['Add', { a: 'steps', b: 'shift' }],
  error: ['Sub', { a: 'sum', b: 'data:y' }],
  square: ['Mul', { a: 'error', b: 'error' }],
  loss: ['ReduceMean', { x: 'square' }],
  sgd: ['SGD', { cost: 'loss' }],
});

test('a shape that is stretched is marked on the node and told in the inspector', async ({ page }) => {
  await openApp(page, 'wasm', LOST);
  const badge = node(page, 'product').locator('[data-badge="broadcast"]');
  await expect(badge).toHaveAttribute('title', 'Broadcasts [batch, 1] and [1] → [batch, 1]');
  await expect(node(page, 'square').locator('[data-badge]')).toHaveCount(0);
  await expect(node(page, 'product')).toHaveAttribute('aria-label', /Broadcasts \[batch, 1\] and \[1\]/);
  await node(page, 'product').click();
  await expect(inspector(page).getByText('Broadcasts [batch, 1] and [1] → [batch, 1]')).toBeVisible();
});

test('a gradient that got lost shows its path and where it ends', async ({ page }) => {
  await openApp(page, 'wasm', LOST);
  await inspector(page)
    .getByRole('tab', { name: /Problems/ })
    .click();
  await inspector(page).locator('article[data-code="gradient/zero"] h3 button').click();
  await expect(marked(page, 'obstacle')).toHaveText(['steps']);
  await expect(marked(page, 'path')).toHaveText(['slope', 'product', 'sum', 'error', 'square', 'loss']);
  // Both wires from the error to its square are on the way.
  await expect(canvas(page).locator('.wire[data-path]')).toHaveCount(7);

  await canvas(page).press('Escape');
  await expect(canvas(page).locator('[data-mark], [data-path]')).toHaveCount(0);
  await node(page, 'slope').click();
  await expect(marked(page, 'obstacle')).toHaveText(['steps']);
  await inspector(page)
    .getByRole('tab', { name: /Problems/ })
    .click();
  await inspector(page)
    .getByRole('button', { name: /Round: / })
    .click();
  await expect(marked(page, 'obstacle')).toHaveText(['steps']);
  await canvas(page).press('Delete');
  await expect(canvas(page).locator('[data-mark], [data-path]')).toHaveCount(0);
});

test('wires that do not fit are marked at both ends, and what waits for them looks otherwise', async ({ page }) => {
  const document = drawing({
    a: ['Parameter', {}, { shape: [2, 3] }],
    b: ['Parameter', {}, { shape: [4, 5] }],
    product: ['MatMul', { a: 'a', b: 'b' }],
    after: ['Relu', { x: 'product' }],
  });
  await openApp(page, 'wasm', document);
  await expect(canvas(page).locator('.wire[data-look="wrong"]')).toHaveCount(2);
  await expect(canvas(page).locator('.wire-end')).toHaveCount(4);
  await expect(node(page, 'product').locator('.op-node')).toHaveAttribute('data-severity', 'error');
  await expect(node(page, 'after').locator('.op-node[data-blocked]:not([data-severity])')).toHaveCount(1);
});

test('the compiler shows its phases and rewrites, and rewrites can be left out', async ({ page }) => {
  const document = example('digits-mlp');
  await openApp(page, 'wasm', document);
  const before = await losses(page, 3);
  await canvas(page).press('Shift+I');
  await panel(page)
    .getByRole('tab', { name: /Differentiate/ })
    .click();
  const equations = panel(page).getByRole('list', { name: 'Equations after differentiate' });
  await expect(equations.getByRole('button', { name: /= SoftmaxCrossEntropyLoss\(.* loss forward/ })).toBeVisible();
  await panel(page).getByLabel('Search the equations').fill('tanh(');
  await expect(equations.getByRole('listitem')).toHaveCount(1);
  await equations.getByRole('button').press('Enter');
  await expect(node(page, 'tanh')).toHaveClass(/selected/);

  await panel(page)
    .getByRole('tab', { name: /Rewrites/ })
    .click();
  const fused = panel(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('switch', { name: 'sum into Gemm' }) });
  await fused.locator('summary').click();
  await expect(fused.getByText('→').first()).toContainText('Gemm(');
  await fused
    .getByRole('button', { name: /^W[12]$|^optimizer$|^hidden$|^logits$/ })
    .first()
    .click();
  const kernels = () =>
    panel(page)
      .getByRole('tab', { name: /Kernels/ })
      .textContent();
  const few = await kernels();
  await panel(page).getByRole('switch', { name: 'sum into Gemm' }).click();
  await expect.poll(kernels).not.toBe(few);
  expect((await graph(page)).options).toEqual({ disabledRewrites: ['sum into Gemm'] });
  await undo(page);
  await expect.poll(kernels).toBe(few);
  expect((await graph(page)).options).toBeUndefined();

  await panel(page).getByRole('switch', { name: 'All rewrites' }).click();
  expect((await graph(page)).options).toEqual({ disabledRewrites: ['*'] });
  await expect(panel(page).getByRole('switch', { name: 'sum into Gemm' })).toBeDisabled();
  const plain = await page.evaluate(() => window.wiregrad.document());
  await open(page, plain);
  expectClose(await losses(page, 3), before as number[], 1e-5);
});

test('a document says how much may be stretched', async ({ page }) => {
  await openApp(page, 'wasm', LOST);
  await canvas(page).press('Shift+I');
  await panel(page).getByRole('tab', { name: 'Language' }).click();
  await panel(page).getByLabel('Broadcasting').selectOption('Same rank');
  await expect(panel(page).getByText('no operand but a single number gets more axes')).toBeVisible();
  const codes = () => page.evaluate(() => window.wiregrad.check().map(({ code }) => code));
  expect(await codes()).toContain('shape/stretched');
  await undo(page);
  expect(await codes()).not.toContain('shape/stretched');
});

test('gradients are called by what they are the gradients of', async ({ page }) => {
  const document = drawing({
    W1: ['Parameter', { update: 'next' }, { shape: [1] }],
    square: ['Mul', { a: 'W1', b: 'W1' }],
    loss: ['ReduceMean', { x: 'square' }],
    grad: ['Grad', { cost: 'loss', 'wrt.0': 'W1' }],
    next: ['Sub', { a: 'W1', b: 'grad' }],
  });
  await openApp(page, 'wasm', document);
  await expect(node(page, 'grad').locator('.port.source .port-label')).toHaveText('dloss/dW1');
  await expect(canvas(page).locator('.wire title', { hasText: 'dloss/dW1 → next.b: f32[1]' })).toHaveCount(1);
  await node(page, 'next').click();
  await expect(inspector(page).getByRole('button', { name: /^dloss\/dW1/ })).toBeVisible();

  await open(page, example('line-fit'));
  await page.getByRole('group', { name: 'Layers' }).getByRole('button', { name: 'Update', exact: true }).click();
  await expect(canvas(page).locator('.derived-gradient')).toHaveText(['dloss/dintercept', 'dloss/dslope']);
});

test('a composite expands into what it consists of, and trains as before', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  const before = await losses(page, 3);
  await node(page, 'loss').click();
  await inspector(page).getByRole('button', { name: 'Expand into basic operators' }).click();
  await expect(node(page, 'loss_softmax')).toBeVisible();
  const { nodes } = await graph(page);
  expect(Object.values(nodes).find(({ name }) => name === 'loss')?.op).toBe('ReduceMean');
  await open(page, await page.evaluate(() => window.wiregrad.document()));
  expectClose(await losses(page, 3), before as number[], 1e-5);
});

test('in a small window the compiler is a sheet', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openApp(page, 'wasm', example('digits-mlp'));
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Compiler' }).click();
  const sheet = page.getByRole('dialog', { name: 'Compiler' });
  await expect(sheet.getByRole('tab', { name: /Differentiate/ })).toBeVisible();
  await sheet.getByRole('button', { name: /= Tanh\(/ }).click();
  await expect(sheet).toBeHidden();
  // Small windows show the outline first.
  await expect(page.getByRole('checkbox', { name: 'Select tanh' })).toBeChecked();
});
