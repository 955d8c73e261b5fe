import { fileURLToPath } from 'node:url';
import type { InlineConfig } from 'vite';

export const PAGE_DIST: string = fileURLToPath(new URL('./dist/', import.meta.url));
const source = fileURLToPath(new URL('./page/', import.meta.url));

/** `count-worker.js` keeps its name: wiregrad.ts has it imported ahead of the app's worker. */
export const pageConfig: InlineConfig = {
  root: source,
  configFile: false,
  logLevel: 'warn',
  base: './',
  build: {
    outDir: PAGE_DIST,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: {
      input: { index: `${source}index.html`, 'count-worker': `${source}count-worker.ts` },
      output: { entryFileNames: '[name].js' },
    },
  },
};
