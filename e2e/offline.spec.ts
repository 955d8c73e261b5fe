/** After one visit the app needs no network, and a new version is offered, not forced. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { reach, visit } from './support/app.ts';
import { node, palette } from './support/canvas.ts';
import { serve } from './support/static-server.ts';

test.use({ serviceWorkers: 'allow' });

const BUILD = resolve(process.env.WIREGRAD_E2E_DIST ?? 'dist');
const examples = readdirSync(new URL('../examples/', import.meta.url))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

const ready = (page: Page) =>
  page.waitForFunction(() => document.documentElement.dataset.offline === 'ready', null, { timeout: 90_000 });

/** The host isolates nothing by itself. */
test('without a network the app opens, stays isolated, shows and trains every example, and keeps what is drawn', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000);
  const server = await serve(BUILD);
  await visit(page, `${server.address}?backend=wasm`);
  await ready(page);
  await server.stop();
  await context.setOffline(true);

  await page.reload();
  await page.waitForFunction(() => 'wiregrad' in window);
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  await reach(page, 3);
  await palette(page).getByRole('button', { name: 'Sigmoid', exact: true }).click();
  await page.reload();
  await expect(node(page, 'sigmoid')).toBeVisible();
  for (const name of examples) {
    await visit(page, `${server.address}?backend=wasm&again=${name}#example=${name}`);
    await reach(page, 2);
    expect(await page.evaluate(() => window.wiregrad.document().name)).toBe(name);
  }
  await page.getByRole('button', { name: 'Wiregrad menu' }).click();
  await page.getByRole('menuitem', { name: 'Gallery…' }).click();
  await expect(page.locator('[data-example]')).toHaveCount(examples.length + 1);
});

test('a new version is offered, and comes with a reload', async ({ page }) => {
  const server = await serve(BUILD, {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  await visit(page, `${server.address}?backend=wasm`);
  await ready(page);
  const offer = page.getByRole('region', { name: 'A new version of Wiregrad is ready' });

  // A build with another script, which is this one under another name.
  const html = readFileSync(`${BUILD}/index.html`, 'utf8');
  const [, script = ''] = /src="\.\/(assets\/index-[^"]*\.js)"/.exec(html) ?? [];
  const other = 'assets/index-other.js';
  server.instead.set(`/${other}`, readFileSync(`${BUILD}/${script}`, 'utf8'));
  server.instead.set('/index.html', html.replace(script, other).replace('<title>Wiregrad', '<title>Wiregrad, new'));
  const worker = readFileSync(`${BUILD}/service-worker.js`, 'utf8');
  const changed = worker.replaceAll(script, other).replace(/"version":"\w+"/, '"version":"other"');
  server.instead.set('/service-worker.js', changed);
  await expect(offer).toBeHidden();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect(offer).toBeVisible();
  expect(await page.title()).toBe('Wiregrad');

  await offer.getByRole('button', { name: 'Reload' }).click();
  await expect(page).toHaveTitle('Wiregrad, new');
  await page.waitForFunction(() => 'wiregrad' in window);
  await expect(offer).toBeHidden();
  const caches = await page.evaluate(async () => window.caches.keys());
  expect(caches).toEqual(['wiregrad-other']);
  await server.stop();
});
