/** A model of another library opens as a drawing. */
import { expect, test } from '@playwright/test';
import { example, openApp } from './support/app.ts';

test('a model is opened, laid out and explained; a damaged one leaves the drawing as it is', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  const open = async (file: string | { name: string; mimeType: string; buffer: Buffer }) => {
    const choosing = page.waitForEvent('filechooser');
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByRole('dialog').getByRole('combobox').fill('Open ONNX model');
    await page.keyboard.press('Enter');
    await (await choosing).setFiles(file);
  };
  const problems = page.getByRole('tabpanel', { name: /Problems/ });
  const drawing = () => page.evaluate(() => window.wiregrad.document());

  await open('fixtures/models/residual.onnx');
  await expect(problems).toContainText('Whole numbers become int32: y');
  const { name, graph, layout } = await drawing();
  expect(name).toBe('residual');
  const nodes = Object.values(graph.nodes);
  expect(nodes.filter(({ op }) => op === 'Conv')).toHaveLength(3);
  expect(nodes.find((node) => node.name === 'fc.weight')?.attributes).toMatchObject({ initializer: 'values' });
  expect(new Set(Object.values(layout.nodes).map(({ x, y }) => `${x},${y}`)).size).toBe(nodes.length);

  await open({ name: 'broken.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from('no model') });
  await expect(problems).toContainText('The model: the file is no ONNX model, or is damaged');
  expect((await drawing()).name).toBe('residual');
});
