/** Tensors as stacks of pictures: rows of a batch, and channels of each. */

export interface Planes {
  /** Names of what rows and channels are, where there are several. */
  readonly rows: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Null where nothing of the tensor is a picture. `image` is that of a data set's rows. */
export function planesOf(shape: readonly number[], image: readonly [number, number] | null): Planes | null {
  const [first = 1, second = 1, third = 1, fourth = 1] = shape;
  if (image && shape.length === 2 && second === image[0] * image[1]) {
    return { rows: first, channels: 1, height: image[0], width: image[1] };
  }
  if (shape.length === 2) return { rows: 1, channels: 1, height: first, width: second };
  if (shape.length === 3) return { rows: 1, channels: first, height: second, width: third };
  if (shape.length === 4) return { rows: first, channels: second, height: third, width: fourth };
  return null;
}

/** The numbers of a plane, row-major. */
export function planeAt(
  values: Float32Array,
  { channels, height, width }: Planes,
  row: number,
  channel: number,
): Float32Array {
  const size = height * width;
  const from = (row * channels + channel) * size;
  return values.subarray(from, from + size);
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Of the numbers that are finite. */
export function rangeOf(values: Float32Array): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

export type Scheme = 'grey' | 'diverging';

/** Red, green, blue and opacity of each pixel: black to white, or from orange over dark to blue; red is no number. */
export function pixelsOf(plane: Float32Array, { low, high }: Range, scheme: Scheme): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * plane.length);
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  plane.forEach((value, at) => {
    const colour = !Number.isFinite(value)
      ? [220, 40, 40]
      : scheme === 'grey'
        ? Array(3).fill((255 * (value - low)) / (high - low || 1))
        : diverging(value / most);
    pixels.set([...colour, 255], 4 * at);
  });
  return pixels;
}

const MIDDLE = [246, 247, 249] as const;
const POSITIVE = [26, 102, 217] as const;
const NEGATIVE = [176, 76, 8] as const;

function diverging(part: number): number[] {
  const end = part < 0 ? NEGATIVE : POSITIVE;
  return MIDDLE.map((from, at) => from + ((end[at] ?? 0) - from) * Math.sqrt(Math.min(1, Math.abs(part))));
}
