/** Random operators against the same arithmetic in JavaScript, and against what random numbers have to look like. */
import { describe, expect, test } from 'vitest';
import { finish } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { type TensorData, tensor } from '../compiler/types.ts';
import { f32 } from './common.ts';
import { registry } from './registry.ts';

async function draw(
  op: string,
  [key, step]: readonly [number, number],
  attributes: IrAttributes,
  x: readonly TensorData[] = [],
): Promise<readonly TensorData[]> {
  const b = new Builder(registry);
  const feeds: Record<string, TensorData> = { state: f32([key, step]) };
  const inputs = x.map((data, at) => {
    feeds[`x${at}`] = data;
    return b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: `x${at}`, name: `x${at}` });
  });
  const state = b.input(tensor('float32', [2]), { kind: 'feed', node: 'state', name: 'state' });
  return runFunction(finish(b, b.emitAll(op, [...inputs, state], attributes)), registry, feeds);
}

const fold = (h: number, bits: number) => (h + Math.trunc(h / 2 ** bits)) | 0;
const permute = (h: number) => Math.imul(h, (h + h + 1) | 0);

/** The hash of the records, in JavaScript's own 32-bit arithmetic. */
function reference(n: number, key: number, step: number, stream = 0): number[] {
  const seeded = (Math.imul(key, 277803737) + Math.imul(step + stream, 747796405)) | 0;
  const start = fold(permute(fold(permute(seeded), 16)), 15);
  return Array.from({ length: n }, (_, i) => {
    const h = (Math.imul(i, 1597334677) + start) | 0;
    return Math.trunc(permute(fold(permute(fold(permute(h), 16)), 15)) / 256) * 2 ** -24 + 0.5;
  });
}

const uniforms = async (key: number, step: number, shape: readonly number[]) =>
  Array.from((await draw('RandomUniform', [key, step], { shape }))[0]?.data ?? [], Number);

const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;

/** Of two samples; that of independent ones has a deviation of 1/√n. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const moment = (a: readonly number[], ma: number, c: readonly number[], mc: number) =>
    mean(a.map((value, i) => (value - ma) * ((c[i] ?? 0) - mc)));
  return moment(x, mx, y, my) / Math.sqrt(moment(x, mx, x, mx) * moment(y, my, y, my));
}

/** Pearson's statistic for equally likely bins; its mean is bins - 1, its deviation √(2 (bins - 1)). */
function chiSquared(x: readonly number[], bins: number): number {
  const counts = new Array<number>(bins).fill(0);
  for (const value of x) counts[Math.floor(value * bins)] = (counts[Math.floor(value * bins)] ?? 0) + 1;
  const expected = x.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('RandomUniform', () => {
  test.each([
    [0, 0],
    [1, 0],
    [12_345_678, 1],
    [8_388_607, 8_388_607],
  ])('key %i, step %i: bit for bit the reference', async (key, step) => {
    expect(await uniforms(key, step, [7, 11, 13])).toEqual(reference(1001, key, step));
  });

  test('the shape only arranges the numbers', async () => {
    expect(await uniforms(5, 6, [24])).toEqual(await uniforms(5, 6, [2, 3, 4]));
  });

  const n = 40_000;
  // Six deviations: a sound generator misses once in 10⁹ tries.
  const six = 6 / Math.sqrt(n);
  const keys = [1, 2, 3, 77_777, 9_999_999];

  test.each(keys)('key %i: equally spread', (key) => {
    const x = reference(n, key, 3);
    expect(Math.abs(mean(x) - 0.5)).toBeLessThan(six * Math.sqrt(1 / 12));
    for (const bins of [2, 16, 256]) expect(chiSquared(x, bins)).toBeLessThan(bins - 1 + 6 * Math.sqrt(2 * (bins - 1)));
    // Low bits too.
    const low = x.map((value) => (value * 2 ** 12) % 1);
    expect(chiSquared(low, 64)).toBeLessThan(63 + 6 * Math.sqrt(126));
  });

  test.each(keys)('key %i: independent of neighbours, steps and other keys', (key) => {
    const x = reference(n, key, 3);
    for (const lag of [1, 2, 3, 10, 64, 784]) {
      expect(Math.abs(correlation(x.slice(lag), x.slice(0, n - lag))), `lag ${lag}`).toBeLessThan(six * 1.01);
    }
    for (const step of [4, 5, 100, 1003]) {
      expect(Math.abs(correlation(x, reference(n, key, step))), `step ${step}`).toBeLessThan(six);
    }
    expect(Math.abs(correlation(x, reference(n, key + 1, 3)))).toBeLessThan(six);
    expect(Math.abs(correlation(x, reference(n, key, 3, 1 << 23)))).toBeLessThan(six);
  });

  test('pairs of neighbours fill the square evenly', () => {
    const x = reference(2 * n, 11, 12);
    const cells = new Array<number>(256).fill(0);
    for (let i = 0; i < n; i++) {
      const cell = Math.floor((x[2 * i] ?? 0) * 16) * 16 + Math.floor((x[2 * i + 1] ?? 0) * 16);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    const statistic = cells.reduce((sum, count) => sum + (count - n / 256) ** 2 / (n / 256), 0);
    expect(statistic).toBeLessThan(255 + 6 * Math.sqrt(510));
  });

  test('one element follows its step without a pattern', () => {
    const x = Array.from({ length: n }, (_, step) => reference(1, 5, step)[0] ?? 0);
    expect(chiSquared(x, 64)).toBeLessThan(63 + 6 * Math.sqrt(126));
    expect(Math.abs(correlation(x.slice(1), x.slice(0, n - 1)))).toBeLessThan(six * 1.01);
  });
});

test('RandomNormal is Box and Muller of the reference', async () => {
  const [found] = await draw('RandomNormal', [42, 7], { shape: [50, 40], mean: 2, scale: 3 });
  const [first, second] = [reference(2000, 42, 7), reference(2000, 42, 7, 1 << 23)];
  const standard = first.map((u, i) => Math.sqrt(-2 * Math.log(1 - u)) * -Math.cos(2 * Math.PI * (second[i] ?? 0)));
  found?.data.forEach((value, i) => {
    expect(Math.abs(Number(value) - (2 + 3 * (standard[i] ?? 0)))).toBeLessThan(2e-5);
  });
  expect(Math.abs(mean(standard))).toBeLessThan(6 / Math.sqrt(2000));
  expect(Math.abs(mean(standard.map((z) => z * z)) - 1)).toBeLessThan(6 * Math.sqrt(2 / 2000));
  expect(Math.abs(mean(standard.map((z) => z ** 4)) - 3)).toBeLessThan(6 * Math.sqrt(96 / 2000));
});

test('Bernoulli draws 1 with its probability', async () => {
  const p = f32(Array.from({ length: 3000 }, (_, i) => (i % 3) / 2));
  const [found] = await draw('Bernoulli', [9, 1], {}, [p]);
  const thirds = [0, 1, 2].map((third) => Array.from(found?.data ?? [], Number).filter((_, i) => i % 3 === third));
  expect(new Set(thirds[0])).toEqual(new Set([0]));
  expect(new Set(thirds[2])).toEqual(new Set([1]));
  expect(Math.abs(mean(thirds[1] ?? []) - 0.5)).toBeLessThan(6 * Math.sqrt(0.25 / 1000));
});

test('Dropout keeps its share and the mean', async () => {
  const x = f32(new Array(5000).fill(1), [50, 100]);
  const [y, mask] = await draw('Dropout', [3, 4], { ratio: 0.2 }, [x]);
  const values = Array.from(y?.data ?? [], Number);
  expect(new Set(values)).toEqual(new Set([0, 1.25]));
  expect(values.map((value) => (value > 0 ? 1 : 0))).toEqual(Array.from(mask?.data ?? [], Number));
  expect(Math.abs(mean(values) - 1)).toBeLessThan(6 * Math.sqrt(0.25 / 5000));
});
