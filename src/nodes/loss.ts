import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { tensor } from '../compiler/types.ts';
import { firstIndexOf } from './axis.ts';
import {
  classColumn,
  classPorts,
  columnShape,
  ignoreIndex,
  inferClasses,
  type Labelled,
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

/** -1 names the class axis of matrices as drawn Softmax nodes do, so that both merge. */
const classAxis = (logits: Value): number => (logits.type.shape.length === 2 ? -1 : 1);

/** What probabilities should be, weighted, and the sum over classes, as PyTorch spreads labels. */
function smoothTarget(
  b: Builder,
  hot: Value,
  { ignored, each }: Labelled,
  weights: Value | null,
  spread: number,
): { readonly target: Value; readonly mass: Value } {
  const classes = Number(hot.type.shape[1]);
  const one = b.scalar(1);
  const kept = ignored ? b.where(ignored, b.scalar(0), one) : one;
  const sharp = b.mul(each ?? one, b.scalar(1 - spread));
  const total = weights ? b.reduceSum(weights, []) : b.scalar(classes);
  const part = b.mul(kept, b.scalar(spread / classes));
  const shared = weights ? b.mul(classColumn(b, weights, hot.type.shape), part) : part;
  return { target: b.add(b.mul(hot, sharp), shared), mass: b.add(sharp, b.mul(total, part)) };
}

const softmaxPorts = [...classPorts('logits', 'Scores before Softmax,'), weightsPort];

const softmaxCrossEntropyLoss = defineOp({
  name: 'SoftmaxCrossEntropyLoss',
  category: 'Loss',
  glyph: 'CE',
  aliases: ['cross entropy', 'negative log likelihood', 'softmax loss', 'categorical crossentropy'],
  inputs: softmaxPorts,
  outputs: [{ name: 'loss', doc: 'f32[]; of the shape of the labels without reduction.' }],
  attributes: {
    reduction,
    ignore_index: ignoreIndex,
    label_smoothing: attr.float(0, 'Part of each target that is spread over all classes.', { min: 0, max: 1 }),
  },
  infer: (ctx) => {
    const labels = inferClasses(ctx, softmaxPorts, ctx.attributes.ignore_index);
    return [tensor('float32', ctx.attributes.reduction === 'none' ? labels.shape : [])];
  },
  gradient: ({ b, x, g, attributes: { reduction, ignore_index, label_smoothing } }) => {
    const logits = operand(x, 0);
    const toLogits = () => {
      const p = b.emit('Softmax', [logits], { axis: classAxis(logits) });
      const known = labelled(b, operand(x, 1), x[2], ignore_index);
      const scale = labelScale(b, operand(g, 0), known, reduction);
      const hot = oneHot(b, known.labels, logits.type.shape);
      if (label_smoothing === 0) return b.mul(b.sub(p, hot), known.each ? b.mul(known.each, scale) : scale);
      const { target, mass } = smoothTarget(b, hot, known, x[2] ?? null, label_smoothing);
      return b.mul(b.sub(b.mul(p, mass), target), scale);
    };
    return [toLogits, ...x.slice(1).map(() => null)];
  },
  // log Σ exp(x) = max x - log max p: the probabilities, which the gradient needs anyway, are all there is to compute, and
  // max p ≥ 1/K has an accurate logarithm.
  lower: ({ b, x, attributes: { reduction, ignore_index, label_smoothing } }) => {
    const logits = operand(x, 0);
    const p = b.emit('Softmax', [logits], { axis: classAxis(logits) });
    const known = labelled(b, operand(x, 1), x[2], ignore_index);
    const top = b.reduceMax(logits, [1], true);
    const behind = b.sub(top, pick(b, logits, known.labels));
    const logOfTop = b.log(b.reduceMax(p, [1], true));
    const losses = weighLosses(b, b.sub(behind, logOfTop), known);
    if (label_smoothing === 0) return [reduceLabels(b, losses, known, reduction)];
    const all = b.sub(b.sub(top, logits), logOfTop);
    const weighted = x[2] ? b.mul(all, classColumn(b, x[2], logits.type.shape)) : all;
    const mean = b.reduceMean(weighted, [1], true);
    const spread = known.ignored ? b.where(known.ignored, b.scalar(0), mean) : mean;
    const smoothed = b.add(b.mul(losses, b.scalar(1 - label_smoothing)), b.mul(spread, b.scalar(label_smoothing)));
    return [reduceLabels(b, smoothed, known, reduction)];
  },
  doc: {
    summary: 'How improbable the labels are by the probabilities that belong to the logits.',
    formula: tex`\ell_n = \log \sum_k e^{x_{nk}} - x_{n t_n},\quad y = \frac1N \sum_n \ell_n`,
    gradient: tex`\bar x_{nk} = \frac{\bar y}{N}\bigl(\operatorname{softmax}(x_n)_k - [k = t_n]\bigr)`,
    notes:
      "Exact for large logits. Labels and weights receive no gradient. A mean is divided by the sum of the weights of the labels that count, and is no number where none does. label_smoothing is PyTorch's: each class has its part of the target times its weight.",
  },
  cases: [
    ['f32[batch,5] i32[batch](0,4)'],
    ['f32[batch,3,5] i32[batch,5](0,2)', { reduction: 'sum' }],
    ['f32[batch,5] i32[batch](0,4)', { reduction: 'none' }],
    ['f32[batch,3,5] i32[batch,5](0,2)', { ignore_index: 1, label_smoothing: 0.2 }],
    ['f32[batch,5] i32[batch](0,4)', { label_smoothing: 0.3, reduction: 'none' }],
  ],
  examples: [
    { inputs: [f32([0, 0, 1000, 1000], [2, 2]), i32([0, 1]), null], outputs: [f32([Math.LN2], [])] },
    {
      attributes: { reduction: 'none' },
      inputs: [f32([0, 0, 0, Math.log(3)], [2, 2]), i32([0, 1]), f32([1, 2])],
      outputs: [f32([Math.LN2, 2 * Math.log(4 / 3)])],
    },
    {
      attributes: { label_smoothing: 0.5 },
      inputs: [f32([0, 0, 0, Math.log(3)], [2, 2]), i32([-100, 1]), null],
      outputs: [f32([0.75 * Math.log(4 / 3) + 0.25 * Math.log(4)], [])],
    },
  ],
});

const likelihoodPorts = [
  ...classPorts('logProbabilities', 'Logarithms of probabilities, from LogSoftmax:'),
  weightsPort,
];

const negativeLogLikelihoodLoss = defineOp({
  name: 'NegativeLogLikelihoodLoss',
  category: 'Loss',
  glyph: 'NL',
  aliases: ['nll', 'nll loss'],
  inputs: likelihoodPorts,
  outputs: [{ name: 'loss', doc: 'f32[]; of the shape of the labels without reduction.' }],
  attributes: { reduction, ignore_index: ignoreIndex },
  infer: (ctx) => {
    const labels = inferClasses(ctx, likelihoodPorts, ctx.attributes.ignore_index);
    return [tensor('float32', ctx.attributes.reduction === 'none' ? labels.shape : [])];
  },
  gradient: ({ b, x, g, attributes: { reduction, ignore_index } }) => {
    const scores = operand(x, 0);
    const toScores = () => {
      const known = labelled(b, operand(x, 1), x[2], ignore_index);
      const scale = b.neg(labelScale(b, operand(g, 0), known, reduction));
      return b.mul(oneHot(b, known.labels, scores.type.shape), known.each ? b.mul(known.each, scale) : scale);
    };
    return [toScores, ...x.slice(1).map(() => null)];
  },
  lower: ({ b, x, attributes: { reduction, ignore_index } }) => {
    const known = labelled(b, operand(x, 1), x[2], ignore_index);
    const losses = weighLosses(b, b.neg(pick(b, operand(x, 0), known.labels)), known);
    return [reduceLabels(b, losses, known, reduction)];
  },
  doc: {
    summary: 'How improbable the labels are, from logarithms of probabilities.',
    formula: tex`\ell_n = -x_{n t_n},\quad y = \frac1N \sum_n \ell_n`,
    gradient: tex`\bar x_{nk} = -\frac{\bar y}{N}\,[k = t_n]`,
    notes:
      'Labels and weights receive no gradient. A mean is divided by the sum of the weights of the labels that count.',
  },
  cases: [
    ['f32[batch,5] i32[batch](0,4)'],
    ['f32[batch,3,5] i32[batch,5](0,2)', { reduction: 'sum' }],
    ['f32[batch,5] i32[batch](0,4)', { reduction: 'none' }],
    ['f32[batch,3,5] i32[batch,5](0,2)', { ignore_index: 2 }],
  ],
  examples: [{ inputs: [f32([-0.5, -1, -2, -0.25], [2, 2]), i32([0, 1]), null], outputs: [f32([0.375], [])] }],
});

const accuracyPorts = classPorts('logits', 'Scores, or probabilities,');

const accuracy = defineOp({
  name: 'Accuracy',
  category: 'Loss',
  glyph: '✓',
  aliases: ['zero-one error', 'precision', 'hits'],
  inputs: accuracyPorts,
  outputs: [{ name: 'accuracy', doc: 'f32[], 0 … 1.' }],
  attributes: {},
  infer: (ctx) => {
    inferClasses(ctx, accuracyPorts);
    return [tensor('float32', [])];
  },
  gradient: { none: 'zero', reason: 'It counts hits: it is flat wherever it has a derivative.' },
  lower: ({ b, x }) => {
    const [logits, labels] = [operand(x, 0), operand(x, 1)];
    const predicted = firstIndexOf(b, logits, b.reduceMax(logits, [1], true), 1);
    const hits = b.equal(predicted, b.reshape(labels, columnShape(labels)));
    return [b.reduceMean(b.cast(hits, 'float32'), [])];
  },
  doc: {
    summary: 'The fraction of labels that have the largest score.',
    formula: tex`y = \frac1N \sum_n \bigl[\operatorname{arg\,max}_k x_{nk} = t_n\bigr]`,
    gradient: tex`\bar x = 0`,
    notes: 'Where scores tie, the first class counts.',
  },
  cases: [['f32[batch,5] i32[batch](0,4)']],
  examples: [{ inputs: [f32([0, 1, 2, 0, 1, 1, 5, 9], [4, 2]), i32([1, 0, 1, 0])], outputs: [f32([0.5], [])] }],
});

export const lossOps: readonly OpRecord[] = [softmaxCrossEntropyLoss, negativeLogLikelihoodLoss, accuracy];
