import { expect, test } from 'vitest';
import { formatAmount, formatCount, formatFigure, formatPercent } from './format.ts';

test.each([
  [0.081, '0.0810'],
  [12.44, '12.4'],
  [-3.1234, '−3.12'],
  [0.9996, '1.00'],
  [999.7, '1,000'],
  [54321, '54,300'],
  [0.00001234, '1.23e−5'],
  [-2.5e8, '−2.50e8'],
  [0, '0'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '−∞'],
  [null, '–'],
])('the figure of %s is %s', (value, text) => {
  expect(formatFigure(value)).toBe(text);
});

test('counts are exact, fractions become percentages, nouns agree', () => {
  expect(formatCount(1284)).toBe('1,284');
  expect(formatPercent(0.9731)).toBe('97.3 %');
  expect(formatAmount(1, 'row')).toBe('1 row');
  expect(formatAmount(70000, 'row')).toBe('70,000 rows');
});
