/** Tables as text: comma-separated, tab-separated and their like, read piece by piece. */
import Papa from 'papaparse';
import type { TableFormat } from '../compiler/datasets.ts';
import { fail } from './errors.ts';
import { ColumnBuilder, distinctNames, MOST_NUMBERS, type Table } from './table.ts';

const SAMPLE_ROWS = 50;
/** Characters of one row. A quotation mark that is not closed would make a row of all that follows. */
const LONGEST_ROW = 2 ** 24;
/** Columns that a table may have. */
const MOST_COLUMNS = 20_000;

const isNumber = (text: string, decimal: '.' | ',') =>
  text.trim() !== '' && Number.isFinite(Number(decimal === ',' ? text.replace(',', '.') : text));

/** How the text that begins like this is a table. */
export function detectFormat(start: string): TableFormat {
  const text = start.replace(/^\uFEFF/, '');
  const { meta, data } = Papa.parse<string[]>(text, { preview: SAMPLE_ROWS });
  const { delimiter } = meta;
  // The last row may be cut off.
  const rows = data.length > 2 && data.length < SAMPLE_ROWS ? data.slice(0, -1) : data;
  const [first = [], ...others] = rows.filter((row) => row.some((cell) => cell.trim() !== ''));
  const cells = others.flat();
  const decimal = delimiter !== ',' && cells.some((cell) => /^\s*-?\d+,\d+\s*$/.test(cell)) ? ',' : '.';
  // Names are no numbers; where no cell below is a number either, the first row is names only if none of them comes again.
  const named = first.length > 0 && first.every((cell) => !isNumber(cell, decimal));
  const below = first.some((_, at) => others.some((row) => isNumber(row[at] ?? '', decimal)));
  const again = first.some((cell, at) => others.some((row) => row[at] === cell));
  return { delimiter, header: named && (below || !again), decimal };
}

/** Reads a table whose text comes in pieces. */
export class TableReader {
  readonly #name: string;
  readonly #format: TableFormat;
  readonly #flaws = new Map<number, string>();
  /** Row of the file of each row of the table, where blank lines lie between. */
  readonly #fileRows: number[] = [];
  #names: string[] | null = null;
  #columns: ColumnBuilder[] = [];
  #rest = '';
  #newline: '\r\n' | '\n' | '\r' | null = null;
  #fileRow = 0;
  #rows = 0;

  constructor(name: string, format: TableFormat) {
    this.#name = name;
    this.#format = format;
  }

  push(text: string): void {
    this.#parse(this.#rest + text, false);
  }

  finish(): Table {
    this.#parse(this.#rest, true);
    if (this.#columns.length === 0) {
      fail('data/empty', `${this.#name} is empty`, 'It has no rows.');
    }
    if (this.#rows === 0) {
      fail('data/empty', `${this.#name} has no rows below its header`, 'There is nothing to learn from.');
    }
    const names = distinctNames(this.#names ?? this.#columns.map(() => ''));
    const rows = this.#fileRows;
    return {
      name: this.#name,
      rows: this.#rows,
      columns: this.#columns.map((column, at) => column.finish(names[at] ?? '')),
      flaws: this.#flaws,
      place: (row) => `row ${rows[row] ?? row + 1}`,
    };
  }

  #parse(text: string, last: boolean): void {
    const clean = this.#fileRow === 0 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    if (clean === '') return;
    if (clean.length > LONGEST_ROW && this.#rest.length > LONGEST_ROW / 2) this.#unclosed(this.#fileRow + 1);
    this.#newline ??= (/\r\n|\n|\r/.exec(clean.slice(0, -1))?.[0] as '\n' | undefined) ?? null;
    // The parser below Papa.parse tells how far it has come, so that a row may end in the next piece.
    const parser = new Papa.Parser({ delimiter: this.#format.delimiter, newline: this.#newline ?? '\n' });
    const { data, errors, meta } = parser.parse(clean, 0, !last) as {
      readonly data: string[][];
      readonly errors: readonly { readonly message: string; readonly row?: number }[];
      readonly meta: { readonly cursor: number };
    };
    const [error] = last ? errors : [];
    if (error) this.#unclosed(this.#fileRow + (error.row ?? 0) + 1);
    for (const row of data) this.#row(row);
    this.#rest = last ? '' : clean.slice(meta.cursor);
  }

  #unclosed(row: number): never {
    const cause = 'All that follows would be one cell. Close it, or write quotation marks within a cell twice.';
    fail('data/row', `${this.#name}, row ${row}: a quotation mark is not closed`, cause);
  }

  #row(cells: readonly string[]): void {
    this.#fileRow++;
    if (cells.length === 1 && cells[0]?.trim() === '') return;
    if (this.#columns.length === 0) {
      if (cells.length > MOST_COLUMNS) {
        fail(
          'data/size',
          `${this.#name} has ${cells.length} columns`,
          `Tables have at most ${MOST_COLUMNS}. Is “${this.#format.delimiter}” what parts its cells?`,
        );
      }
      this.#columns = cells.map(() => new ColumnBuilder(this.#format.decimal));
      if (this.#format.header) {
        this.#names = [...cells];
        return;
      }
    }
    const { length } = this.#columns;
    if (cells.length !== length) {
      const expected = this.#names ? `the header has ${length}` : `the first row has ${length}`;
      this.#flaws.set(this.#rows, `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, but ${expected}`);
    }
    for (const [at, column] of this.#columns.entries()) column.push(cells[at] ?? '');
    this.#fileRows.push(this.#fileRow);
    this.#rows++;
    if (this.#rows * length > MOST_NUMBERS) {
      fail('data/size', `${this.#name} has too many cells`, 'It does not fit into the memory of a browser.');
    }
  }
}

/** A table whose text is all there. */
export function parseTable(name: string, text: string, format: TableFormat): Table {
  const reader = new TableReader(name, format);
  reader.push(text);
  return reader.finish();
}
