import { expect, test } from '@playwright/test';
import { describeContract } from '../support/contract-specs.ts';

const count = describeContract(16);

test('the cases are enough of a sample', () => {
  expect(count).toBeGreaterThanOrEqual(20);
});
