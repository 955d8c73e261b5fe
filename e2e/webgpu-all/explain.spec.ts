import { expect, test } from '@playwright/test';
import { example, openApp, status, train } from '../support/app.ts';
import { node } from '../support/canvas.ts';

test('a gradient is explained with the numbers that are on the device', async ({ page }) => {
  await openApp(page, 'webgpu', example('line-fit'));
  await train(page, 5, { watch: 'visible' });
  expect((await status(page)).backend).toBe('webgpu');
  await node(page, 'slope').locator('.node-name').click();
  await page.keyboard.press('d');
  const explanation = page.getByRole('region', { name: 'Explain this gradient' });
  for (const step of ['1', '2', '3']) {
    await expect(explanation).toHaveAttribute('data-step', step);
    const row = explanation.locator('tbody tr').first();
    await expect(row).toBeVisible();
    const figures = (await row.locator('td').allTextContents()).map((text) =>
      Number(text.replace('−', '-').replace('e−', 'e-')),
    );
    const [incoming = Number.NaN, local = Number.NaN, outgoing = Number.NaN] = figures;
    expect(Math.abs(incoming * local - outgoing)).toBeLessThanOrEqual(0.02 * Math.abs(outgoing));
    if (step !== '3') await explanation.getByRole('button', { name: 'Next' }).click();
  }
  const { gradient } = await page.evaluate(() => window.wiregrad.values('slope'));
  const total = Number((await explanation.locator('tfoot td').last().textContent())?.replace('−', '-'));
  expect(Math.abs(total - (gradient?.mean ?? Number.NaN))).toBeLessThan(2e-3 * Math.abs(total));
});
