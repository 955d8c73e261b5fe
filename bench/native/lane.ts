/** Native ONNX Runtime on one thread, in Node. */

import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Lane } from '../lane.ts';
import type { ModelName } from '../page/contract.ts';
import type { Mnist } from '../page/mnist.ts';
import { type Array32, LEARNING_RATE, makeProblem } from '../page/model.ts';

type Tensors = Record<string, Tensor>;

/** A training step as ONNX, and what to feed it. */
export interface StepModel {
  readonly onnx: Uint8Array;
  /** Fed to the first step. */
  readonly state: Tensors;
  /** Which output is which state input of the next step. */
  readonly next: Readonly<Record<string, string>>;
  readonly loss: string;
  feeds(step: number): Tensors;
}

/** The training step that Wiregrad exports, on the weights and batches that all contestants share. */
export function exportedModel(onnx: Uint8Array, model: ModelName, mnist: Mnist): StepModel {
  const { weights, batches } = makeProblem(model, mnist);
  const lr = new Tensor('float32', [LEARNING_RATE], []);
  const feeds = batches.map(({ x, labels }) => ({
    'mnist.pixels': tensor(x),
    'mnist.label': new Tensor('int32', labels, [labels.length]),
    lr,
  }));
  return {
    onnx,
    state: Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, tensor(value)])),
    next: Object.fromEntries(Object.keys(weights).map((name) => [`${name}_next`, name])),
    loss: 'loss',
    feeds: (step) => feeds[step % feeds.length] as Tensors,
  };
}

export async function openNative(model: StepModel): Promise<Lane> {
  const session = await InferenceSession.create(model.onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  let state = model.state;
  let step = 0;
  return {
    contender: 'native ORT',
    backend: 'native',
    async steps(count) {
      const start = performance.now();
      let loss = Number.NaN;
      for (let i = 0; i < count; i++) {
        const outputs = (await session.run({ ...state, ...model.feeds(step++) })) as Tensors;
        state = Object.fromEntries(Object.entries(model.next).map(([from, to]) => [to, outputs[from] as Tensor]));
        loss = Number((outputs[model.loss] as Tensor).data[0]);
      }
      return { ms: performance.now() - start, loss };
    },
    close: () => session.release(),
  };
}

function tensor({ shape, data }: Array32): Tensor {
  return new Tensor('float32', data, [...shape]);
}
