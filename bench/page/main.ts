/** The peers' page: counters first, then one contestant a page, chosen by `?contestant=`. */

import type { Contestant, Counts } from './contract.ts';
import { installCounters, readCounts } from './count.ts';

declare global {
  interface Window {
    bench: { contestant: Contestant; readCounts(): Counts };
  }
}

installCounters();
window.bench = { contestant: await load(new URLSearchParams(location.search).get('contestant')), readCounts };

async function load(name: string | null): Promise<Contestant> {
  if (name === 'tfjs') return (await import('./tfjs.ts')).tfjsContestant();
  if (name === 'jaxjs') return (await import('./jaxjs.ts')).jaxjsContestant();
  throw new Error(`No contestant named ${name}.`);
}
