/** Data sets by name. Names, columns and row counts are those of the compiler's table of data sets. */

import type { DataColumn, TrainingPlan } from '../../../compiler/plan.ts';
import { RuntimeError } from '../../protocol.ts';
import { sizeOf } from '../initializers.ts';
import type { ReadFile } from './files.ts';
import { makeCircles, makeLine, makeMoons, makeSine, makeSpirals } from './generated.ts';
import { loadDigits, loadIris, loadMnist } from './stored.ts';

export type Column = Float32Array | Int32Array;
/** Row-major values by column name. */
export type Columns = Readonly<Record<string, Column>>;

const LOADERS: Readonly<Record<string, (readFile: ReadFile) => Columns | Promise<Columns>>> = {
  digits: loadDigits,
  mnist: loadMnist,
  iris: loadIris,
  line: makeLine,
  sine: makeSine,
  spirals: makeSpirals,
  moons: makeMoons,
  circles: makeCircles,
};

export async function loadDataset(name: string, readFile: ReadFile): Promise<Columns> {
  const load = LOADERS[name];
  if (!load) throw new RuntimeError('runtime/data', `There is no data set called ${name}.`);
  try {
    return await load(readFile);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RuntimeError('runtime/data', `The data set ${name} could not be read: ${why}`);
  }
}

/** Loads each data set once for as long as it lives. */
export class DataStore {
  readonly #readFile: ReadFile;
  readonly #datasets = new Map<string, Promise<Columns>>();

  constructor(readFile: ReadFile) {
    this.#readFile = readFile;
  }

  /** The plan's columns by id, checked: rows in range, labels within the classes that a loss allows. */
  async columns(plan: TrainingPlan): Promise<ReadonlyMap<string, Column>> {
    const columns = new Map<string, Column>();
    for (const column of plan.columns) {
      const values = await this.#column(column);
      checkRows(column, values, plan);
      checkLabels(column, values, plan.classes[column.id]);
      columns.set(column.id, values);
    }
    return columns;
  }

  async #column(column: DataColumn): Promise<Column> {
    const { dataset } = column;
    const pending = this.#datasets.get(dataset) ?? loadDataset(dataset, this.#readFile);
    this.#datasets.set(dataset, pending);
    // A file that could not be fetched may be there the next time.
    pending.catch(() => this.#datasets.delete(dataset));
    const values = (await pending)[column.column];
    if (!values) throw new RuntimeError('runtime/data', `The data set ${dataset} has no column ${column.column}.`);
    const dtype = values instanceof Float32Array ? 'float32' : 'int32';
    if (dtype !== column.dtype) {
      throw new RuntimeError(
        'runtime/data',
        `The column ${column.id} is ${dtype}, but the graph takes ${column.dtype}.`,
      );
    }
    return values;
  }
}

function checkRows(column: DataColumn, values: Column, plan: TrainingPlan): void {
  const [rows = 0] = column.shape;
  const needed = Math.max(...Object.values(plan.splits ?? {}).map(([, to]) => to), 0);
  if (values.length === sizeOf(column.shape) && rows >= needed) return;
  throw new RuntimeError(
    'runtime/data',
    `The column ${column.id} has ${values.length} values, but the graph takes [${column.shape.join(', ')}].`,
  );
}

function checkLabels(column: DataColumn, values: Column, classes: number | undefined): void {
  if (classes === undefined) return;
  const bad = values.findIndex((label) => !(label >= 0 && label < classes));
  if (bad < 0) return;
  const row = Math.floor(bad / sizeOf(column.shape.slice(1)));
  throw new RuntimeError(
    'runtime/labels',
    `Row ${row} of ${column.id} is ${values[bad]}, but the loss has ${classes} classes, 0 to ${classes - 1}.`,
  );
}
