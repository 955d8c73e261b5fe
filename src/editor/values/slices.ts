/** Parts of tensors by text, as NumPy writes them: `0, 2:5` or `:, 3`. */

export interface Slice {
  /** Places in the whole, row-major. */
  readonly indices: readonly number[];
  /** Of the part; axes with a single number are left out. */
  readonly shape: readonly number[];
}

function range(
  text: string,
  size: number,
): { readonly from: number; readonly to: number; readonly single: boolean } | null {
  const wrapped = (part: string) => (part.startsWith('-') ? size + Number(part) : Number(part));
  const parts = text.split(':').map((part) => part.trim());
  if (parts.length > 2 || parts.some((part) => !/^-?\d*$/.test(part) || part === '-')) return null;
  const [first = '', last] = parts;
  if (last === undefined) {
    const at = wrapped(first);
    return first !== '' && at >= 0 && at < size ? { from: at, to: at + 1, single: true } : null;
  }
  const from = first === '' ? 0 : wrapped(first);
  const to = last === '' ? size : Math.min(size, wrapped(last));
  return from >= 0 && from < to ? { from, to, single: false } : null;
}

/** Axes that are not named are whole. Null where the text is no part of the tensor. */
export function parseSlice(text: string, shape: readonly number[]): Slice | null {
  const inner = text.replace(/[[\]]/g, '').trim();
  const parts = inner === '' ? [] : inner.split(',');
  if (parts.length > shape.length) return null;
  let indices = [0];
  const kept: number[] = [];
  for (const [axis, size] of shape.entries()) {
    const found = range((parts[axis] ?? ':').trim(), size);
    if (!found) return null;
    const { from, to, single } = found;
    if (!single) kept.push(to - from);
    indices = indices.flatMap((index) => Array.from({ length: to - from }, (_, at) => index * size + from + at));
  }
  return { indices, shape: kept };
}

/** The corner that a table has room for: the first elements along the first axes. */
export function firstCorner(shape: readonly number[], most: number): string {
  const parts: string[] = [];
  let room = most;
  for (const size of shape.toReversed()) {
    const taken = Math.min(size, room);
    parts.unshift(taken === size ? ':' : taken === 1 ? '0' : `0:${taken}`);
    room = Math.max(1, Math.floor(room / taken));
  }
  return parts.join(', ');
}
