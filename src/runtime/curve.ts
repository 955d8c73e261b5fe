/** Points a curve may have before neighbours are merged. */
const CAPACITY = 2048;

/**
 * A curve over the whole of training in bounded room: each point is the mean over `stride` steps in a row, and when the
 * room is full, neighbours merge and the stride doubles.
 */
export class Curve {
  readonly #x = new Float64Array(CAPACITY);
  readonly #y = new Float64Array(CAPACITY);
  #length = 0;
  #stride = 1;
  /** Of the point in the making. */
  #count = 0;
  #sum = 0;
  #last: { readonly x: number; readonly y: number } | null = null;

  /** x must not fall. */
  add(x: number, y: number): void {
    this.#last = { x, y };
    this.#sum += y;
    this.#count++;
    if (this.#count < this.#stride) return;
    if (this.#length === CAPACITY) this.#merge();
    else this.#push(x);
  }

  #push(x: number): void {
    this.#x[this.#length] = x;
    this.#y[this.#length] = this.#sum / this.#count;
    this.#length++;
    this.#sum = 0;
    this.#count = 0;
  }

  /** The point in the making goes on, at twice the stride. */
  #merge(): void {
    for (let i = 0; i < CAPACITY / 2; i++) {
      this.#x[i] = this.#x[2 * i + 1] as number;
      this.#y[i] = ((this.#y[2 * i] as number) + (this.#y[2 * i + 1] as number)) / 2;
    }
    this.#length = CAPACITY / 2;
    this.#stride *= 2;
  }

  /** Forgets what lies beyond x. */
  truncate(x: number): void {
    if (this.#last === null || this.#last.x <= x) return;
    while (this.#length > 0 && (this.#x[this.#length - 1] as number) > x) this.#length--;
    this.#sum = 0;
    this.#count = 0;
    const end = this.#length - 1;
    this.#last = end < 0 ? null : { x: this.#x[end] as number, y: this.#y[end] as number };
    if (end < 0) this.#stride = 1;
  }

  /** Views of the points, valid until the next change. */
  points(): { readonly x: Float64Array; readonly y: Float64Array } {
    return { x: this.#x.subarray(0, this.#length), y: this.#y.subarray(0, this.#length) };
  }

  /** The newest value as it came. */
  get last(): { readonly x: number; readonly y: number } | null {
    return this.#last;
  }
}
