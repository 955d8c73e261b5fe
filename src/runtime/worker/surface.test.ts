import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { compileReading } from '../../compiler/questions/readings.ts';
import { registry } from '../../nodes/registry.ts';
import type { MovedTensor } from '../surface.ts';
import { sweep } from './surface.ts';

test('the surface is the loss: at the origin the loss as it is, and elsewhere that of moved parameters', async () => {
  const document = drawing({
    w: ['Parameter', {}, { shape: [2], initializer: 'values', values: [1, 2] }],
    square: ['Mul', { a: 'w', b: 'w' }],
    cost: ['ReduceSum', { x: 'square' }],
    sgd: ['SGD', { cost: 'cost' }],
  });
  const reading = compileReading(document, registry, { values: [{ node: 'cost', port: 'y' }], mode: 'training' });
  if (!reading) throw new Error('there is no cost');
  const w: MovedTensor = {
    name: 'w',
    dtype: 'float32',
    shape: [2],
    data: Float32Array.from([1, 2]),
    directions: [Float32Array.from([1, 0]), Float32Array.from([0, 1])],
  };
  const lines: number[][] = [];
  const [xs, ys] = [Float32Array.from([-1, 0, 1]), Float32Array.from([-2, 0])];
  const { onnx } = reading.graph;
  const output = reading.values[0]?.output ?? '';
  await sweep({ onnx, output, fixed: [], moved: [w], xs, ys }, (line, losses) => {
    lines[line] = [...losses];
  });
  expect(lines).toEqual([
    [0, 1, 4],
    [4, 5, 8],
  ]);
});
