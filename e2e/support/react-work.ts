/** What React does on a page. */
import type { Page } from '@playwright/test';
import { installReactWork, type ReactWork } from '../../scripts/react-work.ts';

/** Before the page is opened. */
export async function countReactWork(page: Page): Promise<void> {
  await page.addInitScript(installReactWork);
}

/** What React did meanwhile. */
export async function reactWorkOf(page: Page, what: () => Promise<unknown>): Promise<ReactWork> {
  const before = await page.evaluate(() => structuredClone(window.reactWork));
  await what();
  const after = await page.evaluate(() => structuredClone(window.reactWork));
  const byName = Object.entries(after.byName)
    .map(([name, count]) => [name, count - (before.byName[name] ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
  return {
    commits: after.commits - before.commits,
    renders: after.renders - before.renders,
    byName: Object.fromEntries(byName),
  };
}
