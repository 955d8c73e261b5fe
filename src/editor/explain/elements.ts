/** Elements of tensors by number and by name: 45 of a [4, 17] is `[2, 11]`. */

export function elementName(index: number, shape: readonly number[]): string {
  const parts: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    parts.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${parts.join(', ')}]`;
}

/** Null where the text names no element. */
export function parseElement(text: string, shape: readonly number[]): number | null {
  const parts = text.match(/\d+/g)?.map(Number) ?? [];
  if (parts.length !== shape.length || parts.some((part, axis) => part >= (shape[axis] ?? 0))) return null;
  return parts.reduce((index, part, axis) => index * (shape[axis] ?? 1) + part, 0);
}

export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(values[i] ?? 0) > Math.abs(values[largest] ?? 0)) largest = i;
  }
  return largest;
}

/** An element of the output with what it hands back: its gradient times its derivative. */
export interface Term {
  readonly element: number;
  readonly gradient: number;
  readonly local: number;
  readonly product: number;
}

/** The largest terms that are not 0, and what the others come to. */
export function termsOf(
  gradient: ArrayLike<number>,
  local: ArrayLike<number>,
  most: number,
): { readonly terms: readonly Term[]; readonly others: number; readonly rest: number } {
  const all: Term[] = [];
  for (let element = 0; element < local.length; element++) {
    const [outer, inner] = [gradient[element] ?? 0, local[element] ?? 0];
    if (inner !== 0) all.push({ element, gradient: outer, local: inner, product: outer * inner });
  }
  all.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const left = all.slice(most);
  return { terms: all.slice(0, most), others: left.length, rest: left.reduce((sum, { product }) => sum + product, 0) };
}
