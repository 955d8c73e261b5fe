/** Asks the model about rows of a split, and about points between them. */
import { findPredictions, type Predicting } from '../../compiler/questions/predictions.ts';
import { compileReading, type Reading } from '../../compiler/questions/readings.ts';
import { portKey } from '../../compiler/result.ts';
import { questions } from '../session/questions.ts';
import type { Editor } from '../store/create-editor.ts';
import { type Confusion, confusionOf, predictedClass } from './confusion.ts';

/** Rows that are looked at, and that are run at once. */
const MOST = 2000;
const ROWS = 500;
/** Misclassified rows that are shown. */
export const SHOWN = 24;
/** Points on a side of decision regions, and of a fitted curve. */
const REGION_SIDE = 48;
const CURVE_POINTS = 128;

export type ResultSplit = 'train' | 'validation' | 'test';

export interface Wrong {
  readonly row: number;
  readonly is: number;
  readonly taken: number;
  readonly features: Float32Array;
}

/** Predictions over the whole range of two features. */
export interface Regions {
  readonly side: number;
  /** Class of each cell, row-major from the top left. */
  readonly cells: Uint8Array;
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
}

export interface Curve {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

export interface Results {
  readonly predicting: Predicting;
  readonly split: ResultSplit;
  /** Steps made. */
  readonly step: number;
  readonly rows: number;
  /** Of all rows of the split. */
  readonly ofRows: number;
  readonly confusion: Confusion | null;
  readonly wrong: readonly Wrong[];
  /** Of rows with one or two features. */
  readonly features: Float32Array | null;
  /** Labels or targets. */
  readonly truth: Float32Array;
  /** Predicted class of each row, or the predicted number. */
  readonly predicted: Float32Array;
  readonly regions: Regions | null;
  readonly curve: Curve | null;
}

interface Asked {
  readonly step: number;
  readonly values: readonly Float32Array[];
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length);
  let end = 0;
  for (const part of parts) {
    const fits = part.subarray(0, length - end);
    all.set(fits, end);
    end += fits.length;
  }
  return all;
}

/** Values of a reading for rows, in chunks of its batch; the last is filled up with the first rows. */
async function readRows(key: string, { graph, values }: Reading, rows: Int32Array): Promise<Asked> {
  const { batch } = graph;
  const chunks = Array.from({ length: Math.ceil(rows.length / batch) }, (_, chunk) =>
    Int32Array.from({ length: batch }, (_, at) => rows[(chunk * batch + at) % rows.length] as number),
  );
  const { outputs, step } = await questions().inquire({ key, graph, runs: chunks.map((chunk) => ({ rows: chunk })) });
  return {
    step,
    values: values.map((value) => {
      const width = (value?.shape ?? []).reduce((all, dim) => all * dim, 1) / batch;
      return joined(
        outputs.map((output) => output[value?.output ?? ''] ?? new Float32Array(0)),
        rows.length * width,
      );
    }),
  };
}

function splitRange({ data }: Predicting, split: ResultSplit): readonly [number, number] {
  return data.splits[split] ?? data.splits.validation;
}

/** Null where the drawing predicts nothing of a data set. */
export async function computeResults(editor: Editor, split: ResultSplit): Promise<Results | null> {
  const { document, revision } = editor.whole.getState();
  const predicting = findPredictions(document, editor.registry);
  if (!predicting) return null;
  const [from, to] = splitRange(predicting, split);
  const rows = Int32Array.from({ length: Math.min(MOST, to - from) }, (_, at) => from + at);
  const { scores, truth, features, kind, classes, threshold } = predicting;
  const few = features !== null && features.shape.reduce((all, dim) => all * dim, 1) <= 2;
  const read = (batch: number, values: readonly (typeof scores)[], fed?: ReadonlySet<string>) =>
    compileReading(document, editor.registry, { values, mode: 'inference', batch, ...(fed && { fed }) });

  const batch = Math.min(ROWS, rows.length);
  const wanted = few && features ? [scores, truth, features] : [scores, truth];
  const reading = read(batch, wanted);
  if (!reading) return null;
  const { step, values } = await readRows(`results ${revision} ${batch}`, reading, rows);
  const [said = new Float32Array(0), true_ = new Float32Array(0), points = null] = values;
  const width = said.length / rows.length;
  const scored = { scores: said, width, labels: true_, classes, threshold };
  const confusion = kind === 'classes' ? confusionOf(scored) : null;
  const predicted =
    kind === 'classes' ? Float32Array.from(rows, (_, at) => predictedClass(scored, at)) : said.slice(0, rows.length);

  const wrong: Wrong[] = [];
  const shown = confusion?.wrong.slice(0, SHOWN) ?? [];
  if (features && shown.length > 0) {
    const own = read(SHOWN, [features]);
    const wrongRows = Int32Array.from(shown, ({ at }) => from + at);
    const [found] = own ? (await readRows(`wrong ${revision}`, own, wrongRows)).values : [];
    const size = (found?.length ?? 0) / shown.length;
    shown.forEach(({ at, is, taken }, index) => {
      const row = found?.subarray(index * size, (index + 1) * size) ?? new Float32Array(0);
      wrong.push({ row: from + at, is, taken, features: row });
    });
  }

  /** What the model says of points that are no rows. */
  const sayOf = async (given: Float32Array, count: number): Promise<Float32Array | null> => {
    if (!features) return null;
    const own = read(count, [scores], new Set([portKey(features.node, features.port)]));
    const [feed] = own?.fed ?? [];
    if (!own || own.readsData || own.fed.length !== 1 || !feed) return null;
    const key = `points ${revision} ${count}`;
    const { outputs } = await questions().inquire({
      key,
      graph: own.graph,
      runs: [{ rows: null, feeds: { [feed.name]: given } }],
    });
    return outputs[0]?.[own.values[0]?.output ?? ''] ?? null;
  };
  const regions = few && points && points.length === 2 * rows.length && confusion ? await regionsOf(points) : null;
  const curve = few && points && points.length === rows.length && kind === 'numbers' ? await curveOf(points) : null;

  async function regionsOf(given: Float32Array): Promise<Regions | null> {
    const [xs, ys] = [rangeOf(given, 2, 0), rangeOf(given, 2, 1)];
    const grid = new Float32Array(2 * REGION_SIDE * REGION_SIDE);
    for (let cell = 0; cell < REGION_SIDE * REGION_SIDE; cell++) {
      const [column, line] = [cell % REGION_SIDE, Math.floor(cell / REGION_SIDE)];
      grid[2 * cell] = xs[0] + ((column + 0.5) / REGION_SIDE) * (xs[1] - xs[0]);
      grid[2 * cell + 1] = ys[1] - ((line + 0.5) / REGION_SIDE) * (ys[1] - ys[0]);
    }
    const found = await sayOf(grid, REGION_SIDE * REGION_SIDE);
    if (!found) return null;
    const cells = Uint8Array.from({ length: REGION_SIDE * REGION_SIDE }, (_, cell) =>
      predictedClass({ scores: found, width, threshold }, cell),
    );
    return { side: REGION_SIDE, cells, low: [xs[0], ys[0]], high: [xs[1], ys[1]] };
  }

  async function curveOf(given: Float32Array): Promise<Curve | null> {
    const [low, high] = rangeOf(given, 1, 0);
    const x = Float32Array.from({ length: CURVE_POINTS }, (_, at) => low + (at / (CURVE_POINTS - 1)) * (high - low));
    const y = await sayOf(x, CURVE_POINTS);
    return y && { x, y };
  }

  return {
    predicting,
    split,
    step,
    rows: rows.length,
    ofRows: to - from,
    confusion,
    wrong,
    features: points,
    truth: true_,
    predicted,
    regions,
    curve,
  };
}

/** With a margin of a twentieth on both sides. */
function rangeOf(values: Float32Array, stride: number, offset: number): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = offset; at < values.length; at += stride) {
    low = Math.min(low, values[at] ?? 0);
    high = Math.max(high, values[at] ?? 0);
  }
  const margin = 0.05 * (high - low || 1);
  return [low - margin, high + margin];
}
