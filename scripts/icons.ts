/** Draws the PNG icons of public/ from icon.svg: `npx tsx scripts/icons.ts`. */
import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { browserFlags, ensureBrowser } from '../e2e/support/browser.ts';

const svg = readFileSync('public/icon.svg', 'utf8');
/** Systems cut masked icons to their own shape: the ground goes to the edges and the drawing stays in the middle. */
const masked = svg
  .replace(
    /<rect [^>]*\/>/,
    '<rect width="32" height="32" fill="#14171d"/><g transform="translate(4.8 4.8) scale(0.7)">',
  )
  .replace('</svg>', '</g></svg>');

const browser = await chromium.launch({ executablePath: ensureBrowser(), args: browserFlags });
const page = await browser.newPage();
for (const [name, size, source] of [
  ['icon-192', 192, svg],
  ['icon-512', 512, svg],
  ['icon-maskable', 512, masked],
] as const) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw}</style>${source}`);
  await page.screenshot({ path: `public/${name}.png`, omitBackground: true });
}
await browser.close();
