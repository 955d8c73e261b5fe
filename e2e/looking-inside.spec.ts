import { expect, type Page, test } from '@playwright/test';
import { emptyDocument, type GraphDocument } from '../src/compiler/document.ts';
import { open, openApp, status, train } from './support/app.ts';

type Drawn = readonly [op: string, inputs: Readonly<Record<string, string>>, attributes?: Record<string, unknown>];

/** Nodes by name; a wire is `port: 'node:output'`. They lie in a row. */
function drawn(nodes: Readonly<Record<string, Drawn>>): GraphDocument {
  const empty = emptyDocument('looking inside');
  const entries = Object.entries(nodes);
  return {
    ...empty,
    graph: {
      ...empty.graph,
      nodes: Object.fromEntries(
        entries.map(([id, [op, , attributes = {}]]) => [id, { id, op, name: id, attributes: attributes as never }]),
      ),
      edges: Object.fromEntries(
        entries.flatMap(([id, [, inputs]]) =>
          Object.entries(inputs).map(([port, from]) => {
            const [node = '', output = 'y'] = from.split(':');
            const edge = `${id}.${port}`;
            return [edge, { id: edge, source: { node, port: output }, target: { node: id, port } }];
          }),
        ),
      ),
    },
    layout: { nodes: Object.fromEntries(entries.map(([id], at) => [id, { x: 170 * at, y: 100 * (at % 2) }])) },
  };
}

/** w falls by a hundredth a step from 1.255: its logarithm is no number in step 127. */
const PLANTED = drawn({
  w: ['Parameter', {}, { shape: [1], initializer: 'values', values: [1.255] }],
  log: ['Log', { x: 'w:value' }],
  none: ['Constant', {}, { values: [0], shape: [1] }],
  nothing: ['Mul', { a: 'log', b: 'none:value' }],
  both: ['Add', { a: 'w:value', b: 'nothing' }],
  cost: ['ReduceSum', { x: 'both' }],
  sgd: ['SGD', { cost: 'cost' }, { lr: 0.01 }],
});

async function lookInside(page: Page, item: string | RegExp) {
  await page.getByRole('button', { name: 'Look inside' }).click();
  await page.getByRole(/^Pause/.test(String(item)) ? 'menuitemcheckbox' : 'menuitem', { name: item }).click();
}

test('training pauses at a planted NaN, names its node, and goes on from before it at another rate', async ({
  page,
}) => {
  await openApp(page);
  await open(page, PLANTED);
  await lookInside(page, 'Pause when any value is not a number');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const notice = page.getByRole('region', { name: 'Paused at a breakpoint' });
  await expect(notice).toContainText('Paused before step 127', { timeout: 30_000 });
  await expect(notice).toContainText('log is NaN.');
  expect((await status(page)).step).toBe(126);

  await notice.getByRole('button', { name: 'Step through' }).click();
  const strip = page.getByRole('region', { name: 'Step through nodes' }).filter({ has: page.getByRole('status') });
  await expect(strip.getByRole('status')).toHaveText('Forward: log');
  const panel = page.locator('[data-phase="forward"]');
  await expect(panel).toContainText('1 no finite number');
  await strip.getByRole('button', { name: 'Next node' }).click();
  await expect(strip.getByRole('status')).toHaveText('Forward: nothing');
  await strip.getByRole('button', { name: 'Stop stepping' }).click();

  await lookInside(page, 'Look back over the run');
  const slider = page.getByRole('slider', { name: 'Moment of the run' });
  await slider.press('ArrowLeft');
  await slider.press('ArrowLeft');
  await slider.press('ArrowLeft');
  const scrubber = page.getByRole('region', { name: 'Look back over the run' });
  await expect(scrubber.getByRole('status')).toContainText('looking back');
  const shown = Number(/step (\d+) of/.exec((await scrubber.getByRole('status').textContent()) ?? '')?.[1]);
  expect(shown).toBeLessThan(126);
  await scrubber.getByRole('button', { name: 'Resume from here' }).click();
  await expect.poll(async () => (await status(page)).step).toBe(shown);
  await expect(notice).toBeHidden();
  // The state is that of the step that was made then: w fell by a hundredth in each.
  const w = await page.evaluate(async () => (await window.wiregrad.state()).w?.[0] ?? 0);
  expect(w).toBeCloseTo(1.255 - 0.01 * shown, 4);

  await page.getByRole('tab', { name: 'Train' }).click();
  await page.getByRole('textbox', { name: 'lr' }).fill('0.00001');
  await page.getByRole('textbox', { name: 'lr' }).press('Enter');
  const { steps } = await train(page, 150, { watch: 'visible' });
  expect(steps).toBe(shown + 150);
});

test('on WebGPU training pauses before the step that a breakpoint of the drawing is about', async ({ page }) => {
  const falling = drawn({
    w: ['Parameter', {}, { shape: [2], initializer: 'values', values: [0, -1.255] }],
    cost: ['ReduceSum', { x: 'w:value' }],
    sgd: ['SGD', { cost: 'cost' }, { lr: 0.01 }],
  });
  const breakpoints = { low: { when: 'value-above', at: { node: 'w', port: 'value' }, limit: 1.5 } } as const;
  await openApp(page, 'webgpu');
  await open(page, { ...falling, layout: { ...falling.layout, breakpoints } });
  // It falls by a hundredth a step, and is -1.505 in step 26.
  const { steps, backend } = await train(page, 60, { backend: 'webgpu', evaluate: false });
  expect([backend, steps]).toEqual(['webgpu', 25]);
  const notice = page.getByRole('region', { name: 'Paused at a breakpoint' });
  await expect(notice).toContainText('w[1] is −1.505, beyond ±1.50.');
});

test('a wire is evaluated for values of one’s own', async ({ page }) => {
  await openApp(page);
  await open(page, drawn({ x: ['Input', {}, { shape: ['batch'] }], square: ['Mul', { a: 'x:value', b: 'x:value' }] }));
  expect(await page.evaluate(() => window.wiregrad.eval('square', { x: [1, 5] }))).toEqual({
    shape: [2],
    values: [1, 25],
  });
  await lookInside(page, /^Evaluate/);
  await page.getByRole('textbox', { name: 'Values of x' }).fill('[2, 3, 0]');
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(page.getByRole('figure', { name: 'square' }).getByRole('cell')).toHaveText(['4.00', '9.00', '0']);
});
