/** Finding an operator by its name, by what Theano, NumPy or PyTorch call it, or by its category. */
import type { Category, OpRecord, Registry } from '../../compiler/op.ts';
import type { Command } from '../commands/command.ts';

/** Categories in the order of the palette. */
export const CATEGORIES: readonly Category[] = [
  'Sources',
  'Linear',
  'Convolution',
  'Activation',
  'Normalization',
  'Recurrent',
  'Random',
  'Arithmetic',
  'Comparison',
  'Reduction',
  'Shape',
  'Indexing',
  'Loss',
  'Gradient',
  'Optimizer',
  'Result',
  'Module',
];

export interface Found {
  readonly record: OpRecord;
  /** The alias that matched, where the name did not. */
  readonly alias: string | null;
  readonly score: number;
}

/** Operators by category, in registry order; empty categories are left out. */
export function byCategory(records: Iterable<OpRecord>): [Category, OpRecord[]][] {
  const groups = new Map<Category, OpRecord[]>(CATEGORIES.map((category) => [category, []]));
  for (const record of records) if (!record.internal) groups.get(record.category)?.push(record);
  return [...groups].filter(([, members]) => members.length > 0);
}

/** Best first. An empty query finds everything, in registry order. */
export function searchOperators(registry: Registry, query: string): Found[] {
  const wanted = query.trim().toLowerCase();
  const found: Found[] = [];
  for (const record of registry.values()) {
    if (record.internal) continue;
    const result = wanted === '' ? { record, alias: null, score: 0 } : match(record, wanted);
    if (result) found.push(result);
  }
  return found.sort((a, b) => b.score - a.score);
}

/** Commands with a word that begins like the query, which has at least two letters: operators are what is mostly looked for. */
export function searchCommands(commands: readonly Command[], query: string): Command[] {
  const wanted = query.trim().toLowerCase();
  if (wanted.length < 2) return [];
  return commands.filter(({ label }) => ` ${label.toLowerCase()}`.includes(` ${wanted}`));
}

/** Commands whose label has all words of the query, or their letters in order; an empty query finds all. */
export function findCommands(commands: readonly Command[], query: string): Command[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const scored = commands.flatMap((command) => {
    const text = `${command.label} ${command.group}`.toLowerCase();
    const scores = words.map((word) => (` ${text}`.includes(` ${word}`) ? 2 : text.includes(word) ? 1 : 0));
    return scores.includes(0) ? [] : [{ command, score: scores.reduce<number>((sum, score) => sum + score, 0) }];
  });
  return scored.sort((a, b) => b.score - a.score).map(({ command }) => command);
}

function match(record: OpRecord, wanted: string): Found | null {
  let best: Found = { record, alias: null, score: scoreOf(record.name, wanted) };
  for (const alias of record.aliases ?? []) {
    // A name wins over an alias that fits as well.
    const score = scoreOf(alias, wanted) - 1;
    if (score > best.score) best = { record, alias, score };
  }
  if (best.score > 0) return best;
  const category = record.category.toLowerCase().startsWith(wanted);
  return category ? { record, alias: null, score: 5 } : null;
}

/** 0 where `wanted` does not even occur letter by letter in order. */
function scoreOf(text: string, wanted: string): number {
  const lower = text.toLowerCase();
  if (lower === wanted) return 100;
  if (lower.startsWith(wanted)) return 80 - Math.min(lower.length - wanted.length, 19);
  const words = lower.split(/[^a-z0-9]+/);
  if (words.some((word) => word.startsWith(wanted))) return 50;
  if (lower.includes(wanted)) return 40;
  // Letters in order, as `crsent` for CrossEntropy; from another first letter on that would find nearly everything.
  if (wanted.length < 3 || lower[0] !== wanted[0] || words.length > 1) return 0;
  let at = 0;
  for (const letter of lower) if (letter === wanted[at]) at++;
  return at === wanted.length ? 20 - Math.min(lower.length - wanted.length, 14) : 0;
}
