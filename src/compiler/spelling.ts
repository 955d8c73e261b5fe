/** Finds what was meant by a name that does not exist. */

/** Insertions, deletions, replacements and exchanges of neighbours that turn one text into another. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] as number) + 1);
      }
      row.push(best);
    }
    [before, last] = [last, row];
  }
  return last[b.length] as number;
}

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * The known name that is most like the given one, or null where none is near: at most a third of its letters differ, or
 * one begins with the other. Case, spaces and underscores do not count.
 */
export function nearest(given: string, known: Iterable<string>): string | null {
  const wanted = plain(given);
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const candidate = plain(name);
    const begins = wanted.length > 1 && (candidate.startsWith(wanted) || wanted.startsWith(candidate));
    const far = distance(wanted, candidate);
    const steps = begins && candidate.length > 1 ? Math.min(far, 1) : far;
    if (steps >= least || steps > Math.max(wanted.length, candidate.length) / 3) continue;
    best = name;
    least = steps;
  }
  return best;
}

/** Put after the sentence that says a name is unknown. */
export function didYouMean(name: string | null): string {
  return name === null ? '' : `. Did you mean “${name}”?`;
}
