/** A drawing as a folder of models, data and small programs that train it elsewhere. */
import { compile, programOf } from '../compiler/compile.ts';
import { type Diagnostic, diagnostic } from '../compiler/diagnostics.ts';
import type { GraphDocument } from '../compiler/document.ts';
import { exportModel } from '../compiler/export.ts';
import { flatten } from '../compiler/flatten.ts';
import type { Registry } from '../compiler/op.ts';
import { outputFunctions } from '../compiler/phases/3-functions.ts';
import type { TrainingPlan } from '../compiler/plan.ts';
import { writeNpy } from '../formats/npy.ts';
import { TRAIN_ONNX_MJS } from './programs/javascript.ts';
import { RECIPE_PY, TRAIN_ONNX_PY } from './programs/python.ts';
import { trainTorch, unknownOptimizer } from './programs/torch.ts';
import { LICENCES, readme } from './readme.ts';
import { filesOf, type Recipe, rowsLeft, type StepModel, stepModel, stepsPerEpoch } from './recipe.ts';
import { UnwritableError } from './torch/body.ts';
import { type TorchModule, torchModule } from './torch/module.ts';

export interface ProjectOptions {
  /** Values of all slots of the plan. */
  readonly state: Readonly<Record<string, Float32Array>>;
  /** Steps that led to the state. */
  readonly step: number;
  /** Whole columns by id. */
  readonly columns: ReadonlyMap<string, Float32Array | Int32Array>;
  /** Values that differ from those of the drawing: a learning rate that was changed while training. */
  readonly hyperparameters?: Readonly<Record<string, number>>;
}

export interface Project {
  /** By path; empty where an error stands in the way. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly diagnostics: readonly Diagnostic[];
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

function notice(title: string, cause: string, node?: string): Diagnostic {
  return diagnostic('export/program', node === undefined ? {} : { node }, { severity: 'notice', title, cause });
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'model';

/** What the app does in training and the programs leave out. */
function leftOut({ loop }: TrainingPlan): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (loop.schedule.kind === 'plateau') {
    const cause = 'The learning rate falls where validation does not improve; the programs keep it as it is.';
    found.push(notice('The schedule is left out', cause));
  }
  if (loop.earlyStopping.rule !== 'off' || loop.best !== 'off') {
    const cause = 'The programs make the steps they are asked for and keep the last parameters.';
    found.push(notice('Early stopping and the best parameters are left out', cause));
  }
  return found;
}

/** The module, or why there is none. */
function torchOf(document: GraphDocument, drawn: GraphDocument, registry: Registry, plan: TrainingPlan) {
  try {
    const module = torchModule(document, programOf(drawn, registry), registry, plan);
    const unknown = unknownOptimizer(module);
    if (unknown) throw new UnwritableError(`${unknown.op} cannot be written in PyTorch`, unknown.node);
    return { module, found: [] };
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error;
    const name = error.node === null ? 'The drawing' : (document.graph.nodes[error.node]?.name ?? error.node);
    const title = `${name}: ${error.message}, so there is no PyTorch program`;
    return { module: null, found: [notice(title, 'The ONNX models train it all the same.', error.node ?? undefined)] };
  }
}

function torchNotes({ alone }: TorchModule): Diagnostic[] {
  return alone ? [notice('The PyTorch program trains in one process', alone)] : [];
}

export function exportProject(drawn: GraphDocument, registry: Registry, options: ProjectOptions): Project {
  const { plan, diagnostics } = compile(drawn, registry);
  if (!plan) return { files: new Map(), diagnostics };
  if (!plan.graphs.wasm.train) {
    const cause = 'A project trains: it needs an optimizer, or a parameter with an update.';
    const title = 'There is no training step to export';
    return { files: new Map(), diagnostics: [...diagnostics, diagnostic('export/nothing', {}, { title, cause })] };
  }
  const { document } = flatten(drawn, registry);
  const files = new Map<string, Uint8Array>();
  const write = (path: string, content: string | Uint8Array): void =>
    void files.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);

  const steps: StepModel[] = [];
  for (const [name, batch] of [
    ['train-step', plan.batchSize],
    ['train-step-rest', rowsLeft(plan)],
  ] as const) {
    if (batch === 0) continue;
    const { onnx, diagnostics: found } = exportModel(drawn, registry, { kind: 'train-step', weights: {}, batch });
    if (!onnx) return { files: new Map(), diagnostics: found };
    write(`models/${name}.onnx`, onnx);
    steps.push(stepModel(`models/${name}.onnx`, onnx, batch, plan));
  }
  const notes = leftOut(plan);
  if (outputFunctions(programOf(drawn, registry)).length > 0) {
    const { onnx, diagnostics: found } = exportModel(drawn, registry, { kind: 'inference', weights: options.state });
    if (onnx) write('models/inference.onnx', onnx);
    else notes.push(...found.filter(isError).map((each) => ({ ...each, severity: 'notice' as const })));
  } else {
    notes.push(
      notice('There is no model for inference', 'It returns what is wired to Output nodes, and there are none.'),
    );
  }

  const read = new Set(steps.flatMap(({ inputs }) => inputs.map(({ of }) => of)));
  const { module, found } = torchOf(document, drawn, registry, plan);
  notes.push(...found, ...(module ? torchNotes(module) : []));
  for (const { column } of module?.arguments ?? []) if (column !== null) read.add(column);
  const columns = plan.columns.filter(({ id }) => read.has(id));
  const recipe: Recipe = {
    name: plan.name,
    step: options.step,
    seed: plan.seed,
    shuffle: plan.shuffle,
    batchSize: plan.batchSize,
    lastBatch: plan.loop.lastBatch,
    stepsPerEpoch: stepsPerEpoch(plan),
    epochs: plan.epochs,
    splits: plan.splits,
    hyperparameters: {
      ...Object.fromEntries(plan.hyperparameters.map(({ name, initial }) => [name, initial])),
      ...options.hyperparameters,
    },
    schedule: plan.loop.schedule,
    columns: filesOf(
      'data',
      columns.map(({ id }) => id),
    ),
    state: filesOf(
      'state',
      plan.state.map(({ id }) => id),
    ),
    steps,
  };
  for (const { id, dtype, shape } of columns) {
    const data = options.columns.get(id);
    if (!data) throw new Error(`The column ${id} was not given`);
    write(recipe.columns[id] ?? '', writeNpy({ dtype, shape, data }));
  }
  for (const { id, shape } of plan.state) {
    const data = options.state[id];
    if (!data) throw new Error(`The state ${id} was not given`);
    write(recipe.state[id] ?? '', writeNpy({ dtype: 'float32', shape, data }));
  }
  write('document.json', `${JSON.stringify(drawn, null, 2)}\n`);
  write('recipe.json', `${JSON.stringify(recipe, null, 2)}\n`);
  write('recipe.py', RECIPE_PY);
  write('train_onnx.py', TRAIN_ONNX_PY);
  write('train_onnx.mjs', TRAIN_ONNX_MJS);
  write('requirements.txt', 'numpy>=1.22\nonnxruntime>=1.18\n');
  const npm = {
    name: slug(plan.name),
    private: true,
    type: 'module',
    scripts: { train: 'node train_onnx.mjs' },
    dependencies: { 'onnxruntime-node': '^1.20.0' },
  };
  write('package.json', `${JSON.stringify(npm, null, 2)}\n`);
  if (module) {
    write('model.py', module.text);
    write('train_torch.py', trainTorch(module));
  }
  const used = new Set(columns.filter(({ key }) => key === undefined).map(({ dataset }) => dataset));
  const licences = [...used].flatMap((name) => LICENCES[name] ?? []);
  const alone = module?.alone ?? null;
  write('README.md', readme({ document: drawn, recipe, files: new Set(files.keys()), notes, alone, licences }));
  return { files, diagnostics: [...diagnostics, ...notes] };
}
