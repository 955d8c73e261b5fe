import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { testPlan } from '../../../../scripts/test-plan.ts';
import { findDataset } from '../../../nodes/datasets.ts';
import { gunzip, parseIdx } from './files.ts';
import { DataStore, loadDataset } from './load.ts';

const fromDisk = async (path: string) => new Uint8Array(await readFile(`public/${path}`));
const NAMES = ['digits', 'mnist', 'iris', 'photograph', 'line', 'sine', 'spirals', 'moons', 'circles'];

describe.each(NAMES)('%s', (name) => {
  test('has the columns, rows and classes that the compiler is told of', async () => {
    const columns = await loadDataset(name, fromDisk);
    const info = findDataset(name);
    expect(Object.keys(columns)).toEqual(info?.columns.map((column) => column.name));
    for (const column of info?.columns ?? []) {
      const values = columns[column.name] ?? [];
      const size = column.shape.reduce((product, dim) => product * dim, info?.rows ?? 0);
      expect(values).toBeInstanceOf(column.dtype === 'int32' ? Int32Array : Float32Array);
      expect(values).toHaveLength(size);
      expect(Array.from(values).every(Number.isFinite)).toBe(true);
      if (column.classes) {
        const seen = new Set<number>(values);
        expect([...seen].sort()).toEqual([...Array(column.classes).keys()]);
      }
    }
  });

  test('has every class in every split', async () => {
    const { label } = await loadDataset(name, fromDisk);
    const info = findDataset(name);
    if (!label || !info) return;
    const classes = new Set(label).size;
    for (const [from, to] of Object.values(info.splits)) expect(new Set(label.slice(from, to)).size).toBe(classes);
  });
});

test('values of the stored sets', async () => {
  const digits = await loadDataset('digits', fromDisk);
  expect([...(digits.pixels?.slice(0, 6) ?? [])]).toEqual([0, 0, 5 / 16, 13 / 16, 9 / 16, 1 / 16]);
  expect([...(digits.label?.slice(0, 3) ?? [])]).toEqual([0, 1, 2]);
  const mnist = await loadDataset('mnist', fromDisk);
  expect(Math.max(...(mnist.pixels?.subarray(0, 7840) ?? []))).toBe(1);
  const iris = await loadDataset('iris', fromDisk);
  const rows = Array.from(iris.label ?? [], (label, row) => [
    ...(iris.features?.slice(4 * row, 4 * row + 4) ?? []),
    label,
  ]);
  expect(rows).toContainEqual([...Float32Array.of(5.1, 3.5, 1.4, 0.2), 0]);
});

test('generated sets are the same each time', async () => {
  expect(await loadDataset('spirals', fromDisk)).toEqual(await loadDataset('spirals', fromDisk));
});

test('the line is the line it says', async () => {
  const { x, y } = await loadDataset('line', fromDisk);
  const errors = Array.from(x ?? [], (value, row) => (y?.[row] ?? 0) - (2 * value - 1));
  const variance = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
  expect(Math.sqrt(variance)).toBeCloseTo(0.1, 1);
});

describe('problems', () => {
  const fails = (plan: Parameters<DataStore['columns']>[0], read = fromDisk) => new DataStore(read).columns(plan);

  test('a label out of range is named with its row', async () => {
    const plan = { ...testPlan(), classes: { 'digits.label': 9 } };
    await expect(fails(plan)).rejects.toMatchObject({
      code: 'runtime/labels',
      message: 'Row 9 of digits.label is 9, but the loss has 9 classes, 0 to 8.',
    });
  });

  test('too few rows', async () => {
    const plan = testPlan({ splits: { train: [0, 1500], validation: [1500, 2000] } });
    await expect(fails(plan)).rejects.toMatchObject({ code: 'runtime/data' });
    const columns = plan.columns.map((column) => ({ ...column, shape: [2000, ...column.shape.slice(1)] }));
    await expect(fails({ ...plan, columns })).rejects.toMatchObject({
      message: 'The column digits.pixels has 115008 values, but the graph takes [2000, 64].',
    });
  });

  test('a file that is missing, then there', async () => {
    let calls = 0;
    const store = new DataStore((path) => (calls++ ? fromDisk(path) : Promise.reject(new Error('404'))));
    await expect(store.columns(testPlan())).rejects.toMatchObject({
      code: 'runtime/data',
      message: 'The data set digits could not be read: 404',
    });
    expect((await store.columns(testPlan())).get('digits.label')).toHaveLength(1797);
    await store.columns(testPlan());
    expect(calls).toBe(2);
  });

  test('an unknown name', async () => {
    await expect(loadDataset('cifar', fromDisk)).rejects.toMatchObject({ code: 'runtime/data' });
  });

  test('a file that is not IDX', () => {
    expect(() => parseIdx(Uint8Array.of(1, 2, 3, 4))).toThrow('not an IDX file');
    expect(() => parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 1, 2))).toThrow('2 bytes for shape [3]');
  });

  test('what a server unpacked already is left alone', async () => {
    expect(await gunzip(Uint8Array.of(0, 0, 8, 1))).toEqual(Uint8Array.of(0, 0, 8, 1));
  });
});
