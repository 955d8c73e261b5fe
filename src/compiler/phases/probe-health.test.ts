import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { runModel } from '../../../scripts/run-onnx.ts';
import { registry } from '../../nodes/registry.ts';
import { compileProbe } from '../compile.ts';
import type { ProbePlan } from '../plan.ts';

/** What the observation says of an activation of these values, a row of the batch after the other. */
async function healthOf(op: string, values: number[][]): Promise<number> {
  const width = values[0]?.length ?? 0;
  const document = drawing({
    w: ['Parameter', {}, { shape: [values.length, width], initializer: 'values', values: values.flat() }],
    y: [op, { x: 'w' }],
    cost: ['ReduceSum', { x: 'y' }],
    sgd: ['SGD', { cost: 'cost' }],
  });
  const { graphs, entries } = compileProbe(document, registry, ['y']) as ProbePlan;
  const weights = { dtype: 'float32', shape: [values.length, width], data: Float32Array.from(values.flat()) } as const;
  const [outputs = []] = await runModel(graphs.wasm, [{ w: weights }]);
  const at = graphs.wasm.outputs.findIndex(({ name }) => name === 'health');
  const entry = entries.find(({ health }) => health);
  return Number(outputs[at]?.data[entry?.health?.at ?? -1]);
}

test('outputs beyond 0.97 of the range of an activation are saturated', async () => {
  // tanh 2.2 is 0.9757, tanh 2 is 0.964.
  expect(await healthOf('Tanh', [[2.2, 2, -2.2, 0]])).toBeCloseTo(0.5);
  // Twice the sigmoid less one is the hyperbolic tangent of a half.
  expect(await healthOf('Sigmoid', [[4.4, 4, -4.4, 0, 1]])).toBeCloseTo(0.4);
  expect(
    await healthOf('Softmax', [
      [9, 0, 0],
      [1, 1, 0],
      [0, 9, 1],
      [0, 0, 0],
    ]),
  ).toBeCloseTo(0.5);
});

test('units that are 0 in every row are dead', async () => {
  expect(
    await healthOf('Relu', [
      [-1, 2, -3, 0],
      [-2, -2, 1, -1],
    ]),
  ).toBeCloseTo(0.5);
});
