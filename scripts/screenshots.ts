/**
 * Takes pictures of the states of the built app, in both themes and at two sizes, for people to look at. They go into
 * `screenshots/`. `npm run build && npm run screenshots`, or with parts of the names of walks: `npm run screenshots -- modules`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { preview } from 'vite';
import { example, openApp, train } from '../e2e/support/app.ts';
import { browserFlags, findBrowser } from '../e2e/support/browser.ts';
import { rest, SMALL, WALKS, type Walk } from '../e2e/support/states.ts';
import type { GraphDocument } from '../src/compiler/document.ts';
import { drawing } from './drawing.ts';

const FOLDER = 'screenshots';
const PORT = 4398;
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const THEMES = ['light', 'dark'] as const;

/** So many nodes in rows, each wired to the one before it and to one of the row above. */
function sized(count: number): GraphDocument {
  const columns = Math.ceil(Math.sqrt(count * 1.6));
  const parts = Array.from({ length: count }, (_, at) => {
    const above = at - columns;
    if (at === 0) return ['n0', ['Parameter', {}, { shape: [8, 8] }]] as const;
    if (above < 0) return [`n${at}`, ['Tanh', { x: `n${at - 1}` }]] as const;
    return [`n${at}`, ['Add', { a: `n${at - 1}`, b: `n${above}` }]] as const;
  });
  const places = parts.map(([id], at) => [id, { x: (at % columns) * 220, y: Math.floor(at / columns) * 130 }] as const);
  return { ...drawing(Object.fromEntries(parts)), layout: { nodes: Object.fromEntries(places) } };
}

const trained: Walk = {
  name: 'trained',
  document: example('digits-mlp'),
  states: [{ name: 'after 200 steps', show: async (page) => void (await train(page, 200, { watch: 'visible' })) }],
};

const sizes = [3, 40, 1000].map(
  (count): Walk => ({ name: `${count} nodes`, document: sized(count), states: [{ name: 'at rest' }] }),
);

async function take(page: Page, { name, document, states }: Walk, size: string): Promise<void> {
  await openApp(page, 'wasm', document);
  for (const state of states) {
    try {
      await state.show?.(page);
    } catch (error) {
      console.log(`${name}, ${state.name}: ${(error as Error).message.split('\n')[0]}`);
      return;
    }
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      // Charts and strips are painted anew.
      await page.waitForTimeout(600);
      const file = `${name}, ${state.name}, ${size}, ${theme}.png`.replaceAll(' ', '-').replaceAll(',', '');
      await page.screenshot({ path: join(FOLDER, file) });
    }
    await state.leave?.(page);
    await rest(page);
  }
}

const words = process.argv.slice(2);
const isWanted = ({ name }: Walk) => words.length === 0 || words.some((word) => name.includes(word));
mkdirSync(FOLDER, { recursive: true });
const server = await preview({
  preview: { port: PORT, host: '127.0.0.1' },
  build: { outDir: process.env.WIREGRAD_E2E_DIST ?? 'dist' },
});
const browser = await chromium.launch({ executablePath: findBrowser(), args: browserFlags });
try {
  for (const [size, viewport, walks] of [
    ['wide', WIDE, [...WALKS, trained, ...sizes]],
    ['narrow', NARROW, [...SMALL, trained]],
  ] as const) {
    for (const walk of walks.filter(isWanted)) {
      // Each as on a first visit.
      const context = await browser.newContext({
        baseURL: `http://127.0.0.1:${PORT}/`,
        viewport,
        serviceWorkers: 'block',
        reducedMotion: 'reduce',
      });
      context.setDefaultTimeout(30_000);
      await take(await context.newPage(), walk, size);
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
