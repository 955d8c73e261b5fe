import { expect, test } from '@playwright/test';
import { describeContract } from '../support/contract-specs.ts';

const count = describeContract();

test('these are the cases of the whole registry', () => {
  expect(count).toBeGreaterThan(200);
});
