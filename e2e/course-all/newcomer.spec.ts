/** From the first lesson to a model of one's own that was broken, repaired, saved and loaded. */
import { expect, test } from '@playwright/test';
import { example, open, openApp, status, train, visit } from '../support/app.ts';
import { expectDone, openLesson, showAnswer } from '../support/course.ts';

const CHECKPOINTS = ['five', 'name', 'other'];

test('a newcomer learns, trains MNIST, finds a planted NaN, goes back, and keeps what was trained', async ({
  page,
}) => {
  await openApp(page);
  await openLesson(page, 'hello');
  for (const id of CHECKPOINTS) {
    await showAnswer(page, id);
    await expectDone(page, id);
  }

  await open(page, example('mnist-logistic-regression'));
  await train(page, 60, { watch: 'visible' });
  await page.getByRole('button', { name: 'Look inside' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Pause when any value is not a number' }).click();
  await page.evaluate(async () => {
    const { data } = await window.wiregrad.getValue('W');
    const values = Array.from(data);
    values[0] = Number.NaN;
    await window.wiregrad.setValue('W', values);
  });
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const notice = page.getByRole('region', { name: 'Paused at a breakpoint' });
  await expect(notice).toContainText('W[0,0] is NaN', { timeout: 60_000 });
  expect((await status(page)).step).toBe(60);

  await page.getByRole('button', { name: 'Look inside' }).click();
  await page.getByRole('menuitem', { name: 'Look back over the run' }).click();
  const scrubber = page.getByRole('region', { name: 'Look back over the run' });
  const slider = page.getByRole('slider', { name: 'Moment of the run' });
  await slider.press('Home');
  await expect(scrubber.getByRole('status')).toContainText('looking back');
  await scrubber.getByRole('button', { name: 'Resume from here' }).click();
  await expect.poll(async () => (await status(page)).step).toBeLessThan(60);

  await page.getByRole('tab', { name: 'Train' }).click();
  await page.getByRole('textbox', { name: 'lr' }).fill('0.2');
  await page.getByRole('textbox', { name: 'lr' }).press('Enter');
  await train(page, 300, { evaluate: false });
  const trained = await page.evaluate(() => window.wiregrad.evaluate('test'));
  expect(Object.values(trained).every(Number.isFinite)).toBe(true);
  const bytes = await page.evaluate(async () => Array.from(await window.wiregrad.saveWeights()));

  await visit(page, './?backend=wasm');
  const { loaded } = await page.evaluate((file) => window.wiregrad.loadWeights(Uint8Array.from(file)), bytes);
  expect(loaded.length).toBeGreaterThan(1);
  expect(await page.evaluate(() => window.wiregrad.evaluate('test'))).toEqual(trained);
});
