/** The drawing as code beside the canvas. */
import { expect, type Page, test } from '@playwright/test';
import { example, openApp, train } from './support/app.ts';
import { node } from './support/canvas.ts';

const text = (page: Page) => page.getByRole('textbox', { name: 'Code of the drawing' });
const line = (page: Page, content: string) => text(page).locator('.cm-line', { hasText: content });

test('code and canvas follow each other', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await node(page, 'logits').locator('.node-name').click();
  await page.keyboard.press('Shift+C');
  await expect(line(page, 'const logits = op.Gemm(tanh, W2, b2);')).toHaveClass(/cm-marked/);

  await line(page, 'const tanh').click();
  await expect(node(page, 'tanh')).toHaveClass(/selected/);

  // An operator in the code is another node on the canvas, and what was learned stays.
  await train(page, 20);
  await line(page, 'const tanh').click({ clickCount: 3 });
  await page.keyboard.insertText('const tanh = T.nnet.relu(hidden);');
  await expect(node(page, 'tanh')).toHaveAttribute('aria-label', /^Relu/);
  expect((await page.evaluate(() => window.wiregrad.status())).step).toBe(20);

  // A mistake is told of and changes nothing.
  await line(page, 'const tanh').click();
  await page.keyboard.press('End');
  await page.keyboard.type('!');
  await expect(page.getByRole('status').filter({ hasText: 'The drawing stays as it was' })).toBeVisible();
  expect(await page.evaluate(() => window.wiregrad.document().graph.nodes.tanh?.op)).toBe('Relu');
  await page.getByRole('button', { name: 'Show the code of the drawing again' }).click();
  await expect(line(page, 'const tanh = T.nnet.relu(hidden);')).toBeVisible();

  // The canvas leads as well, and undo takes back what code did.
  await node(page, 'tanh').locator('.node-name').click();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(line(page, 'const tanh = T.tanh(hidden);')).toBeVisible();
});

test('the symbolic language runs in the page', async ({ page }) => {
  await openApp(page);
  const found = await page.evaluate(async () => {
    const { T, fn, shared } = await window.wiregrad.symbolic();
    const x = T.scalar('x');
    const w = shared(1, 'w');
    const cost = x.mul(w).sub(6).pow(2).as('cost');
    const step = await fn({ inputs: [x], outputs: cost, updates: [[w, w.sub(T.grad(cost, w).mul(0.05))]] });
    const costs: number[] = [];
    for (let round = 0; round < 30; round++) costs.push((await step(2)).item());
    return { first: costs[0], last: costs.at(-1), w: w.get_value().item() };
  });
  expect(found.first).toBe(16);
  expect(found.last).toBeLessThan(1e-3);
  expect(found.w).toBeCloseTo(3, 2);
});
