import { metricSplits } from '../checks/data.ts';
import type { GraphDocument, NodeId } from '../document.ts';
import type { FunctionIR } from '../ir.ts';
import type { Registry } from '../op.ts';
import type {
  Backend,
  BackendGraphs,
  DataColumn,
  DatasetInfo,
  GraphPlan,
  Hyperparameter,
  Initializer,
  StateSlot,
  TrainingPlan,
} from '../plan.ts';
import { loopOptions } from '../training-options.ts';
import type { Program } from './2-infer.ts';
import { type RewriteOptions, rewrite } from './4-rewrite.ts';
import { toKernels, writeModel } from './6-emit.ts';
import { columnId, type DataMode } from './emit/bindings.ts';
import { planInitializers } from './plan-initializers.ts';

/** Rows an evaluation looks at in one run. */
const EVALUATION_ROWS = 500;

export interface PlanContext {
  readonly document: GraphDocument;
  readonly registry: Registry;
  readonly program: Program;
  readonly rewrites: RewriteOptions;
}

function nameOf({ document }: PlanContext): (node: NodeId) => string {
  return (node) => document.graph.nodes[node]?.name ?? node;
}

/** All tensors that outlive a step: parameters of the program, and the optimizer state the training function asks for. */
function planState({ document, program }: PlanContext, train: FunctionIR): StateSlot[] {
  const initializers = planInitializers(program, document.graph.training.seed);
  const parameters = program.parameters.map(({ node, value }): StateSlot => {
    const initializer = initializers.get(node.id) as Initializer;
    return { id: node.name, kind: 'parameter', node: node.id, shape: value.type.shape as number[], initializer };
  });
  const inputs = [...train.inputs, ...program.builder.inputs.filter((input) => !train.inputs.includes(input))];
  const slots = inputs.flatMap(({ value, source }): StateSlot[] =>
    source.kind === 'slot'
      ? [
          {
            id: source.slot,
            kind: 'slot',
            node: source.node,
            shape: value.type.shape as number[],
            initializer: source.initializer,
          },
        ]
      : [],
  );
  return [...parameters, ...slots];
}

/** Every column of the data sets that the program reads. */
export function planColumns(program: Program): DataColumn[] {
  const columns = new Map<string, DataColumn>();
  for (const { info } of program.datasets) {
    for (const column of info.columns) {
      const id = columnId(info.name, column.name);
      columns.set(id, {
        id,
        dataset: info.name,
        column: column.name,
        ...(info.key !== undefined && { key: info.key }),
        dtype: column.dtype,
        shape: [info.rows, ...column.shape],
      });
    }
  }
  return [...columns.values()];
}

/** Batch sizes that cover each split exactly: full batches, and what is left over of each. */
function evaluationBatches(splits: DatasetInfo['splits']): number[] {
  const sizes = [splits.validation, splits.test].flatMap((range) => (range ? [range[1] - range[0]] : []));
  const full = Math.min(EVALUATION_ROWS, ...sizes);
  return [...new Set([full, ...sizes.map((size) => size % full)])].filter((size) => size > 0);
}

/** Emits a function for each backend in the form its runtime wants; see `BackendGraphs`. Both share the lowered function. */
export function emitFor(
  context: PlanContext,
  fn: FunctionIR,
  batch: number,
  { wasm, loop = false }: { readonly wasm: DataMode; readonly loop?: boolean },
): Readonly<Record<Backend, GraphPlan>> {
  const { registry, rewrites } = context;
  const kernels = toKernels(fn, registry, { batch }, rewrites);
  const columns = Object.fromEntries(planColumns(context.program).map((column) => [column.id, column.shape]));
  const options = { columns, nameOf: nameOf(context) };
  return {
    webgpu: writeModel(kernels, registry, batch, { ...options, data: 'resident' }),
    wasm: writeModel(kernels, registry, batch, { ...options, data: wasm, loop }),
  };
}

/** Where a loss needs labels below a number, by column. */
function labelBounds(program: Program): Record<string, number> {
  return Object.fromEntries(
    program.datasets.flatMap(({ info }) =>
      info.columns.flatMap((column) =>
        column.classes === undefined ? [] : [[columnId(info.name, column.name), column.classes]],
      ),
    ),
  );
}

export function planTraining(context: PlanContext, train: FunctionIR, evaluate: FunctionIR | null): TrainingPlan {
  const { document, registry, program, rewrites } = context;
  const { training } = document.graph;
  const info: DatasetInfo | undefined = program.datasets[0]?.info;
  const step = rewrite(train, registry, rewrites);
  const check = evaluate ? rewrite(evaluate, registry, rewrites) : null;
  const batches = info ? evaluationBatches(info.splits) : [training.batchSize];
  const trains = train.outputs.some((output) => output.target.kind === 'state');

  const trainGraphs = trains ? emitFor(context, step, training.batchSize, { wasm: 'external', loop: true }) : null;
  const loop = loopOptions(training);
  const [from, to] = info?.splits.train ?? [0, 0];
  const left = loop.lastBatch === 'keep' ? (to - from) % training.batchSize : 0;
  const restGraphs = trains && left > 0 ? emitFor(context, step, left, { wasm: 'external', loop: true }) : null;
  const evaluations = check ? batches.map((batch) => emitFor(context, check, batch, { wasm: 'batch' })) : [];
  const graphs = (backend: Backend): BackendGraphs => ({
    train: trainGraphs?.[backend] ?? null,
    rest: restGraphs?.[backend] ?? null,
    evaluate: evaluations.map((graph) => graph[backend]),
  });

  const state = planState(context, train);
  const hyperparameters = train.inputs.flatMap(({ source }): Hyperparameter[] =>
    source.kind === 'hyperparameter' ? [{ name: source.name, node: source.node, initial: source.initial }] : [],
  );
  return {
    key: JSON.stringify(state.map(({ id, shape, initializer }) => [id, shape, initializer])),
    name: document.name,
    batchSize: training.batchSize,
    seed: training.seed,
    shuffle: training.shuffle,
    epochs: training.epochs,
    loop,
    state,
    hyperparameters,
    // All of them: observation also looks at columns that no other function reads.
    columns: planColumns(program),
    splits: info?.splits ?? null,
    metricSplits: metricSplits(program),
    classes: labelBounds(program),
    graphs: { webgpu: graphs('webgpu'), wasm: graphs('wasm') },
  };
}
