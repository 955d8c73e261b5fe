/** Runs single models on wasm, in a worker of its own: training has another, and is none of its concern. */
import type { ScratchReply, ScratchRequest, ScratchTensor } from '../scratch.ts';
import { loadOrt, type Tensor } from './ort.ts';

async function run({ onnx, inputs }: ScratchRequest): Promise<ScratchTensor[]> {
  const { ort } = await loadOrt('wasm');
  const session = await ort.InferenceSession.create(onnx, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'basic',
  });
  try {
    const feeds = Object.fromEntries(
      inputs.map(({ name, dtype, data, shape }) => [name, new ort.Tensor(dtype, data as Float32Array, shape)]),
    );
    const results = await session.run(feeds);
    return session.outputNames.map((name) => {
      const { dims, data, type } = results[name] as Tensor;
      return { name, dtype: type as ScratchTensor['dtype'], shape: dims, data: data as Float32Array };
    });
  } finally {
    await session.release();
  }
}

// One after another: ONNX Runtime takes one call at a time.
let queue: Promise<unknown> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ScratchRequest>) => {
  queue = queue.then(async () => {
    let reply: ScratchReply;
    try {
      reply = { id: data.id, outputs: await run(data) };
    } catch (error) {
      reply = { id: data.id, error: error instanceof Error ? error.message : String(error) };
    }
    self.postMessage(reply);
  });
};
