/** Runs compiled functions on ONNX Runtime's wasm provider in Node, for tests. */
import * as ort from 'onnxruntime-web/wasm';
import type { DimBindings } from '../src/compiler/dims.ts';
import type { FunctionIR } from '../src/compiler/ir.ts';
import type { Registry } from '../src/compiler/op.ts';
import { emit } from '../src/compiler/phases/6-emit.ts';
import type { GraphPlan } from '../src/compiler/plan.ts';
import type { TensorData } from '../src/compiler/types.ts';

ort.env.wasm.numThreads = 1;

export type Feeds = Readonly<Record<string, TensorData>>;

export interface Runner {
  /** The outputs in order, with the shapes they really have. `feeds` are by the names of the function's feed inputs. */
  readonly run: (feeds: Feeds) => Promise<TensorData[]>;
  readonly close: () => Promise<void>;
}

export async function openModel(plan: GraphPlan): Promise<Runner> {
  const session = await ort.InferenceSession.create(plan.onnx, { graphOptimizationLevel: 'basic' });
  return {
    run: async (feeds) => {
      const given = plan.inputs.map(({ name }) => {
        const { dtype, data, shape } = feeds[name] as TensorData;
        return [name, new ort.Tensor(dtype, data as Float32Array, shape)] as const;
      });
      const results = await session.run(Object.fromEntries(given));
      return plan.outputs.map(({ name, dtype }) => {
        const { dims: shape, data } = results[name] as ort.Tensor;
        return { dtype, shape, data: data as Float32Array };
      });
    },
    close: () => session.release(),
  };
}

/** Runs a model on each of several sets of feeds. */
export async function runModel(plan: GraphPlan, feeds: readonly Feeds[]): Promise<TensorData[][]> {
  const runner = await openModel(plan);
  try {
    const results: TensorData[][] = [];
    for (const each of feeds) results.push(await runner.run(each));
    return results;
  } finally {
    await runner.close();
  }
}

/** The outputs of a function in order. */
export async function runFunction(
  fn: FunctionIR,
  registry: Registry,
  feeds: Feeds,
  dims: DimBindings = {},
): Promise<TensorData[]> {
  const [results = []] = await runModel(emit(fn, registry, { dims, data: 'batch' }), [feeds]);
  return results;
}

/** A model that is run with feeds, and gives results, by name. Feeds that it does not take are left out. */
export async function openBytes(bytes: Uint8Array) {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  return {
    inputs: session.inputNames,
    run: async (feeds: Feeds): Promise<Record<string, TensorData>> => {
      const given = session.inputNames.flatMap((name) => {
        const tensor = feeds[name];
        return tensor ? [[name, new ort.Tensor(tensor.dtype, tensor.data as Float32Array, tensor.shape)]] : [];
      });
      const results = await session.run(Object.fromEntries(given));
      return Object.fromEntries(
        Object.entries(results).map(([name, { type, dims, data }]) => [
          name,
          { dtype: type as TensorData['dtype'], shape: dims, data: data as Float32Array },
        ]),
      );
    },
    close: () => session.release(),
  };
}

/** The outputs of a model by name. */
export async function runBytes(bytes: Uint8Array, feeds: Feeds): Promise<Record<string, TensorData>> {
  const session = await openBytes(bytes);
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}
