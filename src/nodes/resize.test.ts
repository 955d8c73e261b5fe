/** Resize forward and backward on wasm, against the definition element by element. */
import { expect, test } from 'vitest';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import { gradients } from '../compiler/phases/3-differentiate.ts';
import { tensor, tensorData } from '../compiler/types.ts';
import { registry } from './registry.ts';

/** Weight of element p for element q of the result, along one axis. */
function weight(q: number, p: number, size: number, out: number, scale: number, how: readonly string[]): number {
  const [mode, transformation, nearest] = how;
  let u = (q + 0.5) / scale - 0.5;
  if (transformation === 'align_corners') u = out === 1 ? 0 : (q * (size - 1)) / (out - 1);
  if (transformation === 'asymmetric') u = q / scale;
  if (transformation === 'pytorch_half_pixel' && out === 1) u = 0;
  if (mode === 'linear') return Math.max(0, 1 - Math.abs(Math.min(size - 1, Math.max(0, u)) - p));
  const floor = Math.floor(u + 1e-9);
  const ceil = Math.ceil(u - 1e-9);
  const middle = u - Math.floor(u);
  let chosen = nearest === 'floor' ? floor : ceil;
  if (nearest === 'round_prefer_floor') chosen = middle > 0.5 + 1e-9 ? ceil : floor;
  if (nearest === 'round_prefer_ceil') chosen = middle < 0.5 - 1e-9 ? floor : ceil;
  return Math.min(size - 1, Math.max(0, chosen)) === p ? 1 : 0;
}

const product = (list: readonly number[]) => list.reduce((n, entry) => n * entry, 1);

/** Indices of element `flat` along all axes. */
function point(flat: number, shape: readonly number[]): number[] {
  return shape.map((size, axis) => Math.floor(flat / product(shape.slice(axis + 1))) % size);
}

const MODES = ['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'];
const SIZES: readonly (readonly [shape: readonly number[], more: Readonly<Record<string, number[]>>])[] = [
  [[2, 1, 5], { scales: [2] }],
  [[1, 2, 5], { scales: [0.6] }],
  [[1, 1, 4], { sizes: [1] }],
  [[1, 2, 3, 4], { scales: [3, 1.75] }],
  [[2, 1, 4, 3], { sizes: [5, 2] }],
  [[1, 1, 1, 3], { sizes: [4] }],
  [[1, 1, 2, 3, 2], { scales: [2] }],
  [[1, 2, 3, 2, 4], { sizes: [2, 5, 6] }],
];
const LINEAR = MODES.map((transformation) => ['linear', transformation, 'floor']);
const NEAREST = MODES.flatMap((transformation) =>
  ['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'].map((rounding) => ['nearest', transformation, rounding]),
);

test.each([...LINEAR, ...NEAREST])('%s, %s, %s', async (...how) => {
  const [mode, coordinate_transformation_mode, nearest_mode] = how as [string, string, string];
  for (const [shape, more] of SIZES) {
    const attributes = { mode, coordinate_transformation_mode, nearest_mode, ...more };
    const x = scattered(product(shape), 0.2);
    const scale = (axis: number) => {
      const list = more.scales ?? more.sizes ?? [];
      const value = (list.length === 1 ? list[0] : list[axis - 2]) ?? 1;
      return more.scales ? value : value / (shape[axis] ?? 1);
    };
    const out = shape.map((size, axis) => (axis < 2 ? size : Math.floor(size * scale(axis) + 1e-9)));
    const cotangent = scattered(product(out), 0.7);
    const y = cotangent.map(() => 0);
    const dx = x.map(() => 0);
    for (const q of y.keys()) {
      const to = point(q, out);
      for (const p of x.keys()) {
        const from = point(p, shape);
        const weights = from.map((at, axis) =>
          axis < 2
            ? Number(at === to[axis])
            : weight(to[axis] ?? 0, at, shape[axis] ?? 1, out[axis] ?? 1, scale(axis), how),
        );
        y[q] = (y[q] ?? 0) + product(weights) * (x[p] ?? 0);
        dx[p] = (dx[p] ?? 0) + product(weights) * (cotangent[q] ?? 0);
      }
    }

    const b = new Builder(registry);
    const input = b.input(tensor('float32', shape), { kind: 'feed', node: 'x', name: 'x' });
    const result = b.emit('Resize', [input], attributes);
    expect(result.type.shape).toEqual(out);
    const g = b.input(result.type, { kind: 'feed', node: 'g', name: 'g' });
    const [gradient] = gradients(b, [{ value: result, cotangent: g }], [input]).values;
    if (!gradient) throw new Error('Resize has a gradient');
    const feeds = { x: tensorData('float32', shape, x), g: tensorData('float32', out, cotangent) };
    const found = await runFunction(finish(b, [result, gradient]), registry, feeds);
    for (const [at, wanted] of [y, dx].entries()) {
      const worst = Math.max(...wanted.map((value, i) => Math.abs(value - Number(found[at]?.data[i]))));
      expect(worst, `${at === 0 ? 'y' : 'gradient'} of ${shape} ${JSON.stringify(more)}`).toBeLessThan(3e-6);
    }
  }
});

test.each<[number[], Readonly<Record<string, number[]>>, string]>([
  [[1, 1, 4, 4], { scales: [2, 2, 2] }, 'scales has 3 entries for 2 spatial axes'],
  [[1, 1, 4], { scales: [0] }, 'scales has the entry 0'],
  [[1, 1, 4], { sizes: [1.5] }, 'sizes has the entry 1.5'],
  [[1, 1, 4], { scales: [0.1] }, 'nothing is left of the 4 elements of axis 2'],
  [[1, 1, 4], { sizes: [1e9] }, 'the result would have 1000000000 elements a channel'],
])('%j with %j is refused', (shape, attributes, message) => {
  const b = new Builder(registry);
  const x = b.input(tensor('float32', shape), { kind: 'feed', node: 'x', name: 'x' });
  expect(() => b.emit('Resize', [x], attributes)).toThrow(message);
});
