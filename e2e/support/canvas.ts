/** Drawing as a user does: palette, search, mouse. */
import { expect, type Locator, type Page } from '@playwright/test';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const canvas = (page: Page): Locator => page.getByRole('region', { name: 'Canvas' });
export const palette = (page: Page): Locator => page.getByRole('complementary', { name: 'Operators' });
export const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });

/** A drawn node by its name. */
export const node = (page: Page, name: string): Locator =>
  canvas(page).locator(`.react-flow__node[aria-label*="‘${name}’"]`);

export const nodes = (page: Page): Locator => canvas(page).locator('.react-flow__node');

/** A port, as `node.port`. */
export function port(page: Page, name: string, side: 'source' | 'target'): Locator {
  const [owner = '', ...rest] = name.split('.');
  return node(page, owner).locator(`.react-flow__handle.${side}[data-handleid="${rest.join('.')}"]`);
}

export async function middle(locator: Locator): Promise<Point> {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${locator} is not visible`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function drag(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

/** The middle of the wire into a port, in the window. */
export async function onWire(page: Page, from: string, to: string): Promise<Point> {
  const title = new RegExp(`^${from} → ${to}`);
  const wire = canvas(page).locator('.react-flow__edge', { has: page.locator('title', { hasText: title }) });
  return wire
    .locator('path')
    .first()
    .evaluate((path: SVGPathElement) => {
      const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
      const matrix = path.getScreenCTM() as DOMMatrix;
      return { x: x * matrix.a + matrix.e, y: y * matrix.d + matrix.f };
    });
}

/** Takes the node by its title. */
export async function moveNode(page: Page, name: string, to: Point): Promise<void> {
  const title = await middle(node(page, name).locator('.node-name'));
  await drag(page, title, to);
}

/** Double-clicks the empty canvas, types, and takes the first that is found. */
export async function addBySearch(page: Page, typed: string, at: Point): Promise<void> {
  await page.mouse.dblclick(at.x, at.y);
  await page.getByRole('combobox', { name: 'Add an operator' }).pressSequentially(typed);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
}

/** Drags a wire, as `node.port > node.port`. */
export async function wireByDrag(page: Page, wire: string): Promise<void> {
  const [source = '', target = ''] = wire.split(' > ');
  await drag(page, await middle(port(page, source, 'source')), await middle(port(page, target, 'target')));
}

/** Clicks one port, then the other. */
export async function wireByClicks(page: Page, wire: string): Promise<void> {
  const [source = '', target = ''] = wire.split(' > ');
  for (const end of [port(page, source, 'source'), port(page, target, 'target')]) {
    const { x, y } = await middle(end);
    await page.mouse.click(x, y);
  }
}

/** Fills an attribute of the selected node. */
export async function setAttribute(page: Page, name: string, value: string): Promise<void> {
  const field = inspector(page).getByRole('tabpanel').getByLabel(name, { exact: true });
  if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
  else {
    await field.fill(value);
    await field.press('Enter');
  }
}

/** Waits until the view no longer moves, as it does when what has the focus is brought into sight. */
export async function viewAtRest(page: Page): Promise<void> {
  const transform = () => page.locator('.react-flow__viewport').evaluate((viewport) => viewport.getAttribute('style'));
  for (let before = await transform(); ; ) {
    await page.waitForTimeout(250);
    const now = await transform();
    if (now === before) return;
    before = now;
  }
}
