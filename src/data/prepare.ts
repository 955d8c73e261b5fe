/** Makes of a table what training reads: columns of numbers, with the rows in the order of the splits. */
import type { ColumnRecipe, DatasetRecipe, Normalization } from '../compiler/datasets.ts';
import type { DatasetColumn } from '../compiler/plan.ts';
import { fail } from './errors.ts';
import { type Division, divide } from './splits.ts';
import { isMissing, MOST_NUMBERS, sizeOf, type Table, type TableColumn } from './table.ts';

export interface Prepared {
  readonly info: DatasetRecipe['info'];
  /** Row-major values by column name. */
  readonly columns: Readonly<Record<string, Float32Array | Int32Array>>;
  /** Rows of the table that were left out. */
  readonly dropped: number;
  /** Rows of the validation and the test split whose features some training row has too. */
  readonly repeated: number;
}

/** A column of the table that has a role. */
interface Used {
  readonly column: TableColumn;
  readonly recipe: ColumnRecipe;
  /** The number of the class of each code; -1 for texts that are no class. Null for numbers. */
  readonly classOf: Int32Array | null;
  /** Numbers of one row. */
  readonly width: number;
}

function use(table: Table, recipe: ColumnRecipe): Used {
  const { name, classes } = recipe;
  const column = table.columns.find((each) => each.name === name);
  if (!column) {
    const known = table.columns.slice(0, 20).map((each) => each.name);
    return fail('data/changed', `${table.name} has no column “${name}”`, `Its columns: ${known.join(', ')}.`);
  }
  if (!classes) return { column, recipe, classOf: null, width: sizeOf(column.shape) };
  if (!column.codes) {
    return fail(
      'data/classes',
      `“${name}” of ${table.name} has too many different values to be classes`,
      'Take it as numbers, or ignore it.',
    );
  }
  const numbers = new Map(classes.map((text, number) => [text, number]));
  const classOf = Int32Array.from(column.texts, (text) => (isMissing(text) ? -1 : (numbers.get(text) ?? -1)));
  return { column, recipe, classOf, width: classes.length };
}

const codeOf = ({ column }: Used, row: number) => column.codes?.[row] ?? 0;
const classAt = (used: Used, row: number) => used.classOf?.[codeOf(used, row)] ?? -1;

/** Whether a row has no value there. */
function isOdd(used: Used, row: number): boolean {
  if (used.classOf) return classAt(used, row) < 0;
  const { numbers } = used.column;
  if (numbers instanceof Uint8Array) return false;
  for (let at = row * used.width; at < (row + 1) * used.width; at++) if (Number.isNaN(numbers[at])) return true;
  return false;
}

function sayOdd(table: Table, used: Used, row: number): never {
  const { column, recipe, classOf } = used;
  const text = classOf ? column.texts[codeOf(used, row)] : column.odd.find((cell) => cell.row === row)?.text;
  const where = `${table.name}, ${table.place(row)}, column “${column.name}”`;
  const cause =
    'Correct it in the file, give the column another role, or choose that odd cells are left out or filled.';
  if (text === undefined || isMissing(text)) fail('data/cell', `${where}: there is no value`, cause);
  const what = recipe.classes ? 'no class' : 'no number';
  return fail(recipe.classes ? 'data/classes' : 'data/cell', `${where}: “${text.slice(0, 40)}” is ${what}`, cause);
}

/** The rows that are used, by number. */
function usableRows(table: Table, features: readonly Used[], labels: readonly Used[], recipe: DatasetPlan): Int32Array {
  const odd = new Uint8Array(table.rows);
  const mayBeEmpty = (used: Used) => recipe.missing === 'mean' && used.recipe.role === 'feature' && !used.classOf;
  if (recipe.missing === 'refuse') {
    const [flaw] = table.flaws;
    if (flaw) {
      fail(
        'data/row',
        `${table.name}, ${table.place(flaw[0])} ${flaw[1]}`,
        `${table.flaws.size === 1 ? 'It is the only such row' : `There are ${table.flaws.size} such rows`}. Correct the file, or choose that odd rows are left out.`,
      );
    }
  }
  for (const row of table.flaws.keys()) odd[row] = 1;
  for (const used of [...features, ...labels]) {
    if (mayBeEmpty(used)) continue;
    if (!used.classOf && used.column.missing + used.column.bad === 0) continue;
    for (let row = 0; row < table.rows; row++) {
      if (odd[row] === 1 || !isOdd(used, row)) continue;
      if (recipe.missing === 'refuse') sayOdd(table, used, row);
      odd[row] = 1;
    }
  }
  const rows = Int32Array.from(odd.keys()).filter((row) => odd[row] === 0);
  if (rows.length === 0) fail('data/empty', `${table.name} has no row that can be used`, 'All were left out.');
  return rows;
}

interface Scale {
  readonly offset: number;
  readonly divisor: number;
  readonly mean: number;
}

/** The statistics of a column over the training rows. */
function scaleOf({ column, width }: Used, training: Int32Array, normalize: Normalization): Scale {
  const { numbers } = column;
  let count = 0;
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const row of training) {
    for (let at = row * width; at < (row + 1) * width; at++) {
      const value = numbers[at] as number;
      if (Number.isNaN(value)) continue;
      count++;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  const mean = count > 0 ? sum / count : 0;
  switch (normalize.kind) {
    case 'none':
      return { offset: 0, divisor: 1, mean };
    case 'divide':
      return { offset: 0, divisor: normalize.by, mean };
    case 'min-max':
      return { offset: count > 0 ? least : 0, divisor: most > least ? most - least : 1, mean };
    case 'standardize': {
      let squares = 0;
      for (const row of training) {
        for (let at = row * width; at < (row + 1) * width; at++) {
          const value = numbers[at] as number;
          if (!Number.isNaN(value)) squares += (value - mean) ** 2;
        }
      }
      const deviation = count > 0 ? Math.sqrt(squares / count) : 0;
      // A column that never changes stays 0.
      return { offset: mean, divisor: deviation > 0 ? deviation : 1, mean };
    }
  }
}

const AS_IS: Normalization = { kind: 'none' };

/** Columns side by side, rows in order. */
function join(parts: readonly Used[], { order, splits }: Division, normalize: Normalization): Float32Array {
  const total = parts.reduce((sum, { width }) => sum + width, 0);
  const result = new Float32Array(order.length * total);
  const training = order.subarray(...splits.train);
  let start = 0;
  for (const used of parts) {
    const { column, classOf, width } = used;
    if (classOf) {
      order.forEach((row, at) => {
        result[at * total + start + classAt(used, row)] = 1;
      });
    } else {
      const { offset, divisor, mean } = scaleOf(used, training, normalize);
      order.forEach((row, at) => {
        for (let place = 0; place < width; place++) {
          const value = column.numbers[row * width + place] as number;
          result[at * total + start + place] = ((Number.isNaN(value) ? mean : value) - offset) / divisor;
        }
      });
    }
    start += width;
  }
  return result;
}

/** Rows after the training rows that are the same as one of these. */
function countRepeated(values: Float32Array, rows: number, training: number): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const width = values.length / rows;
  const keyOf = (row: number) => {
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    for (let at = row * width; at < (row + 1) * width; at++) {
      const word = bits[at] as number;
      a = Math.imul(a ^ word, 0x01000193) ^ (a >>> 15);
      b = Math.imul(b + word, 0x85ebca6b) ^ (b >>> 13);
    }
    return (a >>> 0) * 2 ** 20 + ((b >>> 0) & 0xfffff);
  };
  const known = new Set<number>();
  for (let row = 0; row < training; row++) known.add(keyOf(row));
  let repeated = 0;
  for (let row = training; row < rows; row++) if (known.has(keyOf(row))) repeated++;
  return repeated;
}

export type DatasetPlan = Pick<DatasetRecipe, 'columns' | 'missing' | 'labels' | 'normalize' | 'splits'>;

/** Throws a DataError that names the place where the table is not what the recipe takes. */
export function prepare(table: Table, recipe: DatasetPlan): Prepared {
  const withRole = (role: ColumnRecipe['role']) =>
    recipe.columns.filter((column) => column.role === role).map((column) => use(table, column));
  const features = withRole('feature');
  const labels = withRole('label');
  if (features.length === 0) {
    fail('data/empty', `${table.name} has no feature`, 'Give at least one column the role of a feature.');
  }
  const width = features.reduce((sum, used) => sum + used.width, 0);
  if (width * table.rows > MOST_NUMBERS) {
    fail(
      'data/size',
      `${table.name} would become ${table.rows.toLocaleString('en')} rows of ${width.toLocaleString('en')} numbers`,
      'They do not fit into the memory of a browser. Ignore columns with many classes.',
    );
  }
  const rows = usableRows(table, features, labels, recipe);
  const [label, ...more] = labels;
  const isClass = label?.classOf !== null && label !== undefined && more.length === 0;
  const classes = isClass ? Int32Array.from(rows, (row) => classAt(label, row)) : null;
  const division = divide(rows, recipe.splits, classes);
  const { order, splits } = division;

  const [feature, ...others] = features as [Used, ...Used[]];
  const x: DatasetColumn = {
    name: others.length === 0 ? feature.column.name : 'features',
    dtype: 'float32',
    shape: others.length === 0 && !feature.classOf && feature.column.shape.length > 0 ? feature.column.shape : [width],
    ...(others.length === 0 && feature.column.image && { image: feature.column.image }),
  };
  const values = join(features, division, recipe.normalize);
  const repeated = countRepeated(values, order.length, splits.train[1]);
  const rest = { dropped: table.rows - rows.length, repeated };
  if (!label) {
    return { info: { rows: order.length, columns: [x], splits }, columns: { [x.name]: values }, ...rest };
  }

  const wanted = more.length === 0 ? label.column.name : 'labels';
  const name = wanted === x.name ? `${wanted} (label)` : wanted;
  const names = label.recipe.classes ?? [];
  if (isClass && recipe.labels === 'index') {
    const y: DatasetColumn = { name, dtype: 'int32', shape: [], classes: names.length, names };
    const numbers = Int32Array.from(order, (row) => classAt(label, row));
    return {
      info: { rows: order.length, columns: [x, y], splits },
      columns: { [x.name]: values, [name]: numbers },
      ...rest,
    };
  }
  const total = labels.reduce((sum, used) => sum + used.width, 0);
  const y: DatasetColumn = { name, dtype: 'float32', shape: [total], ...(isClass && { names }) };
  return {
    info: { rows: order.length, columns: [x, y], splits },
    columns: { [x.name]: values, [name]: join(labels, division, AS_IS) },
    ...rest,
  };
}
