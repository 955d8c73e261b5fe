import { expect, test } from 'vitest';
import { drawing, messages } from '../../scripts/drawing.ts';
import { registry } from '../nodes/registry.ts';
import { compile } from './compile.ts';

/** Takes two rows away at the end of the batch. */
const shortened = (batchSize: number) =>
  drawing(
    {
      points: ['Data', {}, { dataset: 'line' }],
      slope: ['Parameter', {}, { shape: [1] }],
      product: ['Mul', { a: 'points:x', b: 'slope' }],
      fewer: ['Pad', { x: 'product' }, { pads: [0, 0, -2, 0] }],
      loss: ['ReduceMean', { x: 'fewer' }],
      sgd: ['SGD', { cost: 'loss' }],
    },
    { training: { batchSize } },
  );

test('a batch can be too small for what is done with it', () => {
  expect(messages(shortened(2))).toEqual([
    'attribute/invalid fewer: fewer does not fit a batch of 2: Pad(f32[2,1]): nothing is left of axis 0 of [2, 1]',
  ]);
  expect(compile(shortened(2), registry).plan).toBeNull();
  expect(messages(shortened(3))).toEqual([]);
  expect(compile(shortened(3), registry).plan).not.toBeNull();
});
