/** recipe.json: what the programs of a project need to know of a training run. */
import { readModel } from '../compiler/import/model.ts';
import type { TrainingPlan } from '../compiler/plan.ts';

/** One training step as an ONNX model, and where its inputs come from and its outputs go. */
export interface StepModel {
  readonly file: string;
  /** Rows a run. */
  readonly batch: number;
  readonly inputs: readonly {
    readonly name: string;
    readonly from: 'column' | 'state' | 'hyperparameter';
    /** Name of the column, of the slot of the state, or of the hyperparameter. */
    readonly of: string;
    readonly shape: readonly number[];
  }[];
  /** `of` is the slot that an output is the new value of; the loss has none. */
  readonly outputs: readonly { readonly name: string; readonly to: 'loss' | 'state'; readonly of?: string }[];
}

export interface Recipe {
  readonly name: string;
  /** Steps that were made before the state was written. */
  readonly step: number;
  /** Rows are shuffled in every epoch by NumPy's RandomState([seed, epoch]). */
  readonly shuffle: boolean;
  readonly seed: number;
  readonly batchSize: number;
  /** What becomes of rows left over at the end of an epoch. */
  readonly lastBatch: 'drop' | 'keep' | 'fill';
  readonly stepsPerEpoch: number;
  /** How many epochs to train; 0 says nothing. */
  readonly epochs: number;
  /** Ranges of rows, the end not included; null without data. */
  readonly splits: TrainingPlan['splits'];
  readonly hyperparameters: Readonly<Record<string, number>>;
  readonly schedule: TrainingPlan['loop']['schedule'];
  readonly columns: Readonly<Record<string, string>>;
  /** Files of parameters and of what optimizers remember, by slot. */
  readonly state: Readonly<Record<string, string>>;
  /** The step of a whole batch, and that of the rows left over where they are kept. */
  readonly steps: readonly StepModel[];
}

/** Names are made harmless as paths, and different ones stay different. */
export function filesOf(folder: string, names: readonly string[]): Readonly<Record<string, string>> {
  const taken = new Set<string>();
  return Object.fromEntries(
    names.map((name) => {
      const base = name.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_');
      let file = base;
      for (let at = 2; taken.has(file.toLowerCase()); at++) file = `${base}_${at}`;
      taken.add(file.toLowerCase());
      return [name, `${folder}/${file}.npy`];
    }),
  );
}

export function stepsPerEpoch({ splits, batchSize, loop }: TrainingPlan): number {
  if (!splits) return 1;
  const [from, to] = splits.train;
  const batches = (to - from) / batchSize;
  return Math.max(1, loop.lastBatch === 'drop' ? Math.floor(batches) : Math.ceil(batches));
}

/** Rows of the last batch of an epoch where it is smaller; 0 where it is not. */
export function rowsLeft({ splits, batchSize, loop }: TrainingPlan): number {
  if (!splits || loop.lastBatch !== 'keep') return 0;
  return (splits.train[1] - splits.train[0]) % batchSize;
}

const NEXT = '_next';

/** Reads off a written step how it is wired: its inputs are called after what they take. */
export function stepModel(file: string, onnx: Uint8Array, batch: number, plan: TrainingPlan): StepModel {
  const { graph } = readModel(onnx);
  const slots = new Set(plan.state.map(({ id }) => id));
  const columns = new Set(plan.columns.map(({ id }) => id));
  const inputs = graph.input.map(({ name, type }) => {
    const dims = type?.value.case === 'tensorType' ? (type.value.value.shape?.dim ?? []) : [];
    const shape = dims.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : -1));
    const from = slots.has(name) ? 'state' : columns.has(name) ? 'column' : 'hyperparameter';
    return { name, from, of: name, shape } as const;
  });
  const outputs = graph.output.map(({ name }) =>
    name.endsWith(NEXT) && slots.has(name.slice(0, -NEXT.length))
      ? ({ name, to: 'state', of: name.slice(0, -NEXT.length) } as const)
      : ({ name, to: 'loss' } as const),
  );
  return { file, batch, inputs, outputs };
}
