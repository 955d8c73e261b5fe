/** Reads the data sets of a document. Recipes of unknown kinds are kept as they are. */
import {
  COLUMN_ROLES,
  type ColumnRecipe,
  type DataFile,
  type DataSource,
  type DatasetRecipe,
  type DocumentDatasets,
  type ForeignRecipe,
  MISSING_POLICIES,
  type Normalization,
  type SplitRecipe,
  type TableFormat,
} from './datasets.ts';
import { finite, flag, malformed, map, object, text } from './document-json.ts';
import type { DatasetColumn, RowRange } from './plan.ts';

function list<T>(value: unknown, path: string, parse: (item: unknown, path: string) => T): T[] {
  if (!Array.isArray(value)) return malformed(path, 'a list', value);
  return value.map((item, at) => parse(item, `${path}[${at}]`));
}

function oneOf<const T extends string | number>(value: unknown, path: string, choices: readonly T[]): T {
  return choices.find((choice) => choice === value) ?? malformed(path, choices.join(' or '), value);
}

function whole(value: unknown, path: string, least = 0): number {
  const number = finite(value, path);
  return Number.isInteger(number) && number >= least ? number : malformed(path, `a whole number from ${least}`, number);
}

function file(value: unknown, path: string): DataFile {
  const { name, size, hash, files } = object(value, path);
  return {
    name: text(name, `${path}.name`),
    size: whole(size, `${path}.size`),
    hash: text(hash, `${path}.hash`),
    ...(files !== undefined && { files: whole(files, `${path}.files`) }),
  };
}

function tableFormat(value: unknown, path: string): TableFormat {
  const { delimiter, header, decimal } = object(value, path);
  return {
    delimiter: text(delimiter, `${path}.delimiter`),
    header: flag(header, `${path}.header`),
    decimal: oneOf(decimal, `${path}.decimal`, ['.', ',']),
  };
}

/** Null for a kind that this version does not know. */
function source(value: unknown, path: string): DataSource | null {
  const given = object(value, path);
  const kind = text(given.kind, `${path}.kind`);
  switch (kind) {
    case 'built-in':
      return { kind, name: text(given.name, `${path}.name`) };
    case 'table':
      return {
        kind,
        file: file(given.file, `${path}.file`),
        format: tableFormat(given.format, `${path}.format`),
      };
    case 'arrays':
      return { kind, files: list(given.files, `${path}.files`, file) };
    case 'pictures': {
      const { height, width, channels } = object(given.format, `${path}.format`);
      return {
        kind,
        file: file(given.file, `${path}.file`),
        format: {
          height: whole(height, `${path}.format.height`, 1),
          width: whole(width, `${path}.format.width`, 1),
          channels: oneOf(channels, `${path}.format.channels`, [1, 3]),
        },
      };
    }
    case 'text':
      return { kind, text: text(given.text, `${path}.text`), format: tableFormat(given.format, `${path}.format`) };
    case 'points': {
      const points = list(given.points, `${path}.points`, finite);
      return points.length % 3 === 0
        ? { kind, points }
        : malformed(`${path}.points`, 'a list of x, y and class', points.length);
    }
    default:
      return null;
  }
}

function column(value: unknown, path: string): ColumnRecipe {
  const { name, role, classes } = object(value, path);
  return {
    name: text(name, `${path}.name`),
    role: oneOf(role, `${path}.role`, COLUMN_ROLES),
    ...(classes !== undefined && { classes: list(classes, `${path}.classes`, text) }),
  };
}

function normalization(value: unknown, path: string): Normalization {
  const { kind, by } = object(value, path);
  const known = oneOf(kind, `${path}.kind`, ['none', 'standardize', 'min-max', 'divide']);
  if (known !== 'divide') return { kind: known };
  const divisor = finite(by, `${path}.by`);
  return divisor === 0 ? malformed(`${path}.by`, 'a number other than 0', by) : { kind: known, by: divisor };
}

function splits(value: unknown, path: string): SplitRecipe {
  const given = object(value, path);
  const share = (name: 'train' | 'validation' | 'test') => {
    const number = finite(given[name], `${path}.${name}`);
    return number >= 0 && number <= 1 ? number : malformed(`${path}.${name}`, 'between 0 and 1', number);
  };
  const [train, validation, test] = [share('train'), share('validation'), share('test')];
  if (Math.abs(train + validation + test - 1) > 1e-6) malformed(path, 'shares with the sum 1', given);
  return {
    train,
    validation,
    test,
    seed: whole(given.seed, `${path}.seed`),
    shuffle: flag(given.shuffle, `${path}.shuffle`),
    stratify: flag(given.stratify, `${path}.stratify`),
  };
}

function range(value: unknown, path: string, rows: number): RowRange {
  const [from = -1, to = -1, ...rest] = list(value, path, whole);
  return rest.length === 0 && from <= to && to <= rows && from >= 0
    ? [from, to]
    : malformed(path, `a range of the ${rows} rows`, value);
}

function preparedColumn(value: unknown, path: string): DatasetColumn {
  const { name, dtype, shape, classes, names, image } = object(value, path);
  const [height, width, ...more] = image === undefined ? [] : list(image, `${path}.image`, (n, at) => whole(n, at, 1));
  if (image !== undefined && (width === undefined || more.length > 0)) malformed(`${path}.image`, 'two sizes', image);
  return {
    name: text(name, `${path}.name`),
    dtype: oneOf(dtype, `${path}.dtype`, ['float32', 'int32']),
    shape: list(shape, `${path}.shape`, (size, at) => whole(size, at, 1)),
    ...(classes !== undefined && { classes: whole(classes, `${path}.classes`, 1) }),
    ...(names !== undefined && { names: list(names, `${path}.names`, text) }),
    ...(height !== undefined && width !== undefined && { image: [height, width] as const }),
  };
}

function info(value: unknown, path: string): DatasetRecipe['info'] {
  const given = object(value, path);
  const rows = whole(given.rows, `${path}.rows`, 1);
  const ranges = object(given.splits, `${path}.splits`);
  const columns = list(given.columns, `${path}.columns`, preparedColumn);
  if (columns.length === 0) malformed(`${path}.columns`, 'a list of columns', []);
  return {
    rows,
    columns,
    splits: {
      train: range(ranges.train, `${path}.splits.train`, rows),
      validation: range(ranges.validation, `${path}.splits.validation`, rows),
      ...(ranges.test !== undefined && { test: range(ranges.test, `${path}.splits.test`, rows) }),
    },
  };
}

function recipe(value: unknown, path: string): DatasetRecipe | ForeignRecipe {
  const given = object(value, path);
  const known = source(given.source, `${path}.source`);
  if (!known) return given as unknown as ForeignRecipe;
  return {
    source: known,
    columns: list(given.columns, `${path}.columns`, column),
    missing: oneOf(given.missing, `${path}.missing`, MISSING_POLICIES),
    labels: oneOf(given.labels, `${path}.labels`, ['index', 'one-hot']),
    normalize: normalization(given.normalize, `${path}.normalize`),
    splits: splits(given.splits, `${path}.splits`),
    info: info(given.info, `${path}.info`),
  };
}

/** Throws where something is malformed. */
export function parseDatasets(value: unknown, path: string): DocumentDatasets {
  return map(value, path, recipe);
}
