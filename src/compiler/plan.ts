/**
 * TrainingPlan: everything the runtime needs, as plain structured-cloneable data. The runtime knows nothing of graphs,
 * operators or documents; it binds buffers to names.
 */
import type { LoopOptions } from './training-options.ts';
import type { DType } from './types.ts';

/** Numbers that are drawn from a generator one after another. */
export interface Draws {
  readonly law: 'uniform' | 'normal';
  readonly count: number;
}

/** NumPy's RandomState(seed), after what it has drawn for others. */
export interface Generator {
  readonly seed: number;
  readonly before?: readonly Draws[];
}

export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  /** RandomState.uniform(low, high). */
  | (Generator & { readonly kind: 'uniform'; readonly low: number; readonly high: number })
  /** RandomState.normal(mean, std). */
  | (Generator & { readonly kind: 'normal'; readonly mean: number; readonly std: number })
  /** Orthonormal rows or columns, whichever are fewer, of the matrix [first axis, all others], times `gain`. */
  | (Generator & { readonly kind: 'orthogonal'; readonly gain: number })
  /** A matrix with `gain` on its diagonal. */
  | { readonly kind: 'identity'; readonly gain: number }
  | { readonly kind: 'values'; readonly values: readonly number[] };

/** What the compiler needs to know of a data set; the runtime loads it by key, and built-in ones by name. */
export interface DatasetInfo {
  readonly name: string;
  /** Under which a data set of the document is kept, once it is prepared. */
  readonly key?: string;
  readonly rows: number;
  readonly columns: readonly DatasetColumn[];
  /** Row ranges [from, to). */
  readonly splits: { readonly train: RowRange; readonly validation: RowRange; readonly test?: RowRange };
}

export type RowRange = readonly [from: number, to: number];

export interface DatasetColumn {
  readonly name: string;
  readonly dtype: 'float32' | 'int32';
  /** Of one row. */
  readonly shape: readonly number[];
  /** Class labels lie in 0 … classes-1. */
  readonly classes?: number;
  /** What the classes are called. */
  readonly names?: readonly string[];
  /** Rows can be drawn as images of this [height, width]. */
  readonly image?: readonly [height: number, width: number];
}

/** A whole column as it is kept on the device, [rows, ...shape]. */
export interface DataColumn {
  /** `dataset.column`, also its external-data path in wasm graphs. */
  readonly id: string;
  readonly dataset: string;
  readonly column: string;
  /** Of the prepared data set; left out for built-in ones. */
  readonly key?: string;
  readonly dtype: 'float32' | 'int32';
  readonly shape: readonly number[];
}

/** A tensor that outlives a step: a parameter, or an optimizer's state. */
export interface StateSlot {
  /** Unique: the parameter's name, or `parameter.slot`. */
  readonly id: string;
  readonly kind: 'parameter' | 'slot';
  /** The node it belongs to. */
  readonly node: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
}

export interface Hyperparameter {
  /** `lr` for the first optimizer. */
  readonly name: string;
  readonly node: string;
  readonly initial: number;
}

/** How a graph's input is bound. */
export type InputBinding =
  /** int32[batch] row numbers; int32[steps, batch] in a loop graph. */
  | { readonly kind: 'index' }
  /** int64[] number of iterations of a loop graph. */
  | { readonly kind: 'steps' }
  | { readonly kind: 'state'; readonly slot: string }
  /** A whole column; the graph gathers its rows by `index`. */
  | { readonly kind: 'column'; readonly column: string }
  /** Rows of a column, gathered by the runtime. */
  | { readonly kind: 'batch'; readonly column: string }
  /** f32[]; f32[steps] in a loop graph. */
  | { readonly kind: 'hyperparameter'; readonly name: string }
  | { readonly kind: 'feed'; readonly name: string };

export interface GraphInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly binding: InputBinding;
}

export type OutputBinding =
  /** f32[]; f32[steps] in a loop graph. */
  | { readonly kind: 'loss' }
  | { readonly kind: 'metric'; readonly name: string }
  | { readonly kind: 'output'; readonly name: string }
  | { readonly kind: 'state'; readonly slot: string }
  | { readonly kind: 'probe'; readonly name: string };

export interface GraphOutput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly binding: OutputBinding;
}

/** One ONNX model and how its inputs and outputs are bound. */
export interface GraphPlan {
  readonly onnx: Uint8Array;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
  /** Columns the model takes as external initializers: data kept in wasm memory. Path = column id. */
  readonly external: readonly string[];
  /** Rows a run, the size of the dim `batch`. */
  readonly batch: number;
}

export type Backend = 'webgpu' | 'wasm';

/**
 * The graphs of one backend. On WebGPU the step graph binds state and whole columns as device buffers. On wasm the
 * training graph is an ONNX Loop over many steps with the data inside, because copying state in and out of wasm memory
 * and crossing into it would otherwise dominate; the other wasm graphs take gathered batches.
 */
export interface BackendGraphs {
  readonly train: GraphPlan | null;
  /** The same step for the rows left over at the end of an epoch, where they are kept as a smaller batch. */
  readonly rest: GraphPlan | null;
  /** The first for full batches; the others for rows left over at the end of the validation and test splits. */
  readonly evaluate: readonly GraphPlan[];
}

export interface TrainingPlan {
  /** Equal keys mean that running state can be kept. */
  readonly key: string;
  readonly name: string;
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly epochs: number;
  readonly loop: LoopOptions;
  readonly state: readonly StateSlot[];
  readonly hyperparameters: readonly Hyperparameter[];
  readonly columns: readonly DataColumn[];
  /** Of the one data set the plan reads; null for a graph without data, whose every step is alike. */
  readonly splits: DatasetInfo['splits'] | null;
  /** Metrics that are computed on one split only, by name. */
  readonly metricSplits?: Readonly<Record<string, 'validation' | 'test'>>;
  /** Largest label allowed + 1, by column id, where a loss needs it. */
  readonly classes: Readonly<Record<string, number>>;
  readonly graphs: Readonly<Record<Backend, BackendGraphs>>;
}

/** Layout of one row of a probe's `summary` output: PROBE_STATS first, then PROBE_BINS histogram fractions. */
export const PROBE_STATS = ['mean', 'std', 'min', 'max', 'norm', 'zero'] as const;
export const PROBE_BINS = 24;
/** Elements of a value that a summary looks at; larger values are sampled evenly. Norm and mean are exact. */
export const PROBE_SAMPLE = 512;
/** Values of so many elements are told in full. */
export const PROBE_ELEMENTS = 16;
export const PROBE_ROW = PROBE_STATS.length + PROBE_BINS;

export interface ProbeImage {
  /** First element in the `pixels` output; planes are row-major [count, height, width]. */
  readonly offset: number;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** Share of an activation's outputs that are beyond 0.97 of its range, or of its units that give 0 in all rows. */
export interface ProbeHealth {
  readonly kind: 'saturated' | 'dead';
  /** Place in the `health` output. */
  readonly at: number;
}

export interface ProbeEntry {
  readonly node: string;
  /** Output port of the node. */
  readonly port: string;
  readonly of: 'value' | 'gradient';
  /** Row of the `summary` output f32[rows, PROBE_ROW]. */
  readonly row: number;
  readonly shape: readonly number[];
  /** True where the histogram is of a sample. */
  readonly sampled: boolean;
  readonly image: ProbeImage | null;
  /** Where all its numbers begin in the `elements` output; left out where there are more than PROBE_ELEMENTS. */
  readonly elements?: number;
  readonly health?: ProbeHealth;
}

/** Gradients of the cost by parameters, and the cost alone for differences; both in the form of wasm. */
export interface GradientCheckPlan {
  readonly parameters: readonly {
    readonly node: string;
    /** The parameter's state slot. */
    readonly slot: string;
    readonly shape: readonly number[];
    /** Output of `gradients`. */
    readonly output: string;
  }[];
  /** Output `cost` f32[]. */
  readonly cost: GraphPlan;
  readonly gradients: GraphPlan;
}

/** The observation graph: shares state and batch with training, never touches either. */
export interface ProbePlan {
  readonly key: string;
  readonly entries: readonly ProbeEntry[];
  readonly graphs: Readonly<Record<Backend, GraphPlan>>;
}

export const BREAKPOINT_KINDS = [
  'nan',
  'infinite',
  'value-above',
  'gradient-above',
  'gradient-zero',
  'loss-rises',
] as const;

/** What pauses training; `nan` and `infinite` are about a value or its gradient. */
export type BreakpointKind = (typeof BREAKPOINT_KINDS)[number];

/** A value or gradient that is looked at before each step. */
export interface GuardedTensor {
  readonly node: string;
  readonly port: string;
  readonly of: 'value' | 'gradient';
  readonly shape: readonly number[];
  /** Output of the guard's graph. */
  readonly output: string;
}

export interface GuardCondition {
  readonly id: string;
  readonly when: BreakpointKind;
  /** What absolute values are not to exceed, or how many times in a row the loss may rise. */
  readonly limit: number;
  /** In the order in which they are computed; empty for the loss. */
  readonly tensors: readonly GuardedTensor[];
}

/** Breakpoints: what a step computes, and when training is to pause before it. */
export interface GuardPlan {
  readonly conditions: readonly GuardCondition[];
  /** Null where only the loss is looked at. */
  readonly graphs: Readonly<Record<Backend, GraphPlan>> | null;
}
