/** Runs compiled functions on ONNX Runtime's wasm provider in Node, for tests. */
import * as ort from 'onnxruntime-web/wasm';
import type { DimBindings } from '../src/compiler/dims.ts';
import type { FunctionIR } from '../src/compiler/ir.ts';
import type { Registry } from '../src/compiler/op.ts';
import { emit } from '../src/compiler/phases/6-emit.ts';
import type { TensorData } from '../src/compiler/types.ts';

ort.env.wasm.numThreads = 1;

/** The outputs of the function in order; `feeds` are by the names of the function's feed inputs. */
export async function runFunction(
  fn: FunctionIR,
  registry: Registry,
  feeds: Readonly<Record<string, TensorData>>,
  dims: DimBindings = {},
): Promise<TensorData[]> {
  const plan = emit(fn, registry, { dims, data: 'batch' });
  const session = await ort.InferenceSession.create(plan.onnx, { graphOptimizationLevel: 'basic' });
  try {
    const given = plan.inputs.map(({ name }) => {
      const { dtype, data, shape } = feeds[name] as TensorData;
      return [name, new ort.Tensor(dtype, data as Float32Array, shape)] as const;
    });
    const results = await session.run(Object.fromEntries(given));
    return plan.outputs.map(({ name, dtype }) => {
      const { dims: shape, data } = results[name] as ort.Tensor;
      return { dtype, shape, data: data as Float32Array };
    });
  } finally {
    await session.release();
  }
}
