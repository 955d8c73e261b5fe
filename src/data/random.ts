/** Numbers of the order in which rows are drawn: the same for a seed on every machine. */

/** Mulberry32 (public domain): a generator of numbers in 0 … 1. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Shuffles in place. */
export function shuffle(rows: Int32Array, seed: number): Int32Array {
  const random = generator(seed);
  for (let last = rows.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = rows[last] as number;
    rows[last] = rows[other] as number;
    rows[other] = kept;
  }
  return rows;
}
