/**
 * Training on WebGPU. State, data and hyperparameters are device buffers made once. A step reads one set of state
 * buffers and writes the other, since WebGPU forbids a buffer that is input and output of one dispatch; then the sets
 * swap. Regular traffic is the row numbers of each step on the way in and, once a turn, its losses on the way out.
 */

import type { GraphInput, GraphOutput, GraphPlan } from '../../compiler/plan.ts';
import { type AdapterSummary, RuntimeError, type State } from '../protocol.ts';
import { markState } from './count.ts';
import { aligned, type Gpu, Staging, storageBuffer } from './gpu.ts';
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

/** Losses stay on the device for so many steps, one small buffer each, and are copied out together. */
const MAX_STEPS = 64;

const BYTES = { float32: 4, int32: 4, int64: 8, bool: 1 } as const;

/** A tensor that the device holds. */
interface Held {
  readonly tensor: Tensor;
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

type Slots = ReadonlyMap<string, Held>;
type Feeds = Record<string, Tensor>;
type Described = Pick<GraphInput, 'dtype' | 'shape'>;

export class WebGpuSession implements TrainingSession {
  readonly backend = 'webgpu';
  readonly maxSteps = MAX_STEPS;
  readonly adapter: AdapterSummary;
  readonly failure: Promise<never>;
  onLosses: (losses: Float32Array) => void = () => {};

  readonly #build: OrtBuild;
  readonly #device: GPUDevice;
  /** `#current` holds the state now, the next step writes the other. Slots that no step writes are the same in both. */
  readonly #sets: readonly [Slots, Slots];
  #current: 0 | 1 = 0;
  readonly #columns: ReadonlyMap<string, Held>;
  readonly #hyperparameters: ReadonlyMap<string, Held>;
  /** As they were set. What the device has is this times the factor of the step. */
  readonly #settings: Record<string, number> = {};
  #factor = 1;
  /** For batches of the plan, and for the rows left over at the end of an epoch. */
  readonly #trainings: Training[] = [];
  #turn = 0;
  /** Of the losses of the last turn. */
  #delivery: Promise<void> = Promise.resolve();
  #closing = false;
  /** Resolves when no step is being queued. */
  #busy: Promise<void> = Promise.resolve();

  static async create(options: SessionOptions & { readonly gpu: Gpu }): Promise<WebGpuSession> {
    const session = new WebGpuSession(options);
    const { train, rest } = options.plan.graphs.webgpu;
    for (const graph of [train, rest]) if (graph) session.#trainings.push(await session.#prepare(graph));
    return session;
  }

  private constructor({ plan, columns, build, gpu }: SessionOptions & { readonly gpu: Gpu }) {
    const { device } = gpu;
    this.#build = build;
    this.#device = device;
    this.adapter = gpu.adapter;
    this.failure = this.#watch();
    const written = writtenSlots(plan.graphs.webgpu.train);
    const first = new Map(plan.state.map(({ id, shape }) => [id, this.#hold({ dtype: 'float32', shape })]));
    const second = plan.state.map(({ id, shape }): [string, Held] => [
      id,
      written.has(id) ? this.#hold({ dtype: 'float32', shape }) : get(first, id),
    ]);
    this.#sets = [first, new Map(second)];
    for (const set of this.#sets) for (const { buffer } of set.values()) markState(buffer);
    this.#columns = new Map(
      plan.columns.map(({ id, dtype, shape }) => {
        const values = get(columns, id);
        const held = this.#hold({ dtype, shape });
        device.queue.writeBuffer(held.buffer, 0, bytesOf(values) as BufferSource);
        return [id, held];
      }),
    );
    this.#hyperparameters = new Map(
      plan.hyperparameters.map(({ name }) => [name, this.#hold({ dtype: 'float32', shape: [] })]),
    );
    for (const [name, value] of Object.entries(hyperparametersOf(plan))) this.setHyperparameter(name, value);
  }

  #watch(): Promise<never> {
    const device = this.#device;
    const failure = new Promise<never>((_, reject) => {
      device.lost.then(({ message }) => {
        if (this.#closing) return;
        reject(new RuntimeError('runtime/device-lost', `The graphics device was lost. ${message}`.trim()));
      });
      device.addEventListener('uncapturederror', ({ error }) => {
        reject(new RuntimeError('runtime/onnxruntime', `WebGPU refused an operation: ${error.message}`));
      });
    });
    // Whoever waits for a result races it against this; with nobody waiting it must not count as unhandled.
    failure.catch(() => {});
    return failure;
  }

  #hold(described: Described): Held {
    const bytes = sizeOf(described.shape) * BYTES[described.dtype];
    const buffer = storageBuffer(this.#device, bytes);
    return { tensor: this.#tensor(buffer, described), buffer, bytes };
  }

  #tensor(buffer: GPUBuffer, { dtype, shape }: Described): Tensor {
    return this.#build.ort.Tensor.fromGpuBuffer(buffer, { dataType: dtype, dims: shape });
  }

  #createSession(graph: GraphPlan): Promise<InferenceSession> {
    return this.#build.ort.InferenceSession.create(graph.onnx, {
      executionProviders: [
        {
          name: 'webgpu',
          device: this.#device,
          // The default, NHWC, transposes around every convolution: 80 dispatches a LeNet step rather than 62.
          preferredLayout: 'NCHW',
          // Validation per run would wait for the device at every step; `uncapturederror` reports the same mistakes.
          validationMode: 'wgpuOnly',
          // Shapes are static, so buffers of exactly these sizes will be wanted again.
          storageBufferCacheMode: 'simple',
        },
      ],
      // Higher levels have fusions that give wrong results on WebGPU: microsoft/onnxruntime#32145.
      graphOptimizationLevel: 'basic',
      // Refuses a graph of which a node would leave the GPU, and with it the state at every step.
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    });
  }

  async #prepare(graph: GraphPlan): Promise<Training> {
    const session = await this.#createSession(graph);
    const index = this.#indexOf(graph);
    const loss = graph.outputs.find(({ binding }) => binding.kind === 'loss') ?? null;
    const others = graph.outputs.filter(({ binding }) => binding.kind !== 'state');
    const own = new Map(others.map((output) => [output.name, this.#hold(output)]));
    const fetchesTo = (set: Slots): Feeds =>
      Object.fromEntries(
        graph.outputs.map(({ name, binding }) => [
          name,
          (binding.kind === 'state' ? get(set, binding.slot) : get(own, name)).tensor,
        ]),
      );
    return {
      graph,
      session,
      index,
      feeds: [this.#feeds(graph, index, this.#sets[0]), this.#feeds(graph, index, this.#sets[1])],
      fetches: [fetchesTo(this.#sets[1]), fetchesTo(this.#sets[0])],
      loss,
      losses: loss ? Array.from({ length: MAX_STEPS }, () => this.#hold(loss)) : [],
      staging: [new Staging(this.#device, 4 * MAX_STEPS), new Staging(this.#device, 4 * MAX_STEPS)],
    };
  }

  #indexOf(graph: GraphPlan): Held | null {
    const input = graph.inputs.find(({ binding }) => binding.kind === 'index');
    return input ? this.#hold(input) : null;
  }

  #feeds(graph: GraphPlan, index: Held | null, set: Slots): Feeds {
    const tensor = ({ name, dtype, shape, binding }: GraphInput): Tensor => {
      switch (binding.kind) {
        case 'index':
          return (index as Held).tensor;
        case 'state':
          return get(set, binding.slot).tensor;
        case 'column':
          // Rows may have another shape in the graph than in the data set: 28 by 28 for 784.
          return this.#tensor(get(this.#columns, binding.column).buffer, { dtype, shape });
        case 'hyperparameter':
          return get(this.#hyperparameters, binding.name).tensor;
        case 'steps':
        case 'batch':
        case 'feed':
          throw notFed(name);
      }
    };
    return Object.fromEntries(graph.inputs.map((input) => [input.name, tensor(input)]));
  }

  train(steps: number, rows: Int32Array | null, factors: Float32Array | null = null): Promise<void> {
    const busy = this.#steps(steps, rows, factors);
    this.#busy = busy.catch(() => {});
    return busy;
  }

  async #steps(steps: number, rows: Int32Array | null, factors: Float32Array | null): Promise<void> {
    const training = trainingFor(this.#trainings, steps, rows);
    if (!training) return;
    const { session, index, feeds, fetches, loss, losses, staging } = training;
    const batch = rows ? rows.length / steps : 0;
    for (let k = 0; k < steps; k++) {
      if (index && rows) this.#device.queue.writeBuffer(index.buffer, 0, rows as BufferSource, k * batch, batch);
      this.#scale(factors?.[k] ?? 1);
      const to = fetches[this.#current];
      if (loss) to[loss.name] = (losses[k] as Held).tensor;
      await session.run(feeds[this.#current], to);
      this.#current = this.#current === 0 ? 1 : 0;
    }
    // The turn before this one must be through before the next is queued: the device stays one turn behind, no more.
    await this.#delivery;
    if (!loss) {
      this.#delivery = this.#device.queue.onSubmittedWorkDone();
      return;
    }
    const stage = staging[this.#turn++ % 2 === 0 ? 0 : 1];
    stage.collect(losses.slice(0, steps));
    this.#delivery = stage.read().then((values) => this.onLosses(new Float32Array(values)));
    this.#delivery.catch(() => {});
  }

  settle(): Promise<void> {
    return this.#delivery;
  }

  setHyperparameter(name: string, value: number): void {
    this.#settings[name] = value;
    this.#device.queue.writeBuffer(get(this.#hyperparameters, name).buffer, 0, Float32Array.of(value * this.#factor));
  }

  /** Of all hyperparameters, from the next step that is queued. */
  #scale(factor: number): void {
    if (factor === this.#factor) return;
    this.#factor = factor;
    for (const [name, value] of Object.entries(this.#settings)) this.setHyperparameter(name, value);
  }

  async readState(): Promise<State> {
    const held = Array.from(this.#sets[this.#current]);
    const staging = new Staging(this.#device, Staging.bytesFor(held.map(([, part]) => part)));
    staging.collect(held.map(([, part]) => part));
    const values = await staging.read();
    staging.destroy();
    let offset = 0;
    return Object.fromEntries(
      held.map(([id, { bytes }]) => {
        offset += bytes;
        return [id, new Float32Array(values.slice(offset - bytes, offset))];
      }),
    );
  }

  writeState(state: State): void {
    for (const [id, { buffer }] of this.#sets[this.#current]) {
      const values = state[id];
      if (values) this.#device.queue.writeBuffer(buffer, 0, values as BufferSource);
    }
  }

  async open(graph: GraphPlan): Promise<Runner> {
    const session = await this.#createSession(graph);
    const index = this.#indexOf(graph);
    const feeds = [this.#feeds(graph, index, this.#sets[0]), this.#feeds(graph, index, this.#sets[1])] as const;
    const outputs = graph.outputs.map((output) => ({ output, ...this.#hold(output) }));
    const fetches = Object.fromEntries(outputs.map(({ output, tensor }) => [output.name, tensor]));
    return {
      run: async (batches) => {
        const staging = new Staging(this.#device, batches.length * Staging.bytesFor(outputs));
        for (const rows of batches) {
          if (index && rows) this.#device.queue.writeBuffer(index.buffer, 0, rows as BufferSource);
          await session.run(feeds[this.#current], fetches);
          staging.collect(outputs);
        }
        const values = await staging.read();
        staging.destroy();
        let offset = 0;
        return batches.map(() =>
          Object.fromEntries(
            outputs.map(({ output, bytes }) => {
              const start = offset;
              offset += aligned(bytes);
              return [output.name, toFloats(output, values.slice(start, start + bytes))];
            }),
          ),
        );
      },
      close: async () => {
        await session.release();
        for (const { buffer } of outputs) buffer.destroy();
        index?.buffer.destroy();
      },
    };
  }

  /** Destroys the device, and with it every buffer; that also ends a step that is still compiling its shaders. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#device.destroy();
    await this.#busy;
    for (const { session } of this.#trainings) await session.release();
  }

  loseDevice(): void {
    this.#device.destroy();
  }
}

interface Training {
  readonly graph: GraphPlan;
  readonly session: InferenceSession;
  readonly index: Held | null;
  /** Reading the first set, reading the second. */
  readonly feeds: readonly [Feeds, Feeds];
  /** Writing the second set, writing the first. */
  readonly fetches: readonly [Feeds, Feeds];
  readonly loss: GraphOutput | null;
  readonly losses: readonly Held[];
  /** One is filled while the other is being read. */
  readonly staging: readonly [Staging, Staging];
}

function writtenSlots(graph: GraphPlan | null): ReadonlySet<string> {
  return new Set((graph?.outputs ?? []).flatMap(({ binding }) => (binding.kind === 'state' ? [binding.slot] : [])));
}

function toFloats({ dtype }: GraphOutput, bytes: ArrayBuffer): Float32Array {
  switch (dtype) {
    case 'float32':
      return new Float32Array(bytes);
    case 'int32':
      return Float32Array.from(new Int32Array(bytes));
    case 'int64':
      return Float32Array.from(new BigInt64Array(bytes), Number);
    case 'bool':
      return Float32Array.from(new Uint8Array(bytes));
  }
}
