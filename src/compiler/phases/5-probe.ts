/** The observation graph: packed summaries of values and gradients, computed where the values are. */
import { bindFunction } from '../bind.ts';
import { Builder } from '../builder.ts';
import { sizeOf } from '../dims.ts';
import type { NodeId } from '../document.ts';
import type { FunctionIR, Value } from '../ir.ts';
import { PROBE_BINS, PROBE_ELEMENTS, PROBE_SAMPLE, type ProbeEntry, type ProbeImage } from '../plan.ts';
import { tensorData } from '../types.ts';
import { eliminateDeadCode, nextId } from './4-rewrite.ts';
import { healthOf } from './probe-health.ts';

export const SUMMARY = 'summary';
export const PIXELS = 'pixels';
export const ELEMENTS = 'elements';
const HEALTH = 'health';

/** A value to summarize: which output of the observed function it is, and whose. */
export interface Watched {
  readonly node: NodeId;
  readonly port: string;
  readonly of: ProbeEntry['of'];
  readonly output: number;
  /** [height, width] of the images that rows of this value are. */
  readonly image: readonly [number, number] | null;
  readonly isParameter: boolean;
  /** Operator that makes the value. */
  readonly op: string;
}

interface Sampled {
  readonly watched: Watched;
  readonly value: Value;
  readonly size: number;
}

const MAX_PLANES = 8;
const MAX_ROWS = 32;
const MAX_COLUMNS = 48;

function gatherFlat(b: Builder, { value, size }: Sampled, index: readonly number[]): Value {
  const flat = b.reshape(b.cast(value, 'float32'), [size]);
  return b.emit('Gather', [flat, b.constant(tensorData('int32', [index.length], index))], { axis: 0 });
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Positions of the sample of a value: all its elements, repeated to fill the row, or multiples of the golden ratio, which
 * lie as evenly as every n-th would but never fall in with the rows and columns of images.
 */
function sampleIndex(size: number): number[] {
  return Array.from({ length: PROBE_SAMPLE }, (_, i) =>
    size <= PROBE_SAMPLE ? i % size : Math.floor(((i * GOLDEN) % 1) * size),
  );
}

/** Weight of each position of the sample: repeated elements count for nothing. */
function sampleWeights(size: number): number[] {
  const real = Math.min(size, PROBE_SAMPLE);
  return Array.from({ length: PROBE_SAMPLE }, (_, i) => (i < real ? 1 / real : 0));
}

/** Which planes of a value are worth seeing as pictures, as positions of their pixels. */
function planes({
  watched,
  value,
  size,
}: Sampled): { shape: readonly [number, number, number]; index: number[] } | null {
  const shape = value.type.shape as readonly number[];
  if (watched.of !== 'value' || value.type.dtype !== 'float32' || size < 4) return null;
  const grid = (count: number, height: number, width: number, at: (p: number, y: number, x: number) => number) => {
    const index: number[] = [];
    for (let p = 0; p < count; p++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) index.push(at(p, y, x));
    return { shape: [count, height, width] as const, index };
  };
  if (watched.image) {
    const [height, width] = watched.image;
    const count = Math.min(4, shape[0] ?? 1);
    return grid(count, height, width, (p, y, x) => p * height * width + y * width + x);
  }
  if (shape.length === 4) {
    const [first = 1, second = 1, height = 1, width = 1] = shape;
    if (height * width === 1 || height * width > 4096) return null;
    // Filters: one plane a filter, of its first channel. Feature maps: the channels of the first row of the batch.
    const count = Math.min(MAX_PLANES, watched.isParameter ? first : second);
    const stride = watched.isParameter ? second * height * width : height * width;
    return grid(count, height, width, (p, y, x) => p * stride + y * width + x);
  }
  if (shape.length === 2 && watched.isParameter) {
    const [rows = 1, columns = 1] = shape;
    const wide = columns >= rows;
    const [long, short] = wide ? [columns, rows] : [rows, columns];
    const [width, height] = [Math.min(long, MAX_COLUMNS), Math.min(short, MAX_ROWS)];
    return grid(1, height, width, (_, y, x) => {
      const along = Math.floor((x * long) / width);
      const across = Math.floor((y * short) / height);
      return wide ? across * columns + along : along * columns + across;
    });
  }
  return null;
}

/** A column [K,1] of one number for each row of `x`. */
function rowStatistic(b: Builder, x: Value): Value {
  return b.reduceSum(x, [1], true);
}

/** A row [PROBE_SAMPLE] of elements of each value. */
function sample(b: Builder, rows: readonly Sampled[]): Value {
  const samples = rows.map((row) => b.reshape(gatherFlat(b, row, sampleIndex(row.size)), [1, PROBE_SAMPLE]));
  return samples.length === 1 ? (samples[0] as Value) : b.emit('Concat', samples, { axis: 0 });
}

/** The numbers of small values one after another: their rows of the sample begin with all of them. */
function elementsOf(b: Builder, x: Value, rows: readonly Sampled[]): { value: Value | null; offsets: number[] } {
  const index: number[] = [];
  const offsets = rows.map(({ size }, row) => {
    const offset = index.length;
    if (size <= PROBE_ELEMENTS) for (let i = 0; i < size; i++) index.push(row * PROBE_SAMPLE + i);
    return offset;
  });
  if (index.length === 0) return { value: null, offsets };
  const flat = b.reshape(x, [rows.length * PROBE_SAMPLE]);
  const value = b.emit('Gather', [flat, b.constant(tensorData('int32', [index.length], index))], { axis: 0 });
  return { value, offsets };
}

function summarize(b: Builder, rows: readonly Sampled[], x: Value): Value {
  const k = rows.length;
  const weights = b.constant(
    tensorData(
      'float32',
      [k, PROBE_SAMPLE],
      rows.flatMap((row) => sampleWeights(row.size)),
    ),
  );
  /** Mean over all elements, not only the sample: rows that are sampled compute it from the whole value. */
  const exactMean = (ofSample: Value, ofWhole: (value: Value) => Value): Value => {
    const small = rowStatistic(b, b.mul(ofSample, weights));
    const whole = rows.map((row, at) =>
      row.size > PROBE_SAMPLE
        ? b.reshape(b.reduceMean(ofWhole(b.reshape(row.value, [row.size])), [0]), [1, 1])
        : b.emit('Slice', [small], { starts: [at], ends: [at + 1], axes: [0], steps: [1] }),
    );
    return rows.some((row) => row.size > PROBE_SAMPLE)
      ? whole.length === 1
        ? (whole[0] as Value)
        : b.emit('Concat', whole, { axis: 0 })
      : small;
  };
  const mean = exactMean(x, (value) => value);
  const meanSquare = exactMean(b.mul(x, x), (value) => b.mul(value, value));
  const variance = b.emit('Max', [b.sub(meanSquare, b.mul(mean, mean)), b.scalar(0)]);
  const sizes = b.constant(
    tensorData(
      'float32',
      [k, 1],
      rows.map((row) => row.size),
    ),
  );
  const min = b.emit('ReduceMin', [x], { axes: [1], keepdims: true });
  const max = b.reduceMax(x, [1], true);
  const zero = rowStatistic(b, b.mul(b.cast(b.equal(x, b.scalar(0)), 'float32'), weights));

  // Bin of each element: floor((x - min) / (max - min) · bins), the maximum itself in the last bin.
  const span = b.emit('Max', [b.sub(max, min), b.scalar(1e-30)]);
  const position = b.mul(b.div(b.sub(x, min), span), b.scalar(PROBE_BINS));
  const bin = b.emit('Floor', [b.emit('Min', [position, b.scalar(PROBE_BINS - 1)])]);
  const member = b.equal(
    b.reshape(bin, [k, PROBE_SAMPLE, 1]),
    b.reshape(b.iota(PROBE_BINS, 'float32'), [1, 1, PROBE_BINS]),
  );
  // Weights times membership as a batched product: [k,1,S] x [k,S,bins].
  const histogram = b.reshape(b.matMul(b.reshape(weights, [k, 1, PROBE_SAMPLE]), b.cast(member, 'float32')), [
    k,
    PROBE_BINS,
  ]);
  return b.emit('Concat', [mean, b.sqrt(variance), min, max, b.sqrt(b.mul(meanSquare, sizes)), zero, histogram], {
    axis: 1,
  });
}

export interface Probe {
  readonly fn: FunctionIR;
  readonly entries: readonly ProbeEntry[];
}

/** Replaces the outputs of the observed function by packed summaries of them, for one batch size. */
export function buildProbe(
  observed: FunctionIR,
  watched: readonly Watched[],
  batch: number,
  registry: Builder['registry'],
): Probe {
  const fn = bindFunction(observed, { batch }, registry);
  const b = new Builder(registry, nextId(fn));
  b.inputs.push(...fn.inputs);
  b.equations.push(...fn.equations);
  const rows = watched.flatMap((item): Sampled[] => {
    const value = fn.outputs[item.output]?.value;
    const size = value ? sizeOf(value.type.shape) : 0;
    return value && typeof size === 'number' && size > 0 ? [{ watched: item, value, size }] : [];
  });
  const floats = rows.map((row) => ({ ...row, value: b.cast(row.value, 'float32') }));
  const x = sample(b, floats);
  const elements = elementsOf(b, x, floats);
  const pictures: Value[] = [];
  const healths: Value[] = [];
  let offset = 0;
  const entries = rows.map((row, at): ProbeEntry => {
    const picture = planes(row);
    let image: ProbeImage | null = null;
    if (picture) {
      const [count, height, width] = picture.shape;
      image = { offset, count, height, width };
      offset += picture.index.length;
      pictures.push(gatherFlat(b, row, picture.index));
    }
    const health = row.watched.of === 'value' ? healthOf(b, row.watched.op, row.value) : null;
    if (health) healths.push(health.value);
    return {
      node: row.watched.node,
      port: row.watched.port,
      of: row.watched.of,
      row: at,
      shape: row.value.type.shape as number[],
      sampled: row.size > PROBE_SAMPLE,
      image,
      ...(row.size <= PROBE_ELEMENTS && { elements: elements.offsets[at] ?? 0 }),
      ...(health && { health: { kind: health.kind, at: healths.length - 1 } }),
    };
  });
  const outputs: FunctionIR['outputs'][number][] = [
    { value: summarize(b, floats, x), target: { kind: 'probe', name: SUMMARY } },
  ];
  if (elements.value) outputs.push({ value: elements.value, target: { kind: 'probe', name: ELEMENTS } });
  if (pictures.length > 0) {
    const pixels = pictures.length === 1 ? (pictures[0] as Value) : b.emit('Concat', pictures, { axis: 0 });
    outputs.push({ value: pixels, target: { kind: 'probe', name: PIXELS } });
  }
  const [health] = healths;
  if (health) {
    const value = healths.length === 1 ? health : b.emit('Concat', healths, { axis: 0 });
    outputs.push({ value, target: { kind: 'probe', name: HEALTH } });
  }
  return { fn: eliminateDeadCode({ name: 'observe', inputs: fn.inputs, equations: b.equations, outputs }), entries };
}
