/**
 * Data sets of a document. A recipe says where rows come from and what is made of them; the rows themselves are never part of
 * a document. What the compiler needs of the result is kept beside the recipe, so that it need not have seen the data.
 */
import type { DatasetInfo } from './plan.ts';

/** A file on the user's disk, told apart by its content. */
export interface DataFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256, hexadecimal; of a folder, of the names and contents of its files in order. */
  readonly hash: string;
  /** Of a folder: how many files. */
  readonly files?: number;
}

/** How text is a table. */
export interface TableFormat {
  readonly delimiter: string;
  /** The first row has the names of the columns. */
  readonly header: boolean;
  readonly decimal: '.' | ',';
}

/** What every picture of a folder is made to be. */
export interface PictureFormat {
  readonly height: number;
  readonly width: number;
  /** 1: shades of grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
}

export type DataSource =
  | { readonly kind: 'built-in'; readonly name: string }
  | { readonly kind: 'table'; readonly file: DataFile; readonly format: TableFormat }
  /** IDX, npy and npz: each array is a column. */
  | { readonly kind: 'arrays'; readonly files: readonly DataFile[] }
  /** A folder or a zip; pictures are of the class that their folder is called. */
  | { readonly kind: 'pictures'; readonly file: DataFile; readonly format: PictureFormat }
  | { readonly kind: 'text'; readonly text: string; readonly format: TableFormat }
  /** Painted by hand: x, y and the number of the class of each point. */
  | { readonly kind: 'points'; readonly points: readonly number[] };

export const COLUMN_ROLES = ['feature', 'label', 'ignored'] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

export interface ColumnRecipe {
  /** As the source calls it. */
  readonly name: string;
  readonly role: ColumnRole;
  /** The names of its classes, in the order of their numbers; left out for a column of numbers. */
  readonly classes?: readonly string[];
}

/** What is done with numbers that are features, by the statistics of the training rows. */
export type Normalization =
  | { readonly kind: 'none' }
  /** Mean 0, deviation 1. */
  | { readonly kind: 'standardize' }
  /** From 0 to 1. */
  | { readonly kind: 'min-max' }
  | { readonly kind: 'divide'; readonly by: number };

/** What becomes of rows with cells that are no numbers, or no class. */
export const MISSING_POLICIES = ['refuse', 'drop', 'mean'] as const;
export type MissingPolicy = (typeof MISSING_POLICIES)[number];

export interface SplitRecipe {
  /** Shares of the rows; their sum is 1. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
  /** Rows are drawn at random; otherwise the first are for training and the last for testing. */
  readonly shuffle: boolean;
  /** Every split has the same share of each class. */
  readonly stratify: boolean;
}

export interface DatasetRecipe {
  readonly source: DataSource;
  readonly columns: readonly ColumnRecipe[];
  readonly missing: MissingPolicy;
  /** Classes as their numbers, or as rows of zeros with a one. */
  readonly labels: 'index' | 'one-hot';
  readonly normalize: Normalization;
  readonly splits: SplitRecipe;
  /** What came of it. */
  readonly info: Omit<DatasetInfo, 'name' | 'key'>;
}

/** A recipe of a kind that this version does not know; it survives as it is. */
export interface ForeignRecipe {
  readonly source: { readonly kind: string };
}

export type DocumentDatasets = Readonly<Record<string, DatasetRecipe | ForeignRecipe>>;

const KINDS: readonly string[] = [
  'built-in',
  'table',
  'arrays',
  'pictures',
  'text',
  'points',
] satisfies DataSource['kind'][];

export function isKnownRecipe(recipe: DatasetRecipe | ForeignRecipe): recipe is DatasetRecipe {
  return KINDS.includes(recipe.source.kind);
}

/** Raised when the same recipe begins to mean other numbers. */
const PREPARATION = 1;

/** 53 bits of a text (cyrb53, public domain), in hexadecimal. */
function hash53(text: string, seed: number): string {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return ((b >>> 0).toString(16).padStart(8, '0') + (a >>> 0).toString(16).padStart(8, '0')).slice(0, 16);
}

const keys = new WeakMap<object, string>();

/** Equal keys mean equal numbers: what is prepared is kept under it. */
export function recipeKey(recipe: Omit<DatasetRecipe, 'info'>): string {
  const known = keys.get(recipe);
  if (known !== undefined) return known;
  const { source, columns, missing, labels, normalize, splits } = recipe;
  const meaning = JSON.stringify([PREPARATION, source, columns, missing, labels, normalize, splits]);
  const key = hash53(meaning, 1) + hash53(meaning, 2);
  keys.set(recipe, key);
  return key;
}

const infos = new WeakMap<DatasetRecipe, Map<string, DatasetInfo>>();

/** What the compiler is told of the document's data set of this name; null where there is none that it knows. */
export function ownDataset(datasets: DocumentDatasets | undefined, name: string): DatasetInfo | null {
  const recipe = datasets && Object.hasOwn(datasets, name) ? datasets[name] : undefined;
  if (!recipe || !isKnownRecipe(recipe)) return null;
  const known = infos.get(recipe) ?? new Map<string, DatasetInfo>();
  infos.set(recipe, known);
  const info = known.get(name) ?? { ...recipe.info, name, key: recipeKey(recipe) };
  known.set(name, info);
  return info;
}
