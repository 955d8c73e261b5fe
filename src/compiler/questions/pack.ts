import type { Builder } from '../builder.ts';
import { sizeOf } from '../dims.ts';
import type { Value } from '../ir.ts';

/** Where in the numbers of an answer a part lies. */
export interface Part {
  readonly offset: number;
  readonly length: number;
}

export function partOf(numbers: Float32Array, { offset, length }: Part): Float32Array {
  return numbers.subarray(offset, offset + length);
}

/** How many numbers a value is; its dims are bound. */
export function countOf({ type }: Value): number {
  return Number(sizeOf(type.shape));
}

/** Collects values into one flat output, so that an answer is one copy from the device. */
export class Packing {
  readonly #b: Builder;
  readonly #values: Value[] = [];
  #length = 0;

  constructor(b: Builder) {
    this.#b = b;
  }

  add(value: Value): Part {
    const length = countOf(value);
    const part = { offset: this.#length, length };
    this.#values.push(this.#b.reshape(this.#b.cast(value, 'float32'), [length]));
    this.#length += length;
    return part;
  }

  /** Null where nothing was added. */
  finish(): Value | null {
    const [first, ...others] = this.#values;
    if (!first) return null;
    return others.length === 0 ? first : this.#b.emit('Concat', this.#values, { axis: 0 });
  }
}
