/** jax-js: one jitted function of (weights, batch) to (new weights, loss) a step, over resident arrays. */

import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { Backend, Block, Contestant, ModelName } from './contract.ts';
import { fetchBytes, loadMnist } from './mnist.ts';
import { type Array32, BATCH, LEARNING_RATE, makeProblem } from './model.ts';

type Weights = { [name: string]: np.Array };
type Step = (weights: Weights, x: np.Array, y: np.Array) => [Weights, np.Array];

interface Session {
  readonly step: Step & { dispose(): void };
  readonly batches: { x: np.Array; y: np.Array }[];
  /** Waiting after each step frees its memory early: faster on wasm, slower on WebGPU. */
  readonly waits: boolean;
  weights: Weights;
  count: number;
}

export function jaxjsContestant(): Contestant {
  let session: Session | undefined;
  return {
    cannot: () => null,
    async setup(model, backend) {
      await useDevice(backend);
      const problem = makeProblem(model, await loadMnist(fetchBytes));
      const batches = problem.batches.map(({ x, y }) => ({ x: array(x), y: array(y) }));
      const weights = Object.fromEntries(Object.entries(problem.weights).map(([name, value]) => [name, array(value)]));
      const step = jit(trainStep(model)) as Session['step'];
      session = { step, batches, waits: backend === 'wasm', weights, count: 0 };
      await blockUntilReady([session.weights, session.batches]);
    },
    async steps(count) {
      if (!session) throw new Error('setup() comes first.');
      return runSteps(session, count);
    },
    async dispose() {
      if (!session) return;
      tree.dispose([session.weights, session.batches]);
      session.step.dispose();
      session = undefined;
    },
  };
}

async function useDevice(backend: Backend): Promise<void> {
  const devices = await init(backend);
  if (!devices.includes(backend)) throw new Error(`jax-js has no ${backend} device here.`);
  defaultDevice(backend);
}

async function runSteps(session: Session, count: number): Promise<Block> {
  const start = performance.now();
  let last: np.Array | undefined;
  for (let i = 0; i < count; i++) {
    const batch = session.batches[session.count++ % session.batches.length];
    if (!batch) throw new Error('No batch.');
    last?.dispose();
    [session.weights, last] = session.step(session.weights, batch.x.ref, batch.y.ref);
    if (session.waits) await blockUntilReady(last);
  }
  if (!last) throw new Error('A block has at least one step.');
  const loss = (await last.data())[0] as number;
  await blockUntilReady(session.weights);
  return { ms: performance.now() - start, loss };
}

function trainStep(model: ModelName): Step {
  const logits = model === 'mlp' ? mlp : lenet;
  const cost = (weights: Weights, x: np.Array, y: np.Array): np.Array =>
    nn
      .logSoftmax(logits(weights, x))
      .mul(y)
      .sum()
      .mul(-1 / BATCH);
  return (weights, x, y) => {
    const [loss, gradients] = valueAndGrad(cost)(tree.ref(weights), x, y);
    const next = Object.entries(weights).map(([name, weight]) => {
      const gradient = (gradients as Weights)[name] as np.Array;
      return [name, weight.sub(gradient.mul(LEARNING_RATE))];
    });
    return [Object.fromEntries(next) as Weights, loss];
  };
}

function mlp(weights: Weights, x: np.Array): np.Array {
  const { w1, b1, w2, b2 } = weights as Record<'w1' | 'b1' | 'w2' | 'b2', np.Array>;
  return np.dot(np.tanh(np.dot(x, w1).add(b1)), w2).add(b2);
}

function lenet(weights: Weights, x: np.Array): np.Array {
  const { k1, c1, k2, c2, w, b } = weights as Record<'k1' | 'c1' | 'k2' | 'c2' | 'w' | 'b', np.Array>;
  const flat = layer(layer(x, k1, c1), k2, c2).reshape([BATCH, 192]);
  return np.dot(flat, w).add(b);
}

function layer(x: np.Array, filter: np.Array, bias: np.Array): np.Array {
  const image = np.tanh(lax.conv(x, filter, [1, 1], 'VALID').add(bias.reshape([-1, 1, 1])));
  return lax.reduceWindow(image, np.max, [2, 2], [2, 2]);
}

function array({ shape, data }: Array32): np.Array {
  return np.array(data, { shape: [...shape] });
}
