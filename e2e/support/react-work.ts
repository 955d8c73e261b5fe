/** Counts what React does on a page, in production builds too, by the hook that its developer tools use. */
import type { Page } from '@playwright/test';

interface Work {
  commits: number;
  renders: number;
}

declare global {
  interface Window {
    reactWork: Work;
  }
}

/** Before the page is opened. */
export async function countReactWork(page: Page): Promise<void> {
  await page.addInitScript(() => {
    interface Fiber {
      readonly tag: number;
      readonly flags: number;
      readonly alternate: Fiber | null;
      readonly child: Fiber | null;
      readonly sibling: Fiber | null;
    }
    const work: Work = { commits: 0, renders: 0 };
    /** Functions, memoized ones, and those that forward refs. */
    const COMPONENTS = [0, 11, 14, 15];
    const PERFORMED_WORK = 1;
    const visit = (fiber: Fiber) => {
      if (COMPONENTS.includes(fiber.tag) && (fiber.alternate === null || fiber.flags & PERFORMED_WORK)) work.renders++;
      // What was not rendered keeps its children.
      if (fiber.alternate !== null && fiber.alternate.child === fiber.child) return;
      for (let child = fiber.child; child; child = child.sibling) visit(child);
    };
    window.reactWork = work;
    Object.assign(window, {
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        inject: () => 1,
        onCommitFiberRoot: (_: number, root: { readonly current: Fiber }) => {
          work.commits++;
          visit(root.current);
        },
        onCommitFiberUnmount: () => {},
        onPostCommitFiberRoot: () => {},
      },
    });
  });
}

/** What React did meanwhile. */
export async function reactWorkOf(page: Page, what: () => Promise<unknown>): Promise<Work> {
  const before = await page.evaluate(() => ({ ...window.reactWork }));
  await what();
  const after = await page.evaluate(() => ({ ...window.reactWork }));
  return { commits: after.commits - before.commits, renders: after.renders - before.renders };
}
