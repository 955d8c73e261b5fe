/** ELK in a worker of its own, loaded when a layout is first asked for: a large graph takes seconds to lay out. */
import type { ELK } from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';

let engine: Promise<ELK> | undefined;

async function load(): Promise<ELK> {
  // Node has no such workers; there tests lay out on the spot.
  if (import.meta.env.MODE === 'test') {
    const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
    return new Elk();
  }
  const { default: Elk } = await import('elkjs/lib/elk-api.js');
  return new Elk({ workerFactory: () => new Worker(workerUrl, { name: 'layout' }) });
}

export function layoutEngine(): Promise<ELK> {
  engine ??= load().catch((error) => {
    // What did not load once may load the next time.
    engine = undefined;
    throw error;
  });
  return engine;
}
