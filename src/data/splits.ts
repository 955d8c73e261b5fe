/** Divides rows between training, validation and test. */
import type { SplitRecipe } from '../compiler/datasets.ts';
import type { DatasetInfo } from '../compiler/plan.ts';
import { fail } from './errors.ts';
import { shuffle } from './random.ts';

const NAMES = ['train', 'validation', 'test'] as const;

/**
 * How many of `count` rows each share gets: whole numbers, each less than one away from its exact part. `debts` are what
 * each share has got too little of before; they are brought up to date.
 */
function apportion(count: number, shares: readonly number[], debts: number[]): number[] {
  const exact = shares.map((share) => share * count);
  const parts = exact.map(Math.floor);
  const left = count - parts.reduce((sum, part) => sum + part, 0);
  const order = exact
    .map((value, at) => ({ at, rest: value - (parts[at] ?? 0) }))
    .filter(({ rest }) => rest > 0)
    .map(({ at, rest }) => ({ at, rest: rest + (debts[at] ?? 0) }))
    .sort((a, b) => b.rest - a.rest || a.at - b.at);
  for (const { at } of order.slice(0, left)) parts[at] = (parts[at] ?? 0) + 1;
  for (const [at, part] of parts.entries()) debts[at] = (debts[at] ?? 0) + (exact[at] ?? 0) - part;
  return parts;
}

export interface Division {
  /** The rows in their new order: first those for training, then validation, then test. */
  readonly order: Int32Array;
  readonly splits: DatasetInfo['splits'];
}

/** `classes`: the class of each of `rows`, for splits with the same share of each. */
export function divide(rows: Int32Array, recipe: SplitRecipe, classes: Int32Array | null): Division {
  const shares = NAMES.map((name) => recipe[name]);
  const drawn = Int32Array.from(rows.keys());
  if (recipe.shuffle) shuffle(drawn, recipe.seed);
  /** Of each row, in the order in which they were drawn, the split it belongs to. */
  const target = new Uint8Array(rows.length);
  const groups = new Map<number, number[]>();
  for (const at of drawn) {
    const group = recipe.stratify && classes ? (classes[at] ?? 0) : 0;
    const members = groups.get(group);
    if (members) members.push(at);
    else groups.set(group, [at]);
  }
  const debts = shares.map(() => 0);
  for (const members of groups.values()) {
    const [train = 0, validation = 0] = apportion(members.length, shares, debts);
    for (const [place, at] of members.entries()) target[at] = place < train ? 0 : place < train + validation ? 1 : 2;
  }
  const order = new Int32Array(rows.length);
  const ends: number[] = [];
  let next = 0;
  for (const split of NAMES.keys()) {
    for (const at of drawn) if (target[at] === split) order[next++] = rows[at] as number;
    ends.push(next);
  }
  const [train = 0, validation = 0] = ends;
  checkParts(rows.length, train, validation - train, rows.length - validation, recipe);
  return {
    order,
    splits: {
      train: [0, train],
      validation: [train, validation],
      ...(rows.length > validation && { test: [validation, rows.length] as const }),
    },
  };
}

function checkParts(rows: number, train: number, validation: number, test: number, recipe: SplitRecipe): void {
  const counts = { train, validation, test };
  for (const name of NAMES) {
    const isNeeded = name !== 'test' || recipe.test > 0;
    if (counts[name] > 0 || !isNeeded) continue;
    fail(
      'data/splits',
      `${rows} ${rows === 1 ? 'row leaves' : 'rows leave'} none for ${name === 'train' ? 'training' : name}`,
      name === 'test'
        ? 'Give it a larger share, or none.'
        : 'Training and validation need a row each. Change the shares.',
    );
  }
}
