/** Operators against their definitions, written out element by element. */
import { expect, test } from 'vitest';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { type TensorData, tensor } from '../compiler/types.ts';
import { bools, f32, i32 } from './common.ts';
import { registry } from './registry.ts';

async function run(op: string, inputs: readonly TensorData[], attributes: IrAttributes): Promise<TensorData> {
  const b = new Builder(registry);
  const feeds = Object.fromEntries(inputs.map((data, at) => [`x${at}`, data]));
  const values = inputs.map(({ dtype, shape }, at) =>
    b.input(tensor(dtype, shape), { kind: 'feed', node: `x${at}`, name: `x${at}` }),
  );
  const [result] = await runFunction(finish(b, [b.emit(op, values, attributes)]), registry, feeds);
  return result as TensorData;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);
const counted = (...shape: number[]) =>
  f32(
    Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
    shape,
  );
/** All positions of a shape, row-major. */
const places = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (heads, dim) => heads.flatMap((head) => Array.from({ length: dim }, (_, i) => [...head, i])),
    [[]],
  );
const at = ({ shape, data }: TensorData, place: readonly number[]): number =>
  Number(data[place.reduce((index, i, axis) => index * (shape[axis] ?? 1) + i, 0)]);

test.each([false, true])('Mod of floats, fmod %s', async (fmod) => {
  const a = scattered(200, 1).map((x) => Math.fround(1000 * x));
  const b = scattered(200, 2).map((x) => Math.fround(x + Math.sign(x) * 0.01));
  const y = await run('Mod', [f32(a), f32(b)], { fmod });
  a.forEach((x, i) => {
    const c = b[i] as number;
    const rest = x % c;
    const expected = !fmod && rest !== 0 && rest < 0 !== c < 0 ? rest + c : rest;
    // The quotient is below 1e5: its product with the divisor is rounded at 1000 · 2⁻²⁴; at a whole quotient either end is right.
    const error = Math.abs(Number(y.data[i]) - expected);
    expect(Math.min(error, Math.abs(error - Math.abs(c))), `${x} mod ${c}`).toBeLessThan(1e-4);
    expect(Math.abs(Number(y.data[i]))).toBeLessThanOrEqual(Math.abs(c));
  });
});

test.each([false, true])('Mod of integers, fmod %s', async (fmod) => {
  const pairs = places([21, 21]).map(([a = 0, b = 0]) => [a - 10, b - 10] as const);
  const y = await run('Mod', [i32(pairs.map(([a]) => a)), i32(pairs.map(([, b]) => b))], { fmod });
  const expected = pairs.map(([a, b]) => (b === 0 ? 0 : fmod ? a % b : a - b * Math.floor(a / b)));
  // Adding 0 makes -0 of the reference a 0.
  expect(Array.from(y.data, Number)).toEqual(expected.map((x) => x + 0));
});

test.each(['DCR', 'CRD'])('SpaceToDepth %s', async (mode) => {
  const [x, size] = [counted(2, 3, 4, 6), 2];
  const y = await run('SpaceToDepth', [x], { blocksize: size, mode });
  expect(y.shape).toEqual([2, 12, 2, 3]);
  const expected = places(y.shape).map(([n = 0, channel = 0, h = 0, w = 0]) => {
    const [c, block] = mode === 'DCR' ? [channel % 3, Math.floor(channel / 3)] : [Math.floor(channel / 4), channel % 4];
    return at(x, [n, c, h * size + Math.floor(block / size), w * size + (block % size)]);
  });
  expect(Array.from(y.data, Number)).toEqual(expected);
});

test.each<[number[], string[], (place: number[]) => number[]]>([
  [[2, 3, 5], ['2', 'x', '0', '1'], ([k = 0, , i = 0, j = 0]) => [i, j, k]],
  [[3, 1, 2], ['x', '2', '0'], ([, k = 0, i = 0]) => [i, 0, k]],
  [[1, 3, 1, 2], ['3', '1', '0'], ([l = 0, j = 0, i = 0]) => [i, j, 0, l]],
])('DimShuffle of %j by %j', async (shape, pattern, source) => {
  const x = counted(...shape);
  const y = await run('DimShuffle', [x], { pattern });
  expect(Array.from(y.data, Number)).toEqual(places(y.shape).map((place) => at(x, source(place))));
});

test.each(['constant', 'reflect', 'edge', 'wrap'])('Pad with mode %s', async (mode) => {
  const x = counted(4, 5);
  const [[top, left], [bottom, right]] = [
    [-1, 2],
    [2, 1],
  ] as const;
  const y = await run('Pad', [x], { pads: [top, left, bottom, right], mode, value: 9 });
  expect(y.shape).toEqual([4 + top + bottom, 5 + left + right]);
  const source = (place: number, size: number): number | null => {
    if (place >= 0 && place < size) return place;
    if (mode === 'constant') return null;
    if (mode === 'edge') return place < 0 ? 0 : size - 1;
    if (mode === 'wrap') return place < 0 ? place + size : place - size;
    return place < 0 ? -place : 2 * (size - 1) - place;
  };
  const expected = places(y.shape).map(([i = 0, j = 0]) => {
    // The first row is cut off, so that 3 are left.
    const [row, column] = [source(i, 3), source(j - left, 5)];
    return row === null || column === null ? 9 : at(x, [row + 1, column]);
  });
  expect(Array.from(y.data, Number)).toEqual(expected);
});

test.each([1, 4, 9, 20])('NonZero and Compress with room for %s', async (size) => {
  const x = f32(
    scattered(30, 3).map((value) => (value > 0.2 ? value : 0)),
    [2, 5, 3],
  );
  const found = places(x.shape).filter((place) => at(x, place) !== 0);
  const columns = Array.from({ length: size }, (_, i) => found[i] ?? [-1, -1, -1]);
  const indices = await run('NonZero', [x], { size, fill_value: -1 });
  expect(Array.from(indices.data, Number)).toEqual([0, 1, 2].flatMap((axis) => columns.map((place) => place[axis])));

  const mask = scattered(12, 5).map((value): 0 | 1 => (value > 0 ? 1 : 0));
  const rows = counted(12, 2);
  const kept = Array.from(mask.keys()).filter((row) => mask[row]);
  const chosen = await run('Compress', [rows, bools(mask)], { size });
  expect(Array.from(chosen.data, Number)).toEqual(
    Array.from({ length: size }, (_, i) => kept[i]).flatMap((row) =>
      [0, 1].map((column) => (row === undefined ? 0 : at(rows, [row, column]))),
    ),
  );
});

test.each([0.5, 1, 1.5, 2, 3, 20])('PNorm with p = %s', async (p) => {
  const x = f32(scattered(30, 4), [2, 5, 3]);
  const y = await run('PNorm', [x], { p, axes: [1] });
  places([2, 3]).forEach(([i = 0, k = 0], index) => {
    const sum = [0, 1, 2, 3, 4].reduce((total, j) => total + Math.abs(at(x, [i, j, k])) ** p, 0);
    expect(Number(y.data[index]) / sum ** (1 / p)).toBeCloseTo(1, 5);
  });
});

test('GatherND with shared axes', async () => {
  const x = counted(2, 3, 4, 5);
  const rows = i32([1, -1, 3, 0, 2, 2], [2, 3, 1]);
  const y = await run('GatherND', [x, rows], { batch_dims: 2 });
  expect(y.shape).toEqual([2, 3, 5]);
  const expected = places(y.shape).map(([i = 0, j = 0, l = 0]) => at(x, [i, j, (at(rows, [i, j, 0]) + 4) % 4, l]));
  expect(Array.from(y.data, Number)).toEqual(expected);
});
