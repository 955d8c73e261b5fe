/** What the page and the worker say to each other. Everything here is structured-cloneable. */

import type {
  Backend,
  BreakpointKind,
  GradientCheckPlan,
  GraphPlan,
  GuardedTensor,
  GuardPlan,
  ProbePlan,
  TrainingPlan,
} from '../compiler/plan.ts';
import type { Ending, RuleState } from './training/rules.ts';

export type BackendChoice = Backend | 'auto';

/** Values of each state slot by id, row-major. */
export type State = Readonly<Record<string, Float32Array>>;

export type RuntimeCode =
  | 'runtime/webgpu-missing'
  | 'runtime/device-lost'
  | 'runtime/worker-crashed'
  | 'runtime/diverged'
  | 'runtime/onnxruntime'
  | 'runtime/data'
  | 'runtime/labels'
  | 'runtime/no-training'
  | 'runtime/stopped';

export interface RuntimeProblem {
  readonly code: RuntimeCode;
  /** Plain words, one or two sentences, for the user. */
  readonly message: string;
  /** The words of ONNX Runtime. */
  readonly detail?: string;
  /** Training goes on all the same. */
  readonly recovered?: boolean;
  /** The step it happened in, counted from 1, where that is known. */
  readonly step?: number;
}

/** What a call rejects with. */
export class RuntimeError extends Error implements RuntimeProblem {
  readonly code: RuntimeCode;

  constructor(code: RuntimeCode, message: string) {
    super(message);
    this.name = 'RuntimeError';
    this.code = code;
  }
}

/** Any failure as a problem; what has no code of its own came out of ONNX Runtime. */
export function toProblem(error: unknown): RuntimeProblem {
  if (error instanceof RuntimeError) return { code: error.code, message: error.message };
  return { code: 'runtime/onnxruntime', message: error instanceof Error ? error.message : String(error) };
}

export interface AdapterSummary {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** Software: correct, and slower than wasm. */
  readonly isFallbackAdapter: boolean;
}

export interface RuntimeStatus {
  readonly phase: 'empty' | 'loading' | 'paused' | 'training' | 'failed';
  /** Key of the loaded plan. */
  readonly plan: string | null;
  readonly requested: BackendChoice;
  readonly backend: Backend | null;
  /** Why this backend, in plain words. */
  readonly reason: string;
  readonly adapter: AdapterSummary | null;
  /** Which build of onnxruntime-web runs, and its wasm threads. */
  readonly build: string;
  readonly threads: number;
  /** Steps made. */
  readonly step: number;
  /** Whole passes made over the training split. */
  readonly epoch: number;
  readonly stepsPerEpoch: number;
}

export const EMPTY_STATUS: RuntimeStatus = {
  phase: 'empty',
  plan: null,
  requested: 'auto',
  backend: null,
  reason: '',
  adapter: null,
  build: '',
  threads: 1,
  step: 0,
  epoch: 0,
  stepsPerEpoch: 1,
};

/** What the rules of the loop know, and the best parameters so far. */
export interface LoopState {
  readonly rules: RuleState;
  readonly best: { readonly step: number; readonly value: number; readonly state: State } | null;
}

/** What the rules of the loop say after `step` steps. */
export interface RulesReport {
  readonly step: number;
  readonly best: RuleState['best'];
  /** The step whose parameters can be restored. */
  readonly kept: number | null;
  readonly ending: Ending | null;
  /** Steps after which the learning rate fell on a plateau. */
  readonly falls: readonly number[];
  /** Steps that training goes on for at least; null without this rule. */
  readonly patience: number | null;
}

/** Everything that training needs to go on elsewhere. */
export interface Checkpoint {
  readonly key: string;
  readonly step: number;
  /** null: the initial values, which the plan's seeds make again. */
  readonly state: State | null;
  readonly hyperparameters: Readonly<Record<string, number>>;
  /** Left out where nothing was validated yet. */
  readonly loop?: LoopState;
}

export interface LoadOptions {
  readonly backend: BackendChoice;
  /** With another key than the loaded plan's: keep the values of slots whose id and shape are unchanged. */
  readonly keep: boolean;
  /** Slots of the loaded plan whose values those of this one begin with, by slot; left out, those of the same id. */
  readonly from?: Readonly<Record<string, string>>;
  /** Go on from here; its key must be the plan's. */
  readonly resume?: Checkpoint;
  /** Why wasm it must be, whatever is asked for: WebGPU has failed before. */
  readonly fallback?: string | undefined;
}

export type Split = 'train' | 'validation' | 'test';

export interface Evaluation {
  readonly split: Split;
  readonly step: number;
  readonly epoch: number;
  /** Means over the rows of the split; null where the graph has no loss. */
  readonly loss: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly rows: number;
}

export interface Losses {
  /** Step of the first loss, counted from 0. Smaller than a step already reported after a resume or a reset. */
  readonly from: number;
  readonly losses: Float32Array;
  readonly stepsPerSecond: number;
  /** Of the last of these steps, and of the first optimizer; null where there is none. */
  readonly learningRate: number | null;
}

export interface Frame {
  /** Key of the ProbePlan. */
  readonly probe: string;
  readonly step: number;
  /** By output name. */
  readonly outputs: Readonly<Record<string, Float32Array>>;
  /** What the observation took, and until the next one at the earliest. */
  readonly milliseconds: number;
  readonly interval: number;
}

export interface RunResult {
  /** Steps made by this call. */
  readonly steps: number;
  /** Steps made since the start. */
  readonly step: number;
  /** Of the last step; null where the graph has none. */
  readonly loss: number | null;
  readonly milliseconds: number;
  readonly why: 'done' | 'paused' | 'diverged' | 'epochs' | 'early' | 'breakpoint';
}

/** Bytes and calls since the worker started or `resetCounts`. */
export interface Counts {
  readonly dispatches: number;
  readonly submits: number;
  readonly uploads: number;
  readonly uploadedBytes: number;
  /** Shapes and the like that ONNX Runtime sends with each dispatch. */
  readonly uniforms: number;
  readonly uniformBytes: number;
  readonly copies: number;
  readonly copiedBytes: number;
  readonly readbacks: number;
  readonly readBytes: number;
  /** Of parameters and optimizer state, host to device and back. */
  readonly stateUploadedBytes: number;
  readonly stateReadBytes: number;
  /** Device buffers there are now, since the worker started. */
  readonly buffers: number;
  readonly bufferBytes: number;
}

/** A derivative of the cost beside the difference of costs on both sides. */
export interface SlopeCheck {
  /** Along a direction that moves all elements, or of one of them. */
  readonly what: 'direction' | number;
  readonly derivative: number;
  readonly difference: number;
  /** Relative; what rounding alone may make counts little. */
  readonly error: number;
  /** `unclear` at a kink: the slopes on both sides differ, and the derivative is one of them or between. */
  readonly verdict: 'pass' | 'unclear' | 'fail';
}

export interface ParameterCheck {
  readonly node: string;
  readonly slot: string;
  readonly shape: readonly number[];
  /** The worst of its slopes. */
  readonly verdict: SlopeCheck['verdict'];
  /** The largest of its slopes. */
  readonly error: number;
  readonly slopes: readonly SlopeCheck[];
}

export interface GradientCheck {
  /** Steps made when it was checked. */
  readonly step: number;
  readonly cost: number;
  readonly parameters: readonly ParameterCheck[];
}

/** What a trace graph says of a step, counted from 1. */
export interface TraceFrame {
  readonly step: number;
  readonly numbers: Float32Array;
}

/** Where a breakpoint paused training. */
export interface BreakpointHit {
  /** Of the breakpoint. */
  readonly id: string;
  readonly when: BreakpointKind;
  /** Counted from 1. A step in which a value meets the condition is not made yet; one in which the loss rose is. */
  readonly step: number;
  /** Null for the loss. */
  readonly tensor: Omit<GuardedTensor, 'output'> | null;
  /** The element that met the condition, row-major; null for the loss. */
  readonly index: number | null;
  /** The element, or the loss. */
  readonly value: number;
  /** Of the steps of the rise, with the one before it. */
  readonly losses?: readonly number[];
}

/** Values that stand for inputs of a graph, by name. */
export type Feeds = Readonly<Record<string, Float32Array | Int32Array | Uint8Array | BigInt64Array>>;

/** A graph to be run beside training, on wasm over a copy of the state. */
export interface Inquiry {
  /** Equal keys are the same graph: it stays open for the next time. */
  readonly key: string;
  readonly graph: GraphPlan;
  readonly runs: readonly {
    /** Those of the step that was made last or of the one to be made, or these; null for a graph that reads no data. */
    readonly rows: 'last' | 'next' | Int32Array | null;
    readonly feeds?: Feeds;
  }[];
}

export interface InquiryReply {
  /** Steps made. */
  readonly step: number;
  /** Of each run, by output name. */
  readonly outputs: readonly Readonly<Record<string, Float32Array>>[];
  /** What each run took. */
  readonly milliseconds: readonly number[];
}

/** What the page may ask of the worker. */
export interface Calls {
  load(plan: TrainingPlan, options: LoadOptions, base: string): RuntimeStatus;
  /** Trains until `until` steps are made in all, or for ever. Resolves at the end. */
  run(until: number | null): RunResult;
  /** Trains exactly `count` steps. */
  step(count: number): RunResult;
  pause(): void;
  /** Steps a second at most, for `run(null)`; null: no limit. */
  setPace(perSecond: number | null): void;
  reset(): void;
  /** Writes the best parameters; the step they are of, or null where none are kept. */
  restoreBest(): number | null;
  setHyperparameter(name: string, value: number): void;
  evaluate(split?: Split): Evaluation | null;
  observe(probe: ProbePlan | null): void;
  probe(probe: ProbePlan): Frame;
  readState(): State;
  loadState(state: State): void;
  checkGradients(plan: GradientCheckPlan): GradientCheck;
  /** Of step `bad` and the one before it, made again from a checkpoint. */
  trace(graph: GraphPlan, from: Checkpoint, bad: number): TraceFrame[];
  /** Goes back to a checkpoint, and from there on to `step` if it is given, by making the same steps again. */
  rewind(to: Checkpoint, step?: number): void;
  /** Runs pause where one of them holds; null: where none does. A load forgets them. */
  setBreakpoints(plan: GuardPlan | null): void;
  inquire(inquiry: Inquiry): InquiryReply;
  counts(): Counts;
  resetCounts(): void;
  /** For tests: destroys the GPU device under the session. */
  loseDevice(): void;
}

export type Method = keyof Calls;
export type Request = { [M in Method]: { id: number; method: M; args: Parameters<Calls[M]> } }[Method];
export type Reply = { id: number; result: unknown } | { id: number; problem: RuntimeProblem };

export interface RuntimeEvents {
  status: RuntimeStatus;
  losses: Losses;
  evaluation: Evaluation;
  /** After each validation that the rules of the loop ask for. */
  rules: RulesReport;
  frame: Frame;
  /** Something went wrong and was dealt with; training goes on or is paused, as `status` says. */
  problem: RuntimeProblem;
  checkpoint: Checkpoint;
  breakpoint: BreakpointHit;
  /** A run began at step `from`; `until` as in `run`. */
  started: { readonly from: number; readonly until: number | null };
  ended: RunResult;
  /** The session is beyond repair: the page must start another worker. */
  fatal: RuntimeProblem;
}

export type EventName = keyof RuntimeEvents;
export type EventMessage = { [E in EventName]: { event: E; data: RuntimeEvents[E] } }[EventName];
export type Emit = <E extends EventName>(event: E, data: RuntimeEvents[E]) => void;
