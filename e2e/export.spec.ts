/** Exported ONNX files do in another ONNX Runtime what the page does. */
import { readFile } from 'node:fs/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { expect, type Page, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ExportKind } from '../src/compiler/export.ts';
import { ModelProtoSchema } from '../src/compiler/onnx/onnx_pb.ts';
import { loadDataset } from '../src/runtime/worker/datasets/load.ts';
import { changed, example, expectClose, losses, openApp, train } from './support/app.ts';
import { evaluate } from './support/transport.ts';

const BATCH = 50;
const PIXELS = 64;
/** Of 1500 rows in file order. */
const STEPS_PER_EPOCH = 30;
const digits = await loadDataset('digits', (path) => readFile(new URL(`../public/${path}`, import.meta.url)));

function rows(from: number, to: number) {
  const pixels = (digits.pixels as Float32Array).slice(from * PIXELS, to * PIXELS);
  const label = (digits.label as Int32Array).slice(from, to);
  return { label, x: new Tensor('float32', pixels, [to - from, PIXELS]), y: new Tensor('int32', label, [to - from]) };
}

async function exported(page: Page, kind: ExportKind): Promise<Uint8Array> {
  const bytes = await page.evaluate(async (value) => Array.from(await window.wiregrad.export(value)), kind);
  return Uint8Array.from(bytes);
}

/** The state of training by name, with the shapes that the model's inputs have. */
async function state(page: Page, session: InferenceSession): Promise<Record<string, Tensor>> {
  const values = await page.evaluate(async () =>
    Object.entries(await window.wiregrad.state()).map(([name, numbers]) => [name, Array.from(numbers)] as const),
  );
  return Object.fromEntries(
    values.map(([name, numbers]) => {
      const input = session.inputMetadata.find((metadata) => metadata.name === name);
      if (!input?.isTensor) throw new Error(`${name} is no input of the training step`);
      return [name, new Tensor('float32', Float32Array.from(numbers), input.shape as number[])];
    }),
  );
}

function expectStandard(onnx: Uint8Array): void {
  const model = fromBinary(ModelProtoSchema, onnx);
  expect(model.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', 21]]);
  expect(model.functions).toEqual([]);
  expect(model.graph?.node.length).toBeGreaterThan(0);
  for (const node of model.graph?.node ?? []) expect(node.domain, node.opType).toBe('');
}

test('the model predicts as the page does', async ({ page }) => {
  await openApp(page, 'wasm', example('digits-mlp'));
  await train(page, 200, { evaluate: false });
  const onnx = await exported(page, 'inference');
  expectStandard(onnx);

  const session = await InferenceSession.create(onnx);
  const { label, x } = rows(1500, 1797);
  const [input = ''] = session.inputNames;
  const [output = ''] = session.outputNames;
  const result = (await session.run({ [input]: x }))[output] as Tensor;
  expect(result.dims).toEqual([297, 10]);
  const data = result.data as Float32Array;
  const classes = Array.from({ length: 297 }, (_, row) => data.slice(row * 10, row * 10 + 10));
  const right = classes.filter((p, row) => p.indexOf(Math.max(...p)) === label[row]).length;
  const loss = classes.reduce((sum, p, row) => sum - Math.log(p[label[row] as number] as number), 0) / 297;
  const own = await evaluate(page);
  expect(right / 297).toBeCloseTo(own.accuracy as number, 6);
  expectClose([own.loss as number], [loss], 1e-4);
  expect(own.accuracy).toBeGreaterThan(0.8);
});

for (const [optimizer, attributes] of [
  ['SGD', { lr: 0.05, momentum: 0.9 }],
  ['Adam', { lr: 0.01 }],
] as const) {
  test(`the training step with ${optimizer} goes on as the page does`, async ({ page }) => {
    const document = changed(example('digits-mlp'), {
      operators: { optimizer: [optimizer, attributes] },
      training: { batchSize: BATCH, shuffle: false },
    });
    await openApp(page, 'wasm', document);
    const { steps } = await train(page, 40, { evaluate: false });
    const onnx = await exported(page, 'train-step');
    expectStandard(onnx);

    const session = await InferenceSession.create(onnx);
    let kept = await state(page, session);
    const theirs: number[] = [];
    for (let step = steps; step < steps + 5; step++) {
      const from = (step % STEPS_PER_EPOCH) * BATCH;
      const { x, y } = rows(from, from + BATCH);
      const lr = new Tensor('float32', [attributes.lr], []);
      const out = await session.run({ 'digits.pixels': x, 'digits.label': y, lr, ...kept });
      theirs.push(Number(out.loss?.data[0]));
      kept = Object.fromEntries(Object.keys(kept).map((name) => [name, out[`${name}_next`] as Tensor]));
    }
    expectClose(await losses(page, 5), theirs, 1e-4);
  });
}

test('the dialog hands out the same file', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await train(page, 20);
  await page.getByRole('button', { name: 'Export' }).click();
  const downloading = page.waitForEvent('download');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Model with its weights/ })
    .click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('line-fit.onnx');
  expect(new Uint8Array(await readFile(await download.path()))).toEqual(await exported(page, 'inference'));
});

test('a project has models, data and programs', async ({ page }) => {
  await openApp(page, 'wasm', example('line-fit'));
  await page.evaluate(() => window.wiregrad.train({ steps: 5, evaluate: false }));
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /Project \(zip\)/ }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('line-fit.zip');
  const files = unzipSync(new Uint8Array(await readFile(await file.path())));
  for (const path of ['README.md', 'models/train-step.onnx', 'data/line.x.npy', 'state/slope.npy', 'train_torch.py']) {
    expect(Object.keys(files)).toContain(`line-fit/${path}`);
  }
  expect(JSON.parse(new TextDecoder().decode(files['line-fit/recipe.json']))).toMatchObject({ step: 5 });
});
