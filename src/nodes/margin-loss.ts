/** Losses that are satisfied once scores are far enough apart. */
import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { tensor } from '../compiler/types.ts';
import {
  classPorts,
  inferClasses,
  labelled,
  labelScale,
  oneHot,
  pick,
  reduceLabels,
  reduction,
  weighLosses,
  weightsPort,
} from './class-labels.ts';
import { f32, i32, operand, tex } from './common.ts';
import { defineElementLoss } from './element-loss.ts';

/** margin - t y where that is positive, else 0. */
const missing = (b: Builder, score: Value, target: Value, margin: number) =>
  b.emit('Relu', [b.sub(b.like(score, margin), b.mul(score, target))]);

/** The derivative of what is missing, or of its square. */
function urge(
  b: Builder,
  score: Value,
  target: Value,
  { margin, squared }: { margin: number; squared: boolean },
): Value {
  const short = missing(b, score, target, margin);
  if (squared) return b.mul(short, b.like(short, 2));
  return b.cast(b.greater(short, b.like(short, 0)), 'float32');
}

const hingeLoss = defineElementLoss({
  name: 'HingeLoss',
  glyph: '\\_',
  aliases: ['hinge', 'svm loss', 'support vector machine', 'max margin', 'squared hinge'],
  ports: ['score', 'target'],
  attributes: {
    margin: attr.float(1, 'Score, on the side of the target, from which on there is no loss.'),
    squared: attr.flag(false, 'Squares the loss of each element.'),
  },
  loss: (b, score, target, { margin, squared }) => {
    const short = missing(b, score, target, margin);
    return squared ? b.mul(short, short) : short;
  },
  slopes: [
    (b, score, target, scale, attributes) => b.mul(b.mul(urge(b, score, target, attributes), target), b.neg(scale)),
    (b, score, target, scale, attributes) => b.mul(b.mul(urge(b, score, target, attributes), score), b.neg(scale)),
  ],
  doc: {
    summary: 'How far scores are from the side that targets of -1 and 1 name, and from the margin there.',
    formula: tex`y = \frac1n \sum_i \max(0, m - t_i x_i)`,
    gradient: tex`\bar x = -\frac{\bar y}{n}\, t\,[t x < m],\quad \bar t = -\frac{\bar y}{n}\, x\,[t x < m]`,
    notes: 'Targets are -1 and 1, not 0 and 1. The gradient at the margin itself is 0.',
  },
  cases: [
    ['f32[batch,3] f32[batch,3](1.1,1.4)', { margin: 3.3 }],
    ['f32[batch,3] f32[batch,3]', { squared: true, reduction: 'none', margin: 5 }],
    ['f32[batch,3](0.1,0.4) f32[batch,3](-1.4,-1.1)', { reduction: 'sum' }],
  ],
  examples: [
    { inputs: [f32([0.5, 2, -1, 1]), f32([1, 1, 1, -1])], outputs: [f32([4.5 / 4], [])] },
    {
      attributes: { reduction: 'none', squared: true },
      inputs: [f32([0.5, 2, -1]), f32([1, 1, 1])],
      outputs: [f32([0.25, 0, 4])],
    },
  ],
});

const marginPorts = [...classPorts('scores', 'Scores,'), weightsPort];

/** For other classes than the label's, how much of the margin is missing; [N, K, …] with 0 at the label. */
function shortfalls(b: Builder, scores: Value, labels: Value, hot: Value, margin: number): Value {
  const lead = b.sub(pick(b, scores, labels), scores);
  const short = b.emit('Relu', [b.sub(b.scalar(margin), lead)]);
  return b.mul(short, b.sub(b.scalar(1), hot));
}

const multiMarginLoss = defineOp({
  name: 'MultiMarginLoss',
  category: 'Loss',
  glyph: 'MM',
  aliases: ['multi_margin_loss', 'multi-class hinge', 'categorical hinge', 'svm loss', 'Crammer-Singer'],
  inputs: marginPorts,
  outputs: [{ name: 'loss', doc: 'f32[]; of the shape of the labels without reduction.' }],
  attributes: {
    reduction,
    margin: attr.float(1, 'Lead over every other score from which on there is no loss.'),
    squared: attr.flag(false, "Squares what is missing of each lead (PyTorch's p = 2)."),
  },
  infer: (ctx) => {
    const labels = inferClasses(ctx, marginPorts);
    return [tensor('float32', ctx.attributes.reduction === 'none' ? labels.shape : [])];
  },
  gradient: ({ b, x, g, attributes: { reduction, margin, squared } }) => {
    const scores = operand(x, 0);
    const toScores = () => {
      const known = labelled(b, operand(x, 1), x[2]);
      const hot = oneHot(b, known.labels, scores.type.shape);
      const short = shortfalls(b, scores, known.labels, hot, margin);
      const urges = squared ? b.mul(short, b.scalar(2)) : b.cast(b.greater(short, b.scalar(0)), 'float32');
      const unit = lossUnit(b, operand(g, 0), known, reduction, Number(scores.type.shape[1]));
      return b.mul(b.sub(urges, b.mul(hot, b.reduceSum(urges, [1], true))), unit);
    };
    return [toScores, ...x.slice(1).map(() => null)];
  },
  lower: ({ b, x, attributes: { reduction, margin, squared } }) => {
    const scores = operand(x, 0);
    const known = labelled(b, operand(x, 1), x[2]);
    const hot = oneHot(b, known.labels, scores.type.shape);
    const short = shortfalls(b, scores, known.labels, hot, margin);
    const losses = weighLosses(b, b.reduceMean(squared ? b.mul(short, short) : short, [1], true), known);
    return [reduceLabels(b, losses, { ...known, each: null }, reduction)];
  },
  doc: {
    summary: 'How far the scores of the labels are from leading all others by a margin.',
    formula: tex`\ell_n = \frac{w_{t_n}}{K} \sum_{k \ne t_n} \max(0, m - x_{n t_n} + x_{nk}),\quad y = \frac1N \sum_n \ell_n`,
    gradient: tex`\bar x_{nk} = \frac{\bar y\, w_{t_n}}{N K}\,[x_{n t_n} - x_{nk} < m],\quad \bar x_{n t_n} = -\sum_{k \ne t_n} \bar x_{nk}`,
    notes:
      "PyTorch's: sums over classes are divided by their number, and a weighted mean by the number of labels, not by their weights. The gradient at the margin itself is 0. Labels and weights receive no gradient.",
  },
  cases: [
    ['f32[batch,5](-0.4,0.4) i32[batch](0,4)', { margin: 1.3 }],
    ['f32[batch,5] i32[batch](0,4)', { squared: true, margin: 5, reduction: 'none' }],
    ['f32[batch,3,5] i32[batch,5](0,2)', { squared: true, margin: 5, reduction: 'sum' }],
  ],
  examples: [
    {
      inputs: [f32([0.5, 1, 2, 5, 0, 0], [2, 3]), i32([1, 0]), null],
      outputs: [f32([(0.5 + 2) / 3 / 2], [])],
    },
    {
      attributes: { reduction: 'none', squared: true },
      inputs: [f32([0, 1, 2, 1], [2, 2]), i32([0, 1]), f32([1, 3])],
      outputs: [f32([2, 6])],
    },
  ],
});

/** What a unit of each element's shortfall adds to the cost. */
function lossUnit(b: Builder, g: Value, known: ReturnType<typeof labelled>, how: string, classes: number): Value {
  const scale = b.div(labelScale(b, g, { ...known, each: null }, how), b.scalar(classes));
  return known.each ? b.mul(known.each, scale) : scale;
}

export const marginLossOps: readonly OpRecord[] = [hingeLoss, multiMarginLoss];
