/** What a classifier says of rows, beside what they are. */

export interface Scored {
  /** Row-major, `width` a row. */
  readonly scores: ArrayLike<number>;
  readonly width: number;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  /** Where one score a row decides between two classes. */
  readonly threshold: number;
}

/** The class of the largest score; of a single score, whether it exceeds the threshold. */
export function predictedClass({ scores, width, threshold }: Omit<Scored, 'labels' | 'classes'>, row: number): number {
  if (width === 1) return (scores[row] ?? 0) > threshold ? 1 : 0;
  let best = 0;
  for (let column = 1; column < width; column++) {
    if ((scores[row * width + column] ?? 0) > (scores[row * width + best] ?? 0)) best = column;
  }
  return best;
}

export interface Confusion {
  /** Rows by what they are and what they are taken for: [is * classes + taken]. */
  readonly counts: Int32Array;
  readonly rows: number;
  readonly right: number;
  /** Positions of rows that are taken for something else. */
  readonly wrong: readonly { readonly at: number; readonly is: number; readonly taken: number }[];
}

export function confusionOf(scored: Scored): Confusion {
  const { labels, classes } = scored;
  const counts = new Int32Array(classes * classes);
  const wrong: { at: number; is: number; taken: number }[] = [];
  for (let at = 0; at < labels.length; at++) {
    const is = labels[at] ?? 0;
    const taken = predictedClass(scored, at);
    const place = is * classes + taken;
    counts[place] = (counts[place] ?? 0) + 1;
    if (is !== taken) wrong.push({ at, is, taken });
  }
  return { counts, rows: labels.length, right: labels.length - wrong.length, wrong };
}
