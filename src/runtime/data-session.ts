/** Work on one data set: what is opened is looked at, prepared by one plan after another, and kept. */
import type { DataSource, DatasetRecipe } from '../compiler/datasets.ts';
import { detectFormat } from '../data/csv.ts';
import { fail } from '../data/errors.ts';
import { formatBytes } from '../data/format-bytes.ts';
import { openFiles, openSource, type Ports, type Wishes } from '../data/load.ts';
import { type DatasetPlan, type Prepared, prepare } from '../data/prepare.ts';
import type { DataInput } from '../data/streams.ts';
import { suggestPlan } from '../data/suggest.ts';
import { classesOf, type Preview, previewOf } from '../data/summary.ts';
import type { Table } from '../data/table.ts';
import type { DataStorage } from './data-store.ts';

export interface Looked {
  readonly source: DataSource;
  readonly preview: Preview;
  readonly plan: DatasetPlan;
}

export type Outcome = Omit<Prepared, 'columns'>;

export class DataSession {
  readonly #ports: Ports;
  readonly #storage: DataStorage;
  #table: Table | null = null;
  #source: DataSource | null = null;
  #inputs: DataInput[] = [];
  #prepared: Prepared | null = null;

  constructor(ports: Ports, storage: DataStorage) {
    this.#ports = ports;
    this.#storage = storage;
  }

  /** Files that the user chose, some of many. */
  give(inputs: readonly DataInput[]): void {
    this.#inputs.push(...inputs);
  }

  /** Reads the files that were given. */
  async open(wishes: Wishes): Promise<Looked> {
    const { source, table } = await openFiles(this.#inputs, wishes, this.#ports);
    return this.#look(source, table);
  }

  /** A table as text. */
  openText(text: string): Promise<Looked> {
    return this.openSource({ kind: 'text', text, format: detectFormat(text) });
  }

  /** Reads what a recipe was made from: the files that were given, or those that are kept. */
  async openSource(source: DataSource): Promise<Looked> {
    const files = async () => {
      if (this.#inputs.length === 0) this.#inputs = [...((await this.#storage.readFiles(source)) ?? missing(source))];
      return this.#inputs;
    };
    return this.#look(source, await openSource(source, files, this.#ports));
  }

  #look(source: DataSource, table: Table): Looked {
    this.#source = source;
    this.#table = table;
    this.#prepared = null;
    const preview = previewOf(table);
    return { source, preview, plan: suggestPlan(preview, source) };
  }

  /** The classes that a column of the table has. */
  classes(name: string): readonly string[] {
    const column = this.#table?.columns.find((each) => each.name === name);
    return (column && classesOf(column))?.map(({ text }) => text) ?? [];
  }

  prepare(plan: DatasetPlan): Outcome {
    if (!this.#table) throw new Error('Nothing is open.');
    this.#prepared = prepare(this.#table, plan);
    const { columns: _, ...outcome } = this.#prepared;
    return outcome;
  }

  /** Keeps what was prepared last under the key of its recipe, and the files it was made from. */
  async keep(key: string): Promise<void> {
    if (!this.#prepared || !this.#source) throw new Error('Nothing is prepared.');
    this.#ports.onProgress({ what: 'Keeping the data set in this browser', done: 0, total: 1 });
    try {
      await this.#storage.writeColumns(key, this.#prepared.columns);
      await this.#storage.writeFiles(this.#source, this.#inputs);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      fail(
        'data/size',
        'The browser has no room to keep the data set',
        `Its storage for this page is full or switched off (${why}). Delete drawings or data of other pages, and try again.`,
      );
    }
  }

  /** Makes the columns of a recipe once more. Throws where its files are neither given nor kept, or make other columns. */
  async restore(recipe: DatasetRecipe, key: string): Promise<void> {
    await this.openSource(recipe.source);
    const { info } = this.prepare(recipe);
    if (JSON.stringify(info) !== JSON.stringify(recipe.info)) {
      fail(
        'data/changed',
        'The data set gives other columns than the drawing says',
        `It has ${info.rows} rows, the drawing says ${recipe.info.rows}. Open the data set and create it again.`,
      );
    }
    await this.keep(key);
  }
}

function missing(source: DataSource): never {
  const files = source.kind === 'arrays' ? source.files : 'file' in source ? [source.file] : [];
  const names = files.map(({ name, size }) => `${name} (${formatBytes(size)})`).join(', ');
  return fail(
    'data/missing',
    `${names} ${files.length > 1 ? 'are' : 'is'} not in this browser`,
    'Drawings hold the recipe of a data set and not its rows. Choose the file in the Data panel.',
  );
}
