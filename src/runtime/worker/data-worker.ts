/** Reads and prepares data sets away from the page. */
import { DataError } from '../../data/errors.ts';
import type { Progress } from '../../data/streams.ts';
import type { BuiltInColumns, DataCalls, DataReply, DataRequest } from '../data-client.ts';
import { DataSession } from '../data-session.ts';
import { browserStorage } from '../data-store.ts';
import { fetchFrom } from './datasets/files.ts';
import { loadDataset } from './datasets/load.ts';
import { browserDecoder } from './decode-pictures.ts';

const PROGRESS_MS = 100;

let base = '';
let builtIn: BuiltInColumns = null;
let told = 0;
let what = '';

/** Ten times a second at most. */
function onProgress(progress: Progress): void {
  const now = performance.now();
  if (now - told < PROGRESS_MS && progress.what === what) return;
  told = now;
  what = progress.what;
  self.postMessage({ progress } satisfies DataReply);
}

const session = new DataSession(
  {
    onProgress,
    decoder: browserDecoder(),
    builtIn: async (name) => ({ columns: builtIn ?? [], values: await loadDataset(name, fetchFrom(base)) }),
  },
  browserStorage(),
);

type Handlers = {
  [M in keyof DataCalls]: (
    ...args: Parameters<DataCalls[M]>
  ) => ReturnType<DataCalls[M]> | Promise<ReturnType<DataCalls[M]>>;
};

const handlers: Handlers = {
  give: (inputs) => session.give(inputs),
  open: (wishes) => session.open(wishes),
  openText: (text) => session.openText(text),
  openSource: (source, columns) => {
    builtIn = columns;
    return session.openSource(source);
  },
  classes: (name) => session.classes(name),
  prepare: (plan) => session.prepare(plan),
  keep: (key) => session.keep(key),
  restore: (recipe, key, columns) => {
    builtIn = columns;
    return session.restore(recipe, key);
  },
};

self.onmessage = async ({ data }: MessageEvent<DataRequest>) => {
  const { id, method, args } = data;
  base = data.base;
  let reply: DataReply;
  try {
    const handle = handlers[method] as (...given: readonly unknown[]) => unknown;
    reply = { id, result: await handle(...args) };
  } catch (error) {
    const isKnown = error instanceof DataError;
    const title = error instanceof Error ? error.message : String(error);
    reply = { id, code: isKnown ? error.code : null, report: isKnown ? error.report : { title } };
  }
  self.postMessage(reply);
};
