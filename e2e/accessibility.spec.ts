/** No barrier that two engines can find, in every state of the page; and what they cannot find: focus, motion, colours. */
import { expect, type Page, test } from '@playwright/test';
import { drawing } from '../scripts/drawing.ts';
import type { GraphDocument } from '../src/compiler/document.ts';
import { barriers, smallTargets } from './support/access.ts';
import { changed, example, openApp, reach, train } from './support/app.ts';
import { node } from './support/canvas.ts';
import { transport } from './support/transport.ts';

const model = example('digits-mlp');
const wrong = drawing({
  data: ['Data', {}, { dataset: 'digits' }],
  W: ['Parameter', {}, { shape: [32, 10] }],
  product: ['MatMul', { a: 'data:x', b: 'W' }],
  alone: ['Tanh'],
});

const ui = (page: Page) => page.getByRole('button', { name: 'View', exact: true });
const choose = async (page: Page, item: string | RegExp) => {
  await ui(page).click();
  await page.getByRole('menuitemradio', { name: item, exact: true }).click();
};
const select = (page: Page, name: string) => node(page, name).locator('.node-name').click();
const command = async (page: Page, typed: string) => {
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog').getByRole('combobox').fill(typed);
  await page.keyboard.press('Enter');
};

interface State {
  readonly name: string;
  readonly document?: GraphDocument;
  readonly show?: (page: Page) => Promise<void>;
}

const STATES: readonly State[] = [
  { name: 'empty' },
  { name: 'populated', document: model },
  { name: 'a node selected', document: model, show: (page) => select(page, 'hidden') },
  {
    name: 'several selected',
    document: model,
    show: async (page) => {
      await select(page, 'hidden');
      await page.keyboard.press('ControlOrMeta+a');
    },
  },
  { name: 'search', document: model, show: (page) => page.keyboard.press('ControlOrMeta+k') },
  {
    name: 'connecting',
    document: model,
    show: async (page) => {
      await select(page, 'hidden');
      await page.keyboard.press(']');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  { name: 'errors', document: wrong, show: (page) => page.getByRole('tab', { name: /Problems/ }).click() },
  {
    name: 'training',
    document: model,
    show: async (page) => {
      await transport(page).getByRole('button', { name: 'Train' }).click();
      await reach(page, 30);
    },
  },
  {
    name: 'NaN',
    document: changed(model, { operators: { optimizer: ['SGD', { lr: 1e30 }] } }),
    show: async (page) => {
      await train(page, 12, { watch: 'visible', evaluate: false }).catch(() => {});
      await select(page, 'loss');
    },
  },
  { name: 'the training panel', document: model, show: (page) => page.getByRole('tab', { name: 'Train' }).click() },
  { name: 'the data panel', document: model, show: (page) => page.getByRole('tab', { name: 'Data' }).click() },
  { name: 'all layers', document: model, show: (page) => page.getByRole('button', { name: 'Backward' }).click() },
  { name: 'the export dialog', document: model, show: (page) => command(page, 'export') },
  { name: 'the gallery', document: model, show: (page) => command(page, 'gallery') },
  { name: 'the shortcuts', document: model, show: (page) => command(page, 'keyboard shortcuts') },
  { name: 'the compiler', document: model, show: (page) => command(page, 'compiler') },
  { name: 'the view menu', document: model, show: (page) => ui(page).click() },
  {
    name: 'the outline as a tree',
    document: model,
    show: async (page) => {
      await choose(page, 'Outline');
      await page.getByRole('row', { name: /^Select logits/ }).click();
      await page.keyboard.press('ArrowRight');
    },
  },
  {
    name: 'the outline as a table beside the canvas',
    document: wrong,
    show: async (page) => {
      await choose(page, 'Outline beside the canvas');
      await page.getByRole('button', { name: 'Table' }).click();
    },
  },
];

for (const theme of ['Light', 'Dark'] as const) {
  for (const { name, document, show } of STATES) {
    test(`${name}, ${theme.toLowerCase()}`, async ({ page }) => {
      await openApp(page, 'wasm', document);
      await choose(page, theme);
      await show?.(page);
      expect(await barriers(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
    });
  }
}
