/**
 * Training on ONNX Runtime's CPU kernels in wasm. A step graph run from JavaScript would copy the state into and out of
 * wasm memory at every step; the plan's Loop graph makes many steps in one run, with the data set kept inside as external
 * initializers. Between runs the state waits in JavaScript arrays that are never written to again.
 */

import type { GraphInput, GraphPlan, TrainingPlan } from '../../compiler/plan.ts';
import type { Feeds, State } from '../protocol.ts';
import type { Column } from './datasets/load.ts';
import { sizeOf } from './initializers.ts';
import type { InferenceSession, OrtBuild, Tensor } from './ort.ts';
import {
  bytesOf,
  get,
  hyperparametersOf,
  notFed,
  type Runner,
  type SessionOptions,
  type TrainingSession,
  trainingFor,
} from './session.ts';

/** Bounds the index vector and the time for which a run that turns out slow cannot be paused. */
const MAX_STEPS = 4096;

/** Takes values for inputs by name, in place of data or of what is not connected. */
export interface FedRunner extends Runner {
  run(batches: readonly (Int32Array | null)[], feeds?: Feeds): Promise<Record<string, Float32Array>[]>;
}

export class WasmSession implements TrainingSession {
  readonly backend = 'wasm';
  readonly adapter = null;
  readonly maxSteps = MAX_STEPS;
  readonly failure = new Promise<never>(() => {});
  onLosses: (losses: Float32Array) => void = () => {};

  readonly #plan: TrainingPlan;
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #build: OrtBuild;
  readonly #state = new Map<string, Tensor>();
  readonly #hyperparameters: Record<string, number>;
  /** By the rows of a batch: the plan's, and what may be left over at the end of an epoch. */
  readonly #train: Training[] = [];

  static async create(options: SessionOptions): Promise<WasmSession> {
    const session = new WasmSession(options);
    const { train, rest } = options.plan.graphs.wasm;
    for (const graph of [train, rest]) {
      if (graph) session.#train.push({ graph, session: await session.#createSession(graph) });
    }
    return session;
  }

  private constructor({ plan, columns, build }: SessionOptions) {
    this.#plan = plan;
    this.#columns = columns;
    this.#build = build;
    this.#hyperparameters = hyperparametersOf(plan);
  }

  #createSession(graph: GraphPlan): Promise<InferenceSession> {
    return this.#build.ort.InferenceSession.create(graph.onnx, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      // The JavaScript API turns both off unless told: every tensor of every step would be allocated anew.
      enableCpuMemArena: true,
      enableMemPattern: true,
      externalData: graph.external.map((id) => ({ path: id, data: bytesOf(get(this.#columns, id)) })),
    });
  }

  async train(steps: number, rows: Int32Array | null, factors: Float32Array | null = null): Promise<void> {
    const training = trainingFor(this.#train, steps, rows);
    if (!training) return;
    const { graph, session } = training;
    const feeds = Object.fromEntries(
      graph.inputs.map((input) => [input.name, this.#loopFeed(input, steps, rows, factors)]),
    );
    const wanted = graph.outputs.filter(({ binding }) => binding.kind === 'state' || binding.kind === 'loss');
    const results = await session.run(
      feeds,
      wanted.map((output) => output.name),
    );
    for (const { name, binding } of wanted) {
      const result = results[name] as Tensor;
      if (binding.kind === 'state') this.#state.set(binding.slot, result);
      else this.onLosses(result.data as Float32Array);
    }
  }

  #loopFeed(input: GraphInput, steps: number, rows: Int32Array | null, factors: Float32Array | null): Tensor {
    const { Tensor } = this.#build.ort;
    switch (input.binding.kind) {
      case 'steps':
        return new Tensor('int64', BigInt64Array.of(BigInt(steps)), input.shape);
      case 'index':
        return new Tensor('int32', rows ?? new Int32Array(0), [steps, (rows?.length ?? 0) / steps]);
      case 'hyperparameter': {
        const value = this.#hyperparameters[input.binding.name] ?? 0;
        const values = factors?.map((factor) => value * factor) ?? new Float32Array(steps).fill(value);
        return new Tensor('float32', values, [steps]);
      }
      default:
        return this.#feed(input, rows);
    }
  }

  #feed({ name, dtype, shape, binding }: GraphInput, rows: Int32Array | null, feeds: Feeds = {}): Tensor {
    const { Tensor } = this.#build.ort;
    const given = feeds[name];
    if (given) return new Tensor(dtype, given as Float32Array, shape);
    switch (binding.kind) {
      case 'state':
        return get(this.#state, binding.slot);
      case 'hyperparameter':
        return new Tensor('float32', Float32Array.of(this.#hyperparameters[binding.name] ?? 0), shape);
      case 'index':
        return new Tensor('int32', rows ?? new Int32Array(0), shape);
      case 'batch':
        return this.#tensor(gatherRows(get(this.#columns, binding.column), rows ?? new Int32Array(0), shape), shape);
      case 'column':
        return this.#tensor(get(this.#columns, binding.column), shape);
      case 'steps':
      case 'feed':
        throw notFed(name);
    }
  }

  #tensor(values: Column, shape: readonly number[]): Tensor {
    const { Tensor } = this.#build.ort;
    return values instanceof Float32Array ? new Tensor('float32', values, shape) : new Tensor('int32', values, shape);
  }

  async settle(): Promise<void> {}

  setHyperparameter(name: string, value: number): void {
    this.#hyperparameters[name] = value;
  }

  async readState(): Promise<State> {
    return Object.fromEntries(Array.from(this.#state, ([id, tensor]) => [id, tensor.data as Float32Array]));
  }

  writeState(state: State): void {
    for (const { id, shape } of this.#plan.state) {
      const values = state[id];
      if (values) this.#state.set(id, new this.#build.ort.Tensor('float32', values.slice(), shape));
    }
  }

  async open(graph: GraphPlan): Promise<FedRunner> {
    const session = await this.#createSession(graph);
    return {
      run: async (batches, given = {}) => {
        const all: Record<string, Float32Array>[] = [];
        for (const rows of batches) {
          const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, this.#feed(input, rows, given)]));
          const results = await session.run(feeds);
          all.push(Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, toFloats(tensor)])));
        }
        return all;
      },
      close: () => session.release(),
    };
  }

  async close(): Promise<void> {
    for (const { session } of this.#train.splice(0)) await session.release();
  }
}

interface Training {
  readonly graph: GraphPlan;
  readonly session: InferenceSession;
}

function gatherRows(column: Column, rows: Int32Array, shape: readonly number[]): Column {
  const width = sizeOf(shape.slice(1));
  const gathered =
    column instanceof Float32Array ? new Float32Array(rows.length * width) : new Int32Array(rows.length * width);
  rows.forEach((row, i) => {
    gathered.set(column.subarray(row * width, (row + 1) * width), i * width);
  });
  return gathered;
}

function toFloats(tensor: Tensor): Float32Array {
  const { data } = tensor;
  return data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number | bigint>, Number);
}
