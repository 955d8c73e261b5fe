import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawing, evaluate } from '../../../../scripts/drawing.ts';
import { programOf } from '../../../compiler/compile.ts';
import { planInitializers } from '../../../compiler/phases/plan-initializers.ts';
import type { TensorData } from '../../../compiler/types.ts';
import { registry } from '../../../nodes/registry.ts';
import { initialValues } from '../initializers.ts';
import { loadDataset } from './load.ts';
import { differences, restored } from './photograph.ts';

const photograph = await loadDataset('photograph', async (path) => new Uint8Array(await readFile(`public/${path}`)));
const pixels = photograph.pixels as Float32Array;

test('what is stored can be restored', () => {
  const pictures = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain((shape) => {
      const size = shape[0] * shape[1] * shape[2];
      return fc.uint8Array({ minLength: size, maxLength: size }).map((picture) => ({ shape, picture }));
    });
  fc.assert(
    fc.property(pictures, ({ shape, picture }) => {
      expect(restored(differences(picture, shape), shape)).toEqual(picture);
    }),
  );
});

test('pixels are bytes divided by 256, channel by channel', () => {
  const at = (channel: number, row: number, column: number) => pixels[(channel * 639 + row) * 516 + column];
  expect(pixels).toHaveLength(3 * 639 * 516);
  expect([at(0, 0, 0), at(1, 300, 100), at(2, 638, 515)]).toEqual([187 / 256, 82 / 256, 30 / 256]);
});

test('the convolution tutorial: filters and biases of one RandomState(23455), true convolution, pooling', async () => {
  const document = drawing(
    {
      photograph: ['Input', {}, { shape: ['batch', 3, 639, 516] }],
      W: ['Parameter', {}, { shape: [2, 3, 9, 9], initializer: 'fan_in_uniform', seed: 23455 }],
      b: ['Parameter', {}, { shape: [2], initializer: 'uniform', low: -0.5, high: 0.5, after: 'W' }],
      convolved: ['Conv', { x: 'photograph', w: 'W' }, { flip: true }],
      pooled: ['MaxPool', { x: 'convolved' }, { kernel_shape: [2, 2], strides: [2, 2] }],
      bias: ['Reshape', { x: 'b' }, { shape: [1, 2, 1, 1] }],
      shifted: ['Add', { a: 'convolved', b: 'bias' }],
      filtered: ['Sigmoid', { x: 'shifted' }],
      shiftedPool: ['Add', { a: 'pooled', b: 'bias' }],
      filteredPool: ['Sigmoid', { x: 'shiftedPool' }],
      f: ['Output', { value: 'filtered' }],
      f2: ['Output', { value: 'filteredPool' }],
    },
    { training: { batchSize: 1 } },
  );
  const program = programOf(document, registry);
  const initializers = planInitializers(program, 1);
  const feeds = Object.fromEntries(
    program.parameters.map(({ node, value }) => {
      const shape = value.type.shape as number[];
      const initializer = initializers.get(node.id);
      return [node.name, { dtype: 'float32', shape, data: initializer ? initialValues(initializer, shape) : [] }];
    }),
  ) as Record<string, TensorData>;
  const input: TensorData = { dtype: 'float32', shape: [1, 3, 639, 516], data: pixels };
  const { f, f2 } = await evaluate(document, { ...feeds, photograph: input });

  // Figures are NumPy's, of the sums written out over flipped filters in float64.
  expect(f?.shape).toEqual([1, 2, 631, 508]);
  const of = ({ data, shape }: TensorData, map: number, row: number, column: number) =>
    data[(map * (shape[2] as number) + row) * (shape[3] as number) + column];
  expect(of(f as TensorData, 0, 0, 0)).toBeCloseTo(0.438891463167907, 5);
  expect(of(f as TensorData, 0, 300, 200)).toBeCloseTo(0.3963505499272242, 5);
  expect(of(f as TensorData, 1, 630, 507)).toBeCloseTo(0.5332640048840352, 5);
  expect(f2?.shape).toEqual([1, 2, 315, 254]);
  expect(of(f2 as TensorData, 0, 0, 0)).toBeCloseTo(0.43967901657115466, 5);
  expect(of(f2 as TensorData, 0, 150, 100)).toBeCloseTo(0.40140376534286004, 5);
  expect(of(f2 as TensorData, 1, 314, 253)).toBeCloseTo(0.5454236034579387, 5);
});
