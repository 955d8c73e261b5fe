/** The page's side of reading data: a worker for each piece of work, so that ending the worker cancels it. */
import type { DataSource, DatasetRecipe } from '../compiler/datasets.ts';
import type { DatasetInfo } from '../compiler/plan.ts';
import { DataError } from '../data/errors.ts';
import type { Wishes } from '../data/load.ts';
import type { DatasetPlan } from '../data/prepare.ts';
import type { DataInput, OnProgress, Progress } from '../data/streams.ts';
import type { Looked, Outcome } from './data-session.ts';

/** What a built-in data set is known by, for sources that are one. */
export type BuiltInColumns = DatasetInfo['columns'] | null;

export interface DataCalls {
  give(inputs: readonly DataInput[]): void;
  open(wishes: Wishes): Looked;
  openText(text: string): Looked;
  openSource(source: DataSource, builtIn: BuiltInColumns): Looked;
  classes(name: string): readonly string[];
  prepare(plan: DatasetPlan): Outcome;
  keep(key: string): void;
  restore(recipe: DatasetRecipe, key: string, builtIn: BuiltInColumns): void;
}

type Method = keyof DataCalls;

export interface DataRequest {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
  /** The page's address, below which the built-in data lie. */
  readonly base: string;
}

export type DataReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly code: DataError['code'] | null; readonly report: DataError['report'] }
  | { readonly progress: Progress };

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

const FILES_AT_ONCE = 200;

/** What calls under way reject with when their worker is ended. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled.');
    this.name = 'Cancelled';
  }
}

export class DataClient {
  readonly #onProgress: OnProgress;
  #worker: Worker | null = null;
  #next = 1;
  readonly #pending = new Map<number, Pending>();

  constructor(onProgress: OnProgress = () => {}) {
    this.#onProgress = onProgress;
  }

  /** Rejects with a DataError, or Cancelled. */
  call<M extends Method>(method: M, ...args: Parameters<DataCalls[M]>): Promise<ReturnType<DataCalls[M]>> {
    const worker = this.#worker ?? this.#start();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ id, method, args, base: document.baseURI } satisfies DataRequest);
    });
  }

  /** Hands over files a few at a time: thousands at once would hold up the page. */
  async give(inputs: readonly DataInput[]): Promise<void> {
    for (let at = 0; at < inputs.length; at += FILES_AT_ONCE) {
      await this.call('give', inputs.slice(at, at + FILES_AT_ONCE));
    }
  }

  /** Ends what is under way and lets go of what was read. */
  close(error: Error = new Cancelled()): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker/data-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<DataReply>) => this.#receive(data);
    worker.onerror = ({ message }) => {
      const cause = `The browser ended it: ${message || 'it may have run out of memory'}.`;
      this.close(new DataError('data/size', { title: 'Reading the data stopped', cause }));
    };
    this.#worker = worker;
    return worker;
  }

  #receive(reply: DataReply): void {
    if ('progress' in reply) {
      this.#onProgress(reply.progress);
      return;
    }
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('result' in reply) pending?.resolve(reply.result as never);
    else if (reply.code) pending?.reject(new DataError(reply.code, reply.report));
    else pending?.reject(new Error(reply.report.title));
  }
}
