/** Models that PyTorch exported: their gradients, and training with them, as PyTorch has them; see fixtures/README.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openBytes } from '../../../scripts/run-onnx.ts';
import { registry } from '../../nodes/registry.ts';
import { differentiateModel } from '../differentiate-model.ts';
import { withoutDefaults } from '../export/interface.ts';
import { type DType, type TensorData, tensorData } from '../types.ts';
import { importModel } from './import.ts';
import { readModel } from './model.ts';

interface Reference {
  readonly inputs: Readonly<Record<string, { dtype: DType; shape: number[]; data: number[] }>>;
  readonly gradients: Readonly<Record<string, { shape: number[]; data: number[] }>>;
  readonly learningRate: number;
  readonly losses: readonly number[];
}

const FOLDER = 'fixtures/models';
const names = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.onnx') ? [file.replace('.onnx', '')] : []));

const read = (name: string) => ({
  bytes: new Uint8Array(readFileSync(`${FOLDER}/${name}.onnx`)),
  reference: JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as Reference,
});

test.each(names)('%s', async (name) => {
  const { bytes, reference } = read(name);
  const wrt = Object.keys(reference.gradients);
  const { onnx, diagnostics } = differentiateModel(bytes, registry, { loss: 'loss', wrt });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const parameters = new Set(wrt.filter((variable) => variable !== 'x'));
  const session = await openBytes(withoutDefaults(onnx as Uint8Array, parameters));
  const feeds: Record<string, TensorData> = {};
  for (const [input, { dtype, shape, data }] of Object.entries(reference.inputs)) {
    feeds[input] = tensorData(dtype, shape, data);
  }
  const { weights } = importModel(bytes, registry);
  for (const variable of parameters) {
    const { shape } = reference.gradients[variable] as { shape: number[] };
    feeds[variable] = { dtype: 'float32', shape, data: weights[variable] as Float32Array };
  }
  for (const [step, loss] of reference.losses.entries()) {
    const results = await session.run(feeds);
    expect(Number(results.loss?.data[0]), `loss of step ${step}`).toBeCloseTo(loss, 4);
    for (const [variable, wanted] of Object.entries(reference.gradients)) {
      const found = results[`${variable}_grad`] as TensorData;
      expect(found.shape, variable).toEqual(wanted.shape);
      const gradient = found.data as Float32Array;
      if (step === 0) {
        const scale = Math.max(1e-3, ...wanted.data.map(Math.abs));
        const far = wanted.data.filter((value, at) => !(Math.abs(value - Number(gradient[at])) <= 1e-4 * scale));
        expect(far, variable).toEqual([]);
      }
      if (variable === 'x') continue;
      const before = feeds[variable]?.data as Float32Array;
      const data = before.map((value, at) => value - reference.learningRate * Number(gradient[at]));
      feeds[variable] = { dtype: 'float32', shape: found.shape, data };
    }
  }
  await session.close();
});

test('names, order and types of inputs and outputs stay', () => {
  const { bytes } = read('mlp');
  const { onnx } = differentiateModel(bytes, registry, { loss: 'loss', wrt: ['x', 'fc1.weight'] });
  const [before, after] = [readModel(bytes).graph, readModel(onnx as Uint8Array).graph];
  const types = (list: typeof before.input) => list.map(({ name, type }) => [name, type?.value.value]);
  expect(types(after.input.slice(0, 2))).toEqual(types(before.input));
  expect(after.input.slice(2).map(({ name }) => name)).toEqual(
    after.initializer.flatMap(({ name }) => (name.startsWith('fc') ? [name] : [])),
  );
  expect(after.output.map(({ name }) => name)).toEqual(['z', 'loss', 'x_grad', 'fc1.weight_grad']);
  expect(types(after.output.slice(1, 2))).toEqual(types(before.output.slice(1)));
});
