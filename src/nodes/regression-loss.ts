import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, type InferContext, type OpRecord } from '../compiler/op.ts';
import { f32, tex } from './common.ts';
import { defineElementLoss } from './element-loss.ts';

const meanSquaredError = defineElementLoss({
  name: 'MeanSquaredError',
  glyph: 'x²',
  aliases: ['mse', 'l2 loss', 'squared error', 'regression loss'],
  ports: ['prediction', 'target'],
  loss: (b, prediction, target) => {
    const error = b.sub(prediction, target);
    return b.mul(error, error);
  },
  slopes: [
    (b, prediction, target, scale) => b.mul(b.sub(prediction, target), b.mul(scale, b.like(scale, 2))),
    (b, prediction, target, scale) => b.mul(b.sub(prediction, target), b.mul(scale, b.like(scale, -2))),
  ],
  doc: {
    summary: 'The mean of squared differences.',
    formula: tex`y = \frac1n \sum_i (p_i - t_i)^2`,
    gradient: tex`\bar p = \frac{2\bar y}{n}(p - t),\quad \bar t = -\bar p`,
  },
  cases: [['f32[batch,3] f32[batch,3]'], ['f32[batch,3] f32[batch,3]', { reduction: 'none' }]],
  examples: [
    { inputs: [f32([1, 2, 3]), f32([1, 0, 6])], outputs: [f32([13 / 3], [])] },
    { attributes: { reduction: 'none' }, inputs: [f32([1, 2]), f32([1, 0])], outputs: [f32([0, 4])] },
  ],
});

type Difference = (b: Builder, error: Value) => Value;

/** The slopes of a loss of the difference, from the derivative of the loss. */
function differenceSlopes<A>(derivative: (attributes: A) => Difference) {
  const slope = (b: Builder, prediction: Value, target: Value, scale: Value, attributes: A) =>
    b.mul(derivative(attributes)(b, b.sub(prediction, target)), scale);
  return [
    slope,
    (b: Builder, prediction: Value, target: Value, scale: Value, attributes: A) =>
      slope(b, prediction, target, b.neg(scale), attributes),
  ] as const;
}

const sign: Difference = (b, error) => b.emit('Sign', [error]);
const within =
  (limit: number): Difference =>
  (b, error) =>
    b.emit('Clip', [error], { min: -limit, max: limit });

/** error²/2 up to the limit, from there on along the tangent: c (e - c/2) with the error limited to c. */
function bent(b: Builder, error: Value, limit: number): Value {
  const limited = within(limit)(b, error);
  return b.mul(limited, b.sub(error, b.mul(limited, b.like(error, 0.5))));
}

const meanAbsoluteError = defineElementLoss({
  name: 'MeanAbsoluteError',
  glyph: '|x|',
  aliases: ['mae', 'l1 loss', 'L1Loss', 'absolute error', 'regression loss'],
  ports: ['prediction', 'target'],
  loss: (b, prediction, target) => b.emit('Abs', [b.sub(prediction, target)]),
  slopes: differenceSlopes(() => sign),
  doc: {
    summary: 'The mean of absolute differences.',
    formula: tex`y = \frac1n \sum_i |p_i - t_i|`,
    gradient: tex`\bar p = \frac{\bar y}{n} \operatorname{sign}(p - t),\quad \bar t = -\bar p`,
    notes: 'The gradient where both are equal is 0.',
  },
  cases: [['f32[batch,3] f32[batch,3](2.2,5)'], ['f32[batch,3] f32[batch,3](-5,-2.2)', { reduction: 'none' }]],
  examples: [
    { inputs: [f32([1, 2, 3]), f32([1, 0, 6])], outputs: [f32([5 / 3], [])] },
    { attributes: { reduction: 'none' }, inputs: [f32([1, 2]), f32([1, 4])], outputs: [f32([0, 2])] },
  ],
});

const huberLoss = defineElementLoss({
  name: 'HuberLoss',
  glyph: '⌣',
  aliases: ['huber', 'robust loss', 'regression loss'],
  ports: ['prediction', 'target'],
  attributes: { delta: attr.float(1, 'Size of the difference from which on the loss is linear.', { min: 0 }) },
  check: ({ attributes: { delta }, fail }) => {
    if (delta > 0) return;
    fail('attribute/invalid', {
      title: `delta is ${delta}, but has to be above 0`,
      cause: 'The loss is quadratic up to delta, and has the slope delta from there on.',
      attribute: 'delta',
      fixes: [
        {
          label: 'Set delta to 1',
          safety: 'maybe',
          edit: { kind: 'set-attribute', attribute: 'delta', value: 1 },
        },
      ],
    });
  },
  loss: (b, prediction, target, { delta }) => bent(b, b.sub(prediction, target), delta),
  slopes: differenceSlopes(({ delta }: { readonly delta: number }) => within(delta)),
  doc: {
    summary: 'Squared differences while they are small, absolute ones where they are large.',
    formula: tex`\ell = \begin{cases} \frac12 e^2 & |e| \le \delta \\ \delta\,(|e| - \frac12 \delta) & |e| > \delta \end{cases},\quad e = p - t,\quad y = \frac1n \sum_i \ell_i`,
    gradient: tex`\bar p = \frac{\bar y}{n} \min(\max(e, -\delta), \delta),\quad \bar t = -\bar p`,
    notes: 'SmoothL1Loss is this divided by delta.',
  },
  cases: [
    ['f32[batch,3] f32[batch,3](2.2,5)', { delta: 0.26 }],
    ['f32[batch,3](-0.9,0.9) f32[batch,3](-0.9,0.9)', { delta: 3 }],
    ['f32[batch,3](0,0.5) f32[batch,3](2.1,2.5)', { reduction: 'none' }],
  ],
  examples: [
    { inputs: [f32([0, 0, 0]), f32([0.5, -3, 1])], outputs: [f32([3.125 / 3], [])] },
    {
      attributes: { reduction: 'none', delta: 2 },
      inputs: [f32([1, 5]), f32([0, 0])],
      outputs: [f32([0.5, 8])],
    },
  ],
});

const smooth = ({ beta }: { readonly beta: number }): Difference =>
  beta > 0 ? (b, error) => b.mul(within(beta)(b, error), b.like(error, 1 / beta)) : sign;

const smoothL1Loss = defineElementLoss({
  name: 'SmoothL1Loss',
  glyph: '⌣₁',
  aliases: ['smooth l1', 'huber', 'robust loss', 'regression loss'],
  ports: ['prediction', 'target'],
  attributes: {
    beta: attr.float(1, 'Size of the difference from which on the loss is linear; 0 is the absolute difference.', {
      min: 0,
    }),
  },
  check: ({ attributes: { beta }, fail }: InferContext<{ readonly beta: number }>) => {
    if (beta < 0)
      fail('attribute/invalid', {
        title: `beta is ${beta}, but cannot be below 0`,
        cause: 'It is the size of a difference.',
        attribute: 'beta',
      });
  },
  loss: (b, prediction, target, { beta }) => {
    const error = b.sub(prediction, target);
    return beta > 0 ? b.mul(bent(b, error, beta), b.like(error, 1 / beta)) : b.emit('Abs', [error]);
  },
  slopes: differenceSlopes(smooth),
  doc: {
    summary: 'Absolute differences, rounded off where they are small.',
    formula: tex`\ell = \begin{cases} \frac{e^2}{2\beta} & |e| \le \beta \\ |e| - \frac12 \beta & |e| > \beta \end{cases},\quad e = p - t,\quad y = \frac1n \sum_i \ell_i`,
    gradient: tex`\bar p = \frac{\bar y}{n} \min(\max(e / \beta, -1), 1),\quad \bar t = -\bar p`,
    notes: 'With beta 0 the gradient where both are equal is 0.',
  },
  cases: [
    ['f32[batch,3] f32[batch,3](2.2,5)', { beta: 0.26 }],
    ['f32[batch,3](-0.9,0.9) f32[batch,3](-0.9,0.9)', { beta: 3, reduction: 'sum' }],
    ['f32[batch,3] f32[batch,3](2.2,5)', { beta: 0 }],
  ],
  examples: [
    { inputs: [f32([0, 0, 0]), f32([0.5, -3, 1])], outputs: [f32([3.125 / 3], [])] },
    {
      attributes: { reduction: 'none', beta: 2 },
      inputs: [f32([1, 5]), f32([0, 0])],
      outputs: [f32([0.25, 4])],
    },
  ],
});

export const regressionLossOps: readonly OpRecord[] = [meanSquaredError, meanAbsoluteError, huberLoss, smoothL1Loss];
