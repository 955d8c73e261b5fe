/**
 * Takes the gallery's pictures: every example as the built app shows it after some training, in both themes.
 * `npm run build && npm run pictures`, or with the names of examples.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { preview } from 'vite';
import { browserFlags, findBrowser } from '../e2e/support/browser.ts';
import type { GraphDocument } from '../src/compiler/document.ts';

const EXAMPLES = new URL('../examples/', import.meta.url);
const PICTURES = new URL('../src/editor/gallery/pictures/', import.meta.url);
const LIST = new URL('pictures.json', PICTURES);
const STEPS = 150;
/** Of the stored pictures, twice what a card shows. */
const SIZE = { width: 480, height: 240 };
const VIEW = { width: 1440, height: 900 };
/** Around the nodes, in pixels of the window. */
const MARGIN = 16;

/** What a picture shows of an example; another one needs another picture. */
export function pictureKey({ graph, layout }: Pick<GraphDocument, 'graph' | 'layout'>): string {
  return createHash('sha256')
    .update(JSON.stringify([graph, layout]))
    .digest('hex')
    .slice(0, 16);
}

export function readExample(name: string): GraphDocument {
  return JSON.parse(readFileSync(new URL(`${name}.json`, EXAMPLES), 'utf8'));
}

export function exampleNames(): string[] {
  return readdirSync(EXAMPLES).flatMap((file) => (file.endsWith('.json') ? [file.replace(/\.json$/, '')] : []));
}

export function pictureKeys(): Record<string, string> {
  return existsSync(LIST) ? JSON.parse(readFileSync(LIST, 'utf8')) : {};
}

/** The graph alone, without what floats over it. */
const BARE = `
  #root > div { grid-template-rows: minmax(0, 1fr) !important; }
  header, aside, nav, main > :not([data-canvas]), .node-problem, .minimap, .react-flow__panel, .zoom-controls {
    display: none !important;
  }
`;

/** All nodes, in the proportions of the pictures. */
async function frame(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const boxes = await page.locator('.react-flow__node').evaluateAll((nodes) =>
    nodes.map((node) => {
      const { left, top, right, bottom } = node.getBoundingClientRect();
      return { left, top, right, bottom };
    }),
  );
  const left = Math.min(...boxes.map((box) => box.left)) - MARGIN;
  const top = Math.min(...boxes.map((box) => box.top)) - MARGIN;
  const right = Math.max(...boxes.map((box) => box.right)) + MARGIN;
  const bottom = Math.max(...boxes.map((box) => box.bottom)) + MARGIN;
  const ratio = SIZE.width / SIZE.height;
  const width = Math.max(right - left, (bottom - top) * ratio);
  const height = width / ratio;
  return { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height };
}

async function picture(page: Page, address: string, name: string, theme: 'light' | 'dark'): Promise<Buffer> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.goto(`${address}?backend=wasm#example=${name}`);
  await page.waitForFunction(() => 'wiregrad' in window);
  await page.evaluate((steps) => {
    window.wiregrad.pause();
    return window.wiregrad.train({ steps, watch: 'visible', evaluate: true });
  }, STEPS);
  await page.addStyleTag({ content: BARE });
  // What fits without panels, seen from as near as possible.
  await page.getByRole('region', { name: 'Canvas' }).focus();
  await page.keyboard.press('Shift+F');
  await page.waitForTimeout(1500);
  const shot = await page.screenshot({ clip: await frame(page), scale: 'device' });
  const url = await page.evaluate(
    async ({ source, width, height }) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d');
      if (context) context.imageSmoothingQuality = 'high';
      context?.drawImage(image, 0, 0, width, height);
      return canvas.toDataURL('image/webp', 0.86);
    },
    { source: `data:image/png;base64,${shot.toString('base64')}`, ...SIZE },
  );
  return Buffer.from(url.split(',')[1] ?? '', 'base64');
}

async function main(wanted: readonly string[]): Promise<void> {
  const outDir = process.env.WIREGRAD_E2E_DIST ?? 'dist';
  const server = await preview({ preview: { port: 4399, host: '127.0.0.1' }, build: { outDir } });
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserFlags });
  try {
    const page = await browser.newPage({ viewport: VIEW, deviceScaleFactor: 2, serviceWorkers: 'block' });
    for (const name of wanted) {
      for (const theme of ['light', 'dark'] as const) {
        const bytes = await picture(page, 'http://127.0.0.1:4399/', name, theme);
        writeFileSync(new URL(`${name}-${theme}.webp`, PICTURES), bytes);
        console.log(`${name} ${theme}: ${bytes.length} bytes`);
      }
      const keys = { ...pictureKeys(), [name]: pictureKey(readExample(name)) };
      writeFileSync(LIST, `${JSON.stringify(keys, Object.keys(keys).sort(), 2)}\n`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const named = process.argv.slice(2);
  await main(named.length > 0 ? named : exampleNames());
}
