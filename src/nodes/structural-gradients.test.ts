/** Gradients of products, windows, shapes and indices beyond the fixtures: rare attributes, ties, named sizes. */
import { describe, expect, test } from 'vitest';
import { finish, measure, scattered } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { gradients } from '../compiler/phases/3-differentiate.ts';
import { bindType, printType, type TensorData, type TensorType, tensor, tensorData } from '../compiler/types.ts';
import { f32, i32 } from './common.ts';
import { registry } from './registry.ts';

const random = (...shape: number[]): TensorData =>
  tensorData(
    'float32',
    shape,
    scattered(
      shape.reduce((n, dim) => n * dim, 1),
      shape.length / 3,
    ),
  );

type NumericCase = readonly [what: string, op: string, attributes: IrAttributes, ...inputs: (TensorData | null)[]];

const NUMERIC: readonly NumericCase[] = [
  ['stacks that broadcast', 'MatMul', {}, random(2, 1, 3, 4), random(5, 4, 2)],
  ['matrix by stack', 'MatMul', {}, random(3, 4), random(2, 4, 5)],
  ['vector by stack', 'MatMul', {}, random(4), random(2, 4, 5)],
  ['stack by vector', 'MatMul', {}, random(2, 3, 4), random(4)],
  ['no bias', 'Gemm', { transA: true, alpha: 0.5 }, random(4, 3), random(4, 5), null],
  ['unreached rows', 'Conv', { strides: [3, 2] }, random(2, 2, 7, 8), random(3, 2, 2, 3), null],
  [
    'unreached rows beside holes',
    'Conv',
    { strides: [3], dilations: [2] },
    random(2, 2, 9),
    random(3, 2, 2),
    random(3),
  ],
  [
    'same, upper',
    'Conv',
    { auto_pad: 'SAME_UPPER', strides: [2, 1] },
    random(1, 1, 7, 6),
    random(2, 1, 3, 4),
    random(2),
  ],
  [
    'same, lower',
    'Conv',
    { auto_pad: 'SAME_LOWER', strides: [2, 1] },
    random(1, 1, 7, 6),
    random(2, 1, 3, 4),
    random(2),
  ],
  ['depthwise', 'Conv', { group: 3, pads: [1, 0, 0, 1] }, random(2, 3, 5, 4), random(6, 1, 3, 2), null],
  ['many channels', 'Conv', { strides: [2, 2] }, random(2, 12, 6, 5), random(13, 12, 3, 2), null],
  ['many channels in groups', 'Conv', { group: 2, strides: [2] }, random(2, 24, 8), random(26, 12, 3), null],
  ['volumes', 'Conv', { strides: [1, 2, 1] }, random(2, 2, 4, 5, 3), random(3, 2, 2, 2, 2), random(3)],
  ['groups', 'ConvTranspose', { group: 2, strides: [2, 3] }, random(2, 4, 3, 2), random(4, 3, 2, 2), random(6)],
  [
    'holes and crops',
    'ConvTranspose',
    { dilations: [2], pads: [1, 2], strides: [2] },
    random(2, 3, 5),
    random(3, 2, 3),
    null,
  ],
  [
    'same size times stride',
    'ConvTranspose',
    { auto_pad: 'SAME_UPPER', strides: [3, 2] },
    random(1, 2, 3, 4),
    random(2, 1, 2, 3),
    null,
  ],
  ['holes', 'MaxPool', { kernel_shape: [2, 2], strides: [1, 2], dilations: [2, 1] }, random(2, 2, 5, 6)],
  ['unreached rows', 'MaxPool', {}, random(1, 2, 5, 7)],
  ['last partial window', 'MaxPool', { ceil_mode: true }, random(1, 2, 5, 7)],
  ['same', 'MaxPool', { kernel_shape: [3], strides: [2], auto_pad: 'SAME_LOWER' }, random(2, 2, 6)],
  ['uneven tiles', 'MaxPool', { kernel_shape: [2, 3], strides: [2, 3] }, random(2, 2, 4, 6)],
  ['volumes', 'MaxPool', { kernel_shape: [2, 1, 3], strides: [2, 1, 3] }, random(1, 2, 4, 2, 6)],
  ['last partial window', 'AveragePool', { ceil_mode: true }, random(1, 2, 5, 7)],
  [
    'last partial window, zeros counted',
    'AveragePool',
    { kernel_shape: [3, 3], ceil_mode: true, count_include_pad: true, pads: [1, 0, 0, 1] },
    random(1, 2, 6, 7),
  ],
  ['same', 'AveragePool', { kernel_shape: [3], strides: [2], auto_pad: 'SAME_UPPER' }, random(2, 2, 6)],
  ['backwards', 'Slice', { starts: [-1, 4], ends: [-99, 0], steps: [-2, -3] }, random(6, 5, 2)],
  ['backwards by one', 'Slice', { starts: [3], ends: [1], axes: [-1], steps: [-1] }, random(2, 5)],
  ['sparse to the end', 'Slice', { starts: [1], ends: [99], axes: [1], steps: [3] }, random(2, 9)],
  ['reflected', 'Pad', { pads: [2, 0, 1, 3], mode: 'reflect' }, random(3, 4)],
  ['edges', 'Pad', { pads: [2, 0, 1, 3], mode: 'edge' }, random(3, 4)],
  ['filled', 'Pad', { pads: [2, 0, 0, 3], value: 2 }, random(3, 4)],
  ['some axes', 'Tile', { repeats: [1, 3, 2] }, random(2, 3, 1)],
  ['equal parts', 'Split', { axis: -1, num_outputs: 3 }, random(2, 6)],
  ['middle axis', 'Gather', { axis: 1 }, random(2, 3, 4), i32([2, -1, 0, 2], [2, 2])],
  ['last axis', 'Gather', { axis: -1 }, random(2, 5), i32([4, 1, 1])],
  ['single index', 'Gather', { axis: 1 }, random(2, 5, 3), i32([4], [])],
  [
    'many places',
    'Gather',
    { axis: 0 },
    random(2100, 1),
    i32(scattered(2000, 1).map((x) => Math.floor(Math.abs(x) * 2100))),
  ],
  ['slices', 'GatherND', {}, random(3, 4, 2), i32([0, 3, 2, -1], [2, 2])],
  ['slices', 'ScatterND', {}, random(3, 4, 2), i32([0, 3, 2, -1], [2, 2]), random(2, 2)],
];

describe('derivatives', () => {
  test.each(NUMERIC.map((each) => ({ each, name: `${each[1]}: ${each[0]}` })))('$name', async ({ each }) => {
    const [, op, attributes, ...inputs] = each;
    const { first, second } = await measure(registry, {
      op,
      operands: inputs.map((data) => data && { data }),
      attributes,
    });
    for (const [order, { derivative, difference }] of Object.entries({ first, second })) {
      const what = `${order}: ${derivative} against ${difference}`;
      expect(Math.abs(derivative - difference), what).toBeLessThan(4e-3 * (1 + Math.abs(difference)));
      expect(derivative).not.toBe(0);
    }
  });
});

async function gradientOf(op: string, x: TensorData, attributes: IrAttributes): Promise<number[]> {
  const b = new Builder(registry);
  const input = b.input(tensor('float32', x.shape), { kind: 'feed', node: 'x', name: 'x' });
  const y = b.emit(op, [input], attributes);
  const shape = y.type.shape as readonly number[];
  const count = shape.reduce((n, dim) => n * dim, 1);
  const ones = b.constant(
    tensorData(
      'float32',
      shape,
      Array.from({ length: count }, (_, i) => i + 1),
    ),
  );
  const [gradient = null] = gradients(b, [{ value: y, cotangent: ones }], [input]).values;
  const [result] = await runFunction(finish(b, gradient ? [gradient] : []), registry, { x });
  return Array.from(result?.data as Float32Array);
}

test.each<[string, IrAttributes, TensorData, number[]]>([
  ['MaxPool', {}, f32([5, 5, 1, 2, 5, 5, 2, 2], [1, 1, 2, 4]), [1, 0, 0, 2, 0, 0, 0, 0]],
  ['MaxPool', { strides: [1, 1] }, f32([0, 7, 7, 7, 0, 7], [1, 1, 2, 3]), [0, 3, 0, 0, 0, 0]],
  ['MaxPool', { kernel_shape: [3], strides: [2], pads: [1, 1] }, f32([-3, -3, -3], [1, 1, 3]), [1, 2, 0]],
  ['MaxPool', {}, f32([Number.POSITIVE_INFINITY, 1, 2, 3], [1, 1, 2, 2]), [1, 0, 0, 0]],
  ['GlobalMaxPool', {}, f32([1, 4, 4, 2], [1, 1, 2, 2]), [0, 1, 0, 0]],
])('the first of several maxima gets the gradient of %s %o', async (op, attributes, x, expected) => {
  expect(await gradientOf(op, x, attributes)).toEqual(expected);
});

const f = (...shape: (number | string)[]): TensorType => tensor('float32', shape);
const index = (...shape: (number | string)[]): TensorType => tensor('int32', shape);

type TypeCase = readonly [
  op: string,
  attributes: IrAttributes,
  inputs: readonly TensorType[],
  outputs: readonly string[],
];

/** Sizes that are names stay names, and gradients have the types of their inputs, for the bound function as well. */
const NAMED: readonly TypeCase[] = [
  ['MatMul', {}, [f('batch', 784), f(784, 10)], ['f32[batch,10]']],
  ['MatMul', {}, [f('batch', 'time', 8), f(8, 5)], ['f32[batch,time,5]']],
  ['MatMul', {}, [f('batch', 3, 8), f('batch', 8, 4)], ['f32[batch,3,4]']],
  ['Gemm', {}, [f('batch', 4), f(4, 3), f(3)], ['f32[batch,3]']],
  ['Conv', { pads: [2, 2, 2, 2] }, [f('batch', 1, 28, 28), f(8, 1, 5, 5), f(8)], ['f32[batch,8,28,28]']],
  ['ConvTranspose', { strides: [2, 2] }, [f('batch', 3, 4, 4), f(3, 2, 2, 2)], ['f32[batch,2,8,8]']],
  ['MaxPool', {}, [f('batch', 8, 24, 24)], ['f32[batch,8,12,12]']],
  ['MaxPool', { kernel_shape: [3, 3] }, [f('batch', 8, 24, 24)], ['f32[batch,8,11,11]']],
  ['AveragePool', {}, [f('batch', 8, 24, 24)], ['f32[batch,8,12,12]']],
  ['GlobalAveragePool', {}, [f('batch', 8, 'height', 4)], ['f32[batch,8,1,1]']],
  ['GlobalMaxPool', {}, [f('batch', 8, 5, 4)], ['f32[batch,8,1,1]']],
  ['Reshape', { shape: [0, -1] }, [f('batch', 1, 28, 28)], ['f32[batch,784]']],
  ['Reshape', { shape: ['batch', 1, 28, 28] }, [f('batch', 784)], ['f32[batch,1,28,28]']],
  ['Reshape', { shape: [-1, 4] }, [f('batch', 16, 4)], ['f32[16*batch,4]']],
  ['Flatten', {}, [f('batch', 12, 4, 4)], ['f32[batch,192]']],
  ['Flatten', { axis: 2 }, [f('batch', 12, 4, 4)], ['f32[12*batch,16]']],
  ['Transpose', {}, [f('batch', 3)], ['f32[3,batch]']],
  ['Expand', { shape: ['batch', 3] }, [f(3)], ['f32[batch,3]']],
  ['Concat', {}, [f('batch', 3), f(2, 3)], ['f32[batch+2,3]']],
  ['Split', { split: ['batch', 2] }, [f('batch+2', 3)], ['f32[batch,3]', 'f32[2,3]']],
  ['Split', {}, [f('2*batch', 3)], ['f32[batch,3]', 'f32[batch,3]']],
  ['Tile', { repeats: [2, 1] }, [f('batch', 3)], ['f32[2*batch,3]']],
  ['Slice', { starts: [1], ends: [-1] }, [f('batch', 3)], ['f32[batch-2,3]']],
  ['Slice', { starts: [-2], ends: [2 ** 31 - 1] }, [f('batch', 3)], ['f32[2,3]']],
  ['Pad', { pads: [1, 0, 2, 0] }, [f('batch', 3)], ['f32[batch+3,3]']],
  ['Gather', {}, [f('batch', 3), index(7)], ['f32[7,3]']],
  ['Gather', {}, [f(10, 3), index('batch', 2)], ['f32[batch,2,3]']],
  ['GatherElements', { axis: 1 }, [f('batch', 3), index('batch', 1)], ['f32[batch,1]']],
  ['GatherND', {}, [f(4, 3, 2), index('batch', 2)], ['f32[batch,2]']],
  ['ScatterND', { reduction: 'add' }, [f(4, 3, 2), index('batch', 2), f('batch', 2)], ['f32[4,3,2]']],
  ['OneHot', { depth: 5, axis: 0 }, [index('batch')], ['f32[5,batch]']],
];

test.each(NAMED)('named sizes in %s %o', async (op, attributes, inputs, expected) => {
  const b = new Builder(registry);
  const dims = { batch: 4, time: 3, height: 5 };
  const feeds: Record<string, TensorData> = {};
  const values = inputs.map((type, at) => {
    const shape = bindType(type, dims).shape as readonly number[];
    feeds[`x${at}`] = tensorData(type.dtype, shape, new Array(shape.reduce((n, dim) => n * dim, 1)).fill(1));
    return b.input(type, { kind: 'feed', node: `x${at}`, name: `x${at}` });
  });
  const outputs = b.emitAll(op, values, attributes);
  expect(outputs.map((output) => printType(output.type))).toEqual(expected);
  const wrt = values.filter((value) => value.type.dtype === 'float32');
  const targets = outputs.map((value) => ({ value, cotangent: b.full(value.type.shape, 1) }));
  const found = gradients(b, targets, wrt).values.filter((value) => value !== null);
  expect(found.map((value) => value.type)).toEqual(wrt.map((value) => value.type));
  const results = await runFunction(finish(b, [...outputs, ...found]), registry, feeds, dims);
  const types = [...outputs, ...found].map((value) => bindType(value.type, dims).shape);
  expect(results.map((result) => result.shape)).toEqual(types);
});
