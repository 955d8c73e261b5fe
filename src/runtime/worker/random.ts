/**
 * NumPy's legacy generator, number for number: MT19937 seeded as RandomState(seed) seeds it, so that graphs ported from
 * NumPy and Theano start from the very same parameters.
 */

const N = 624;
const M = 397;

export class RandomState {
  readonly #key = new Uint32Array(N);
  #position = N;
  /** The polar method makes normals in pairs; the second waits here. */
  #spare: number | null = null;

  /** An integer seeds as RandomState(int) does, a list as RandomState([…]) does. */
  constructor(seed: number | readonly number[]) {
    if (typeof seed === 'number') this.#seedByNumber(seed >>> 0);
    else this.#seedByArray(seed);
  }

  #seedByNumber(seed: number): void {
    const key = this.#key;
    key[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = key[i - 1] as number;
      key[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
    this.#position = N;
  }

  #seedByArray(seed: readonly number[]): void {
    this.#seedByNumber(19650218);
    const key = this.#key;
    let i = 1;
    const advance = () => {
      i++;
      if (i >= N) {
        key[0] = key[N - 1] as number;
        i = 1;
      }
    };
    const mixed = (factor: number) => {
      const previous = key[i - 1] as number;
      return (key[i] as number) ^ Math.imul(previous ^ (previous >>> 30), factor);
    };
    for (let k = Math.max(N, seed.length), j = 0; k > 0; k--, j = (j + 1) % seed.length) {
      key[i] = mixed(1664525) + ((seed[j] as number) >>> 0) + j;
      advance();
    }
    for (let k = N - 1; k > 0; k--) {
      key[i] = mixed(1566083941) - i;
      advance();
    }
    key[0] = 0x80000000;
  }

  /** Uniform in 0 … 2^32-1. */
  uint32(): number {
    if (this.#position === N) this.#generate();
    let y = this.#key[this.#position++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #generate(): void {
    const key = this.#key;
    for (let i = 0; i < N; i++) {
      const y = ((key[i] as number) & 0x80000000) | ((key[(i + 1) % N] as number) & 0x7fffffff);
      key[i] = (key[(i + M) % N] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }

  /** Uniform in [0, 1) with 53 random bits: NumPy's random_sample. */
  uniform(low = 0, high = 1): number {
    const a = this.uint32() >>> 5;
    const b = this.uint32() >>> 6;
    return low + (high - low) * ((a * 67108864 + b) / 9007199254740992);
  }

  /** Marsaglia's polar method, as RandomState has always had it. */
  normal(mean = 0, std = 1): number {
    return mean + std * this.#gauss();
  }

  #gauss(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const r = x * x + y * y;
      if (r >= 1 || r === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(r)) / r);
      this.#spare = factor * x;
      return factor * y;
    }
  }

  /** Uniform in 0 … max, by masked rejection. */
  integer(max: number): number {
    if (max === 0) return 0;
    const mask = 2 ** (32 - Math.clz32(max)) - 1;
    for (;;) {
      const value = (this.uint32() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  /** A Fisher-Yates shuffle of 0 … size-1: NumPy's permutation(size). */
  permutation(size: number): Int32Array {
    const order = Int32Array.from({ length: size }, (_, i) => i);
    for (let i = size - 1; i > 0; i--) {
      const j = this.integer(i);
      const swapped = order[i] as number;
      order[i] = order[j] as number;
      order[j] = swapped;
    }
    return order;
  }
}
