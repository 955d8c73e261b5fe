/** The worker's door: calls in, replies and events out. All work is done by trainer.ts. */

import { type Calls, type Method, type Reply, type Request, type RuntimeEvents, toProblem } from '../protocol.ts';
import { installCounters, readCounts, resetCounts } from './count.ts';
import { fetchFrom } from './datasets/files.ts';
import { Trainer } from './trainer.ts';

// Before ONNX Runtime takes hold of any of it.
installCounters();

const post = (message: unknown) => self.postMessage(message);

/** The page's address comes with the first load. */
let base = '';
const trainer = new Trainer({
  emit: (event: keyof RuntimeEvents, data: RuntimeEvents[keyof RuntimeEvents]) => post({ event, data }),
  readFile: (path) => fetchFrom(base)(path),
});

type Handlers = {
  [M in Method]: (...args: Parameters<Calls[M]>) => ReturnType<Calls[M]> | Promise<ReturnType<Calls[M]>>;
};

const handlers: Handlers = {
  load: (plan, options, page) => {
    base = page;
    return trainer.load(plan, options);
  },
  run: (until) => trainer.run(until),
  step: (count) => trainer.step(count),
  pause: () => trainer.pause(),
  reset: () => trainer.reset(),
  setHyperparameter: (name, value) => trainer.setHyperparameter(name, value),
  evaluate: (split) => trainer.evaluate(split),
  observe: (probe) => trainer.observe(probe),
  probe: (probe) => trainer.probe(probe),
  readState: () => trainer.readState(),
  loadState: (state) => trainer.loadState(state),
  counts: readCounts,
  resetCounts,
  loseDevice: () => trainer.loseDevice(),
};

self.onmessage = async ({ data: { id, method, args } }: MessageEvent<Request>) => {
  let reply: Reply;
  try {
    const handle = handlers[method] as (...args: unknown[]) => unknown;
    reply = { id, result: await handle(...args) };
  } catch (error) {
    reply = { id, problem: toProblem(error) };
  }
  post(reply);
};
