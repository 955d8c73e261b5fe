/** Drawings leave as links, pictures and files, and come in again. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { example, openApp, reach, status, visit } from './support/app.ts';
import { inspector, node, nodes, palette } from './support/canvas.ts';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

const document = (page: Page) => page.evaluate(() => window.wiregrad.document());
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

async function copyLink(page: Page, { run = false } = {}): Promise<string> {
  await page.keyboard.press('ControlOrMeta+Shift+s');
  const share = dialog(page, 'Share');
  if (run) await share.getByRole('switch', { name: 'Start training when opened' }).click();
  await expect(share.getByLabel('Link', { exact: true })).toHaveValue(run ? /run=1$/ : /#doc=[\w-]+$/);
  await share.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(share.getByRole('button', { name: 'Copied' })).toBeVisible();
  await page.keyboard.press('Escape');
  return page.evaluate(() => navigator.clipboard.readText());
}

test('a link opens the drawing elsewhere, trains it if asked to, and becomes a drawing there', async ({
  page,
  browser,
}) => {
  const made = example('line-fit');
  await openApp(page, 'wasm', {
    ...made,
    name: 'shared',
    graph: { ...made.graph, training: { ...made.graph.training, seed: 7 } },
  });
  const sent = await document(page);
  const link = await copyLink(page, { run: true });

  const elsewhere = await browser.newContext({ serviceWorkers: 'block' });
  const fresh = await elsewhere.newPage();
  await visit(fresh, link.replace('#', '?backend=wasm#'));
  expect(await document(fresh)).toEqual(sent);
  await reach(fresh, 3);
  expect(await status(fresh)).toMatchObject({ running: true });
  await fresh.reload();
  await fresh.waitForFunction(() => 'wiregrad' in window);
  await reach(fresh, 3);
  await palette(fresh).getByRole('button', { name: 'Tanh', exact: true }).click();
  await expect(fresh).toHaveURL(/^[^#]*$/);
  const edited = await document(fresh);
  await fresh.reload();
  await expect(node(fresh, 'tanh')).toBeVisible();
  expect(await document(fresh)).toEqual(edited);
  await elsewhere.close();
});

test('a link never takes the place of what was drawn, and a broken one is explained', async ({ page }) => {
  await openApp(page, 'wasm', { ...example('line-fit'), name: 'sent' });
  const link = await copyLink(page);
  await openApp(page, 'wasm', { ...example('two-spirals'), name: 'mine' });
  const mine = await document(page);
  const hash = new URL(link).hash;
  const problems = inspector(page).getByRole('tabpanel', { name: 'Problems' });
  await page.evaluate(
    (value) => {
      window.location.hash = value;
    },
    hash.slice(0, -20),
  );
  await expect(page.getByRole('alert')).toContainText('The link does not hold a drawing that can be read');
  expect(await document(page)).toEqual(mine);
  await page.getByRole('button', { name: 'Details' }).click();
  await expect(problems).toContainText('cut off or changed');

  await page.evaluate((value) => {
    window.location.hash = value;
  }, hash);
  await expect.poll(async () => (await document(page)).name).toBe('sent');
  await page.getByRole('button', { name: 'Wiregrad menu' }).click();
  await page.getByRole('menuitem', { name: 'Your drawings…' }).click();
  const rows = dialog(page, 'Your drawings').getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await dialog(page, 'Your drawings').getByRole('button', { name: 'mine', exact: true }).click();
  await expect.poll(() => document(page)).toEqual(mine);

  await visit(page, './?backend=wasm#doc=nothing');
  await expect(page.getByRole('alert')).toContainText('The link does not hold a drawing');
  expect(await document(page)).toEqual(mine);
});

test('a drawing that is too large for a link is offered as a file', async ({ page }) => {
  let seed = 1;
  const noise = Array.from({ length: 30_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return String.fromCodePoint(0x4e00 + (seed % 20_000));
  });
  await openApp(page, 'wasm', { ...example('line-fit'), description: noise.join('') });
  await page.keyboard.press('ControlOrMeta+Shift+s');
  const share = dialog(page, 'Share');
  await expect(share).toContainText('of at most 32,000 characters. Longer links get cut');
  await expect(share.getByRole('button', { name: 'Copy', exact: true })).toBeDisabled();
  const downloading = page.waitForEvent('download');
  await share.getByRole('button', { name: 'Save as file' }).click();
  expect((await downloading).suggestedFilename()).toBe('line-fit.json');
});

test('pictures are saved as SVG and PNG, whole or of a selection, in both themes', async ({ page }, info) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await page.getByRole('button', { name: 'Wiregrad menu' }).click();
  await page.getByRole('menuitem', { name: 'Picture…' }).click();
  const picture = dialog(page, 'Picture');
  const save = async (name: string) => {
    const downloading = page.waitForEvent('download');
    await picture.getByRole('button', { name, exact: true }).click();
    const download = await downloading;
    const path = info.outputPath(
      `${(await picture.getByLabel('Dark').isChecked()) ? 'dark' : 'light'}-${download.suggestedFilename()}`,
    );
    await download.saveAs(path);
    return readFile(path);
  };
  const light = String(await save('SVG'));
  expect(light).toContain('>f32[batch,64]<');
  await picture.getByLabel('Dark').check();
  const dark = String(await save('SVG'));
  expect(dark.replaceAll(/#[0-9a-f]{6}/g, '')).toBe(light.replaceAll(/#[0-9a-f]{6}/g, ''));
  expect(dark).not.toBe(light);

  const png = await save('PNG');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [, wide = '', high = ''] = /width="(\d+)" height="(\d+)"/.exec(light) ?? [];
  expect([width, height]).toEqual([2 * Number(wide), 2 * Number(high)]);
  // The colours of the values and of the paper are there: something was drawn.
  const colours = await page.evaluate(async (data) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0);
    const { data: pixels } = context?.getImageData(0, 0, image.width, image.height) ?? { data: [] };
    const seen = new Map<string, number>();
    for (let at = 0; at < pixels.length; at += 4) {
      const key = `${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    return Object.fromEntries([...seen].filter(([, count]) => count > 200));
  }, png.toString('base64'));
  for (const colour of ['15,18,23', '25,29,36', '101,164,255', '76,203,142']) expect(colours).toHaveProperty([colour]);
  await picture.getByRole('button', { name: 'Copy PNG' }).click();
  await expect(picture.getByRole('status')).toHaveText('The PNG is in the clipboard.');
  const types = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap((item) => item.types));
  expect(types).toContain('image/png');

  await page.keyboard.press('Escape');
  await node(page, 'hidden').first().click();
  await page.getByRole('button', { name: 'Wiregrad menu' }).click();
  await page.getByRole('menuitem', { name: 'Picture…' }).click();
  await picture.getByLabel('Selection').check();
  const part = String(await save('SVG'));
  expect(part.match(/<g /g)).toHaveLength(1);
});

/** Drags files over the window as the system does. */
async function drag(
  page: Page,
  type: 'dragenter' | 'drop' | 'dragleave',
  files: readonly (readonly [string, string])[],
) {
  await page.evaluate(
    ([event, list]) => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of list) dataTransfer.items.add(new File([text], name));
      window.document.body.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [type, files] as const,
  );
}

test('a file dropped on the window opens; other files are explained', async ({ page }) => {
  await openApp(page);
  const target = page.getByText(/^Drop a drawing/);
  const text = JSON.stringify({ ...example('line-fit'), name: 'dropped' });
  await drag(page, 'dragenter', [['a.json', text]]);
  await expect(target).toBeVisible();
  await drag(page, 'dragleave', [['a.json', text]]);
  await expect(target).toBeHidden();
  await drag(page, 'dragenter', [['a.json', text]]);
  await drag(page, 'drop', [['a.json', text]]);
  await expect(target).toBeHidden();
  await expect(nodes(page)).toHaveCount(8);
  expect((await document(page)).name).toBe('dropped');

  for (const [files, message] of [
    [[['notes.docx', 'x']], '“notes.docx” is not a Wiregrad drawing'],
    [
      [
        ['a.json', text],
        ['b.json', text],
      ],
      '2 files were dropped',
    ],
    [[['a.json', '{']], 'The file is not JSON'],
  ] as const) {
    await drag(page, 'drop', files);
    await expect(inspector(page).getByRole('tabpanel', { name: 'Problems' })).toContainText(message);
    expect((await document(page)).name).toBe('dropped');
  }
});
