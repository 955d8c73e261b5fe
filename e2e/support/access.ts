/** Two engines that look for barriers: axe, and IBM's checker, which sees others. Both run in the page, without a network. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type axe from 'axe-core';

const sourceOf = (engine: string) => readFileSync(createRequire(import.meta.url).resolve(engine), 'utf8');

/** Engines by the name they have in the page. */
const ENGINES = { axe: sourceOf('axe-core'), ace: sourceOf('accessibility-checker-engine') } as const;

/**
 * What IBM's checker is told and we leave as it is. Radix' guards hand the keyboard on the moment they get it; a menu that is
 * open is where the keyboard is, wherever it hangs in the page; and of a tree item all that it holds is taken for its label.
 */
const ACCEPTED: readonly RegExp[] = [
  /data-radix-focus-guard/,
  /^ibm aria_content_in_landmark: .*radix-(dropdown|context)-menu/,
  /^ibm label_name_visible: .*data-testid="rf__node-/,
];

interface IbmIssue {
  readonly ruleId: string;
  readonly value: readonly [policy: string, outcome: string];
  readonly message: string;
  readonly snippet: string;
  readonly path: { readonly dom: string };
}

/** Of axe: all of WCAG 2.2 AA and its own best practices. */
const ALL: axe.RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  // An experimental rule that takes all that a tree item holds for its label.
  rules: { 'label-content-name-mismatch': { enabled: false } },
  resultTypes: ['violations'],
  preload: false,
};
/** Of axe: what depends on colours. */
const CONTRAST: axe.RunOptions = {
  runOnly: ['color-contrast', 'link-in-text-block'],
  resultTypes: ['violations'],
  preload: false,
};

/** Puts an engine into the page, which keeps it until it is loaded anew. */
async function bring(page: Page, name: keyof typeof ENGINES): Promise<void> {
  if (!(await page.evaluate((engine) => engine in window, name))) await page.evaluate(ENGINES[name]);
}

/** Text on its way in is paler than text that is there. */
const atRest = (page: Page) =>
  page.evaluate(() => {
    const ends = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.all(ends.map((animation) => animation.finished.catch(() => {})));
  });

async function axeIssues(page: Page, options: axe.RunOptions): Promise<string[]> {
  await bring(page, 'axe');
  return page.evaluate(async (wanted) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, wanted);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `axe ${id}: ${html.slice(0, 200)} ${failureSummary}`),
      );
  }, options);
}

async function ibmIssues(page: Page): Promise<string[]> {
  await bring(page, 'ace');
  const issues = await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: the engine has no types of its global
    const { ace } = window as any;
    ace.checker ??= new ace.Checker();
    const { results } = await ace.checker.check(document, ['WCAG_2_2', 'IBM_Accessibility']);
    return (results as IbmIssue[])
      .filter(({ value: [policy, outcome] }) => policy === 'VIOLATION' && outcome === 'FAIL')
      .map(({ ruleId, message, snippet, path }) => `ibm ${ruleId}: ${message} ${snippet} ${path.dom}`);
  });
  return issues.filter((issue) => !ACCEPTED.some((pattern) => pattern.test(issue))).map((issue) => issue.slice(0, 500));
}

/** What either engine objects to in the page as it is. */
export async function barriers(page: Page): Promise<string[]> {
  await atRest(page);
  return [...(await axeIssues(page, ALL)), ...(await ibmIssues(page))];
}

/** Text that is hard to tell from its ground in the other theme; nothing else depends on the theme. */
export async function pale(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    document.documentElement.dataset.theme = 'dark';
  });
  await atRest(page);
  const found = await axeIssues(page, CONTRAST);
  await page.evaluate(() => {
    document.documentElement.dataset.theme = 'light';
  });
  await atRest(page);
  return found;
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
