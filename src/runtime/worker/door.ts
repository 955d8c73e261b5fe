import { type Calls, type Emit, type Method, type Reply, type Request, toProblem } from '../protocol.ts';
import { readCounts, resetCounts } from './count.ts';
import { fetchFrom, type ReadFile } from './datasets/files.ts';
import { Trainer } from './trainer.ts';

type Handlers = {
  [M in Method]: (...args: Parameters<Calls[M]>) => ReturnType<Calls[M]> | Promise<ReturnType<Calls[M]>>;
};

/** Answers requests by a trainer of its own; `post` sends replies and events. `read` replaces fetching, for tests. */
export function openDoor(post: (message: unknown) => void, read?: ReadFile): (request: Request) => Promise<void> {
  /** The page's address comes with each load. */
  let base = '';
  const emit: Emit = (event, data) => post({ event, data });
  const trainer = new Trainer({ emit, readFile: read ?? ((path) => fetchFrom(base)(path)) });

  const handlers: Handlers = {
    load: (plan, options, page) => {
      base = page;
      return trainer.load(plan, options);
    },
    run: (until) => trainer.run(until),
    step: (count) => trainer.step(count),
    pause: () => trainer.pause(),
    setPace: (perSecond) => trainer.setPace(perSecond),
    reset: () => trainer.reset(),
    restoreBest: () => trainer.restoreBest(),
    setHyperparameter: (name, value) => trainer.setHyperparameter(name, value),
    evaluate: (split) => trainer.evaluate(split),
    observe: (probe) => trainer.observe(probe),
    probe: (probe) => trainer.probe(probe),
    readState: () => trainer.readState(),
    loadState: (state) => trainer.loadState(state),
    checkGradients: (plan) => trainer.checkGradients(plan),
    trace: (graph, from, bad) => trainer.trace(graph, from, bad),
    rewind: (to, step) => trainer.rewind(to, step),
    setBreakpoints: (plan) => trainer.setBreakpoints(plan),
    inquire: (inquiry) => trainer.inquire(inquiry),
    counts: readCounts,
    resetCounts,
    loseDevice: () => trainer.loseDevice(),
  };

  return async ({ id, method, args }) => {
    let reply: Reply;
    try {
      const handle = handlers[method] as (...args: unknown[]) => unknown;
      reply = { id, result: await handle(...args) };
    } catch (error) {
      reply = { id, problem: toProblem(error) };
    }
    post(reply);
  };
}
