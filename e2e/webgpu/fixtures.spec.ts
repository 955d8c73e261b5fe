import { expect, test } from '@playwright/test';
import { describeFixtures } from '../support/fixture-specs.ts';

const count = describeFixtures(14);

test('the cases are enough of a sample', () => {
  expect(count).toBeGreaterThanOrEqual(90);
});
