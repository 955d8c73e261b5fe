/** Two engines that look for barriers: axe, and IBM's checker, which sees others. Both run in the page, without a network. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const IBM = readFileSync(createRequire(import.meta.url).resolve('accessibility-checker-engine'), 'utf8');

/**
 * What IBM's checker is told and we leave as it is. Radix' guards hand the keyboard on the moment they get it; a menu that is
 * open is where the keyboard is, wherever it hangs in the page; and of a tree item all that it holds is taken for its label.
 */
const ACCEPTED: readonly RegExp[] = [
  /data-radix-focus-guard/,
  /^ibm aria_content_in_landmark: .*radix-dropdown-menu/,
  /^ibm label_name_visible: .*data-testid="rf__node-/,
];

interface IbmIssue {
  readonly ruleId: string;
  readonly value: readonly [policy: string, outcome: string];
  readonly message: string;
  readonly snippet: string;
  readonly path: { readonly dom: string };
}

async function axeIssues(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // An experimental rule that takes all that a tree item holds for its label.
    .disableRules(['label-content-name-mismatch'])
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `axe ${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
}

async function ibmIssues(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'ace' in window))) await page.evaluate(IBM);
  const issues = await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: the engine has no types of its global
    const checker = new (window as any).ace.Checker();
    const { results } = await checker.check(document, ['WCAG_2_2', 'IBM_Accessibility']);
    return (results as IbmIssue[])
      .filter(({ value: [policy, outcome] }) => policy === 'VIOLATION' && outcome === 'FAIL')
      .map(({ ruleId, message, snippet, path }) => `ibm ${ruleId}: ${message} ${snippet} ${path.dom}`);
  });
  return issues.filter((issue) => !ACCEPTED.some((pattern) => pattern.test(issue))).map((issue) => issue.slice(0, 500));
}

/** What either engine objects to in the page as it is. */
export async function barriers(page: Page): Promise<string[]> {
  // Text on its way in is paler than text that is there.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  );
  return [...(await axeIssues(page)), ...(await ibmIssues(page))];
}

/** Controls that are smaller than 24 by 24 pixels and nearer than that to others (WCAG 2.5.8). */
export const smallTargets = (page: Page) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, [role="slider"]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((element) => !element.closest('.sr-only, [aria-hidden="true"], .react-flow__node'))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && box.height > 1);
    const isSmall = ({ width, height }: DOMRect) => Math.round(width) < 24 || Math.round(height) < 24;
    const isNear = (a: DOMRect, b: DOMRect) => {
      const x = Math.max(b.left - (a.left + a.width / 2), a.left + a.width / 2 - b.right, 0);
      const y = Math.max(b.top - (a.top + a.height / 2), a.top + a.height / 2 - b.bottom, 0);
      return Math.hypot(x, y) < 12;
    };
    return all
      .filter(({ box }) => isSmall(box))
      .filter(({ element, box }) => all.some((other) => other.element !== element && isNear(box, other.box)))
      .map(
        ({ element, box }) => `${Math.round(box.width)}x${Math.round(box.height)} ${element.outerHTML.slice(0, 160)}`,
      );
  });
