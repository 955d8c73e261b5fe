/**
 * The page's side of training. It owns the worker and outlives it: when the worker crashes or its GPU device is lost,
 * another worker takes over from the last checkpoint, and calls under way are answered by that one.
 */

import type { GradientCheckPlan, GraphPlan, GuardPlan, ProbePlan, TrainingPlan } from '../compiler/plan.ts';
import { Checkpoints } from './checkpoints.ts';
import {
  type BackendChoice,
  type Calls,
  type Checkpoint,
  type Counts,
  EMPTY_STATUS,
  type Evaluation,
  type EventMessage,
  type EventName,
  type Frame,
  type GradientCheck,
  type Inquiry,
  type InquiryReply,
  type LoadOptions,
  type Method,
  type Reply,
  type RunResult,
  type RuntimeCode,
  RuntimeError,
  type RuntimeEvents,
  type RuntimeProblem,
  type RuntimeStatus,
  type Split,
  type State,
  type TraceFrame,
} from './protocol.ts';

/** What the client needs of a Worker. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface ClientOptions {
  /** The page's address, below which the data files lie. */
  readonly base?: string;
  readonly spawn?: () => WorkerLike;
}

interface Pending {
  method: Method;
  args: readonly unknown[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RuntimeError) => void;
}

type Listeners = { [E in EventName]?: Set<(data: RuntimeEvents[E]) => void> };

/** Workers that may fail one after another with no checkpoint between them. */
const MAX_FAILURES = 3;

export class TrainingClient {
  readonly #base: string;
  readonly #spawn: () => WorkerLike;
  readonly #listeners: Listeners = {};
  #worker: WorkerLike | null = null;
  #nextId = 1;
  #pending = new Map<number, Pending>();
  #status: RuntimeStatus = EMPTY_STATUS;
  /** What another worker needs to take over. */
  #loaded: { readonly plan: TrainingPlan; readonly backend: BackendChoice } | null = null;
  /** Why WebGPU is no longer tried. */
  #fallback: { readonly reason: string; readonly code: RuntimeCode } | null = null;
  /** The worker's first load was for wasm, so it holds a build of ONNX Runtime that has nothing else. */
  #wasmOnly: boolean | null = null;
  #checkpoint: Checkpoint | null = null;
  readonly #checkpoints = new Checkpoints();
  #probe: ProbePlan | null = null;
  #guards: GuardPlan | null = null;
  #run: RuntimeEvents['started'] | null = null;
  #perSecond: number | null = null;
  #failures = 0;
  #devicesLost = 0;

  constructor({ base = document.baseURI, spawn = spawnWorker }: ClientOptions = {}) {
    this.#base = base;
    this.#spawn = spawn;
  }

  /** The latest that the worker has said. */
  get status(): RuntimeStatus {
    return this.#status;
  }

  /** Calls `listener` with each event from now on, until what is returned is called. */
  on<E extends EventName>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void {
    const listeners: Set<typeof listener> = this.#listeners[event] ?? new Set();
    Object.assign(this.#listeners, { [event]: listeners });
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /**
   * Loads the data, builds the plan's graphs and chooses a backend; ends a run and an observation. Like every call it
   * rejects with a RuntimeError.
   */
  async load(plan: TrainingPlan, options: Omit<LoadOptions, 'resume'>): Promise<RuntimeStatus> {
    const { backend } = options;
    this.#failures = 0;
    // What one graph cannot do another may; a device that was lost time and again is only tried when asked for anew.
    if (backend !== this.#loaded?.backend || this.#fallback?.code === 'runtime/onnxruntime') {
      this.#fallback = null;
      this.#devicesLost = 0;
    }
    if (this.#wasmOnly && backend !== 'wasm' && !this.#fallback) await this.#moveTo(backend);
    const status = await this.#load(plan, options);
    this.#loaded = { plan, backend };
    this.#checkpoints.breakHere();
    this.#probe = null;
    this.#guards = null;
    return status;
  }

  #load(plan: TrainingPlan, options: LoadOptions): Promise<RuntimeStatus> {
    const fallback = this.#fallback?.reason;
    this.#wasmOnly ??= options.backend === 'wasm' || fallback !== undefined;
    return this.#call('load', plan, { ...options, fallback }, this.#base);
  }

  /** Trains until paused, or for as many epochs as the plan says. Resolves at the end of the run. */
  train(): Promise<RunResult> {
    return this.#call('run', null);
  }

  /** Trains exactly `count` steps. */
  step(count: number): Promise<RunResult> {
    return this.#call('step', count);
  }

  /** Steps a second at most, for `train`; null: as many as there can be. */
  setPace(perSecond: number | null): Promise<void> {
    this.#perSecond = perSecond;
    return this.#worker ? this.#call('setPace', perSecond) : Promise.resolve();
  }

  pause(): Promise<void> {
    return this.#call('pause');
  }

  /** Starts again from the initial values, which are the same each time; hyperparameters stay. */
  reset(): Promise<void> {
    return this.#call('reset');
  }

  /** Writes the best parameters on the validation split. The step they are of; null where none are kept. */
  restoreBest(): Promise<number | null> {
    return this.#call('restoreBest');
  }

  setHyperparameter(name: string, value: number): Promise<void> {
    const checkpoint = this.#checkpoint;
    if (checkpoint) {
      this.#checkpoint = { ...checkpoint, hyperparameters: { ...checkpoint.hyperparameters, [name]: value } };
    }
    return this.#call('setHyperparameter', name, value);
  }

  /** Loss and metrics on a split; null where the graph or the data have none. */
  evaluate(split: Split = 'validation'): Promise<Evaluation | null> {
    return this.#call('evaluate', split);
  }

  /** Sends `frame` events of this probe from now on, the first at once; null ends them. */
  observe(probe: ProbePlan | null): Promise<void> {
    this.#probe = probe;
    return this.#call('observe', probe);
  }

  /** A probe's values once, now. */
  probe(probe: ProbePlan): Promise<Frame> {
    return this.#call('probe', probe);
  }

  readState(): Promise<State> {
    return this.#call('readState');
  }

  /** Replaces the values of the slots that are named. */
  async loadState(state: State): Promise<void> {
    await this.#call('loadState', state);
    this.#checkpoints.breakHere();
  }

  /** Goes to a step with these values, wherever they come from; slots that are not named keep theirs. */
  async restore(step: number, state: State): Promise<void> {
    const { key } = this.#loaded?.plan ?? { key: '' };
    const whole = { ...(await this.readState()), ...state };
    await this.#call('rewind', { key, step, state: whole, hyperparameters: {} });
    this.#checkpoints.breakHere();
  }

  /** Runs pause where one of them holds; null: where none does. A load forgets them. */
  setBreakpoints(plan: GuardPlan | null): Promise<void> {
    this.#guards = plan;
    return this.#call('setBreakpoints', plan);
  }

  /** Runs a graph beside training, over a copy of the state. */
  inquire(inquiry: Inquiry): Promise<InquiryReply> {
    return this.#call('inquire', inquiry);
  }

  /** Finite differences beside the gradients, on the batch of the last step. */
  checkGradients(plan: GradientCheckPlan): Promise<GradientCheck> {
    return this.#call('checkGradients', plan);
  }

  /** Of step `bad` and the one before it, made again; empty where no checkpoint leads there. Ends a run. */
  trace(graph: GraphPlan, bad: number): Promise<TraceFrame[]> {
    const from = this.#sound(bad - 1);
    return from ? this.#call('trace', graph, from, bad) : Promise.resolve([]);
  }

  /** The step of the newest sound checkpoint with at most so many steps; null where there is none. */
  rewindStep(most: number): number | null {
    return this.#sound(most)?.step ?? null;
  }

  /** Goes back to that checkpoint. Resolves with its step. */
  async rewind(most: number): Promise<number | null> {
    const to = this.#sound(most);
    if (!to) return null;
    await this.#call('rewind', to);
    return to.step;
  }

  /**
   * Goes back to a step by making it again from the nearest checkpoint, or to that checkpoint where the graph or the
   * values were changed in between. Resolves with the step; null where nothing leads there.
   */
  async resumeAt(step: number): Promise<number | null> {
    const from = this.#sound(step);
    if (!from) return null;
    const to = this.#checkpoints.leadsTo(from, step) ? step : from.step;
    await this.#call('rewind', from, to);
    return to;
  }

  /** Whether `resumeAt` comes to this very step. */
  canResumeAt(step: number): boolean {
    const from = this.#sound(step);
    return from !== null && this.#checkpoints.leadsTo(from, step);
  }

  #sound(most: number): Checkpoint | null {
    return this.#checkpoints.newest(most, this.#loaded?.plan.key);
  }

  counts(): Promise<Counts> {
    return this.#call('counts');
  }

  resetCounts(): Promise<void> {
    return this.#call('resetCounts');
  }

  /** For tests: destroys the GPU device under the session. */
  loseDevice(): Promise<void> {
    return this.#call('loseDevice');
  }

  /** For tests: ends the worker as a crash would. */
  crash(): void {
    this.#restart({ code: 'runtime/worker-crashed', message: 'The training worker was stopped.' });
  }

  /** Ends the worker; calls under way reject. */
  dispose(): void {
    this.#stop();
    this.#rejectAll({ code: 'runtime/stopped', message: 'Training was shut down.' });
  }

  #call<M extends Method>(method: M, ...args: Parameters<Calls[M]>): Promise<ReturnType<Calls[M]>> {
    return new Promise((resolve, reject) => {
      this.#send({ method, args, resolve: (result) => resolve(result as ReturnType<Calls[M]>), reject });
    });
  }

  #send(call: Pending): void {
    const worker = this.#worker ?? this.#start();
    const id = this.#nextId++;
    this.#pending.set(id, call);
    worker.postMessage({ id, method: call.method, args: call.args });
  }

  #start(): WorkerLike {
    const worker = this.#spawn();
    worker.onmessage = ({ data }) => {
      if ('event' in data) this.#receive(data as EventMessage);
      else this.#settle(data as Reply);
    };
    worker.onerror = ({ message }) => {
      const why = message ? `: ${message}` : '';
      this.#restart({ code: 'runtime/worker-crashed', message: `The training worker stopped${why}.` });
    };
    this.#worker = worker;
    if (this.#perSecond !== null) this.#call('setPace', this.#perSecond).catch(() => {});
    return worker;
  }

  #stop(): void {
    const worker = this.#worker;
    this.#worker = null;
    this.#wasmOnly = null;
    if (!worker) return;
    worker.onmessage = null;
    worker.onerror = null;
    worker.terminate();
  }

  #settle(reply: Reply): void {
    const call = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (call?.method === 'run' || call?.method === 'step') this.#run = null;
    if ('problem' in reply) call?.reject(new RuntimeError(reply.problem.code, reply.problem.message));
    else call?.resolve(reply.result);
  }

  #receive({ event, data }: EventMessage): void {
    switch (event) {
      case 'status':
        this.#status = data;
        break;
      case 'checkpoint':
        if (data.step > (this.#checkpoint?.step ?? 0)) this.#failures = 0;
        this.#checkpoint = data;
        this.#checkpoints.add(data);
        break;
      case 'started':
        this.#run = data;
        break;
      case 'fatal':
        this.#restart(data);
        return;
      default:
        break;
    }
    this.#emit(event, data);
  }

  #emit<E extends EventName>(event: E, data: RuntimeEvents[E]): void {
    for (const listener of this.#listeners[event] ?? []) listener(data);
  }

  /** A fresh worker, because ONNX Runtime does not recover from a lost device, carries on with what was under way. */
  #restart(problem: RuntimeProblem): void {
    this.#stop();
    this.#failures++;
    if (problem.code === 'runtime/device-lost') this.#devicesLost++;
    if (this.#failures > MAX_FAILURES) {
      this.#giveUp(problem);
      return;
    }
    const calls = [...this.#pending.values()];
    this.#pending = new Map();
    if (this.#givesUpWebGpu(problem))
      this.#fallback = { code: problem.code, reason: `WebGPU failed: ${problem.message}` };
    const onWasm = this.#fallback && this.#status.backend === 'webgpu' ? ' on wasm' : '';
    const goesOn = this.#loaded ? ` Going on from step ${this.#checkpoint?.step ?? 0}${onWasm}.` : '';
    const isForeign = problem.code === 'runtime/onnxruntime';
    const message = `${isForeign ? 'ONNX Runtime could not run the graph.' : problem.message}${goesOn}`;
    const recovered = this.#loaded !== null;
    this.#emit('problem', { code: problem.code, message, recovered, ...(isForeign && { detail: problem.message }) });
    if (this.#loaded) this.#takeOver(this.#loaded.backend);
    for (const call of calls) this.#send(this.#adjusted(call));
  }

  /** A lost device may be a mishap, so the first is replaced; what happens twice, or is no mishap, ends on wasm. */
  #givesUpWebGpu({ code }: RuntimeProblem): boolean {
    if (this.#status.backend !== 'webgpu') return false;
    if (code === 'runtime/worker-crashed') return this.#failures === MAX_FAILURES;
    return code !== 'runtime/device-lost' || this.#devicesLost > 1;
  }

  /** Loads into a new worker what the one before had loaded. */
  #takeOver(backend: BackendChoice): void {
    if (!this.#loaded) return;
    const { plan } = this.#loaded;
    const resume = this.#checkpoint?.key === plan.key ? { resume: this.#checkpoint } : {};
    this.#load(plan, { backend, keep: false, ...resume }).catch((error: RuntimeError) => {
      this.#emit('problem', { code: error.code, message: error.message });
    });
    // What the new worker was not told is not made again.
    this.#checkpoints.breakHere();
    if (this.#probe) this.#call('observe', this.#probe).catch(() => {});
    if (this.#guards) this.#call('setBreakpoints', this.#guards).catch(() => {});
  }

  /** A call as it must be made anew: a run goes on to where it was to end. */
  #adjusted(call: Pending): Pending {
    const run = this.#run;
    if (!run || (call.method !== 'run' && call.method !== 'step')) return call;
    const resolve = (result: unknown) => {
      const { step, ...rest } = result as RunResult;
      call.resolve({ ...rest, step, steps: step - run.from });
    };
    return { method: 'run', args: [run.until], resolve, reject: call.reject };
  }

  async #moveTo(backend: BackendChoice): Promise<void> {
    await this.pause();
    const state = await this.readState();
    if (this.#checkpoint) this.#checkpoint = { ...this.#checkpoint, step: this.#status.step, state };
    this.#probe = null;
    this.#stop();
    this.#takeOver(backend);
  }

  #giveUp(problem: RuntimeProblem): void {
    this.#status = { ...this.#status, phase: 'failed' };
    this.#emit('status', this.#status);
    this.#emit('problem', problem);
    this.#rejectAll(problem);
  }

  #rejectAll({ code, message }: RuntimeProblem): void {
    const calls = [...this.#pending.values()];
    this.#pending = new Map();
    for (const { reject } of calls) reject(new RuntimeError(code, message));
  }
}

function spawnWorker(): WorkerLike {
  return new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' });
}
