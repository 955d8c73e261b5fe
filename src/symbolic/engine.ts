/** Runs compiled functions on ONNX Runtime's wasm kernels, in a page, a worker or Node. */
import type { GraphPlan } from '../compiler/plan.ts';
import type { DType, TensorData } from '../compiler/types.ts';
import { loadOrt, type Tensor as OrtTensor } from '../runtime/worker/ort.ts';

export interface Engine {
  /** Results in the order of the plan's outputs; `feeds` by the names of its inputs. */
  readonly run: (feeds: ReadonlyMap<string, TensorData>) => Promise<readonly TensorData[]>;
}

export async function openEngine({ onnx, inputs, outputs }: GraphPlan): Promise<Engine> {
  const { ort } = await loadOrt('wasm');
  const session = await ort.InferenceSession.create(onnx, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  return {
    async run(feeds) {
      const given = inputs.map(({ name }) => {
        const { dtype, data, shape } = feeds.get(name) as TensorData;
        return [name, new ort.Tensor(dtype, data as Float32Array, shape)] as const;
      });
      const results = await session.run(Object.fromEntries(given));
      return outputs.map(({ name }) => {
        const { dims, data, type } = results[name] as OrtTensor;
        return { dtype: type as DType, shape: dims, data: data as Float32Array };
      });
    },
  };
}
