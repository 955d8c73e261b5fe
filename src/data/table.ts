/** What every source is read into: columns of numbers, and of texts where they can be classes. */

export interface TableColumn {
  readonly name: string;
  /** Sizes of one row; none for a single cell. */
  readonly shape: readonly number[];
  /** Rows can be drawn as pictures of this [height, width]. */
  readonly image?: readonly [number, number];
  /** Row-major; NaN where a cell is no number. */
  readonly numbers: Float32Array | Uint8Array;
  /** The number of each cell's text in `texts`; null where cells are too many different ones to be classes. */
  readonly codes: Int32Array | null;
  /** Different texts of cells, in the order of their appearance. */
  readonly texts: readonly string[];
  /** Cells that are empty, or say that there is no value. */
  readonly missing: number;
  /** Other cells that are no numbers. */
  readonly bad: number;
  /** The first cells that are no numbers, whether missing or bad. */
  readonly odd: readonly { readonly row: number; readonly text: string }[];
}

export interface Table {
  /** What the user calls it: the file. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
  /** Rows that are no rows of the table, such as those with too few cells, and why. */
  readonly flaws: ReadonlyMap<number, string>;
  /** Where a row is found: `row 17`, counted as in the file, or the name of a picture. */
  readonly place: (row: number) => string;
}

/** More different texts than this are no classes. */
export const MOST_CLASSES = 1000;
/** Odd cells that are remembered with their text. */
export const ODD_CELLS = 20;
/** Numbers of a table: 2 GB as float32. */
export const MOST_NUMBERS = 2 ** 29;

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

const NO_VALUE = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', 'nil', '?', '-', '#n/a']);

export const isMissing = (text: string) => NO_VALUE.has(text.trim().toLowerCase());

/** A typed array that grows. */
class Growing<T extends Float32Array | Int32Array> {
  #values: T;
  #length = 0;
  readonly #make: (size: number) => T;

  constructor(make: (size: number) => T) {
    this.#make = make;
    this.#values = make(1024);
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.#make(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  take(): T {
    return this.#values.slice(0, this.#length) as T;
  }
}

/** Collects the cells of a column of text as they are read. */
export class ColumnBuilder {
  readonly #numbers = new Growing((size) => new Float32Array(size));
  #codes: Growing<Int32Array> | null = new Growing((size) => new Int32Array(size));
  readonly #texts = new Map<string, number>();
  readonly #odd: { row: number; text: string }[] = [];
  readonly #comma: boolean;
  #missing = 0;
  #bad = 0;
  #rows = 0;

  constructor(decimal: '.' | ',') {
    this.#comma = decimal === ',';
  }

  push(cell: string): void {
    const text = cell.trim();
    let number = Number(this.#comma ? text.replace(',', '.') : text);
    if (text === '' || !Number.isFinite(number)) {
      number = Number.NaN;
      if (isMissing(text)) this.#missing++;
      else this.#bad++;
      if (this.#odd.length < ODD_CELLS) this.#odd.push({ row: this.#rows, text });
    }
    this.#numbers.push(number);
    this.#rows++;
    if (!this.#codes) return;
    let code = this.#texts.get(text);
    if (code === undefined) {
      code = this.#texts.size;
      if (code >= MOST_CLASSES) {
        this.#codes = null;
        this.#texts.clear();
        return;
      }
      this.#texts.set(text, code);
    }
    this.#codes.push(code);
  }

  finish(name: string): TableColumn {
    return {
      name,
      shape: [],
      numbers: this.#numbers.take(),
      codes: this.#codes?.take() ?? null,
      texts: [...this.#texts.keys()],
      missing: this.#missing,
      bad: this.#bad,
      odd: this.#odd,
    };
  }
}

/** A column of numbers that are known already. Single cells can be classes if they are few different ones. */
export function numbersColumn(
  name: string,
  shape: readonly number[],
  numbers: Float32Array | Uint8Array,
  image?: readonly [number, number],
): TableColumn {
  const odd: { row: number; text: string }[] = [];
  const size = sizeOf(shape);
  let bad = 0;
  if (numbers instanceof Float32Array) {
    for (let at = 0; at < numbers.length; at++) {
      const value = numbers[at] as number;
      if (Number.isFinite(value)) continue;
      if (odd.length < ODD_CELLS) odd.push({ row: Math.floor(at / size), text: String(value) });
      bad++;
      numbers[at] = Number.NaN;
    }
  }
  const classes = shape.length === 0 ? encode(numbers) : { codes: null, texts: [] };
  return { name, shape, numbers, ...classes, missing: 0, bad, odd, ...(image && { image }) };
}

/** A column of texts, which are classes if they are few different ones. */
export function textColumn(name: string, cells: readonly string[]): TableColumn {
  const builder = new ColumnBuilder('.');
  for (const cell of cells) builder.push(cell);
  return builder.finish(name);
}

function encode(numbers: Float32Array | Uint8Array): Pick<TableColumn, 'codes' | 'texts'> {
  const found = new Map<number, number>();
  const codes = new Int32Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row] as number;
    const code = found.get(number) ?? found.size;
    if (code >= MOST_CLASSES) return { codes: null, texts: [] };
    found.set(number, code);
    codes[row] = code;
  }
  return { codes, texts: Array.from(found.keys(), String) };
}

/** Names that differ: what is empty or repeated gets a number. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((given, at) => {
    const wanted = given.trim() || `column ${at + 1}`;
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted} ${count}`;
    taken.add(name);
    return name;
  });
}
