import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SYMBOLIC_TYPES_FILE, symbolicTypes } from './symbolic-types.ts';

test('the types of symbolic operators are up to date (npm run docs:operators)', () => {
  expect(readFileSync(SYMBOLIC_TYPES_FILE, 'utf8')).toBe(symbolicTypes());
});
