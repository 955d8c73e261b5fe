/** Data sets by name. Names, columns and row counts are those of the compiler's table of data sets. */

import type { DataColumn, TrainingPlan } from '../../../compiler/plan.ts';
import { browserStorage, type DataStorage } from '../../data-store.ts';
import { RuntimeError } from '../../protocol.ts';
import { sizeOf } from '../initializers.ts';
import type { ReadFile } from './files.ts';
import { makeCircles, makeLine, makeMoons, makeSine, makeSpirals } from './generated.ts';
import { loadPhotograph } from './photograph.ts';
import { loadDigits, loadIris, loadMnist } from './stored.ts';

export type Column = Float32Array | Int32Array;
/** Row-major values by column name. */
export type Columns = Readonly<Record<string, Column>>;

const LOADERS: Readonly<Record<string, (readFile: ReadFile) => Columns | Promise<Columns>>> = {
  digits: loadDigits,
  mnist: loadMnist,
  iris: loadIris,
  photograph: loadPhotograph,
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

/** A data set of a document, which was prepared before. */
async function loadPrepared({ dataset }: DataColumn, key: string, storage: Pick<DataStorage, 'readColumns'>) {
  const columns = await storage.readColumns(key).catch(() => null);
  if (columns) return columns;
  throw new RuntimeError('runtime/data', `The rows of the data set ${dataset} are not in this browser.`);
}

/** Loads the data sets of a plan once for as long as plans read them. */
export class DataStore {
  readonly #readFile: ReadFile;
  readonly #storage: Pick<DataStorage, 'readColumns'>;
  readonly #datasets = new Map<string, Promise<Columns>>();

  constructor(readFile: ReadFile, storage: Pick<DataStorage, 'readColumns'> = browserStorage()) {
    this.#readFile = readFile;
    this.#storage = storage;
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
    const used = new Set(plan.columns.map(({ dataset, key }) => key ?? dataset));
    for (const known of this.#datasets.keys()) if (!used.has(known)) this.#datasets.delete(known);
    return columns;
  }

  async #column(column: DataColumn): Promise<Column> {
    const { dataset, key } = column;
    const known = key ?? dataset;
    const load = () =>
      key === undefined ? loadDataset(dataset, this.#readFile) : loadPrepared(column, key, this.#storage);
    const pending = this.#datasets.get(known) ?? load();
    this.#datasets.set(known, pending);
    // A file that could not be fetched may be there the next time.
    pending.catch(() => this.#datasets.delete(known));
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
