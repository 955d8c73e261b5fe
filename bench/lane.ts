/** One contestant on one backend with one model set up, ready to be timed; and the peers' lanes. */

import type { Browser } from '@playwright/test';
import type { Backend, Block, Counts, ModelName } from './page/contract.ts';

export type Contender = 'Wiregrad' | 'TensorFlow.js' | 'jax-js' | 'native ORT';

export interface Lane {
  readonly contender: Contender;
  readonly backend: Backend | 'native';
  steps(count: number): Promise<Block>;
  /** WebGPU calls so far, where there are any. */
  readCounts?(): Promise<Counts>;
  close(): Promise<void>;
}

export interface Refusal {
  readonly contender: Contender;
  readonly backend: Lane['backend'];
  readonly cannot: string;
}

/** A lane, or the reason why there is none. */
export type Opened = Lane | Refusal;

export function isLane(opened: Opened): opened is Lane {
  return !('cannot' in opened);
}

const SCRIPTS = { 'TensorFlow.js': 'tfjs', 'jax-js': 'jaxjs' } as const;

export interface Place {
  readonly browser: Browser;
  /** Of the peers' page. */
  readonly url: string;
}

export async function openPeer(
  { browser, url }: Place,
  contender: keyof typeof SCRIPTS,
  model: ModelName,
  backend: Backend,
): Promise<Opened> {
  const page = await browser.newPage();
  await page.goto(`${url}?contestant=${SCRIPTS[contender]}`);
  await page.waitForFunction('window.bench');
  const setUp = async ([model, backend]: [ModelName, Backend]): Promise<string | null> => {
    const { contestant } = window.bench;
    const reason = contestant.cannot(model, backend);
    if (reason === null) await contestant.setup(model, backend);
    return reason;
  };
  const cannot = await page.evaluate(setUp, [model, backend] as [ModelName, Backend]);
  if (cannot !== null) {
    await page.close();
    return { contender, backend, cannot };
  }
  return {
    contender,
    backend,
    steps: (count) => page.evaluate((count) => window.bench.contestant.steps(count), count),
    readCounts: () => page.evaluate(() => window.bench.readCounts()),
    close: async () => {
      await page.evaluate(() => window.bench.contestant.dispose());
      await page.close();
    },
  };
}
