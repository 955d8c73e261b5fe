/** Every lesson in the browser: each checkpoint is open until its answer is shown, and done then. */
import { expect, test } from '@playwright/test';
import { lessons } from '../../src/editor/course/lessons.ts';
import { checkpoint, expectDone, openLesson, showAnswer } from '../support/course.ts';

for (const { id, checkpoints } of lessons) {
  test(id, async ({ page }) => {
    test.setTimeout(400_000);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await openLesson(page, id);
    for (const each of checkpoints) {
      await expect(checkpoint(page, each.id)).toHaveAttribute('data-state', 'next');
      await showAnswer(page, each.id);
      await expectDone(page, each.id, 180_000);
    }
    expect(errors).toEqual([]);
  });
}
