import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OPERATORS_FILE, operatorsTable } from './operators-table.ts';

test('the table of operators is up to date (npm run docs:operators)', () => {
  expect(readFileSync(OPERATORS_FILE, 'utf8')).toBe(operatorsTable());
});
