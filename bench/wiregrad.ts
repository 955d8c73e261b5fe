/** Wiregrad's lane: the built app in a page of the same browser, driven through its scripting interface. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { Lane, Place, Refusal } from './lane.ts';
import type { Backend, Block, Counts, ModelName } from './page/contract.ts';

/** What is asked of the app as `window.wiregrad`. */
export interface WiregradApp {
  open(document: unknown): Promise<unknown>;
  /** Goes on from where it is; the first call after open() starts from the document's initializers. */
  train(options: TrainOptions): Promise<TrainResult>;
  export(kind: 'train-step'): Promise<Uint8Array>;
}

export interface TrainOptions {
  readonly steps: number;
  readonly backend: Backend;
  readonly watch: Watch;
}

export type Watch = 'nothing' | 'visible';

export interface TrainResult {
  /** Of the last step, before its update. */
  readonly loss: number;
  /** The backend that was really used. */
  readonly backend: Backend;
  /** Nodes of the training session that run on the CPU beside a WebGPU backend. */
  readonly fallbackNodes: number;
}

export interface WiregradLane extends Lane {
  stepsWatching(count: number, watch: Watch): Promise<Block>;
  exportStep(): Promise<Uint8Array>;
  fallbackNodes(): number;
}

export const APP_DIST: string = fileURLToPath(new URL('../dist/', import.meta.url));
const graphPath = (model: ModelName): string => fileURLToPath(new URL(`./graphs/${model}.json`, import.meta.url));

declare global {
  interface Window {
    wiregrad: WiregradApp;
  }
}

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
    JSON.parse(await readFile(graphPath(model), 'utf8')) as unknown,
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
    const { ms, result } = await page.evaluate(
      async (options) => {
        const start = performance.now();
        const result = await window.wiregrad.train(options);
        return { ms: performance.now() - start, result };
      },
      { steps: count, backend, watch },
    );
    if (result.backend !== backend) throw new Error(`Wiregrad trained on ${result.backend}, not on ${backend}.`);
    fallbackNodes = result.fallbackNodes;
    return { ms, loss: result.loss };
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
