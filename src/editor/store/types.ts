/** The editor's state. The document is undoable; everything in UiState and SessionState is not. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { EdgeId, GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Backend } from '../../compiler/plan.ts';
import type { CheckResult, DerivedGraph } from '../../compiler/result.ts';
import type { RulesReport } from '../../runtime/protocol.ts';

/**
 * How an edit enters history. `record`: an undo step of its own. `merge`: joins the previous step if that has the same
 * label and is younger than a second (typing, arrow keys). `ignore`: not undoable (repairs on load).
 */
export type HistoryPolicy = 'record' | 'merge' | 'ignore';

export interface DocumentState {
  readonly document: GraphDocument;
  /** The instances one went into to get to the sheet that `document` is; none for the drawing itself. */
  readonly path: readonly NodeId[];
  /** Always of `document`: recomputed inside `apply` when `graph` changed, kept when only `layout` did. */
  readonly check: CheckResult;
  /** Grows with every change to `graph`; results computed at an older revision are stale. */
  readonly revision: number;
  /** Grows with every document that is opened: edits keep it, and what was trained stays; another document starts afresh. */
  readonly opened: number;
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
}

export type Layer = 'forward' | 'backward' | 'update';
export type PanelTab = 'inspect' | 'train' | 'data' | 'problems';
export type Theme = 'system' | 'light' | 'dark';
/** What the middle of the window shows; small windows show one at a time, of `both` the outline. */
export type MainView = 'canvas' | 'outline' | 'both';

export interface UiState {
  readonly selection: { readonly nodes: readonly NodeId[]; readonly edges: readonly EdgeId[] };
  /** A derived node (`backward:…`, `update:…`) that is selected instead. */
  readonly selectedDerived: string | null;
  readonly layers: Readonly<Record<Layer, boolean>>;
  /** Port where a click-click connection began. */
  readonly connecting: { readonly node: NodeId; readonly port: string; readonly side: 'source' | 'target' } | null;
  /** Key of the problem whose path is shown (highlight.ts). Another selection lets go of it. */
  readonly problem: string | null;
  /** Node whose name is being typed on the canvas. */
  readonly renaming: NodeId | null;
  readonly tab: PanelTab;
  readonly panels: Readonly<Record<'palette' | 'inspector' | 'plots' | 'compiler' | 'analysis' | 'code', boolean>>;
  readonly theme: Theme;
  /** Chosen and remembered; null leaves it to the size of the window. */
  readonly view: MainView | null;
  /** The outline as rows by data flow, with their ports, or as a table that can be sorted. */
  readonly outlineAs: 'tree' | 'table';
  /** False stops flow along wires; starts as `prefers-reduced-motion` says. */
  readonly motion: boolean;
  readonly dialog:
    | 'gallery'
    | 'export'
    | 'search'
    | 'shortcuts'
    | 'connect'
    | 'commands'
    | 'drawings'
    | 'history'
    | 'share'
    | 'picture'
    | 'weights'
    | 'data'
    | null;
  /** Where a searched operator is placed, in canvas coordinates. */
  readonly searchAt: { readonly x: number; readonly y: number } | null;
}

export type BackendChoice = Backend | 'auto';

/** Slow-changing facts about training; per-step numbers live in the telemetry hub, outside React. */
export interface SessionState {
  readonly phase: 'idle' | 'loading' | 'running' | 'paused' | 'finished' | 'failed';
  readonly choice: BackendChoice;
  readonly backend: Backend | null;
  /** Why this backend, in plain words. */
  readonly reason: string;
  readonly adapter: string;
  /** Updated at most four times a second. */
  readonly step: number;
  readonly epoch: number;
  readonly stepsPerEpoch: number;
  /** Steps at which training ends by itself; null where that is not known. */
  readonly until: number | null;
  /** What the rules of the training loop say; null before the first validation. */
  readonly rules: RulesReport | null;
  readonly loss: number | null;
  readonly stepsPerSecond: number | null;
  /** As it is set. */
  readonly learningRate: number | null;
  /** Of the last step, as the schedule has it; null before one. */
  readonly stepRate: number | null;
  /** Steps a second at most; null: as fast as it goes. */
  readonly pace: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  /** Problems of the runtime (device lost, diverged, …), newest last. */
  readonly problems: readonly Diagnostic[];
  readonly derived: DerivedGraph;
  /** Document revision the running plan was compiled from. */
  readonly planRevision: number;
}
