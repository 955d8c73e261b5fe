/**
 * TensorFlow.js: resident batches, one SGD minimize() inside a tidy a step. The loss is spelled out because
 * tf.losses.softmaxCrossEntropy takes four dispatches more.
 */

import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import '@tensorflow/tfjs-backend-webgpu';
import type { Backend, Block, Contestant, ModelName } from './contract.ts';
import { fetchBytes, loadMnist } from './mnist.ts';
import { type Array32, BATCH, CLASSES, LEARNING_RATE, makeProblem, type Problem, transpose } from './model.ts';

type Logits = (x: tf.Tensor) => tf.Tensor2D;

interface Session {
  readonly variables: tf.Variable[];
  readonly batches: { x: tf.Tensor; y: tf.Tensor }[];
  readonly logits: Logits;
  readonly optimizer: tf.SGDOptimizer;
  step: number;
}

export function tfjsContestant(): Contestant {
  let session: Session | undefined;
  return {
    cannot: (model, backend) =>
      model === 'lenet' && backend === 'wasm' ? 'no Conv2DBackpropFilter kernel in its wasm backend' : null,
    async setup(model, backend) {
      await useBackend(backend);
      session = makeSession(model, makeProblem(model, await loadMnist(fetchBytes)));
    },
    async steps(count) {
      if (!session) throw new Error('setup() comes first.');
      return runSteps(session, count);
    },
    async dispose() {
      if (!session) return;
      tf.dispose([session.variables, session.batches]);
      session = undefined;
    },
  };
}

async function useBackend(backend: Backend): Promise<void> {
  // One thread in isolated pages too; its threaded build would be another file.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // It wants an address for every build, and fetches the SIMD one.
  setWasmPaths({
    'tfjs-backend-wasm.wasm': simdUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  });
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} backend here.`);
  await tf.ready();
}

function makeSession(model: ModelName, problem: Problem): Session {
  const weights = model === 'mlp' ? problem.weights : channelsLast(problem.weights);
  const variables = Object.fromEntries(
    Object.entries(weights).map(([name, value]) => [name, tf.variable(tensor(value), true)]),
  );
  const batches = residentBatches(problem, model === 'mlp' ? [784] : [28, 28, 1]);
  const logits = model === 'mlp' ? mlp(variables) : lenet(variables);
  return { variables: Object.values(variables), batches, logits, optimizer: tf.train.sgd(LEARNING_RATE), step: 0 };
}

/** Tensors made from JavaScript reach the device at their first use; pieces split off a tensor are on it already. */
function residentBatches({ batches }: Problem, row: number[]): Session['batches'] {
  return tf.tidy(() => {
    const whole = (values: readonly Array32[], shape: number[]): tf.Tensor[] =>
      tf.split(tf.concat(values.map(({ data }) => tf.tensor(data, [BATCH, ...shape]))), values.length);
    const images = whole(
      batches.map(({ x }) => x),
      row,
    );
    const labels = whole(
      batches.map(({ y }) => y),
      [CLASSES],
    );
    return images.map((x, i) => ({ x: tf.keep(x), y: tf.keep(labels[i] as tf.Tensor) }));
  });
}

async function runSteps(session: Session, count: number): Promise<Block> {
  const start = performance.now();
  let last: tf.Scalar | undefined;
  for (let i = 0; i < count; i++) {
    last?.dispose();
    last = tf.tidy(() => trainStep(session));
  }
  if (!last) throw new Error('A block has at least one step.');
  const loss = (await last.data())[0] as number;
  const ms = performance.now() - start;
  last.dispose();
  return { ms, loss };
}

function trainStep(session: Session): tf.Scalar {
  const batch = session.batches[session.step++ % session.batches.length];
  if (!batch) throw new Error('No batch.');
  const cost = (): tf.Scalar =>
    tf
      .logSoftmax(session.logits(batch.x))
      .mul(batch.y)
      .sum()
      .mul(-1 / BATCH) as tf.Scalar;
  return session.optimizer.minimize(cost, true, session.variables) as tf.Scalar;
}

function mlp({ w1, b1, w2, b2 }: Record<string, tf.Variable>): Logits {
  const [first, firstBias, second, secondBias] = [w1, b1, w2, b2] as [tf.Tensor2D, tf.Tensor, tf.Tensor2D, tf.Tensor];
  return (x) => {
    const hidden = tf.tanh(tf.matMul(x as tf.Tensor2D, first).add(firstBias));
    return tf.matMul(hidden as tf.Tensor2D, second).add(secondBias);
  };
}

function lenet({ k1, c1, k2, c2, w, b }: Record<string, tf.Variable>): Logits {
  const filters = [
    [k1, c1],
    [k2, c2],
  ] as [tf.Tensor4D, tf.Tensor][];
  return (x) => {
    let image = x as tf.Tensor4D;
    for (const [filter, bias] of filters) {
      image = tf.maxPool(tf.tanh(tf.conv2d(image, filter, 1, 'valid').add(bias)) as tf.Tensor4D, 2, 2, 'valid');
    }
    const flat = image.reshape([-1, 192]) as tf.Tensor2D;
    return tf.matMul(flat, w as unknown as tf.Tensor2D).add(b as tf.Tensor);
  };
}

/** Its convolutions are differentiable in NHWC only: filters become HWIO, and the dense rows follow the new flattening. */
function channelsLast(weights: Readonly<Record<string, Array32>>): Record<string, Array32> {
  const { k1, c1, k2, c2, w, b } = weights as Record<'k1' | 'c1' | 'k2' | 'c2' | 'w' | 'b', Array32>;
  const dense = transpose({ shape: [12, 4, 4, 10], data: w.data }, [1, 2, 0, 3]);
  return {
    k1: transpose(k1, [2, 3, 1, 0]),
    c1,
    k2: transpose(k2, [2, 3, 1, 0]),
    c2,
    w: { ...dense, shape: w.shape },
    b,
  };
}

function tensor({ shape, data }: Array32): tf.Tensor {
  return tf.tensor(data, [...shape], 'float32');
}
