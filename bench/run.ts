/** `npm run bench`: Wiregrad beside its peers in one browser, and native ONNX Runtime beside them. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser } from '@playwright/test';
import { build } from 'vite';
import { checkBars } from './bars.ts';
import { launchBrowser } from './browser.ts';
import { isLane, type Lane, type Opened, openPeer, type Refusal } from './lane.ts';
import { countsPerStep, firstLosses, formatLosses, type Run, timeRounds } from './measure.ts';
import { exportedModel, openNative } from './native/lane.ts';
import { BACKENDS, type Backend, MODEL_NAMES, type ModelName } from './page/contract.ts';
import { loadMnist, type Mnist } from './page/mnist.ts';
import { PAGE_DIST, pageConfig } from './page-config.ts';
import { printReport, processor, type Row, writeReport } from './report.ts';
import { serve } from './server.ts';
import { APP_DIST, openWiregrad, type WiregradLane } from './wiregrad.ts';

const USAGE = `Usage: npm run bench -- [options]
  --model mlp|lenet       one model only
  --backend wasm|webgpu   one backend only
  --isolated              pages isolated from other origins, as a server with COOP and COEP headers makes them
  --rounds N              rounds of which the median is taken (5)
  --steps N               steps a block, instead of 100 and 5 on wasm, 3 and 2 on WebGPU`;

const DATA = fileURLToPath(new URL('../public/data/', import.meta.url));

/** Steps of a timed block: a software WebGPU adapter takes seconds for what the others do in milliseconds. */
const STEPS: Record<Backend, Record<ModelName, number>> = {
  wasm: { mlp: 100, lenet: 5 },
  webgpu: { mlp: 3, lenet: 2 },
};

interface Options {
  readonly models: readonly ModelName[];
  readonly backends: readonly Backend[];
  readonly isolated: boolean;
  readonly rounds: number;
  readonly steps: number | undefined;
}

interface Setting {
  readonly browser: Browser;
  readonly peersUrl: string;
  readonly appUrl: string;
  readonly mnist: Mnist;
  readonly options: Options;
}

await main();

async function main(): Promise<void> {
  const options = readOptions();
  await build(pageConfig);
  const { isolated } = options;
  const peers = await serve({ root: PAGE_DIST, mounts: { data: DATA }, isolated });
  const counters = { mounts: { 'bench-counters': PAGE_DIST }, workerPrelude: '/bench-counters/count-worker.js' };
  const app = await serve({ root: APP_DIST, ...counters, isolated });
  const browser = await launchBrowser();
  try {
    const mnist = await loadMnist(async (name) => new Uint8Array(await readFile(`${DATA}${name}`)));
    const setting = { browser, peersUrl: peers.url, appUrl: app.url, mnist, options };
    const rows: Row[] = [];
    for (const model of options.models) {
      for (const backend of options.backends) rows.push(...(await compare(setting, model, backend)));
    }
    const report = {
      date: new Date().toISOString(),
      browser: `Chromium ${browser.version()}`,
      adapter: await adapterName(browser, peers.url),
      processor: processor(),
      isolated: options.isolated,
      node: process.version,
      rows,
      bars: checkBars(rows),
    };
    printReport(report);
    console.log(`\nWritten to ${await writeReport(report)}`);
  } finally {
    await browser.close();
    peers.close();
    app.close();
  }
}

async function compare(setting: Setting, model: ModelName, backend: Backend): Promise<Row[]> {
  const { browser, peersUrl, appUrl } = setting;
  console.log(`${model} on ${backend}: setting up`);
  const wiregrad: WiregradLane | Refusal = await openWiregrad({ browser, url: appUrl }, model, backend);
  const opened: Opened[] = [wiregrad];
  for (const peer of ['TensorFlow.js', 'jax-js'] as const) {
    opened.push(await openPeer({ browser, url: peersUrl }, peer, model, backend));
  }
  if (backend === 'wasm' && isLane(wiregrad)) {
    opened.push(await openNative(exportedModel(await wiregrad.exportStep(), model, setting.mnist)));
  }
  const lanes = opened.filter(isLane);
  try {
    const rows = await measure(lanes, model, setting.options.rounds, setting.options.steps ?? STEPS[backend][model]);
    return opened.map((lane) =>
      isLane(lane) ? (rows.get(lane) as Row) : { ...lane, model, firstLosses: [], rounds: [] },
    );
  } finally {
    for (const lane of lanes) await lane.close();
  }
}

async function measure(
  lanes: readonly Lane[],
  model: ModelName,
  rounds: number,
  steps: number,
): Promise<Map<Lane, Row>> {
  const losses = await firstLosses(lanes);
  const rows = new Map<Lane, Row>();
  const runs: Run[] = [];
  for (const lane of lanes) {
    const { contender, backend } = lane;
    console.log(`${model} on ${backend}: ${contender}, first losses ${formatLosses(losses.get(lane) ?? [])}`);
    const counts = await countsPerStep(lane);
    const row: Row = {
      contender,
      backend,
      model,
      firstLosses: losses.get(lane) ?? [],
      rounds: [],
      ...(counts ? { counts } : {}),
      ...(backend === 'native' ? { note: 'the exported step' } : {}),
      ...(isWiregrad(lane) ? { watchingRounds: [], fallbackNodes: lane.fallbackNodes() } : {}),
    };
    rows.set(lane, row);
    const scale = backend === 'native' || (backend === 'wasm' && isWiregrad(lane)) ? 4 : 1;
    runs.push({ steps: lane.steps, times: row.rounds, scale });
    if (isWiregrad(lane)) {
      runs.push({ steps: (count) => lane.stepsWatching(count, 'visible'), times: row.watchingRounds ?? [], scale });
    }
  }
  await timeRounds(runs, rounds, steps);
  return rows;
}

function isWiregrad(lane: Lane): lane is WiregradLane {
  return lane.contender === 'Wiregrad';
}

async function adapterName(browser: Browser, url: string): Promise<string> {
  const page = await browser.newPage();
  await page.goto(`${url}?contestant=none`);
  const name = await page.evaluate(async () => {
    const info = (await navigator.gpu?.requestAdapter())?.info;
    return info ? `${info.vendor} ${info.architecture} ${info.description}`.trim() : 'none';
  });
  await page.close();
  return name;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', multiple: true },
      backend: { type: 'string', multiple: true },
      isolated: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      steps: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return {
    models: MODEL_NAMES.filter((name) => !values.model || values.model.includes(name)),
    backends: BACKENDS.filter((name) => !values.backend || values.backend.includes(name)),
    isolated: values.isolated,
    rounds: Number(values.rounds),
    steps: values.steps === undefined ? undefined : Number(values.steps),
  };
}
