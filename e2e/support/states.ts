/** The states of the page that the checks of accessibility walk through, by the document that they are states of. */
import { expect, type Page } from '@playwright/test';
import { drawing } from '../../scripts/drawing.ts';
import { emptyDocument, type GraphDocument } from '../../src/compiler/document.ts';
import { changed, example, reach, train } from './app.ts';
import { canvas, inspector, node, onWire, palette } from './canvas.ts';
import { readout, transport } from './transport.ts';

export interface State {
  readonly name: string;
  readonly show?: (page: Page) => Promise<void>;
  /** What Escape does not undo. */
  readonly leave?: (page: Page) => Promise<void>;
}

/** States that follow each other in one page. */
export interface Walk {
  readonly name: string;
  readonly document: GraphDocument;
  /** Begins without a theme chosen and with the offers of a first visit. */
  readonly states: readonly State[];
}

export const model = example('digits-mlp');
const wrong = drawing({
  data: ['Data', {}, { dataset: 'digits' }],
  W: ['Parameter', {}, { shape: [32, 10] }],
  product: ['MatMul', { a: 'data:x', b: 'W' }],
  alone: ['Tanh'],
});

const dialog = (page: Page, name?: string | RegExp) => page.getByRole('dialog', { name });
const tab = (page: Page, name: string | RegExp) => page.getByRole('tab', { name }).click();
const menuOf = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

export const select = (page: Page, name: string) => node(page, name).locator('.node-name').click();

/** An item of the View menu. */
export const choose = async (page: Page, item: string | RegExp) => {
  await menuOf(page, 'View');
  await page.getByRole('menuitemradio', { name: item, exact: true }).click();
};

const command = async (page: Page, typed: string) => {
  await page.keyboard.press('ControlOrMeta+k');
  await dialog(page).getByRole('combobox').fill(typed);
  await page.keyboard.press('Enter');
};

/** A command that opens a dialog of this name. */
const opens = (name: string | RegExp, typed: string) => async (page: Page) => {
  await command(page, typed);
  await expect(dialog(page, name)).toBeVisible();
};

/** Closes dialogs and menus, and selects nothing. */
export async function rest(page: Page): Promise<void> {
  const open = page.locator('[role="dialog"], [role="menu"]').filter({ visible: true });
  for (let presses = 0; (await open.count()) > 0 && presses < 6; presses++) {
    await page.keyboard.press('Escape');
    await page.waitForTimeout(100);
  }
  await expect(open).toHaveCount(0);
  const view = canvas(page);
  const inspect = page.getByRole('tab', { name: 'Inspect' });
  if (await inspect.isVisible()) await inspect.click();
  if (!(await view.isVisible())) return;
  if ((await view.locator('.selected').count()) === 0) return;
  await view.focus();
  await page.keyboard.press('Escape');
}

const menus: readonly State[] = [
  { name: 'the view menu', show: (page) => menuOf(page, 'View') },
  { name: 'the file menu', show: (page) => menuOf(page, 'Wiregrad menu') },
  { name: 'the menu of a node', show: (page) => node(page, 'tanh').locator('.node-name').click({ button: 'right' }) },
  {
    name: 'the menu of the canvas',
    async show(page) {
      await canvas(page).focus();
      await page.keyboard.press('Shift+F10');
      await expect(page.getByRole('menu')).toBeVisible();
    },
  },
];

const dialogs: readonly State[] = [
  {
    name: 'the search for operators',
    async show(page) {
      await canvas(page).focus();
      await page.keyboard.press('Tab');
      await expect(page.getByRole('combobox', { name: 'Add an operator' })).toBeVisible();
    },
  },
  { name: 'the command palette', show: (page) => page.keyboard.press('ControlOrMeta+k') },
  {
    name: 'connecting',
    async show(page) {
      await select(page, 'hidden');
      await page.keyboard.press(']');
      await page.keyboard.press('Enter');
      await expect(dialog(page)).toBeVisible();
    },
  },
  { name: 'the export dialog', show: opens(/Export/, 'export') },
  { name: 'the gallery', show: opens(/Gallery/, 'gallery') },
  { name: 'the shortcuts', show: opens(/shortcuts/i, 'keyboard shortcuts') },
  { name: 'the share dialog', show: opens('Share', 'share') },
  { name: 'the picture dialog', show: opens('Picture', 'picture…') },
  { name: 'history', show: opens('History', 'history…') },
  { name: 'your drawings', show: opens('Your drawings', 'your drawings') },
  {
    name: 'the help on an operator',
    async show(page) {
      await select(page, 'tanh');
      await page.keyboard.press('F1');
      await expect(dialog(page, 'Operators').locator('[data-live="done"]').first()).toBeVisible();
    },
  },
  {
    name: 'the tour',
    async show(page) {
      await command(page, 'take the tour');
      await expect(dialog(page, 'Every node is alive').getByRole('button', { name: 'Next' })).toBeFocused();
      await page.keyboard.press('ArrowRight');
      await expect(dialog(page, 'Train, pause, step')).toBeVisible();
    },
  },
];

const trainingStates: readonly State[] = [
  {
    name: 'training',
    async show(page) {
      await transport(page).getByRole('button', { name: 'Train' }).click();
      await reach(page, 30);
    },
    leave: (page) => transport(page).getByRole('button', { name: 'Pause' }).click(),
  },
  { name: 'a trained node selected', show: (page) => select(page, 'W1') },
  {
    name: 'watches and the card of a wire',
    async show(page) {
      for (const name of ['hidden', 'W1']) {
        await select(page, name);
        await page.keyboard.press('p');
      }
      await expect(page.getByRole('region', { name: 'Watches' })).toContainText('W1');
      const { x, y } = await onWire(page, 'hidden', 'tanh.x');
      await page.mouse.move(x, y, { steps: 2 });
      await expect(page.getByRole('tooltip')).toContainText('hidden → tanh.x');
    },
    leave: (page) => page.getByRole('button', { name: 'Remove all watches' }).click(),
  },
  {
    name: 'an explained gradient',
    async show(page) {
      await select(page, 'W1');
      await page.keyboard.press('d');
      await expect(page.getByRole('region', { name: 'Explain this gradient' })).toHaveAttribute('data-step', '1');
    },
    leave: (page) => page.getByRole('button', { name: 'Close the explanation' }).click(),
  },
  {
    name: 'the check of gradients',
    async show(page) {
      await command(page, 'check all gradients');
      await expect(dialog(page, 'Gradient check')).toContainText('agree with differences');
    },
  },
];

const moduleStates: readonly State[] = [
  {
    name: 'a frame and a note',
    async show(page) {
      await select(page, 'digits');
      await page.keyboard.press('ControlOrMeta+g');
      await page.keyboard.type('Data');
      await page.keyboard.press('Enter');
      await palette(page).getByRole('button', { name: 'Note', exact: true }).click();
      await node(page, 'note').click();
      await page.keyboard.press('F2');
      await page.keyboard.type('## Loss\nfalls as $e^{-t}$ and [more](https://example.org)');
      await page.keyboard.press('ControlOrMeta+Enter');
      await expect(node(page, 'note').getByRole('heading')).toBeVisible();
    },
  },
  {
    name: 'an instance of a module',
    async show(page) {
      await select(page, 'hidden');
      await node(page, 'tanh')
        .locator('.node-name')
        .click({ modifiers: ['Shift'] });
      await page.keyboard.press('ControlOrMeta+Shift+e');
      await page.keyboard.press('Enter');
      await select(page, 'module');
      await expect(inspector(page).getByRole('button', { name: 'Unpack' })).toBeVisible();
    },
  },
  {
    name: 'inside of a module',
    async show(page) {
      await select(page, 'module');
      await page.keyboard.press('Enter');
      await expect(canvas(page).getByRole('navigation', { name: 'Modules' })).toBeVisible();
      await expect(node(page, 'module')).toHaveCount(0);
    },
  },
  {
    name: 'what a module says and exposes',
    async show(page) {
      const attributes = inspector(page).getByRole('combobox', { name: 'Expose an attribute of a node inside' });
      await attributes.selectOption({ label: 'hidden.alpha' });
      await expect(inspector(page).getByRole('textbox', { name: 'What instances call hidden.alpha' })).toBeVisible();
      await inspector(page).getByRole('textbox', { name: 'Description of the module' }).fill('A layer.');
    },
  },
];

const panels: readonly State[] = [
  { name: 'populated' },
  { name: 'a node selected', show: (page) => select(page, 'hidden') },
  {
    name: 'several selected',
    async show(page) {
      await select(page, 'hidden');
      await page.keyboard.press('ControlOrMeta+a');
    },
  },
  { name: 'the training panel', show: (page) => tab(page, 'Train') },
  { name: 'the data panel', show: (page) => tab(page, 'Data') },
  {
    name: 'all layers',
    show: (page) => menuOf(page, 'Backward'),
    leave: (page) => menuOf(page, 'Backward'),
  },
  {
    name: 'the search in the graph',
    async show(page) {
      await page.keyboard.press('ControlOrMeta+f');
      await page.keyboard.type('f32');
      await expect(page.getByRole('search')).toContainText(/nodes/);
    },
    async leave(page) {
      await page.getByRole('button', { name: 'Close the search' }).click();
      await select(page, 'hidden');
    },
  },
  {
    name: 'the compiler',
    show: (page) => command(page, 'compiler'),
    leave: (page) => command(page, 'compiler'),
  },
  {
    name: 'the outline as a tree',
    async show(page) {
      await choose(page, 'Outline');
      await page.getByRole('row', { name: /^Select logits/ }).click();
      await page.keyboard.press('ArrowRight');
    },
  },
];

const analysis = (typed: string, sees: string): State => ({
  name: `the analysis: ${typed}`,
  async show(page) {
    await command(page, typed);
    await expect(page.getByRole('tabpanel', { name: sees })).toBeVisible();
  },
});

const dialogState = (typed: string, name: string | RegExp): State => ({
  name: `the dialog of ${typed}`,
  async show(page) {
    await command(page, typed);
    await expect(dialog(page, name)).toBeVisible();
  },
});

/** Whatever looks inside of training, or sets it up. */
const labStates: readonly State[] = [
  {
    name: 'the code',
    async show(page) {
      await select(page, 'logits');
      await page.keyboard.press('Shift+C');
      await expect(page.getByRole('textbox', { name: 'Code of the drawing' })).toContainText('const logits');
    },
    leave: (page) => page.getByRole('button', { name: 'Hide the code' }).click(),
  },
  dialogState('add data', 'Add data'),
  dialogState('weights', 'Weights'),
  dialogState('sweep: train', /sweep/i),
  dialogState('regularize', /regularize/i),
  {
    name: 'a step, node by node',
    async show(page) {
      await command(page, 'step through nodes');
      await expect(page.locator('[data-stop]').first()).toBeVisible();
    },
    leave: (page) => command(page, 'stop stepping'),
  },
  analysis('results: what', 'Results'),
  analysis('evaluate a wire', 'Evaluate'),
  analysis('loss surface', 'Loss surface'),
  analysis('where time goes', 'Time'),
  {
    name: 'the course',
    async show(page) {
      await command(page, 'course');
      await expect(page.getByRole('complementary', { name: 'Course' })).toBeVisible();
    },
  },
];

export const WALKS: readonly Walk[] = [
  { name: 'an empty drawing', document: emptyDocument(), states: [{ name: 'empty' }] },
  { name: 'dialogs and menus', document: model, states: [...menus, ...dialogs] },
  { name: 'training, panels and layers', document: model, states: [...trainingStates, ...panels] },
  { name: 'data, sweeps and analysis', document: model, states: labStates },
  { name: 'modules', document: model, states: moduleStates },
  {
    name: 'a drawing with errors',
    document: wrong,
    states: [
      { name: 'errors', show: (page) => tab(page, /Problems/) },
      {
        name: 'the outline as a table beside the canvas',
        async show(page) {
          await choose(page, 'Outline beside the canvas');
          await page.getByRole('button', { name: 'Table' }).click();
        },
      },
    ],
  },
  {
    name: 'a loss that is no number',
    document: changed(model, { operators: { optimizer: ['SGD', { lr: 1e30 }] } }),
    states: [
      {
        name: 'diverged and paused',
        async show(page) {
          await transport(page).getByRole('button', { name: 'Train' }).click();
          await expect(page.getByRole('alert')).toContainText(/not finite, in step \d+/, { timeout: 30_000 });
          await expect(readout(page, 'loss')).toHaveText(/NaN|∞/);
        },
      },
      {
        name: 'the node that is to blame',
        show: (page) => page.getByRole('alert').getByRole('button', { name: 'Details' }).click(),
      },
    ],
  },
];

export const SMALL: readonly Walk[] = [
  {
    name: 'a drawing',
    document: model,
    states: [
      { name: 'the outline' },
      {
        name: 'the inspector',
        async show(page) {
          await page.getByRole('row', { name: /^Select logits/ }).click();
          await menuOf(page, 'Inspect');
        },
      },
      { name: 'the share dialog', show: (page) => page.keyboard.press('ControlOrMeta+Shift+s') },
      {
        name: 'an explained gradient with watches',
        async show(page) {
          await train(page, 5, { watch: 'visible' });
          await menuOf(page, 'Show the canvas');
          await select(page, 'W1');
          await page.keyboard.press('p');
          await page.keyboard.press('d');
          await expect(page.getByRole('region', { name: 'Explain this gradient' })).toHaveAttribute('data-step', '1');
        },
      },
    ],
  },
  {
    name: 'a drawing with errors',
    document: wrong,
    states: [{ name: 'the canvas', show: (page) => menuOf(page, 'Show the canvas') }],
  },
];
