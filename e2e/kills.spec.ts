/** A tab that dies takes at most the last edit along. It runs alone, because writing an edit takes its share of a core. */
import { expect, type Page, test } from '@playwright/test';
import { example, openApp, visit } from './support/app.ts';
import { node, palette } from './support/canvas.ts';

const document = (page: Page) => page.evaluate(() => window.wiregrad.document());
const saved = (page: Page) => page.getByRole('status').filter({ hasText: /sav/i });

test('a killed tab loses nothing', async ({ page, context }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await palette(page).getByRole('button', { name: 'Tanh', exact: true }).click();
  await expect(node(page, 'tanh')).toBeVisible();
  await expect(saved(page)).toHaveText('Saved');
  const before = await document(page);
  await kill(page);

  const next = await context.newPage();
  await visit(next, './?backend=wasm');
  expect(await document(next)).toEqual(before);
  await expect(node(next, 'tanh')).toBeVisible();
  await next.close();

  const last = await context.newPage();
  await visit(last, './?backend=wasm');
  expect(await document(last)).toEqual(before);
});

/** Relu after Relu, in rows of 25. */
function large(nodes: number) {
  const ids = Array.from({ length: nodes }, (_, at) => `n${at}`);
  const document = example('line-fit');
  const graph = {
    ...document.graph,
    nodes: Object.fromEntries(ids.map((id) => [id, { id, op: 'Relu', name: id, attributes: {} }])),
    edges: Object.fromEntries(
      ids
        .slice(1)
        .map((id, at) => [
          `e${at}`,
          { id: `e${at}`, source: { node: `n${at}`, port: 'y' }, target: { node: id, port: 'x' } },
        ]),
    ),
  };
  const places = ids.map((id, at) => [id, { x: (at % 25) * 192, y: Math.floor(at / 25) * 128 }]);
  return { ...document, name: 'large', graph, layout: { nodes: Object.fromEntries(places) } };
}

/** Ends the tab as a crash does, without a last word. */
async function kill(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  devtools.send('Page.crash').catch(() => {});
  await crashed;
}

test('500 nodes survive twenty kills during editing, with one edit lost each at most', async ({ page, context }) => {
  test.setTimeout(240_000);
  await openApp(page, 'wasm', large(500));
  const count = async (tab: Page) => Object.keys((await document(tab)).graph.nodes).length;
  let tab = page;
  let kept = 500;
  for (let round = 0; round < 20; round++) {
    const edits = 1 + (round % 3);
    const button = palette(tab).getByRole('button', { name: 'Tanh', exact: true });
    for (let edit = 0; edit < edits; edit++) {
      // Nobody makes two edits within a tenth of a second.
      if (edit > 0) await tab.waitForTimeout(100);
      await button.dispatchEvent('click');
    }
    await kill(tab);
    const next = await context.newPage();
    await visit(next, './?backend=wasm');
    await tab.close();
    tab = next;
    const found = await count(tab);
    expect([kept + edits - 1, kept + edits], `round ${round}`).toContain(found);
    kept = found;
  }
  expect((await document(tab)).layout.nodes.n499).toEqual({ x: 24 * 192, y: 19 * 128 });
});
