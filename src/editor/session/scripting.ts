/** `window.wiregrad`: the scripting interface that the README documents. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import type { ExportKind } from '../../compiler/export.ts';
import { flatten } from '../../compiler/flatten.ts';
import { type Backend, PROBE_STATS } from '../../compiler/plan.ts';
import type { TrainingClient } from '../../runtime/client.ts';
import type { Counts } from '../../runtime/protocol.ts';
import type * as Symbolic from '../../symbolic/api.ts';
import { chosenFirst, stateOf, stepOf } from '../../weights/choices.ts';
import { matchWeights, unusedTensors } from '../../weights/match.ts';
import { readWeightFile, type WeightFormat, writeWeightFile } from '../../weights/weight-file.ts';
import { evaluateByName } from '../evaluate/evaluate.ts';
import { loadExample } from '../gallery/examples.ts';
import { openDocument } from '../persistence/documents.ts';
import type { Editor } from '../store/create-editor.ts';
import type { BackendChoice } from '../store/types.ts';
import type { Weights } from '../weights/weights.ts';
import type { SessionController } from './controller.ts';

export interface TrainRequest {
  readonly steps: number;
  readonly backend?: BackendChoice;
  /** `visible` (default) observes values as the canvas does; `nothing` trains alone. */
  readonly watch?: 'visible' | 'nothing';
  /** Whether to compute the report's metrics; true if left out. */
  readonly evaluate?: boolean;
}

export interface TrainReport {
  /** Steps made since the start. */
  readonly steps: number;
  /** Of the last step, before its update. */
  readonly loss: number | null;
  /** On the validation split, after the last step; empty if `evaluate` is false. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly backend: Backend | null;
  readonly stepsPerSecond: number;
  /** Time of the steps of this call alone. */
  readonly milliseconds: number;
  /** Nodes outside the WebGPU provider: 0, because sessions with any are refused there. */
  readonly fallbackNodes: number;
}

export type Summary = Readonly<Record<(typeof PROBE_STATS)[number], number>> & {
  readonly shape: readonly number[];
  readonly histogram: readonly number[];
};

export interface Wiregrad {
  /** Opens an example by name, or a document. Rejects with what is wrong; the open document then stays. */
  open(exampleOrDocument: string | GraphDocument): Promise<void>;
  document(): GraphDocument;
  check(): readonly Diagnostic[];
  train(request: TrainRequest): Promise<TrainReport>;
  pause(): void;
  reset(): void;
  /** Loss and metrics on the validation or test split. */
  evaluate(split?: 'validation' | 'test'): Promise<Readonly<Record<string, number>>>;
  /** An ONNX model, or a zip of models, data and programs that train elsewhere. */
  export(kind: ExportKind | 'project'): Promise<Uint8Array>;
  /** Of a node, by id or name. */
  values(node: string): Promise<{ readonly value: Summary | null; readonly gradient: Summary | null }>;
  /** A node's first output for inputs of one's own, row-major, by name (`x`, or `digits.x`): Theano's eval. */
  eval(
    node: string,
    inputs?: Readonly<Record<string, readonly number[]>>,
  ): Promise<{ readonly shape: readonly number[]; readonly values: readonly number[] }>;
  /** The value of a parameter, or of an optimizer's state such as `W.momentum_buffer`: Theano's get_value. */
  getValue(name: string): Promise<{ readonly shape: readonly number[]; readonly data: Float32Array }>;
  /** Replaces a value; as many numbers as it has elements, row-major. Training pauses. */
  setValue(name: string, values: ArrayLike<number>): Promise<void>;
  /** A file of all values. Those of the optimizer are left out unless asked for. */
  saveWeights(options?: { readonly format?: WeightFormat; readonly optimizer?: boolean }): Promise<Uint8Array>;
  /**
   * Loads what has the name and shape of a parameter or of optimizer state, and tells what was loaded, what the drawing needs
   * and the file does not have, and what of the file was not used. With the state of the optimizer training goes on at the step
   * it was saved at.
   */
  loadWeights(
    file: Uint8Array,
  ): Promise<{ readonly loaded: string[]; readonly missing: string[]; readonly unused: string[] }>;
  /** Values of parameters and optimizer state, by name. */
  state(): Promise<Readonly<Record<string, Float32Array>>>;
  status(): {
    readonly step: number;
    readonly loss: number | null;
    readonly backend: Backend | null;
    readonly running: boolean;
  };
  /** The symbolic language (docs/symbolic.md), as the package has it: `const { T, fn } = await wiregrad.symbolic()`. */
  symbolic(): Promise<typeof Symbolic>;
  /** What went through WebGPU since the last `resetCounts`, counted call by call in the worker. */
  counts(): Promise<Counts>;
  resetCounts(): Promise<void>;
  /** Fault injection, to see training survive: loses the GPU device, or ends the worker. */
  break(what: 'device' | 'worker'): Promise<void>;
}

function summaries(stats: Float32Array, shape: readonly number[]): Summary {
  const named = Object.fromEntries(PROBE_STATS.map((name, at) => [name, stats[at] ?? Number.NaN]));
  return {
    ...(named as Record<(typeof PROBE_STATS)[number], number>),
    shape,
    histogram: [...stats.subarray(PROBE_STATS.length)],
  };
}

export function createScripting(
  editor: Editor,
  controller: SessionController,
  client: TrainingClient,
  weights: Weights,
): Wiregrad {
  const state = () => editor.whole.getState();
  return {
    async open(exampleOrDocument) {
      const given = typeof exampleOrDocument === 'string' ? await loadExample(exampleOrDocument) : exampleOrDocument;
      if (!given) throw new Error(`There is no example “${exampleOrDocument}”.`);
      const { document, diagnostics } = readDocument(given);
      if (!document) throw new Error(diagnostics.map((found) => `${found.title}. ${found.cause}`).join(' '));
      openDocument(editor, document);
    },
    document: () => state().document,
    check: () => state().check.diagnostics,
    async train({ steps, backend, watch = 'visible', evaluate = true }) {
      if (backend) editor.session.set({ choice: backend });
      const run = await controller.train(steps, watch === 'visible');
      const evaluation = evaluate ? await controller.evaluate('validation') : null;
      return {
        steps: run.step,
        loss: run.loss,
        metrics: evaluation?.metrics ?? {},
        backend: client.status.backend,
        stepsPerSecond: (1000 * run.steps) / Math.max(run.milliseconds, 1e-3),
        milliseconds: run.milliseconds,
        fallbackNodes: 0,
      };
    },
    pause: () => controller.pause(),
    reset: () => controller.reset(),
    async evaluate(split = 'validation') {
      const found = await controller.evaluate(split);
      return { ...found?.metrics, ...(found?.loss == null ? {} : { loss: found.loss }) };
    },
    export: (kind) => (kind === 'project' ? controller.exportProject() : controller.exportOnnx(kind)),
    eval: (name, inputs = {}) => evaluateByName(editor, name, inputs),
    async values(name) {
      // Inside of modules by their flat names: `block1/W`.
      const { nodes } = flatten(state().document, editor.registry).document.graph;
      const node = nodes[name] ?? Object.values(nodes).find((candidate) => candidate.name === name);
      if (!node) throw new Error(`There is no node “${name}”.`);
      const found = await controller.values(node.id);
      const row = (of: 'value' | 'gradient'): Summary | null => {
        const entry = found?.entries.find((candidate) => candidate.of === of);
        if (!found || !entry) return null;
        const width = found.summary.length / found.entries.length;
        return summaries(found.summary.subarray(entry.row * width, (entry.row + 1) * width), entry.shape);
      };
      return { value: row('value'), gradient: row('gradient') };
    },
    async getValue(name) {
      const slot = (await weights.slots()).find(({ id }) => id === name);
      const data = (await controller.readState())[name];
      if (!slot || !data) throw new Error(`There is no parameter “${name}”.`);
      return { shape: slot.shape, data };
    },
    async setValue(name, values) {
      if (!(await weights.slots()).some(({ id }) => id === name)) throw new Error(`There is no parameter “${name}”.`);
      await weights.load({ [name]: Float32Array.from(values) }, null);
    },
    async saveWeights({ format = 'safetensors', optimizer = false } = {}) {
      return writeWeightFile((await weights.capture(optimizer)).file, format);
    },
    async loadWeights(bytes) {
      const file = readWeightFile(bytes, 'The file');
      const slots = await weights.slots();
      const chosen = chosenFirst(matchWeights(slots, file));
      await weights.load(stateOf(file, chosen), stepOf(file, slots, chosen));
      return {
        loaded: [...chosen.keys()],
        missing: slots.filter(({ id, kind }) => kind === 'parameter' && !chosen.has(id)).map(({ id }) => id),
        unused: unusedTensors(file, [...chosen.values()]),
      };
    },
    state: () => controller.readState(),
    status() {
      const { phase, backend, step, loss } = editor.session.getState();
      return { step, loss, backend, running: phase === 'running' };
    },
    symbolic: () => import('../../symbolic/api.ts'),
    counts: () => client.counts(),
    resetCounts: () => client.resetCounts(),
    async break(what) {
      if (what === 'device') await client.loseDevice();
      else client.crash();
    },
  };
}
