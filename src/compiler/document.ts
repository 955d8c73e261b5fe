/** GraphDocument: what the user drew. Plain JSON; nothing the runtime learns is ever stored in it. */

import type { DocumentDatasets } from './datasets.ts';
import type { BreakpointKind } from './plan.ts';
import type { LoopChoices } from './training-options.ts';

export type NodeId = string & { readonly __brand?: 'NodeId' };
export type EdgeId = string & { readonly __brand?: 'EdgeId' };
export type ModuleId = string & { readonly __brand?: 'ModuleId' };

export type AttributeValue = number | string | boolean | readonly (number | string)[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface DocumentNode {
  readonly id: NodeId;
  /** Operator name in the registry; unknown ones survive load and save. */
  readonly op: string;
  /** Unique in the document; what diagnostics, exported tensors and the canvas call the node. */
  readonly name: string;
  /** Only attributes that differ from the operator's defaults. */
  readonly attributes: Attributes;
  /** Left out of what is computed, together with all that needs its value. */
  readonly muted?: boolean;
  /** Each output is the first input of its type instead of what the operator computes. */
  readonly bypassed?: boolean;
}

export interface PortRef {
  readonly node: NodeId;
  /** Port name; members of a variadic port are `name.0`, `name.1`, … */
  readonly port: string;
}

export interface DocumentEdge {
  readonly id: EdgeId;
  readonly source: PortRef;
  readonly target: PortRef;
}

/** What it leaves out of the loop is as training-options.ts says. */
export interface TrainingOptions extends LoopChoices {
  /** Rows a step; the size of the dim named `batch` while training. */
  readonly batchSize: number;
  /** Seeds shuffling, and initializers that have no seed of their own. */
  readonly seed: number;
  readonly shuffle: boolean;
  /** Training stops by itself after so many passes over the training split; 0 goes on until paused. */
  readonly epochs: number;
}

export const BROADCAST_RULES = ['any', 'one-sided', 'same-rank'] as const;

/** How strict the language is, and what the compiler may do. */
export interface LanguageOptions {
  /**
   * Which shapes may be stretched silently. any: NumPy's rule; one-sided: one of the operands has the result's shape already;
   * same-rank: besides, no operand but a scalar gets more axes.
   */
  readonly broadcast: (typeof BROADCAST_RULES)[number];
  /** Names of rewrites that are switched off; `*` is all of them. */
  readonly disabledRewrites: readonly string[];
}

/** An attribute of a node inside that each instance of the module may set for itself. */
export interface ExposedAttribute {
  readonly node: NodeId;
  readonly attribute: string;
  /** What instances call it. */
  readonly as: string;
}

/**
 * A part of a drawing that instances, nodes of operator `module:<id>`, stand for. Its ports are the `ModuleInput` and
 * `ModuleOutput` nodes inside, by their names.
 */
export interface ModuleDefinition {
  readonly id: ModuleId;
  readonly name: string;
  readonly description: string;
  readonly nodes: Readonly<Record<NodeId, DocumentNode>>;
  readonly edges: Readonly<Record<EdgeId, DocumentEdge>>;
  readonly exposed?: readonly ExposedAttribute[];
}

/** Top left corners, in canvas pixels. */
export type Places = Readonly<Record<NodeId, { readonly x: number; readonly y: number }>>;

/** What of the canvas is seen: the canvas pixel in the middle of the window, and the scale. */
export interface SavedView {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  /** The instances that lead to the sheet it is of; left out for the drawing itself. */
  readonly path?: readonly NodeId[];
}

/** Where training is to pause. Looked at, never computed: setting one compiles nothing of training. */
export interface Breakpoint {
  readonly when: BreakpointKind;
  /** Left out for all values of the drawing, or the loss. */
  readonly at?: PortRef;
  /** The instances that lead to the sheet of `at`; left out for the drawing itself. */
  readonly path?: readonly NodeId[];
  /** What absolute values are not to exceed, or how many times in a row the loss may rise. */
  readonly limit?: number;
  readonly disabled?: boolean;
}

export interface GraphDocument {
  readonly format: 'wiregrad';
  readonly version: number;
  readonly name: string;
  readonly description: string;
  readonly graph: {
    readonly nodes: Readonly<Record<NodeId, DocumentNode>>;
    readonly edges: Readonly<Record<EdgeId, DocumentEdge>>;
    /** Left out where there are none. */
    readonly modules?: Readonly<Record<ModuleId, ModuleDefinition>>;
    /** Data sets of its own, by name. Left out where there are none. */
    readonly datasets?: DocumentDatasets;
    readonly training: TrainingOptions;
    /** Left out where it is the default. */
    readonly options?: Partial<LanguageOptions>;
  };
  readonly layout: {
    readonly nodes: Places;
    /** Of the nodes inside of modules. */
    readonly modules?: Readonly<Record<ModuleId, Places>>;
    /** Saved views, by the digit of their key. */
    readonly views?: Readonly<Record<string, SavedView>>;
    /** Left out where there are none. */
    readonly breakpoints?: Readonly<Record<string, Breakpoint>>;
  };
}

/** `wrt.1` is member 1 of `wrt`; a port that is no member of a variadic one has no number. */
export function numberedPort(port: string): readonly [base: string, member: number | null] {
  const [, base, member] = /^(.*)\.(\d+)$/.exec(port) ?? [];
  return base === undefined ? [port, null] : [base, Number(member)];
}

export const DOCUMENT_VERSION = 1;

export const DEFAULT_TRAINING: TrainingOptions = { batchSize: 64, seed: 1, shuffle: true, epochs: 0 };

export const DEFAULT_OPTIONS: LanguageOptions = { broadcast: 'any', disabledRewrites: [] };

export function languageOptions({ graph }: GraphDocument): LanguageOptions {
  return { ...DEFAULT_OPTIONS, ...graph.options };
}

export function emptyDocument(name = 'untitled'): GraphDocument {
  return {
    format: 'wiregrad',
    version: DOCUMENT_VERSION,
    name,
    description: '',
    graph: { nodes: {}, edges: {}, training: DEFAULT_TRAINING },
    layout: { nodes: {} },
  };
}
