/** Losses against their definitions in PyTorch written as loops, with the gradients PyTorch has. */
import { describe, expect, test } from 'vitest';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { gradients } from '../compiler/phases/3-differentiate.ts';
import { type TensorData, tensor, tensorData } from '../compiler/types.ts';
import { f32, i32 } from './common.ts';
import { registry } from './registry.ts';

const SEED = 1.5;

/** The loss, and 1.5 times its gradients with respect to the float inputs numbered `wrt`. */
async function evaluate(
  op: string,
  inputs: readonly (TensorData | null)[],
  attributes: IrAttributes,
  wrt: readonly number[],
): Promise<{ readonly loss: number[]; readonly slopes: number[][] }> {
  const b = new Builder(registry);
  const feeds: Record<string, TensorData> = {};
  const values = inputs.map((data, at) => {
    if (!data) return null;
    feeds[`x${at}`] = data;
    return b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: `x${at}`, name: `x${at}` });
  });
  const y = b.emit(op, values, attributes);
  const variables = wrt.flatMap((at) => values[at] ?? []);
  const found = gradients(b, [{ value: y, cotangent: b.full(y.type.shape, SEED) }], variables).values;
  const outputs = [y, ...found.flatMap((value) => value ?? [])];
  const [loss, ...slopes] = await runFunction(finish(b, outputs), registry, feeds);
  const numbers = (data: TensorData | undefined) => Array.from(data?.data ?? [], Number);
  return { loss: numbers(loss), slopes: slopes.map(numbers) };
}

/** float32 against arithmetic in double precision. */
function expectNear(found: readonly number[] | undefined, expected: readonly number[], what: string): void {
  expect(found?.length, what).toBe(expected.length);
  for (const [i, each] of expected.entries()) {
    const near = Math.abs((found?.[i] ?? Number.NaN) - each) <= 2e-6 + 1e-5 * Math.abs(each);
    if (!near) expect.fail(`${what}[${i}]: ${found?.[i]} instead of ${each}`);
  }
}

type Pointwise = (x: number, t: number) => number;

interface ElementCase {
  readonly op: string;
  readonly attributes?: IrAttributes;
  readonly loss: Pointwise;
  /** PyTorch's backward formulas. */
  readonly dx: Pointwise;
  readonly dt: Pointwise;
  /** Pairs of output and target, kinks among them. */
  readonly at: readonly (readonly [x: number, t: number])[];
}

const clamped = (x: number) => Math.max(-100, Math.log(x));
const difference = (loss: (e: number) => number, slope: (e: number) => number) => ({
  loss: (x: number, t: number) => loss(x - t),
  dx: (x: number, t: number) => slope(x - t),
  dt: (x: number, t: number) => -slope(x - t),
});
const ERRORS = [-3, -2, -1, -0.5, -0.25, 0, 0.125, 0.5, 1, 2, 5].map((e) => [e + 0.25, 0.25] as const);
const PROBABILITIES = [0, 0.001, 0.3, 0.5, 0.9, 1].flatMap((p) => [0, 0.25, 1].map((t) => [p, t] as const));
const RATES = [0.25, 1, 2.5].flatMap((x) => [0, 0.5, 1, 1.5, 7].map((t) => [x, t] as const));
const SIDES = [-2, -1, -0.5, 0, 0.5, 1, 2].flatMap((x) => [-1, 1].map((t) => [x, t] as const));

const huber = (delta: number) =>
  difference(
    (e) => (Math.abs(e) <= delta ? (e * e) / 2 : delta * (Math.abs(e) - delta / 2)),
    (e) => (Math.abs(e) <= delta ? e : delta * Math.sign(e)),
  );
const smooth = (beta: number) =>
  difference(
    (e) => (Math.abs(e) < beta ? (e * e) / (2 * beta) : Math.abs(e) - beta / 2),
    (e) => (Math.abs(e) < beta ? e / beta : Math.sign(e)),
  );

const ELEMENTS: readonly ElementCase[] = [
  {
    op: 'MeanSquaredError',
    ...difference(
      (e) => e * e,
      (e) => 2 * e,
    ),
    at: ERRORS,
  },
  { op: 'MeanAbsoluteError', ...difference(Math.abs, Math.sign), at: ERRORS },
  { op: 'HuberLoss', ...huber(1), at: ERRORS },
  { op: 'HuberLoss', attributes: { delta: 0.5 }, ...huber(0.5), at: ERRORS },
  { op: 'SmoothL1Loss', ...smooth(1), at: ERRORS },
  { op: 'SmoothL1Loss', attributes: { beta: 2 }, ...smooth(2), at: ERRORS },
  { op: 'SmoothL1Loss', attributes: { beta: 0 }, ...difference(Math.abs, Math.sign), at: ERRORS },
  {
    op: 'BinaryCrossEntropy',
    loss: (p, t) => -(t * clamped(p) + (1 - t) * clamped(1 - p)),
    dx: (p, t) => (p - t) / Math.max(1e-12, p * (1 - p)),
    dt: (p) => clamped(1 - p) - clamped(p),
    at: PROBABILITIES,
  },
  {
    op: 'BinaryCrossEntropyWithLogits',
    loss: (x, t) => Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x))),
    dx: (x, t) => 1 / (1 + Math.exp(-x)) - t,
    dt: (x) => -x,
    at: SIDES.map(([x, t]) => [20 * x, (t + 1) / 2] as const),
  },
  {
    op: 'KLDivergence',
    loss: (x, t) => (t === 0 ? 0 : t * Math.log(t)) - t * x,
    dx: (_, t) => -t,
    dt: (x, t) => (t === 0 ? 0 : Math.log(t) + 1) - x,
    at: RATES.map(([x, t]) => [-x, t / 7] as const),
  },
  {
    op: 'KLDivergence',
    attributes: { log_target: true },
    loss: (x, t) => Math.exp(t) * (t - x),
    dx: (_, t) => -Math.exp(t),
    dt: (x, t) => Math.exp(t) * (t - x + 1),
    at: RATES.map(([x, t]) => [-x, -t / 2] as const),
  },
  {
    op: 'PoissonNLLLoss',
    loss: (x, t) => Math.exp(x) - t * x,
    dx: (x, t) => Math.exp(x) - t,
    dt: (x) => -x,
    at: RATES,
  },
  {
    op: 'PoissonNLLLoss',
    attributes: { log_input: false, full: true, eps: 0.5 },
    loss: (x, t) => x - t * Math.log(x + 0.5) + (t > 1 ? t * Math.log(t) - t + 0.5 * Math.log(2 * Math.PI * t) : 0),
    dx: (x, t) => 1 - t / (x + 0.5),
    dt: (x, t) => -Math.log(x + 0.5) + (t > 1 ? Math.log(t) + 0.5 / t : 0),
    at: RATES,
  },
  {
    op: 'HingeLoss',
    loss: (x, t) => Math.max(0, 1 - t * x),
    dx: (x, t) => (t * x < 1 ? -t : 0),
    dt: (x, t) => (t * x < 1 ? -x : 0),
    at: SIDES,
  },
  {
    op: 'HingeLoss',
    attributes: { squared: true, margin: 0.5 },
    loss: (x, t) => Math.max(0, 0.5 - t * x) ** 2,
    dx: (x, t) => -2 * t * Math.max(0, 0.5 - t * x),
    dt: (x, t) => -2 * x * Math.max(0, 0.5 - t * x),
    at: SIDES,
  },
];

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe.each(ELEMENTS.map((each) => [`${each.op} ${JSON.stringify(each.attributes ?? {})}`, each] as const))(
  '%s',
  (_, { op, attributes = {}, loss, dx, dt, at }) => {
    const batchmean = registry.get(op)?.attributes.reduction?.choices?.includes('batchmean') ? ['batchmean'] : [];
    test.each(['none', 'mean', 'sum', ...batchmean])('%s', async (reduction) => {
      const rows = reduction === 'batchmean' && at.length % 3 === 0 ? 3 : 1;
      const shape = [rows, at.length / rows];
      const inputs = [0, 1].map((which) =>
        f32(
          at.map((pair) => pair[which] ?? 0),
          shape,
        ),
      );
      const found = await evaluate(op, inputs, { ...attributes, reduction }, [0, 1]);
      const each = at.map(([x, t]) => loss(x, t));
      const count = { none: 1, sum: 1, mean: at.length, batchmean: rows }[reduction] ?? 1;
      expectNear(found.loss, reduction === 'none' ? each : [sum(each) / count], 'loss');
      const scaled = (slope: Pointwise) => at.map(([x, t]) => (SEED * slope(x, t)) / count);
      expectNear(found.slopes[0], scaled(dx), 'output');
      expectNear(found.slopes[1], scaled(dt), 'target');
    });
  },
);

const random = (phase: number, ...shape: number[]) =>
  tensorData(
    'float32',
    shape,
    scattered(
      shape.reduce((n, dim) => n * dim, 1),
      phase,
    ).map((x) => 2 * x),
  );

/** [N, K] scores as rows. */
const rowsOf = ({ shape, data }: TensorData) =>
  Array.from({ length: shape[0] ?? 0 }, (_, n) =>
    Array.from({ length: shape[1] ?? 0 }, (_, k) => Number(data[n * (shape[1] ?? 0) + k])),
  );

interface Classes {
  readonly labels: readonly number[];
  readonly weights: readonly number[] | null;
  readonly ignore?: number;
  readonly smoothing?: number;
  readonly reduction: string;
}

/** Losses of rows and their weights, as at::cross_entropy_loss and at::nll_loss have them, reduced. */
function classReference(
  logs: readonly number[][],
  { labels, weights, ignore = -100, smoothing = 0, reduction }: Classes,
) {
  const each = logs.map((row, n) => {
    const label = labels[n] ?? 0;
    if (label === ignore) return { loss: 0, weight: 0 };
    const weight = weights?.[label] ?? 1;
    const spread = sum(row.map((log, k) => -log * (weights?.[k] ?? 1))) / row.length;
    return { loss: (1 - smoothing) * -(row[label] ?? 0) * weight + smoothing * spread, weight };
  });
  if (reduction === 'none') return each.map(({ loss }) => loss);
  const total = sum(each.map(({ loss }) => loss));
  return [reduction === 'sum' ? total : total / sum(each.map(({ weight }) => weight))];
}

const logSoftmax = (row: readonly number[]) => {
  const total = Math.log(sum(row.map(Math.exp)));
  return row.map((x) => x - total);
};

/** Slopes of 1.5 times the sum of a loss by differences in double precision. */
function slopesOf(rows: readonly number[][], loss: (rows: readonly number[][]) => readonly number[]): number[] {
  return rows.flatMap((row, n) =>
    row.map((x, k) => {
      const moved = (by: number) => sum(loss(rows.with(n, row.with(k, x + by))));
      return (SEED * (moved(1e-4) - moved(-1e-4))) / 2e-4;
    }),
  );
}

const LABELS = [2, 0, -100, 1, 3, 2];
const WEIGHTS = [0.5, 2, 1.25, 0.75];
const scores = random(0.4, 6, 4);

const CLASS_CASES: readonly (readonly [string, Omit<Classes, 'reduction'>])[] = [
  ['ignores labels of -100', { labels: LABELS, weights: null }],
  ['ignores labels with weights', { labels: LABELS, weights: WEIGHTS }],
  ['ignores a class', { labels: LABELS.map((label) => Math.max(0, label)), weights: WEIGHTS, ignore: 2 }],
];
const SMOOTH_CASES: typeof CLASS_CASES = [
  ['smooths labels', { labels: LABELS, weights: null, smoothing: 0.3 }],
  ['smooths labels with weights', { labels: LABELS, weights: WEIGHTS, smoothing: 0.3 }],
  ['smooths all of the label', { labels: LABELS, weights: WEIGHTS, smoothing: 1 }],
];

describe.each(['none', 'mean', 'sum'])('classes, %s', (reduction) => {
  const inputs = ({ labels, weights }: Omit<Classes, 'reduction'>) => [scores, i32(labels), weights && f32(weights)];
  test.each([...CLASS_CASES, ...SMOOTH_CASES])('SoftmaxCrossEntropyLoss %s', async (_, given) => {
    const attributes = { reduction, label_smoothing: given.smoothing ?? 0, ignore_index: given.ignore ?? -100 };
    const found = await evaluate('SoftmaxCrossEntropyLoss', inputs(given), attributes, [0]);
    const loss = (rows: readonly number[][]) => classReference(rows.map(logSoftmax), { ...given, reduction });
    expectNear(found.loss, loss(rowsOf(scores)), 'loss');
    expectNear(found.slopes[0], slopesOf(rowsOf(scores), loss), 'slopes');
  });

  test.each(CLASS_CASES)('NegativeLogLikelihoodLoss %s', async (_, given) => {
    const attributes = { reduction, ignore_index: given.ignore ?? -100 };
    const found = await evaluate('NegativeLogLikelihoodLoss', inputs(given), attributes, [0]);
    const loss = (rows: readonly number[][]) => classReference(rows, { ...given, reduction });
    expectNear(found.loss, loss(rowsOf(scores)), 'loss');
    expectNear(found.slopes[0], slopesOf(rowsOf(scores), loss), 'slopes');
  });

  test.each([
    [false, null],
    [true, null],
    [true, WEIGHTS],
    [false, WEIGHTS],
  ])('MultiMarginLoss, squared %s, weights %o', async (squared, weights) => {
    const labels = LABELS.map((label) => Math.max(0, label));
    const given = [scores, i32(labels), weights && f32(weights)];
    const found = await evaluate('MultiMarginLoss', given, { reduction, squared, margin: 0.9 }, [0]);
    const loss = (rows: readonly number[][]) => {
      const each = rows.map((row, n) => {
        const label = labels[n] ?? 0;
        const short = row.map((x, k) => (k === label ? 0 : Math.max(0, 0.9 - (row[label] ?? 0) + x)));
        return (sum(short.map((z) => (squared ? z * z : z))) / row.length) * (weights?.[label] ?? 1);
      });
      if (reduction === 'none') return each;
      return [reduction === 'sum' ? sum(each) : sum(each) / each.length];
    };
    expectNear(found.loss, loss(rowsOf(scores)), 'loss');
    expectNear(found.slopes[0], slopesOf(rowsOf(scores), loss), 'slopes');
  });
});

test('an ignored row may hold anything', async () => {
  const logs = f32([Number.NEGATIVE_INFINITY, -1, -2, -3], [2, 2]);
  const { loss } = await evaluate('NegativeLogLikelihoodLoss', [logs, i32([-100, 0])], {}, []);
  expect(loss).toEqual([2]);
});

const cosine = (a: readonly number[], b: readonly number[]) =>
  sum(a.map((x, k) => x * (b[k] ?? 0))) / Math.sqrt(sum(a.map((x) => x * x)) * sum(b.map((x) => x * x)));

test('CosineSimilarity', async () => {
  const other = random(0.9, 6, 4);
  const found = await evaluate('CosineSimilarity', [scores, other], {}, [0, 1]);
  const [a, b] = [rowsOf(scores), rowsOf(other)];
  expectNear(
    found.loss,
    a.map((row, n) => cosine(row, b[n] ?? [])),
    'cosines',
  );
  expectNear(
    found.slopes[0],
    slopesOf(a, (rows) => rows.map((row, n) => cosine(row, b[n] ?? []))),
    'slopes',
  );
});

test.each(['none', 'mean', 'sum'])('CosineEmbeddingLoss, %s', async (reduction) => {
  const other = random(0.9, 6, 4);
  const targets = [1, -1, -1, 1, -1, 1];
  const found = await evaluate('CosineEmbeddingLoss', [scores, other, f32(targets)], { reduction, margin: 0.1 }, [0]);
  const loss = (rows: readonly number[][]) => {
    const each = rows.map((row, n) => {
      const near = cosine(row, rowsOf(other)[n] ?? []);
      return targets[n] === 1 ? 1 - near : Math.max(0, near - 0.1);
    });
    if (reduction === 'none') return each;
    return [reduction === 'sum' ? sum(each) : sum(each) / each.length];
  };
  expectNear(found.loss, loss(rowsOf(scores)), 'loss');
  expectNear(found.slopes[0], slopesOf(rowsOf(scores), loss), 'slopes');
});
