/** What a user sees of a table before anything is made of it. */
import { isMissing, sizeOf, type Table, type TableColumn } from './table.ts';

export const HEAD_ROWS = 100;
const HEAD_COLUMNS = 50;
const HEAD_PICTURES = 24;
const BINS = 24;
/** Whole numbers of so many kinds are likely classes. */
export const FEW_CLASSES = 20;

export const isLabelName = (name: string) =>
  /^(labels?|class(es)?|targets?|species|categor(y|ies)|outcome|diagnosis|quality|survived|y)$/i.test(name);
/** Numbers of a column that statistics look at; more are sampled evenly. */
const SAMPLE = 2_000_000;

export interface ClassCount {
  readonly text: string;
  readonly count: number;
}

export interface ColumnSummary {
  readonly name: string;
  readonly shape: readonly number[];
  readonly isPicture: boolean;
  /** Cells that are no value, and other cells that are no number. */
  readonly missing: number;
  readonly bad: number;
  /** The first such cells, as sentences. */
  readonly odd: readonly string[];
  /** Of the numbers; null where there are none. */
  readonly numbers: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly std: number;
    readonly whole: boolean;
    /** Counts of equal parts of min … max. */
    readonly histogram: readonly number[];
  } | null;
  /** How many different texts there are; null where they are too many to be classes. */
  readonly kinds: number | null;
  /** These with how often they occur, in the order in which classes are numbered; null where the column is hardly a label. */
  readonly classes: readonly ClassCount[] | null;
}

export interface HeadPictures {
  readonly height: number;
  readonly width: number;
  /** One after another, as numbers from 0 to 255. */
  readonly pixels: Uint8Array;
  readonly count: number;
}

export interface Preview {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  /** The first rows of the first columns, as text. */
  readonly head: readonly (readonly string[])[];
  /** Where each row of the head is found. */
  readonly places: readonly string[];
  readonly pictures: HeadPictures | null;
  /** Rows that are no rows of the table: how many, and the first, as sentences. */
  readonly flaws: { readonly count: number; readonly first: readonly string[] };
}

function numbersOf({ numbers, shape }: TableColumn): ColumnSummary['numbers'] {
  const step = Math.max(1, Math.floor(numbers.length / SAMPLE));
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let whole = true;
  for (let at = 0; at < numbers.length; at += step) {
    const value = numbers[at] as number;
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (whole && !Number.isInteger(value)) whole = false;
  }
  if (count === 0) return null;
  const mean = sum / count;
  const histogram = new Array<number>(BINS).fill(0);
  const scale = max > min ? BINS / (max - min) : 0;
  let squares = 0;
  for (let at = 0; at < numbers.length; at += step) {
    const value = numbers[at] as number;
    if (Number.isNaN(value)) continue;
    squares += (value - mean) ** 2;
    const bin = Math.min(BINS - 1, Math.floor((value - min) * scale));
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  return { min, max, mean, std: Math.sqrt(squares / count), whole: whole && shape.length === 0, histogram };
}

/** Classes in their order: numbers by size, others by their letters. */
export function classesOf({ codes, texts }: TableColumn): readonly ClassCount[] | null {
  if (!codes) return null;
  const counts = new Array<number>(texts.length).fill(0);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  const classes = texts
    .map((text, code) => ({ text, count: counts[code] ?? 0 }))
    .filter(({ text }) => !isMissing(text));
  const numeric = classes.every(({ text }) => Number.isFinite(Number(text)));
  const before = (a: string, b: string) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1);
  return classes.sort((a, b) => before(a.text, b.text));
}

/** Columns that may well be classes are told in full. */
function mayBeClasses(column: TableColumn, kinds: number, table: Table): boolean {
  const at = table.columns.indexOf(column);
  return (
    kinds <= FEW_CLASSES || column.bad > 0 || at === 0 || at === table.columns.length - 1 || isLabelName(column.name)
  );
}

function summarize(column: TableColumn, table: Table): ColumnSummary {
  const classes = classesOf(column);
  return {
    name: column.name,
    shape: column.shape,
    isPicture: column.image !== undefined || column.name === 'pixels',
    missing: column.missing,
    bad: column.bad,
    odd: column.odd.slice(0, 5).map(({ row, text }) => {
      const place = table.place(row);
      return isMissing(text) ? `${place} has no value` : `${place} has “${text.slice(0, 40)}”`;
    }),
    numbers: numbersOf(column),
    kinds: classes?.length ?? null,
    classes: classes && mayBeClasses(column, classes.length, table) ? classes : null,
  };
}

const short = (value: number) => (Number.isNaN(value) ? '' : String(Number(value.toPrecision(7))));

function cell(column: TableColumn, row: number): string {
  const { codes, texts, numbers, shape, odd } = column;
  if (codes) return texts[codes[row] ?? 0] ?? '';
  if (shape.length > 0) return `${shape.join(' × ')} numbers`;
  const value = numbers[row] ?? Number.NaN;
  return Number.isNaN(value) ? (odd.find((each) => each.row === row)?.text ?? '') : short(value);
}

function picturesOf(table: Table): HeadPictures | null {
  const column = table.columns.find(({ image, shape, name }) => image || (name === 'pixels' && shape.length === 3));
  if (!column) return null;
  const [height, width] = column.image ?? [column.shape[1] ?? 1, column.shape[2] ?? 1];
  const plane = height * width;
  const size = sizeOf(column.shape);
  const count = Math.min(table.rows, HEAD_PICTURES);
  const { min, max } = numbersOf(column) ?? { min: 0, max: 1 };
  const isBytes = column.numbers instanceof Uint8Array;
  const pixels = new Uint8Array(count * plane);
  for (let picture = 0; picture < count; picture++) {
    for (let at = 0; at < plane; at++) {
      // Of colours, their mean.
      let sum = 0;
      for (let from = at; from < size; from += plane) sum += column.numbers[picture * size + from] ?? 0;
      const value = sum / (size / plane);
      pixels[picture * plane + at] = isBytes ? value : (255 * (value - min)) / (max - min || 1);
    }
  }
  return { height, width, pixels, count };
}

export function previewOf(table: Table): Preview {
  const shown = table.columns.slice(0, HEAD_COLUMNS);
  const rows = Math.min(table.rows, HEAD_ROWS);
  return {
    name: table.name,
    rows: table.rows,
    columns: table.columns.map((column) => summarize(column, table)),
    head: Array.from({ length: rows }, (_, row) => shown.map((column) => cell(column, row))),
    places: Array.from({ length: rows }, (_, row) => table.place(row)),
    pictures: picturesOf(table),
    flaws: {
      count: table.flaws.size,
      first: [...table.flaws].slice(0, 5).map(([row, what]) => `${table.place(row)} ${what}`),
    },
  };
}
