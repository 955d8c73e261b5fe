/** The digits network from nothing to a file, in four ways: by mouse, by keys alone, without a drag, on a small touch screen. */
import { readFile } from 'node:fs/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { ModelProtoSchema } from '../src/compiler/onnx/onnx_pb.ts';
import { openApp, reach } from './support/app.ts';
import { addBySearch, canvas, inspector, node, nodes, palette, setAttribute, wireByDrag } from './support/canvas.ts';
import { transport } from './support/transport.ts';

interface Drawn {
  readonly op: string;
  /** As the page names it. */
  readonly name: string;
  readonly shape?: string;
  /** Wires into it, as `port < node.port`. */
  readonly wires?: readonly string[];
}

const LOSS = 'softmaxcrossentropyloss';
const STEPS: readonly Drawn[] = [
  { op: 'Data', name: 'data' },
  { op: 'Parameter', name: 'parameter', shape: '64, 32' },
  { op: 'Gemm', name: 'gemm', wires: ['a < data.x', 'b < parameter.value'] },
  { op: 'Tanh', name: 'tanh', wires: ['x < gemm.y'] },
  { op: 'Parameter', name: 'parameter2', shape: '32, 10' },
  { op: 'Gemm', name: 'gemm2', wires: ['a < tanh.y', 'b < parameter2.value'] },
  { op: 'SoftmaxCrossEntropyLoss', name: LOSS, wires: ['logits < gemm2.y', 'labels < data.y'] },
  { op: 'SGD', name: 'sgd', wires: [`cost < ${LOSS}.loss`] },
];
const WIRES = STEPS.flatMap(({ name, wires = [] }) =>
  wires.map((wire) => {
    const [port, source] = wire.split(' < ');
    return `${source} > ${name}.${port}`;
  }),
);

const drawn = (page: Page) =>
  page.evaluate(() => {
    const { nodes, edges } = window.wiregrad.document().graph;
    return Object.values(edges).map(
      ({ source, target }) => `${nodes[source.node]?.name}.${source.port} > ${nodes[target.node]?.name}.${target.port}`,
    );
  });

/** The network is whole, has learned something, and the file is a model of the steps of training. */
async function expectTrained(page: Page) {
  expect((await drawn(page)).sort()).toEqual([...WIRES].sort());
  expect(await page.evaluate(() => window.wiregrad.check().filter(({ severity }) => severity === 'error'))).toEqual([]);
  await reach(page, 40);
  await reach(page, 150);
  // Ten classes guessed at make ln 10 = 2.30.
  expect(await page.evaluate(() => window.wiregrad.status().loss)).toBeLessThan(2.25);
}

async function expectExport(page: Page, start: () => Promise<void>) {
  const downloading = page.waitForEvent('download');
  await start();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/-training\.onnx$/);
  const model = fromBinary(ModelProtoSchema, new Uint8Array(await readFile(await download.path())));
  expect(model.graph?.node.length).toBeGreaterThan(5);
  expect(model.graph?.output.map(({ name }) => name)).toContain('loss');
}

test('by mouse', async ({ page }) => {
  await openApp(page);
  const places = [
    { x: 290, y: 120 },
    { x: 290, y: 330 },
    { x: 470, y: 220 },
    { x: 650, y: 220 },
    { x: 650, y: 430 },
    { x: 830, y: 330 },
    { x: 1010, y: 220 },
    { x: 1010, y: 500 },
  ];
  for (const [at, { op, shape }] of STEPS.entries()) {
    await addBySearch(page, op, places[at] ?? { x: 0, y: 0 });
    if (shape) await setAttribute(page, 'shape', shape);
  }
  for (const wire of WIRES) await wireByDrag(page, wire);
  await transport(page).getByRole('button', { name: 'Train' }).click();
  await expectTrained(page);
  await page.getByRole('button', { name: 'Export' }).click();
  await expectExport(page, () => page.getByRole('dialog').getByRole('button', { name: 'Training step' }).click());
});

/** Presses Tab until this has the keyboard: whoever gets there by keys comes by all that lies before. */
async function tabTo(page: Page, target: Locator, key = 'Tab') {
  for (let presses = 0; presses < 120; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${target}`);
}

const hasFocus = (locator: Locator) => locator.evaluate((element) => element.contains(document.activeElement));

/** F6 goes through the parts of the window. */
async function goTo(page: Page, part: Locator) {
  for (let presses = 0; presses < 8; presses++) {
    if (await hasFocus(part)) return;
    await page.keyboard.press('F6');
    await page.waitForTimeout(60);
  }
  throw new Error(`F6 does not lead to ${part}`);
}

test('by keyboard alone', async ({ page }) => {
  await openApp(page);
  await tabTo(
    page,
    page.getByRole('region', { name: 'Start from a loss' }).getByRole('button', { name: /Add an operator/ }),
  );
  await page.keyboard.press('Enter');
  for (const { op, name, shape, wires = [] } of STEPS) {
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.type(op);
    await page.keyboard.press('Enter');
    await expect(node(page, name)).toBeVisible();
    if (shape) {
      await goTo(page, inspector(page));
      await tabTo(page, inspector(page).getByLabel('shape', { exact: true }));
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(shape);
      await page.keyboard.press('Enter');
    }
    await goTo(page, canvas(page));
    await expect(node(page, name)).toBeFocused();
    for (const wire of wires) {
      const [port = '', source = ''] = wire.split(' < ');
      const end = node(page, name).getByRole('button', { name: new RegExp(`^Input ${port}\\b`) });
      for (let presses = 0; presses < 8 && !(await hasFocus(end)); presses++) await page.keyboard.press(']');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.type(source);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog')).toBeHidden();
      await expect(canvas(page).locator(':focus')).toHaveCount(1);
    }
    await page.keyboard.press('Escape');
    if (name !== 'sgd') await page.keyboard.press('/');
  }
  await page.keyboard.press('ControlOrMeta+Enter');
  await expectTrained(page);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(transport(page).getByRole('button', { name: 'Train' })).toBeVisible();

  // Arrows walk along wires, and undo takes back what keys did.
  await goTo(page, canvas(page));
  await page.keyboard.press('ArrowLeft');
  await expect(node(page, LOSS)).toBeFocused();
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('ControlOrMeta+z');
  await page.keyboard.press('ControlOrMeta+z');
  expect(await drawn(page)).toHaveLength(WIRES.length - 1);
  await page.keyboard.press('ControlOrMeta+Shift+z');
  expect(await drawn(page)).toHaveLength(WIRES.length);

  const exporting = page.getByRole('button', { name: 'Export' });
  await goTo(page, page.getByRole('banner'));
  await tabTo(page, exporting);
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Training step' }));
  await expectExport(page, () => page.keyboard.press('Enter'));
  await page.keyboard.press('Escape');
  await expect(exporting).toBeFocused();
});

test('by clicks, without a drag', async ({ page }) => {
  await openApp(page);
  for (const { op, name, shape, wires = [] } of STEPS) {
    await palette(page).getByRole('searchbox').fill(op);
    await palette(page).getByRole('button', { name: op, exact: true }).click();
    await expect(node(page, name)).toBeAttached();
    if (shape) await setAttribute(page, 'shape', shape);
    for (const wire of wires) {
      const [port = '', source = ''] = wire.split(' < ');
      await inspector(page)
        .getByRole('button', { name: `Connect ${name}.${port}…` })
        .click();
      await page.getByRole('dialog').getByRole('option', { name: source }).first().click();
    }
  }
  const place = () => page.evaluate(() => Object.values(window.wiregrad.document().layout.nodes).at(-1)?.x);
  const before = await place();
  await inspector(page).getByRole('button', { name: 'Move right' }).click();
  expect(await place()).toBe((before ?? 0) + 64);

  await transport(page).getByRole('button', { name: 'Train' }).click();
  await expectTrained(page);
  await page.getByRole('button', { name: 'Export' }).click();
  await expectExport(page, () => page.getByRole('dialog').getByRole('button', { name: 'Training step' }).click());
});

async function touchPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    acceptDownloads: true,
  });
  return context.newPage();
}

test('on a small touch screen', async ({ browser }) => {
  const page = await touchPage(browser);
  await openApp(page);
  const outline = page.getByRole('region', { name: 'Outline' });
  const row = (name: string) =>
    outline.getByRole('row').filter({ has: page.getByRole('checkbox', { name: `Select ${name}`, exact: true }) });
  for (const { op, name, shape, wires = [] } of STEPS) {
    await outline.getByRole('button', { name: 'Add operator' }).tap();
    await page.getByRole('dialog').getByRole('combobox').fill(op);
    await page.getByRole('dialog').getByRole('option').first().tap();
    await expect(row(name)).toBeVisible();
    if (!shape && wires.length === 0) continue;
    await row(name)
      .getByRole('button', { name: `Actions for ${name}` })
      .tap();
    await page.getByRole('menuitem', { name: 'Inspect' }).tap();
    const sheet = page.getByRole('dialog', { name: 'Inspector' });
    if (shape) {
      await sheet.getByLabel('shape', { exact: true }).fill(shape);
      await sheet.getByLabel('shape', { exact: true }).press('Enter');
    }
    for (const wire of wires) {
      const [port = '', source = ''] = wire.split(' < ');
      await sheet.getByRole('button', { name: `Connect ${name}.${port}…` }).tap();
      await page
        .getByRole('dialog', { name: `Connect ${name}` })
        .getByRole('option', { name: source })
        .first()
        .tap();
    }
    await sheet.getByRole('button', { name: 'Close' }).tap();
  }
  await transport(page).getByRole('button', { name: 'Train' }).tap();
  await expectTrained(page);
  await expect(row(LOSS)).toContainText(/\d\.\d+/);

  await page.getByRole('button', { name: 'Show the canvas' }).tap();
  await expect(nodes(page)).toHaveCount(STEPS.length);
  await page.getByRole('button', { name: 'Wiregrad menu' }).tap();
  await page.getByRole('menuitem', { name: 'Export…' }).tap();
  await expectExport(page, () => page.getByRole('dialog').getByRole('button', { name: 'Training step' }).tap());
  await page.context().close();
});
