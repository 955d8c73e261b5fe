/**
 * What a search in the graph asks for. Words look at operators and names; the rest at types and at live values:
 *
 *     [N,784]  784  f32  bool        shapes (`*` and single capital letters are any size), sizes, dtypes
 *     nan  inf  dead                 values that are no numbers, are infinite, or of which nothing is left
 *     mean>0  std<1e-3  abs>10       figures of the value
 *     grad>1e3  absgrad>1  gradmean<0   and of its gradient; `grad` alone is its norm
 */
import { PROBE_STATS } from '../../compiler/plan.ts';
import type { DType, TensorType } from '../../compiler/types.ts';

type Stat = (typeof PROBE_STATS)[number];
export type Stats = Readonly<Record<Stat, number>>;

/** What is known of a node. */
export interface Facts {
  readonly op: string;
  readonly name: string;
  /** Other words for its operator. */
  readonly aliases: readonly string[];
  readonly types: readonly TensorType[];
  readonly value: Stats | null;
  readonly gradient: Stats | null;
}

interface Term {
  readonly test: (facts: Facts) => boolean;
  /** It asks for values, which change while training runs. */
  readonly live?: boolean;
}

export interface Query {
  readonly matches: (facts: Facts) => boolean;
  readonly live: boolean;
}

const DTYPES: Readonly<Record<string, DType>> = {
  f32: 'float32',
  float: 'float32',
  float32: 'float32',
  i32: 'int32',
  int: 'int32',
  int32: 'int32',
  bool: 'bool',
};

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
};

/** Share of zeros from which on nothing is left of a value. */
const DEAD = 0.9;

export const largest = ({ min, max }: Stats) => Math.max(Math.abs(min), Math.abs(max));

const some = (stats: Stats | null, test: (value: number) => boolean) =>
  stats !== null && PROBE_STATS.some((name) => test(stats[name]));

const anyValue = (test: (value: number) => boolean): Term => ({
  live: true,
  test: ({ value, gradient }) => some(value, test) || some(gradient, test),
});

const WORDS: Readonly<Record<string, Term>> = {
  nan: anyValue(Number.isNaN),
  inf: anyValue((value) => Math.abs(value) === Number.POSITIVE_INFINITY),
  dead: {
    live: true,
    test: ({ value, gradient }) =>
      (value !== null && value.zero > DEAD) || (gradient !== null && largest(gradient) === 0),
  },
};

function comparison(text: string): Term | null {
  const [, abs, of, stat, sign = '', digits] =
    /^(abs)?(grad)?(mean|std|min|max|norm|zero)?(>=|<=|>|<|=)([-+]?[\d.]+(?:e[-+]?\d+)?)$/.exec(text) ?? [];
  const limit = Number(digits);
  const compare = COMPARE[sign];
  if (!compare || !Number.isFinite(limit) || !(abs || of || stat)) return null;
  return {
    live: true,
    test({ value, gradient }) {
      const stats = of ? gradient : value;
      if (!stats) return false;
      if (stat) return compare(abs ? Math.abs(stats[stat as Stat]) : stats[stat as Stat], limit);
      return compare(abs ? largest(stats) : stats.norm, limit);
    },
  };
}

function shapeTerm(text: string): Term | null {
  const [, dtype, inner] = /^([a-z]\w*)?\[(.*)\]$/i.exec(text) ?? [];
  if (inner === undefined) return null;
  const wanted = inner === '' ? [] : inner.split(',');
  const isAny = (size: string) => size === '*' || size === '?' || /^[A-Z]$/.test(size);
  return {
    test: ({ types }) =>
      types.some(
        (type) =>
          (!dtype || DTYPES[dtype.toLowerCase()] === type.dtype) &&
          type.shape.length === wanted.length &&
          wanted.every((size, axis) => String(type.shape[axis]) === size || isAny(size)),
      ),
  };
}

function term(text: string): Term {
  const lower = text.toLowerCase();
  const special = WORDS[lower] ?? comparison(lower) ?? shapeTerm(text);
  if (special) return special;
  const dtype = DTYPES[lower];
  if (dtype) return { test: ({ types }) => types.some((type) => type.dtype === dtype) };
  const isWord = ({ op, name, aliases }: Facts) =>
    [op, name, ...aliases].some((word) => word.toLowerCase().includes(lower));
  if (!/^\d+$/.test(text)) return { test: isWord };
  return {
    test: (facts) =>
      facts.name.includes(text) || facts.types.some(({ shape }) => shape.some((dim) => String(dim) === text)),
  };
}

/** All terms have to hold; blanks inside of brackets do not part them. An empty query finds nothing. */
export function parseQuery(text: string): Query {
  const joined = text.replace(/\[[^\]]*\]/g, (list) => list.replace(/\s+/g, ''));
  const terms = joined
    .replace(/\s*(>=|<=|>|<|=)\s*/g, '$1')
    .split(/\s+/)
    .filter(Boolean)
    .map(term);
  return {
    live: terms.some(({ live }) => live),
    matches: (facts) => terms.length > 0 && terms.every(({ test }) => test(facts)),
  };
}
