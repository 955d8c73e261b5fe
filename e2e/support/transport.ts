/** The transport bar, and what training says. */
import type { Locator, Page } from '@playwright/test';

export const transport = (page: Page): Locator => page.getByRole('region', { name: 'Training' });

/** A figure of the transport bar by its label: step, loss, epoch, … */
export const readout = (page: Page, label: string): Locator =>
  transport(page)
    .locator('div', { has: page.getByRole('term').getByText(label, { exact: true }) })
    .getByRole('definition')
    .last();

export const evaluate = (page: Page, split: 'validation' | 'test' = 'validation') =>
  page.evaluate((value) => window.wiregrad.evaluate(value), split);
