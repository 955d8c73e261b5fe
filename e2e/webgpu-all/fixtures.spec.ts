import { expect, test } from '@playwright/test';
import { describeFixtures } from '../support/fixture-specs.ts';

const count = describeFixtures();

test('these are all cases of operators that the language has', () => {
  expect(count).toBe(180);
});
