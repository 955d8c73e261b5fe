/** Convolutions and poolings as plain loops in float64, for tests. Meanings are ONNX's; ties and ceil_mode are PyTorch's. */

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export type Attributes = Readonly<Record<string, number | string | boolean | readonly number[]>>;

/** A result, and the gradients of the operands as functions of the gradient of the result. */
export interface Reference {
  readonly y: Tensor;
  readonly gradients: (g: readonly number[]) => Tensor[];
}

/** One spatial axis of a window. */
interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
  /** Positions of the window. */
  readonly count: number;
}

const product = (list: readonly number[]) => list.reduce((n, entry) => n * entry, 1);

function listOf(attributes: Attributes, name: string, rank: number, absent: number): readonly number[] {
  const list = (attributes[name] ?? []) as readonly number[];
  return list.length > 0 ? list : new Array<number>(rank).fill(absent);
}

/** All points of a box, the last axis fastest. */
function points(sizes: readonly number[]): number[][] {
  return Array.from({ length: product(sizes) }, (_, flat) => {
    const point: number[] = [];
    let rest = flat;
    for (const size of [...sizes].reverse()) {
      point.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return point;
  });
}

const flatten = (point: readonly number[], sizes: readonly number[]) =>
  point.reduce((flat, at, axis) => flat * (sizes[axis] ?? 1) + at, 0);

/** Null where the window does not fit. */
function axesOf(spatial: readonly number[], kernels: readonly number[], attributes: Attributes): Axis[] | null {
  const rank = spatial.length;
  const strides = listOf(attributes, 'strides', rank, 1);
  const dilations = listOf(attributes, 'dilations', rank, 1);
  const pads = listOf(attributes, 'pads', 2 * rank, 0);
  const axes = spatial.map((size, axis): Axis => {
    const [kernel, stride, dilation] = [kernels[axis] ?? 1, strides[axis] ?? 1, dilations[axis] ?? 1];
    const extent = dilation * (kernel - 1) + 1;
    const one = { size, kernel, stride, dilation };
    if (attributes.auto_pad === 'SAME_UPPER' || attributes.auto_pad === 'SAME_LOWER') {
      const count = Math.ceil(size / stride);
      const total = Math.max(0, (count - 1) * stride + extent - size);
      const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
      return attributes.auto_pad === 'SAME_UPPER'
        ? { ...one, begin: less, end: more, count }
        : { ...one, begin: more, end: less, count };
    }
    if (attributes.auto_pad === 'VALID') {
      return { ...one, begin: 0, end: 0, count: Math.ceil((size - extent + 1) / stride) };
    }
    const [begin, end] = [pads[axis] ?? 0, pads[rank + axis] ?? 0];
    const steps = (size + begin + end - extent) / stride;
    let count = (attributes.ceil_mode ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window that begins in the zeros after the image is left out.
    if (attributes.ceil_mode && (count - 1) * stride >= size + begin) count--;
    return { ...one, begin, end, count: steps < 0 ? 0 : count };
  });
  return axes.every(({ count }) => count > 0) ? axes : null;
}

interface Tap {
  /** Index of the window, of its element, and of the pixel under it. */
  readonly p: number;
  readonly k: number;
  readonly q: number;
}

/** Every pixel under every window, windows and their elements in reading order. */
function tapsOf(axes: readonly Axis[]): Tap[] {
  const [counts, kernels] = [axes.map(({ count }) => count), axes.map(({ kernel }) => kernel)];
  const sizes = axes.map(({ size }) => size);
  return points(counts).flatMap((position, p) =>
    points(kernels).flatMap((element, k) => {
      const pixel = axes.map(
        ({ stride, dilation, begin }, axis) => (position[axis] ?? 0) * stride + (element[axis] ?? 0) * dilation - begin,
      );
      const inside = pixel.every((at, axis) => at >= 0 && at < (sizes[axis] ?? 0));
      return inside ? [{ p, k, q: flatten(pixel, sizes) }] : [];
    }),
  );
}

/** What a convolution sums up, as products y[n, m, p] += w[m, c, k] x[n, c, q]; the transposed one swaps x and y. */
function convolution(
  [images, w, bias]: readonly (Tensor | undefined)[],
  attributes: Attributes,
  transposed: boolean,
): Reference | null {
  if (!images || !w) throw new Error('Operands are missing');
  const [batch = 1, channels = 1, ...spatial] = images.shape;
  const [, perGroup = 1, ...kernel] = w.shape;
  const group = Number(attributes.group);
  const axes = transposed ? transposedAxes(spatial, kernel, attributes) : axesOf(spatial, kernel, attributes);
  if (!axes) return null;
  const filters = transposed ? perGroup * group : (w.shape[0] ?? 1);
  const taps = tapsOf(axes);
  const out = axes.map(({ size, count }) => (transposed ? size : count));
  const [pixelsIn, pixelsOut, elements] = [product(spatial), product(out), product(kernel)];
  const visit = (body: (x: number, w: number, y: number) => void) => {
    for (let n = 0; n < batch; n++) {
      for (let c = 0; c < channels; c++) {
        for (let m = 0; m < filters; m++) {
          const which = Math.floor(c / (channels / group));
          if (which !== Math.floor(m / (filters / group))) continue;
          const kernelAt = transposed ? c * perGroup + (m % perGroup) : m * perGroup + (c % perGroup);
          for (const { p, k, q } of taps) {
            const [from, to] = transposed ? [p, q] : [q, p];
            const element = attributes.flip ? elements - 1 - k : k;
            body(
              (n * channels + c) * pixelsIn + from,
              kernelAt * elements + element,
              (n * filters + m) * pixelsOut + to,
            );
          }
        }
      }
    }
  };
  const filterOf = (at: number) => Math.floor(at / pixelsOut) % filters;
  const y = Array.from({ length: batch * filters * pixelsOut }, (_, at) => bias?.data[filterOf(at)] ?? 0);
  visit((xAt, wAt, yAt) => {
    y[yAt] = (y[yAt] ?? 0) + (images.data[xAt] ?? 0) * (w.data[wAt] ?? 0);
  });
  return {
    y: { shape: [batch, filters, ...out], data: y },
    gradients: (g) => {
      const dx = images.data.map(() => 0);
      const dw = w.data.map(() => 0);
      const db = new Array<number>(filters).fill(0);
      visit((xAt, wAt, yAt) => {
        dx[xAt] = (dx[xAt] ?? 0) + (g[yAt] ?? 0) * (w.data[wAt] ?? 0);
        dw[wAt] = (dw[wAt] ?? 0) + (g[yAt] ?? 0) * (images.data[xAt] ?? 0);
      });
      g.forEach((value, at) => {
        db[filterOf(at)] = (db[filterOf(at)] ?? 0) + value;
      });
      const all = [
        { shape: images.shape, data: dx },
        { shape: w.shape, data: dw },
        { shape: [filters], data: db },
      ];
      return bias ? all : all.slice(0, 2);
    },
  };
}

/** The windows of the convolution that the transposed one is the transpose of: `size` is that of its result. */
function transposedAxes(spatial: readonly number[], kernels: readonly number[], attributes: Attributes): Axis[] | null {
  const rank = spatial.length;
  const strides = listOf(attributes, 'strides', rank, 1);
  const dilations = listOf(attributes, 'dilations', rank, 1);
  const pads = listOf(attributes, 'pads', 2 * rank, 0);
  const extra = listOf(attributes, 'output_padding', rank, 0);
  const shape = (attributes.output_shape ?? []) as readonly number[];
  const axes = spatial.map((count, axis): Axis => {
    const [kernel, stride, dilation] = [kernels[axis] ?? 1, strides[axis] ?? 1, dilations[axis] ?? 1];
    const whole = stride * (count - 1) + dilation * (kernel - 1) + 1 + (extra[axis] ?? 0);
    const one = { kernel, stride, dilation, count };
    const same = attributes.auto_pad === 'SAME_UPPER' || attributes.auto_pad === 'SAME_LOWER';
    const size = shape[axis] ?? (same ? stride * count : undefined);
    if (size !== undefined) {
      if (size - whole + (extra[axis] ?? 0) >= stride) return { ...one, size: 0, begin: 0, end: 0 };
      const total = Math.max(0, whole - size);
      const begin = attributes.auto_pad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
      return { ...one, size, begin, end: total - begin };
    }
    const [begin, end] = attributes.auto_pad === 'VALID' ? [0, 0] : [pads[axis] ?? 0, pads[rank + axis] ?? 0];
    return { ...one, size: whole - begin - end, begin, end };
  });
  return axes.every(({ size }) => size > 0) ? axes : null;
}

interface Pool {
  /** The result of a window of so many elements, from those inside the image. */
  readonly value: (inside: readonly number[], elements: number) => number;
  /** The derivatives of the result by those elements. */
  readonly slopes: (inside: readonly number[], elements: number) => readonly number[];
}

const MAXIMUM: Pool = {
  value: (inside) => Math.max(...inside),
  slopes: (inside) => {
    const first = inside.indexOf(Math.max(...inside));
    return inside.map((_, at) => (at === first ? 1 : 0));
  },
};

const MEAN: Pool = {
  value: (inside, elements) => inside.reduce((sum, x) => sum + x, 0) / elements,
  slopes: (inside, elements) => inside.map(() => 1 / elements),
};

function norm(p: number): Pool {
  const value = (inside: readonly number[]) => inside.reduce((sum, x) => sum + Math.abs(x) ** p, 0) ** (1 / p);
  return {
    value,
    slopes: (inside) => {
      const length = value(inside);
      return inside.map((x) => (length === 0 ? 0 : Math.sign(x) * (Math.abs(x) / length) ** (p - 1)));
    },
  };
}

/** Elements of every window that count for a mean: those in the image, or in the image and its padding. */
function elementsOf(axes: readonly Axis[], includePad: boolean): number[] {
  return points(axes.map(({ count }) => count)).map((position) =>
    product(
      axes.map(({ size, kernel, stride, dilation, begin, end }, axis) => {
        const from = (position[axis] ?? 0) * stride - begin;
        const [low, high] = includePad ? [-begin, size + end] : [0, size];
        const all = Array.from({ length: kernel }, (_, k) => from + k * dilation);
        return all.filter((at) => at >= low && at < high).length;
      }),
    ),
  );
}

function pooling(x: Tensor, pool: Pool, axes: readonly Axis[], includePad: boolean): Reference | null {
  const [batch = 1, channels = 1, ...spatial] = x.shape;
  const counts = axes.map(({ count }) => count);
  const [pixels, windows] = [product(spatial), product(counts)];
  const taps = tapsOf(axes);
  const under = Array.from({ length: windows }, (_, p) => taps.filter((tap) => tap.p === p).map(({ q }) => q));
  const elements = elementsOf(axes, includePad);
  if (under.some((list) => list.length === 0)) return null;
  const images = batch * channels;
  const inside = (image: number, p: number) => (under[p] ?? []).map((q) => x.data[image * pixels + q] ?? 0);
  const y = Array.from({ length: images * windows }, (_, at) => {
    const p = at % windows;
    return pool.value(inside(Math.floor(at / windows), p), elements[p] ?? 1);
  });
  return {
    y: { shape: [batch, channels, ...counts], data: y },
    gradients: (g) => {
      const dx = x.data.map(() => 0);
      g.forEach((value, at) => {
        const [image, p] = [Math.floor(at / windows), at % windows];
        const slopes = pool.slopes(inside(image, p), elements[p] ?? 1);
        (under[p] ?? []).forEach((q, which) => {
          const to = image * pixels + q;
          dx[to] = (dx[to] ?? 0) + value * (slopes[which] ?? 0);
        });
      });
      return [{ shape: x.shape, data: dx }];
    },
  };
}

/** Null where the attributes do not fit the operands. */
export function reference(op: string, operands: readonly Tensor[], attributes: Attributes): Reference | null {
  const [x] = operands;
  if (!x) throw new Error('The operand is missing');
  if (op === 'Conv' || op === 'ConvTranspose') return convolution(operands, attributes, op === 'ConvTranspose');
  const spatial = x.shape.slice(2);
  const global = op.startsWith('Global');
  const pool = op.endsWith('MaxPool') ? MAXIMUM : op.endsWith('AveragePool') ? MEAN : norm(Number(attributes.p));
  const kernel = global ? spatial : (attributes.kernel_shape as readonly number[]);
  const axes = axesOf(spatial, kernel, attributes);
  return axes && pooling(x, pool, axes, attributes.count_include_pad === true);
}
