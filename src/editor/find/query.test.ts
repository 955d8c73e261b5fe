import { expect, test } from 'vitest';
import type { TensorType } from '../../compiler/types.ts';
import { type Facts, parseQuery, type Stats } from './query.ts';

const stats = (more: Partial<Stats> = {}): Stats => ({ mean: 0.5, std: 1, min: -2, max: 3, norm: 5, zero: 0, ...more });
const type = (dtype: TensorType['dtype'], ...shape: TensorType['shape']): TensorType => ({ dtype, shape });

const hidden: Facts = {
  op: 'MatMul',
  name: 'hidden1',
  aliases: ['dot'],
  types: [type('float32', 'batch', 784)],
  value: stats(),
  gradient: stats({ norm: 2000, min: -1500, max: 10 }),
};

const finds = (query: string, facts: Partial<Facts> = {}) => parseQuery(query).matches({ ...hidden, ...facts });

test.each([
  ['matmul'],
  ['DOT'],
  ['hidden'],
  ['784'],
  ['[N,784]'],
  ['[batch, 784]'],
  ['f32[*,784]'],
  ['f32'],
  ['mat 784 f32'],
  ['mean>0'],
  ['mean >= 0.5'],
  ['std=1'],
  ['abs>2.5'],
  ['grad>1e3'],
  ['absgrad>1e3'],
  ['gradmin<-1e3'],
])('%s finds a product of that shape and these values', (query) => expect(finds(query)).toBe(true));

test.each([
  [''],
  ['   '],
  ['conv'],
  ['[784,N]'],
  ['[784]'],
  ['[N,M,K]'],
  ['[other,784]'],
  ['i32'],
  ['bool'],
  ['mean<0'],
  ['absgrad>2e3'],
  ['nan'],
  ['inf'],
  ['dead'],
  ['matmul i32'],
])('“%s” does not', (query) => expect(finds(query)).toBe(false));

test('values that are wrong, infinite, or of which nothing is left', () => {
  expect(finds('nan', { value: stats({ mean: Number.NaN }) })).toBe(true);
  expect(finds('nan', { gradient: stats({ norm: Number.NaN }) })).toBe(true);
  expect(finds('inf', { value: stats({ max: Number.POSITIVE_INFINITY }) })).toBe(true);
  expect(finds('dead', { value: stats({ zero: 0.95 }) })).toBe(true);
  expect(finds('dead', { gradient: stats({ min: 0, max: 0 }) })).toBe(true);
});

test('without values nothing is said of them', () => {
  const unknown = { value: null, gradient: null };
  for (const query of ['nan', 'dead', 'mean>-9', 'grad>=0']) expect(finds(query, unknown)).toBe(false);
  expect(parseQuery('matmul nan').live).toBe(true);
  expect(parseQuery('matmul 784').live).toBe(false);
});
