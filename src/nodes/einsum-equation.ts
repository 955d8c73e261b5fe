/** Equations of Einsum: letters for axes, an ellipsis for axes without letters. */

/** Stands for three dots, so that every character of a term is one thing. */
const DOTS = '…';
const ALPHABET = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export interface Equation {
  /** Letters and perhaps an ellipsis, for each operand. */
  readonly terms: readonly string[];
  /** The same for the result; null where there is no arrow. */
  readonly result: string | null;
}

/** Null where the text is no equation. */
export function parseEquation(text: string): Equation | null {
  const equation = text.replaceAll(' ', '').replaceAll('...', DOTS);
  const [left = '', result = null, ...more] = equation.split('->');
  const terms = left.split(',');
  const right = [...terms, ...(result === null ? [] : [result])].every((term) => /^[a-z]*…?[a-z]*$/i.test(term));
  return right && more.length === 0 ? { terms, result } : null;
}

export const hasDots = (term: string): boolean => term.includes(DOTS);
/** The letters of a term, without the ellipsis. */
export const lettersOf = (term: string): string => term.replace(DOTS, '');
/** A term as it is written. */
export const printTerm = (term: string): string => term.replace(DOTS, '...');

export interface Letters {
  /** A letter for every axis. */
  readonly terms: readonly string[];
  readonly result: string;
  /** Letters that ellipses stand for: their axes broadcast. */
  readonly free: string;
}

/**
 * Gives every axis that an ellipsis stands for a letter of its own, aligned at the last one; `ranks` are those of the
 * operands. Without an arrow the result has the axes of ellipses, then the letters that occur once in the order of the
 * alphabet.
 */
export function spellOut({ terms, result }: Equation, ranks: readonly number[]): Letters {
  const widths = terms.map((term, at) => (hasDots(term) ? (ranks[at] ?? 0) - lettersOf(term).length : 0));
  const used = terms.join('') + (result ?? '');
  const width = Math.max(0, ...widths);
  const free = ALPHABET.filter((letter) => !used.includes(letter))
    .slice(0, width)
    .join('');
  const letters = [...terms.map(lettersOf).join('')].sort();
  const single = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return {
    terms: terms.map((term, at) => term.replace(DOTS, free.slice(width - (widths[at] ?? 0)))),
    result: result?.replace(DOTS, free) ?? free + single.join(''),
    free,
  };
}
