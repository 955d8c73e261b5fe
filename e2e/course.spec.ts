/** A newcomer's first two lessons, by mouse. */
import { expect, test } from '@playwright/test';
import { openApp, status } from './support/app.ts';
import { addBySearch, canvas, inspector, node, setAttribute, wireByDrag } from './support/canvas.ts';
import { checkpoint, course, expectDone } from './support/course.ts';

test('a newcomer opens the course from the gallery, draws what the first lesson asks for, and goes on', async ({
  page,
}) => {
  await openApp(page);
  await page.getByRole('button', { name: 'Wiregrad menu' }).click();
  await page.getByRole('menuitem', { name: 'Gallery…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /The course/ })
    .click();
  await course(page)
    .getByRole('button', { name: /A first function/ })
    .click();
  await expect(node(page, 'sum')).toBeVisible();

  await expect(checkpoint(page, 'five')).toHaveAttribute('data-state', 'next');
  await checkpoint(page, 'five').getByRole('button', { name: 'Hint' }).click();
  await expect(checkpoint(page, 'five')).toContainText('Double-click the empty canvas');
  const box = await canvas(page).boundingBox();
  await addBySearch(page, 'add', { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + 60 });
  await expect(checkpoint(page, 'five')).toContainText('drag a wire');
  await wireByDrag(page, 'sum.y > add.a');
  await wireByDrag(page, 'five.value > add.b');
  await expectDone(page, 'five');

  await node(page, 'add').click();
  const name = inspector(page).getByRole('textbox', { name: 'Name' });
  await name.fill('f');
  await name.press('Enter');
  await expectDone(page, 'name');

  for (const [source, value] of [
    ['x', '3'],
    ['y', '4'],
  ] as const) {
    await node(page, source).click();
    await setAttribute(page, 'values', value);
  }
  await expectDone(page, 'other');
  await expect(course(page).getByText('3 of 3 done')).toBeVisible();
  await expect(page).toHaveURL(/#lesson=hello$/);

  // What was drawn and done is there again after a reload.
  await page.reload();
  await expect(course(page).getByText('3 of 3 done')).toBeVisible();
  await expect(node(page, 'f')).toBeVisible();
  await course(page).getByRole('button', { name: 'Next lesson' }).click();
  await expect(page).toHaveURL(/#lesson=broadcasting$/);
  await expect(checkpoint(page, 'sum')).toHaveAttribute('data-state', 'next');

  // An answer is one step to undo; another drawing ends the lesson.
  await checkpoint(page, 'sum').getByRole('button', { name: 'Show the answer' }).click();
  await expectDone(page, 'sum');
  await page.getByRole('button', { name: 'Undo: Answer: Add a and b' }).click();
  await expect(node(page, 'c')).toHaveCount(0);
  await page.evaluate(() => window.wiregrad.open('line-fit'));
  await expect(course(page)).toBeHidden();
  await expect(page).toHaveURL(/[^=]$/);
  expect((await status(page)).running).toBe(false);
});
