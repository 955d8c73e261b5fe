/** Wiregrad's lane: the built app in a page of the same browser, driven through its scripting interface. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { GraphDocument } from '../src/compiler/document.ts';
import type { Wiregrad } from '../src/editor/session/scripting.ts';
import type { Lane, Place, Refusal } from './lane.ts';
import type { Backend, Block, Counts, ModelName } from './page/contract.ts';

/** The page's window, as the app leaves it. */
declare const window: { readonly wiregrad: Wiregrad };

export type Watch = 'nothing' | 'visible';

export interface WiregradLane extends Lane {
  stepsWatching(count: number, watch: Watch): Promise<Block>;
  exportStep(): Promise<Uint8Array>;
  fallbackNodes(): number;
}

export const APP_DIST: string = fileURLToPath(new URL('../dist/', import.meta.url));
const graphPath = (model: ModelName): string => fileURLToPath(new URL(`./graphs/${model}.json`, import.meta.url));

/** Without a built app or a graph of the model there is no lane, and the peers run alone. */
export async function openWiregrad(
  { browser, url }: Place,
  model: ModelName,
  backend: Backend,
): Promise<WiregradLane | Refusal> {
  const cannot = missing(model);
  if (cannot) return { contender: 'Wiregrad', backend, cannot };
  const page = await browser.newPage();
  await page.goto(`${url}?backend=${backend}`);
  await page.waitForFunction('window.wiregrad');
  await page.evaluate(
    async (document) => {
      await window.wiregrad.open(document);
    },
    JSON.parse(await readFile(graphPath(model), 'utf8')) as GraphDocument,
  );
  return laneOf(page, backend);
}

function missing(model: ModelName): string | null {
  if (!existsSync(`${APP_DIST}index.html`)) return 'the app is not built: npm run build';
  return existsSync(graphPath(model)) ? null : `there is no bench/graphs/${model}.json`;
}

function laneOf(page: Page, backend: Backend): WiregradLane {
  let fallbackNodes = 0;
  const stepsWatching = async (count: number, watch: Watch): Promise<Block> => {
    const result = await page.evaluate((options) => window.wiregrad.train(options), { steps: count, backend, watch });
    if (result.backend !== backend) throw new Error(`Wiregrad trained on ${result.backend}, not on ${backend}.`);
    fallbackNodes = result.fallbackNodes;
    return { ms: result.milliseconds, loss: result.loss ?? Number.NaN };
  };
  return {
    contender: 'Wiregrad',
    backend,
    steps: (count) => stepsWatching(count, 'nothing'),
    stepsWatching,
    readCounts: () => page.evaluate(askWorker),
    exportStep: async () =>
      Uint8Array.from(await page.evaluate(async () => [...(await window.wiregrad.export('train-step'))])),
    fallbackNodes: () => fallbackNodes,
    close: () => page.close(),
  };
}

/** Runs in the page: the counters imported ahead of the app's worker answer, see page/count-worker.ts. */
function askWorker(): Promise<Counts> {
  const channel = new BroadcastChannel('bench-counts');
  return new Promise((resolve, reject) => {
    setTimeout(reject, 10_000, new Error('No counters in the worker: is its script named like one?'));
    channel.onmessage = ({ data }) => {
      channel.close();
      resolve(data as Counts);
    };
    channel.postMessage('read');
  });
}
