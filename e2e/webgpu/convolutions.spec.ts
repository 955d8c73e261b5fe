/** Convolutions that ONNX Runtime's WebGPU kernels compute wrongly in the layout NHWC, and volumes, against plain loops. */
import { expect, test } from '@playwright/test';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { reference } from '../../scripts/window-references.ts';
import { Builder } from '../../src/compiler/builder.ts';
import { gradients } from '../../src/compiler/phases/3-differentiate.ts';
import { emit } from '../../src/compiler/phases/6-emit.ts';
import { tensor, tensorData } from '../../src/compiler/types.ts';
import { registry } from '../../src/nodes/registry.ts';
import { modelPage, runOnWebGpu } from '../support/webgpu-models.ts';

const page = modelPage();

function operand(shape: readonly number[], phase: number) {
  const size = shape.reduce((n, dim) => n * dim, 1);
  return { shape, data: scattered(size, phase).map(Math.fround) };
}

type Lists = Readonly<Record<string, readonly number[]>>;

const CASES: readonly (readonly [op: string, x: number[], w: number[], group: number, lists?: Lists])[] = [
  // Five or six filters a group in vectors of two or four.
  ['Conv', [1, 8, 8], [10, 4, 1], 2],
  ['Conv', [2, 4, 6, 5], [24, 1, 3, 2], 4],
  // The same in the gradient of ungrouped kernels, which takes every image as a group.
  ['Conv', [5, 3, 6, 6], [6, 3, 3, 3], 1],
  // Kernels as large as the image, or a gradient as large as the image, with pads after it.
  ['Conv', [2, 1, 4, 4], [3, 1, 4, 4], 1, { pads: [0, 0, 1, 1] }],
  ['Conv', [2, 16, 6], [16, 16, 2], 1, { pads: [0, 1] }],
  // Groups of several channels and one filter, and gradients that are so.
  ['ConvTranspose', [2, 4, 4, 5], [4, 1, 3, 3], 2, { dilations: [2, 1] }],
  ['Conv', [1, 2, 6, 7], [16, 1, 1, 1], 2, { strides: [1, 2] }],
  // Volumes.
  ['Conv', [2, 4, 3, 4, 3], [6, 2, 2, 1, 3], 2, { pads: [1, 0, 1, 0, 0, 1], strides: [2, 1, 1] }],
  ['Conv', [2, 3, 3, 4, 3], [2, 3, 2, 1, 3], 1, { dilations: [1, 2, 1] }],
  ['ConvTranspose', [2, 4, 2, 3, 3], [4, 3, 2, 3, 1], 2, { strides: [2, 1, 2], output_padding: [1, 0, 0] }],
];

for (const [op, x, w, group, lists = {}] of CASES) {
  test(`${op}(${x.join('×')}, ${w.join('×')}) in ${group} groups, ${JSON.stringify(lists)}`, async () => {
    const attributes = { auto_pad: 'NOTSET', group, ...lists };
    const operands = [operand(x, 0.1), operand(w, 0.4)];
    const wanted = reference(op, operands, attributes);
    if (!wanted) throw new Error('The case is invalid');
    const cotangent = operand(wanted.y.shape, 0.9);

    const b = new Builder(registry);
    const input = (name: string, shape: readonly number[]) =>
      b.input(tensor('float32', shape), { kind: 'feed', node: name, name });
    const inputs = operands.map(({ shape }, at) => input(`x${at}`, shape));
    const y = b.emit(op, inputs, attributes);
    const found = gradients(b, [{ value: y, cotangent: input('g', cotangent.shape) }], inputs).values;
    const fn = finish(b, [y, ...found.filter((value) => value !== null)]);
    const feeds = Object.fromEntries(
      [...operands, cotangent].map(({ shape, data }, at) => [
        at < operands.length ? `x${at}` : 'g',
        tensorData('float32', shape, data),
      ]),
    );
    const results = await runOnWebGpu(page(), emit(fn, registry, { dims: {}, data: 'batch' }), feeds);
    for (const [at, { shape, data }] of [wanted.y, ...wanted.gradients(cotangent.data)].entries()) {
      expect(results[at]?.shape).toEqual(shape);
      const worst = Math.max(...data.map((value, i) => Math.abs(value - (results[at]?.data[i] ?? Number.NaN))));
      expect(worst, at === 0 ? 'y' : `gradient ${at - 1}`).toBeLessThan(1e-4);
    }
  });
}
