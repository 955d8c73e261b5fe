/** WebGPU trains, agrees with PyTorch, and keeps parameters on the device. */
import { expect, type Page, test } from '@playwright/test';
import { drawing } from '../scripts/drawing.ts';
import { changed, example, expectClose, initial, losses, openApp, readJson, status, train } from './support/app.ts';

// A software adapter takes seconds to compile shaders and milliseconds for every dispatch.
test.describe.configure({ timeout: 300_000 });

const digits = readJson('fixtures/training/optimizers-digits-mlp.json');
const lenet = readJson('fixtures/training/lenet-mnist10k.json');

function digitsMlp(optimizer: string, lr: number) {
  return changed(example('digits-mlp'), {
    attributes: { W1: initial(digits.W1), W2: initial(digits.W2) },
    operators: { optimizer: [optimizer, { lr }] },
    training: { batchSize: 50, shuffle: false },
  });
}

function lossesOf(run: string): number[] {
  return digits.runs.find(({ name }: { name: string }) => name === run).losses;
}

const STEPS = 100;

/** What goes through WebGPU in so many steps. */
async function block(page: Page) {
  await resetCounts(page);
  expect(await train(page, STEPS, { evaluate: false })).toMatchObject({ backend: 'webgpu', fallbackNodes: 0 });
  return counts(page);
}

const counts = (page: Page) => page.evaluate(() => window.wiregrad.counts());
const resetCounts = (page: Page) => page.evaluate(() => window.wiregrad.resetCounts());

test('SGD on the digits follows PyTorch, and nothing of the state leaves the device', async ({ page }) => {
  await openApp(page, 'webgpu', digitsMlp('SGD', 0.5));
  expectClose(await losses(page, 10), lossesOf('sgd').slice(0, 10), 1e-3);
  expect((await status(page)).backend).toBe('webgpu');
  await page.getByRole('button', { name: 'Backend: WebGPU' }).click();
  await expect(page.getByText('swiftshader')).toBeVisible();

  const blocks = [await block(page), await block(page)];
  for (const { dispatches, uploads, uploadedBytes, stateUploadedBytes } of blocks) {
    expect(dispatches).toBeGreaterThan(STEPS);
    expect(stateUploadedBytes).toBe(0);
    // Up go the numbers of the rows of each step and, at the end of some epochs, of the 297 rows to evaluate.
    const evaluations = (uploadedBytes / 4 - STEPS * 50) / 297;
    expect(evaluations).toBeLessThanOrEqual(STEPS / 30);
    expect(Number.isInteger(evaluations)).toBe(true);
    expect(evaluations === 0 ? uploads - STEPS : (uploads - STEPS) % evaluations).toBe(0);
  }
  // A checkpoint, made every ten seconds, may fall into one of the blocks.
  expect(Math.min(...blocks.map(({ stateReadBytes }) => stateReadBytes))).toBe(0);
});

test('Adam on the digits follows PyTorch', async ({ page }) => {
  await openApp(page, 'webgpu', digitsMlp('Adam', 0.01));
  expectClose(await losses(page, 10), lossesOf('adam').slice(0, 10), 1e-3);
  expect((await status(page)).backend).toBe('webgpu');
});

test('LeNet follows PyTorch', async ({ page }) => {
  const document = changed(example('mnist-lenet'), {
    attributes: { filters1: initial(lenet.conv1), filters2: initial(lenet.conv2), W: initial(lenet.W3) },
    operators: { optimizer: ['SGD', { lr: 0.1 }] },
    training: { batchSize: 64, shuffle: false },
  });
  await openApp(page, 'webgpu', document);
  expectClose(await losses(page, 3), lenet.losses.slice(0, 3), 1e-3);
  expect((await status(page)).backend).toBe('webgpu');
});

test('a step of the 784-128-10 MLP takes at most 26 dispatches', async ({ page }) => {
  const document = changed(example('digits-mlp'), {
    attributes: { W1: { shape: [784, 128] }, b1: { shape: [128] }, W2: { shape: [128, 10] } },
    operators: { digits: ['Data', { dataset: 'mnist' }], optimizer: ['SGD', { lr: 0.1 }] },
    training: { batchSize: 64 },
  });
  await openApp(page, 'webgpu', document);
  await train(page, 2, { evaluate: false });
  const dispatchesFor = async (steps: number) => {
    await resetCounts(page);
    await train(page, steps, { evaluate: false });
    return (await counts(page)).dispatches;
  };
  const perStep = (await dispatchesFor(10)) / 10;
  test.info().annotations.push({ type: 'dispatches a step', description: String(perStep) });
  console.log(`784-128-10 MLP, batch 64, SGD: ${perStep} dispatches a step`);
  expect(perStep).toBeGreaterThan(0);
  expect(perStep).toBeLessThanOrEqual(26);
});

test('random numbers are the same on both backends', async ({ page }) => {
  const document = drawing(
    {
      digits: ['Data', {}, { dataset: 'digits' }],
      dropped: ['Dropout', { x: 'digits:x' }],
      noise: ['RandomNormal', {}, { shape: ['batch', 64], scale: 0.3 }],
      input: ['Add', { a: 'dropped', b: 'noise' }],
      W: ['Parameter', {}, { shape: [64, 10] }],
      scores: ['MatMul', { a: 'input', b: 'W' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }],
      sgd: ['SGD', { cost: 'loss' }, { lr: 0.5 }],
    },
    { training: { batchSize: 50 } },
  );
  await openApp(page, 'webgpu', document);
  const onGpu = await losses(page, 5);
  expect((await status(page)).backend).toBe('webgpu');
  await openApp(page, 'wasm', document);
  expectClose(onGpu, (await losses(page, 5)).map(Number), 1e-5);
  expect((await status(page)).backend).toBe('wasm');
});
