/** The course beside the canvas. */
import { expect, type Locator, type Page } from '@playwright/test';
import { visit } from './app.ts';

export const course = (page: Page): Locator => page.getByRole('complementary', { name: 'Course' });

export const checkpoint = (page: Page, id: string): Locator => course(page).locator(`[data-checkpoint="${id}"]`);

export async function expectDone(page: Page, id: string, timeout = 30_000): Promise<void> {
  await expect(checkpoint(page, id)).toHaveAttribute('data-state', 'done', { timeout });
}

/** Follows a link to a lesson, and waits until nodes show their values. */
export async function openLesson(page: Page, id: string): Promise<void> {
  await visit(page, `./?backend=wasm#lesson=${id}`);
  await expect(course(page).getByRole('article')).toBeVisible();
}

export const showAnswer = (page: Page, id: string): Promise<void> =>
  checkpoint(page, id).getByRole('button', { name: 'Show the answer' }).click();
