/**
 * Joins the document, the compiler and the training worker. It recompiles when the graph changes, keeps trained values
 * where names and shapes stay, and writes what changes slowly into the session store; numbers of every step go to the hub.
 */
import { compile, compileProbe } from '../../compiler/compile.ts';
import { type DiagnosticCode, diagnostic } from '../../compiler/diagnostics.ts';
import type { NodeId } from '../../compiler/document.ts';
import { exportModel, type ExportKind as OnnxKind } from '../../compiler/export.ts';
import { type FlatDocument, flatten } from '../../compiler/flatten.ts';
import type { ProbeEntry, ProbePlan, TrainingPlan } from '../../compiler/plan.ts';
import type { Compilation } from '../../compiler/result.ts';
import type { TrainingClient } from '../../runtime/client.ts';
import type { Evaluation, RunResult, RuntimeProblem, RuntimeStatus, State } from '../../runtime/protocol.ts';
import type { TelemetryHub } from '../../runtime/telemetry-hub.ts';
import type { Editor } from '../store/create-editor.ts';
import { sheetDerived } from '../store/sheets.ts';
import type { BackendChoice, SessionState } from '../store/types.ts';
import type { ExportKind, SessionActions } from './actions.ts';
import { carriedSlots, type Trained } from './carried-state.ts';
import { Guards } from './guards.ts';

/** After the last edit of a burst. */
const COMPILE_DELAY_MS = 200;
/** After the view has come to rest: what is watched is compiled anew. */
const OBSERVE_DELAY_MS = 300;
const STATUS_INTERVAL_MS = 250;
/** Graphs up to this size are observed whole; larger ones where they are visible or selected. */
const OBSERVE_ALL = 60;

export interface ControllerOptions {
  readonly editor: Editor;
  readonly client: TrainingClient;
  readonly hub: TelemetryHub;
  readonly backend?: BackendChoice;
  /** Called before a plan is loaded: sees to it that the rows it reads are there, or rejects. */
  readonly prepareData?: (plan: TrainingPlan) => Promise<void>;
  /** What is in sight; asked for large graphs only. */
  readonly sight?: {
    readonly nodesInSight: () => readonly NodeId[];
    readonly onSight: (listener: () => void) => () => void;
  };
}

const UNTRAINED = {
  metrics: {},
  loss: null,
  step: 0,
  epoch: 0,
  until: null,
  rules: null,
  stepRate: null,
  stepsPerSecond: null,
} satisfies Partial<SessionState>;

const ONNX_KIND: Readonly<Record<ExportKind, OnnxKind>> = {
  model: 'inference',
  trainable: 'training-model',
  training: 'train-step',
  gradients: 'gradients',
};

function phaseOf(status: RuntimeStatus): SessionState['phase'] {
  return status.phase === 'training' ? 'running' : status.phase === 'empty' ? 'idle' : status.phase;
}

function describeAdapter({ adapter, build, threads }: RuntimeStatus): string {
  const gpu = adapter
    ? [adapter.vendor, adapter.architecture, adapter.description, adapter.isFallbackAdapter ? '(software)' : '']
        .filter(Boolean)
        .join(' ')
    : 'no WebGPU adapter in use';
  return `${gpu} · onnxruntime-web ${build}${threads > 1 ? `, ${threads} threads` : ''}`;
}

export class SessionController implements SessionActions {
  readonly #editor: Editor;
  readonly #client: TrainingClient;
  readonly #hub: TelemetryHub;
  readonly #sight: ControllerOptions['sight'];
  readonly #prepareData: (plan: TrainingPlan) => Promise<void>;
  readonly #guards: Guards;
  #sightTimer: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastStatus = 0;
  /** What the worker has; null before the first plan, and while the document has errors that were never overcome. */
  #plan: TrainingPlan | null = null;
  #loaded: { readonly graph: unknown; readonly backend: BackendChoice; readonly nodes: Trained['nodes'] } | null = null;
  #loading: Promise<void> = Promise.resolve();
  #compiled: { readonly graph: unknown; readonly name: string; readonly result: Compilation } | null = null;
  #observed = '';
  #watching = true;
  #wanted = false;
  /** The graph when the last run was asked for. */
  #begunWith: unknown = null;
  /** Step of the last frame. */
  #lookedAt = 0;

  constructor({ editor, client, hub, backend = 'auto', sight, prepareData = async () => {} }: ControllerOptions) {
    this.#editor = editor;
    this.#client = client;
    this.#hub = hub;
    this.#sight = sight;
    this.#prepareData = prepareData;
    this.#guards = new Guards(editor, client);
    editor.session.set({ choice: backend });
    hub.connect(client);
    client.on('status', (status) => this.#showStatus(status));
    client.on('losses', () => this.#showProgress());
    client.on('frame', ({ step }) => {
      this.#lookedAt = step;
      if (hub.training.last === null) this.#showProgress();
    });
    client.on('evaluation', (evaluation) => this.#showEvaluation(evaluation));
    client.on('rules', (rules) => editor.session.set({ rules }));
    client.on('started', ({ until }) => editor.session.set({ until: until ?? this.#lastStep() }));
    client.on('problem', (problem) => this.#report(problem));
    editor.whole.subscribe((state, previous) => {
      if (state.document.graph === previous.document.graph && state.opened === previous.opened) return;
      clearTimeout(this.#timer);
      if (state.opened !== previous.opened) this.#open();
      else this.#timer = setTimeout(() => void this.#refresh(), COMPILE_DELAY_MS);
    });
    editor.ui.subscribe(() => void this.#observe());
    // Another sheet shows other nodes of the same graph.
    editor.document.subscribe((state, previous) => {
      if (state.path === previous.path) return;
      this.#derive();
      // Nodes of both may have the same ids.
      this.#hub.expect(null);
      this.#observed = '';
      void this.#observe();
    });
    sight?.onSight(() => {
      clearTimeout(this.#sightTimer);
      this.#sightTimer = setTimeout(() => void this.#observe(), OBSERVE_DELAY_MS);
    });
    this.setPace(editor.session.getState().pace);
    this.#derive();
  }

  start = (): void => {
    this.#run(() => this.#client.train());
  };

  pause = (): void => {
    this.#wanted = false;
    void this.#client.pause();
  };

  step = (count: number): void => {
    this.#run(() => this.#client.step(count));
  };

  restoreBest = (): void => {
    void this.#client.restoreBest().catch((error) => this.#report(error));
  };

  reset = (): void => {
    const again = this.#wanted;
    void this.#load()
      .then(() => this.#client.reset())
      .then(() => this.#clear())
      .then(() => (again ? this.start() : undefined))
      .catch((error) => this.#report(error));
  };

  setLearningRate = (value: number): void => {
    const name = this.#plan?.hyperparameters[0]?.name;
    if (name === undefined || !Number.isFinite(value)) return;
    this.#editor.session.set({ learningRate: value, stepRate: null });
    void this.#client.setHyperparameter(name, value);
  };

  setPace = (perSecond: number | null): void => {
    this.#editor.session.set({ pace: perSecond });
    void this.#client.setPace(perSecond);
  };

  setBackend = (choice: BackendChoice): void => {
    const again = this.#wanted;
    this.#editor.session.set({ choice });
    void this.#load(true)
      .then(() => (again ? this.start() : undefined))
      .catch((error) => this.#report(error));
  };

  exportModel = async (kind: ExportKind): Promise<Blob> => {
    const bytes = await this.exportOnnx(ONNX_KIND[kind]);
    return new Blob([bytes as BlobPart], { type: 'application/octet-stream' });
  };

  /** The ONNX file, with the parameters as they are now. Rejects with a sentence for the user. */
  async exportOnnx(kind: OnnxKind): Promise<Uint8Array> {
    const weights = await this.readState();
    const { onnx, diagnostics } = exportModel(this.#document(), this.#editor.registry, { kind, weights });
    if (onnx) return onnx;
    const [first] = diagnostics.filter((found) => found.severity === 'error');
    throw new Error(first ? `${first.title}. ${first.cause}` : 'The graph cannot be exported.');
  }

  exportProject = async (): Promise<Uint8Array> => {
    const plan = await this.plan();
    const state = await this.readState();
    const { step } = this.#client.status;
    const { learningRate } = this.#editor.session.getState();
    const hyperparameters: Record<string, number> = learningRate === null ? {} : { lr: learningRate };
    const { projectZip } = await import('./project.ts');
    return projectZip(this.#document(), this.#editor.registry, plan, { state, step, hyperparameters });
  };

  /** Resolves when the worker has the graph as it is. Rejects with what stands in the way. */
  ready(): Promise<void> {
    return this.#load();
  }

  /** The same, with what the worker then has. */
  async plan(): Promise<TrainingPlan> {
    await this.#load();
    if (!this.#plan) throw new Error('Another drawing was opened meanwhile.');
    return this.#plan;
  }

  async readState(): Promise<State> {
    await this.#load();
    return this.#client.readState();
  }

  /** Trains `count` steps more; what scripts call. */
  async train(count: number, watch: boolean): Promise<RunResult> {
    this.#watching = watch;
    await this.#load();
    await this.#observe();
    return this.#client.step(count);
  }

  /** Summaries of the outputs and gradients of a node, now. */
  async values(node: NodeId): Promise<{ entries: readonly ProbeEntry[]; summary: Float32Array } | null> {
    const probe = compileProbe(this.#document(), this.#editor.registry, [node]);
    if (!probe) return null;
    await this.#load();
    const { summary } = (await this.#client.probe(probe)).outputs;
    return summary ? { entries: probe.entries, summary } : null;
  }

  async evaluate(split: 'validation' | 'test'): Promise<Evaluation | null> {
    await this.#load();
    return this.#client.evaluate(split);
  }

  /** Forgets everything trained: another document was opened. */
  #open(): void {
    this.#wanted = false;
    this.#plan = null;
    this.#loaded = null;
    this.#lookedAt = 0;
    this.#observed = '';
    this.#hub.forget();
    this.#clear();
    this.#derive();
    // The next load waits for this; the worker may have nothing yet that could be reset.
    this.#loading = this.#loading
      .catch(() => {})
      .then(() => this.#client.reset())
      .catch(() => {})
      .then(() => {
        // What the worker still said of the former document came in between.
        this.#hub.forget();
        this.#clear();
        // A load that was waiting may have taken this document already.
        this.#observed = '';
        return this.#observe();
      });
  }

  #clear(): void {
    const problems = this.#editor.session.getState().problems.filter(({ code }) => !code.startsWith('runtime/'));
    this.#editor.session.set({ ...UNTRAINED, problems, ...(this.#plan ? {} : { phase: 'idle' }) });
  }

  #document() {
    return this.#editor.whole.getState().document;
  }

  #run(begin: () => Promise<RunResult>): void {
    this.#wanted = true;
    this.#begunWith = this.#document().graph;
    // A script may have trained without looking.
    this.#watching = true;
    void this.#load()
      .then(() => this.#observe())
      .then(() => (this.#wanted ? begin() : null))
      .then((result) => {
        if (!result) return;
        if (result.why !== 'paused') this.#wanted = false;
        if (result.why === 'epochs' || result.why === 'early') this.#editor.session.set({ phase: 'finished' });
        this.#showProgress(true);
      })
      .catch((error) => this.#report(error));
  }

  /** Of the drawing as it is: an edit that is shown and then loaded is compiled once. */
  #compile(): Compilation {
    const document = this.#document();
    const { graph, name } = document;
    if (this.#compiled?.graph !== graph || this.#compiled.name !== name) {
      this.#compiled = { graph, name, result: compile(document, this.#editor.registry) };
    }
    return this.#compiled.result;
  }

  /** Derived layers of the drawing as it is, whether or not it runs. */
  #derive(): Compilation {
    const compilation = this.#compile();
    if (compilation.plan || !this.#plan) {
      const { document, path } = this.#editor.document.getState();
      this.#editor.session.set({ derived: sheetDerived(compilation.derived, this.#flat(), path, document) });
    }
    const [rate] = compilation.plan?.hyperparameters ?? [];
    if (rate && !this.#plan) this.#editor.session.set({ learningRate: rate.initial });
    return compilation;
  }

  /** After an edit: what runs goes on with the new graph as soon as that has no errors. */
  async #refresh(): Promise<void> {
    // A run that began after the edit has the new graph already.
    const again = this.#wanted && this.#begunWith !== this.#document().graph;
    if (!this.#derive().plan || !this.#plan) return;
    try {
      await this.#load();
      if (again) this.start();
    } catch (error) {
      this.#report(error as RuntimeProblem);
    }
  }

  /** Gives the worker the graph as it is now, unless it has it. One load at a time. */
  #load(force = false): Promise<void> {
    const next = this.#loading.catch(() => {}).then(() => this.#loadNow(force));
    this.#loading = next;
    return next;
  }

  async #loadNow(force: boolean): Promise<void> {
    const { document, revision, opened } = this.#editor.whole.getState();
    const { choice } = this.#editor.session.getState();
    if (!force && this.#loaded?.graph === document.graph && this.#loaded.backend === choice) return;
    const { plan, diagnostics } = this.#compile();
    if (!plan) {
      const [first] = diagnostics.filter((found) => found.severity === 'error');
      throw Object.assign(new Error(first?.title ?? 'The graph has errors.'), { code: 'runtime/no-training' });
    }
    const before = this.#plan;
    const { nodes } = this.#flat().document.graph;
    const trained = before && this.#loaded && { state: before.state, nodes: this.#loaded.nodes };
    const from = trained && carriedSlots(trained, { state: plan.state, nodes });
    await this.#prepareData(plan);
    await this.#client.load(plan, { backend: choice, keep: before !== null, ...(from && { from }) });
    // Another document, opened meanwhile, begins with nothing.
    if (this.#editor.whole.getState().opened !== opened) return;
    this.#plan = plan;
    this.#loaded = { graph: document.graph, backend: choice, nodes };
    this.#observed = '';
    this.#editor.session.set({ planRevision: revision });
    // A rate that was set while training stays until the drawing says another, or another document is opened.
    plan.hyperparameters.forEach(({ name, initial }, at) => {
      const was = before?.hyperparameters.find((known) => known.name === name);
      if (was?.initial === initial) return;
      if (at === 0) this.#editor.session.set({ learningRate: initial });
      void this.#client.setHyperparameter(name, initial);
    });
    if (plan.hyperparameters.length === 0) this.#editor.session.set({ learningRate: null });
    await this.#guards.renew().catch((error) => this.#report(error));
    await this.#observe();
  }

  /** Tells the worker what to look at, when that has changed. */
  async #observe(): Promise<void> {
    if (!this.#plan) return;
    const { graph } = this.#document();
    if (this.#loaded?.graph !== graph) return;
    const nodes = this.#watching ? this.#watchedNodes() : [];
    const { path } = this.#editor.document.getState();
    const key = JSON.stringify([path, nodes]);
    if (key === this.#observed) return;
    this.#observed = key;
    const found = nodes.length > 0 ? this.#probe(path, nodes) : null;
    // What nobody feeds has no values to look at.
    const probe = found?.graphs.wasm.inputs.some(({ binding }) => binding.kind === 'feed') ? null : found;
    this.#hub.expect(probe);
    await this.#client.observe(probe).catch((error) => this.#report(error));
  }

  #flat(): FlatDocument {
    return flatten(this.#document(), this.#editor.registry);
  }

  /** What is looked at on a sheet, in the ids of its nodes. */
  #probe(path: readonly NodeId[], nodes: readonly NodeId[]): ProbePlan | null {
    const flat = this.#flat();
    const drawn = new Map(nodes.map((node) => [flat.idOf(path, node), node]));
    const probe = compileProbe(this.#document(), this.#editor.registry, [...drawn.keys()]);
    if (!probe || path.length === 0) return probe;
    const entries = probe.entries.map((entry) => ({ ...entry, node: drawn.get(entry.node) ?? entry.node }));
    return { ...probe, entries, key: JSON.stringify([path, probe.key]) };
  }

  #watchedNodes(): readonly NodeId[] {
    const nodes = Object.values(this.#editor.document.getState().document.graph.nodes);
    const withOutputs = nodes.filter((node) => (this.#editor.registry.get(node.op)?.outputs.length ?? 0) > 0);
    if (withOutputs.length <= OBSERVE_ALL) return withOutputs.map((node) => node.id);
    const { selection } = this.#editor.ui.getState();
    const inSight = new Set([...selection.nodes, ...(this.#sight?.nodesInSight() ?? [])]);
    return withOutputs
      .filter((node) => inSight.has(node.id))
      .slice(0, OBSERVE_ALL)
      .map((node) => node.id);
  }

  #showStatus(status: RuntimeStatus): void {
    this.#editor.session.set({
      phase: phaseOf(status),
      backend: status.backend,
      reason: status.reason,
      adapter: describeAdapter(status),
      step: status.step,
      epoch: status.epoch,
      stepsPerEpoch: status.stepsPerEpoch,
    });
  }

  #showProgress(now = false): void {
    const time = performance.now();
    if (!now && time - this.#lastStatus < STATUS_INTERVAL_MS) return;
    this.#lastStatus = time;
    const { training, stepsPerSecond } = this.#hub;
    const { stepsPerEpoch } = this.#client.status;
    // Without a loss nothing is told of single steps but by frames.
    const step = Math.max(this.#hub.step, this.#client.status.step, training.last ? 0 : this.#lookedAt);
    const loss = training.last?.y ?? null;
    const epoch = Math.floor(step / Math.max(1, stepsPerEpoch));
    const stepRate = this.#hub.learningRate.last?.y ?? null;
    this.#editor.session.set({ step, epoch, loss, stepsPerSecond, stepRate });
  }

  /** At which an open run ends at the latest; null where it has no end. */
  #lastStep(): number | null {
    const { epochs = 0 } = this.#plan ?? {};
    return epochs > 0 ? epochs * this.#client.status.stepsPerEpoch : null;
  }

  #showEvaluation({ metrics, loss }: Evaluation): void {
    this.#editor.session.set({ metrics: { ...metrics, ...(loss === null ? {} : { loss }) } });
  }

  #report(problem: RuntimeProblem | Error): void {
    const code = ('code' in problem ? problem.code : 'runtime/onnxruntime') as DiagnosticCode;
    if (code === 'runtime/stopped') return;
    // The words of ONNX Runtime are evidence, not an explanation.
    const explained = code !== 'runtime/onnxruntime' || 'detail' in problem;
    const detail = 'detail' in problem ? problem.detail : explained ? undefined : problem.message;
    const title = explained ? problem.message : 'ONNX Runtime could not run the compiled graph';
    const evidence = detail === undefined ? [] : [{ label: 'ONNX Runtime', text: detail }];
    const severity = 'recovered' in problem && problem.recovered ? 'warning' : 'error';
    const found = diagnostic(code, {}, { title, evidence, severity });
    const others = this.#editor.session.getState().problems.filter((known) => known.code !== code);
    this.#editor.session.set({ problems: [...others, found] });
  }
}
