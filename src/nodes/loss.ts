import type { Builder } from '../compiler/builder.ts';
import { type Dim, type Shape, sameShape, sizeOf } from '../compiler/dims.ts';
import type { AttributeValue } from '../compiler/document.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type LocalFix, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { printShape, printType, type TensorData, type TensorType, tensor, tensorData } from '../compiler/types.ts';
import { firstIndexOf } from './axis.ts';
import { checkDtypes, FLOAT, f32, i32, operand, tex } from './common.ts';

const reduction = attr.choice(
  ['mean', 'sum', 'none'],
  'mean',
  'How the losses of all labels become one; none keeps them.',
);

function classPorts(scores: string, doc: string): readonly PortSpec[] {
  return [
    { name: scores, doc: `${doc} [N, K], or [N, K, …] with a label for every position.`, dtypes: FLOAT },
    { name: 'labels', doc: 'Class numbers 0 … K-1, of the shape of the scores without axis 1.', dtypes: ['int32'] },
  ];
}

const weightsPort: PortSpec = {
  name: 'weights',
  doc: 'A weight for each class, [K]; a weighted mean is divided by the sum of the weights of all labels.',
  dtypes: FLOAT,
  optional: true,
};

const insert = (label: string, safety: LocalFix['safety'], op: string, attributes: Record<string, AttributeValue>) =>
  ({ label, safety, edit: { kind: 'insert-on-wire', port: 'labels', op, attributes } }) satisfies LocalFix;

/** Labels as rows with a 1 at the class, of the shape of the scores: their class is where the 1 is. */
function checkOneHot(ctx: InferContext<unknown>, scores: Shape): void {
  const labels = ctx.inputs[1];
  if (!labels || labels.dtype === 'bool' || scores.length < 2 || !sameShape(scores, labels.shape)) return;
  ctx.fail(labels.dtype === 'int32' ? 'shape/rank' : 'type/dtype', {
    title: `${ctx.nameOf(1)} is ${printType(labels)}, rows as long as the scores, but labels are class numbers`,
    cause: 'A label is the number of a class, not a row with a 1 at the class.',
    port: 'labels',
    fixes: [insert('Take the class of each row: ArgMax', 'maybe', 'ArgMax', { axis: 1 })],
  });
}

/** Float labels are class numbers that were stored as such. */
function checkFloatLabels(ctx: InferContext<unknown>, wanted: Shape): void {
  const labels = ctx.inputs[1];
  if (labels?.dtype !== 'float32' || !sameShape(labels.shape, wanted)) return;
  ctx.fail('type/dtype', {
    title: `${ctx.nameOf(1)} is float32, but labels are class numbers, int32`,
    cause: 'Labels pick a score by its number. Nothing is converted silently.',
    port: 'labels',
    fixes: [insert('Cast to int32', 'safe', 'Cast', { to: 'int32' })],
  });
}

/** Checks scores [N, K, …] against labels [N, …] and weights [K]; returns the type of the labels. */
function inferClasses(ctx: InferContext<unknown>, ports: readonly PortSpec[]): TensorType {
  const given = ctx.inputs[0]?.shape ?? [];
  checkOneHot(ctx, given);
  checkFloatLabels(ctx, given.toSpliced(1, 1));
  const [scores, labels, weights] = checkDtypes(ctx, ports);
  if (!scores || !labels) throw new Error('Scores or labels are missing');
  const [shape, wanted] = [scores.shape, scores.shape.toSpliced(1, 1)];
  const [name, labelsName] = [ctx.nameOf(0), ctx.nameOf(1)];
  if (shape.length < 2) {
    ctx.fail('shape/rank', {
      title: `${name} is ${printShape(shape)}, but scores have at least two axes, [N, K]`,
      cause: 'There is a score for every class in each row. A single score a row is what binary losses take.',
      port: ports[0]?.name,
    });
  }
  if (labels.shape.length !== wanted.length) {
    const column = labels.shape.length === wanted.length + 1 && labels.shape.at(-1) === 1;
    const sameSize = sizeOf(labels.shape) === sizeOf(wanted);
    ctx.fail('shape/rank', {
      title: `${labelsName} is ${printShape(labels.shape)}, but labels for ${printShape(shape)} are ${printShape(wanted)}`,
      cause: 'There is one label for every row of scores: their shape is that of the scores without axis 1.',
      port: 'labels',
      fixes: column
        ? [insert('Squeeze labels', 'safe', 'Squeeze', { axes: [-1] })]
        : sameSize
          ? [insert(`Reshape labels to ${printShape(wanted)}`, 'maybe', 'Reshape', { shape: wanted })]
          : [],
    });
  }
  wanted.forEach((dim, axis) => {
    if (dim === labels.shape[axis]) return;
    ctx.fail('shape/mismatch', {
      title: `${name} ${printShape(shape)} and ${labelsName} ${printShape(labels.shape)}: ${dim} and ${labels.shape[axis]} differ`,
      cause: 'Every row of scores has one label.',
      conflict: [
        [0, axis === 0 ? 0 : axis + 1],
        [1, axis],
      ],
    });
  });
  const classes = shape[1];
  if (typeof classes !== 'number') {
    return ctx.fail('shape/symbolic', {
      title: `the number of classes, ${classes}, has to be a number`,
      port: ports[0]?.name,
    });
  }
  if (labels.bound !== undefined && labels.bound > classes) {
    ctx.fail('data/labels', {
      title: `${labelsName} goes up to ${labels.bound - 1}, but ${name} has ${classes} classes`,
      cause: `Labels below ${labels.bound} need ${labels.bound} scores a row.`,
      conflict: [[0, 1, labels.bound]],
    });
  }
  if (weights && (weights.shape.length !== 1 || weights.shape[0] !== classes)) {
    ctx.fail('shape/mismatch', {
      title: `${ctx.nameOf(2)} is ${printShape(weights.shape)}, but ${classes} classes need [${classes}]`,
      port: 'weights',
      conflict:
        weights.shape.length === 1
          ? [
              [0, 1],
              [2, 0],
            ]
          : [],
    });
  }
  return labels;
}

type Reduction = 'mean' | 'sum' | 'none';

/** The shape of labels with an axis of size 1 where the scores have the classes. */
function columnShape(labels: Value): Shape {
  return labels.type.shape.toSpliced(1, 0, 1);
}

/** The score of the class each label names, [N, 1, …]. */
function pick(b: Builder, scores: Value, labels: Value): Value {
  return b.emit('GatherElements', [scores, b.reshape(labels, columnShape(labels))], { axis: 1 });
}

/** The weight of each label's class, [N, 1, …]. */
function labelWeights(b: Builder, weights: Value, labels: Value): Value {
  return b.reshape(b.emit('Gather', [weights, labels], { axis: 0 }), columnShape(labels));
}

/** Losses [N, 1, …] to the output of the loss. */
function reduceLosses(b: Builder, losses: Value, labels: Value, weights: Value | null, how: Reduction): Value {
  const each = weights && labelWeights(b, weights, labels);
  const weighted = each ? b.mul(losses, each) : losses;
  if (how === 'none') return b.reshape(weighted, labels.type.shape);
  if (how === 'sum') return b.reduceSum(weighted, []);
  return each ? b.div(b.reduceSum(weighted, []), b.reduceSum(each, [])) : b.reduceMean(weighted, []);
}

/** What a unit of each label's loss adds to the cost: f32[], or [N, 1, …] where labels differ. */
function lossScale(b: Builder, g: Value, labels: Value, weights: Value | null, how: Reduction): Value {
  const each = weights && labelWeights(b, weights, labels);
  if (how === 'none') {
    const column = b.reshape(g, columnShape(labels));
    return each ? b.mul(column, each) : column;
  }
  if (how === 'sum') return each ? b.mul(each, g) : g;
  return each ? b.mul(each, b.div(g, b.reduceSum(each, []))) : b.div(g, b.dimSize(sizeOf(labels.type.shape)));
}

/** Identity matrices are kept so that equal constants of one function are one object, and merge. */
const identityMatrices = new Map<number, TensorData>();
const LARGEST_IDENTITY = 512;

function identityMatrix(size: number): TensorData {
  const known = identityMatrices.get(size);
  if (known) return known;
  const values = new Float32Array(size * size);
  for (let i = 0; i < size; i++) values[i * (size + 1)] = 1;
  const matrix = tensorData('float32', [size, size], values);
  identityMatrices.set(size, matrix);
  return matrix;
}

/** 1 at each label's class, else 0, of the shape of the scores. One kernel where rows of a small identity matrix do. */
function oneHot(b: Builder, labels: Value, scores: Shape): Value {
  const classes = Number(scores[1]);
  if (scores.length === 2 && classes <= LARGEST_IDENTITY) {
    return b.emit('Gather', [b.constant(identityMatrix(classes)), labels], { axis: 0 });
  }
  const numbers = b.reshape(
    b.iota(classes),
    scores.slice(1).map((_, axis): Dim => (axis === 0 ? classes : 1)),
  );
  return b.cast(b.equal(b.reshape(labels, columnShape(labels)), numbers), 'float32');
}

/** -1 names the class axis of matrices as drawn Softmax nodes do, so that both merge. */
const classAxis = (logits: Value): number => (logits.type.shape.length === 2 ? -1 : 1);

const softmaxPorts = [...classPorts('logits', 'Scores before Softmax,'), weightsPort];

const softmaxCrossEntropyLoss = defineOp({
  name: 'SoftmaxCrossEntropyLoss',
  category: 'Loss',
  glyph: 'CE',
  aliases: ['cross entropy', 'negative log likelihood', 'softmax loss', 'categorical crossentropy'],
  inputs: softmaxPorts,
  outputs: [{ name: 'loss', doc: 'f32[]; of the shape of the labels without reduction.' }],
  attributes: { reduction },
  infer: (ctx) => {
    const labels = inferClasses(ctx, softmaxPorts);
    return [tensor('float32', ctx.attributes.reduction === 'none' ? labels.shape : [])];
  },
  gradient: ({ b, x, g, attributes }) => {
    const [logits, labels] = [operand(x, 0), operand(x, 1)];
    const toLogits = () => {
      const p = b.emit('Softmax', [logits], { axis: classAxis(logits) });
      const scale = lossScale(b, operand(g, 0), labels, x[2] ?? null, attributes.reduction);
      return b.mul(b.sub(p, oneHot(b, labels, logits.type.shape)), scale);
    };
    return [toLogits, ...x.slice(1).map(() => null)];
  },
  // log Σ exp(x) = max x - log max p: the probabilities, which the gradient needs anyway, are all there is to compute, and
  // max p ≥ 1/K has an accurate logarithm.
  lower: ({ b, x, attributes }) => {
    const [logits, labels] = [operand(x, 0), operand(x, 1)];
    const p = b.emit('Softmax', [logits], { axis: classAxis(logits) });
    const behind = b.sub(b.reduceMax(logits, [1], true), pick(b, logits, labels));
    const losses = b.sub(behind, b.log(b.reduceMax(p, [1], true)));
    return [reduceLosses(b, losses, labels, x[2] ?? null, attributes.reduction)];
  },
  doc: {
    summary: 'How improbable the labels are by the probabilities that belong to the logits.',
    formula: tex`\ell_n = \log \sum_k e^{x_{nk}} - x_{n t_n},\quad y = \frac1N \sum_n \ell_n`,
    gradient: tex`\bar x_{nk} = \frac{\bar y}{N}\bigl(\operatorname{softmax}(x_n)_k - [k = t_n]\bigr)`,
    notes: 'Exact for large logits. Labels and weights receive no gradient.',
  },
  cases: [
    ['f32[batch,5] i32[batch](0,4)'],
    ['f32[batch,3,5] i32[batch,5](0,2)', { reduction: 'sum' }],
    ['f32[batch,5] i32[batch](0,4)', { reduction: 'none' }],
  ],
  examples: [
    { inputs: [f32([0, 0, 1000, 1000], [2, 2]), i32([0, 1]), null], outputs: [f32([Math.LN2], [])] },
    {
      attributes: { reduction: 'none' },
      inputs: [f32([0, 0, 0, Math.log(3)], [2, 2]), i32([0, 1]), f32([1, 2])],
      outputs: [f32([Math.LN2, 2 * Math.log(4 / 3)])],
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
  attributes: { reduction },
  infer: (ctx) => {
    const labels = inferClasses(ctx, likelihoodPorts);
    return [tensor('float32', ctx.attributes.reduction === 'none' ? labels.shape : [])];
  },
  gradient: ({ b, x, g, attributes }) => {
    const [scores, labels] = [operand(x, 0), operand(x, 1)];
    const toScores = () => {
      const scale = lossScale(b, operand(g, 0), labels, x[2] ?? null, attributes.reduction);
      return b.mul(oneHot(b, labels, scores.type.shape), b.neg(scale));
    };
    return [toScores, ...x.slice(1).map(() => null)];
  },
  lower: ({ b, x, attributes }) => {
    const [scores, labels] = [operand(x, 0), operand(x, 1)];
    return [reduceLosses(b, b.neg(pick(b, scores, labels)), labels, x[2] ?? null, attributes.reduction)];
  },
  doc: {
    summary: 'How improbable the labels are, from logarithms of probabilities.',
    formula: tex`\ell_n = -x_{n t_n},\quad y = \frac1N \sum_n \ell_n`,
    gradient: tex`\bar x_{nk} = -\frac{\bar y}{N}\,[k = t_n]`,
    notes: 'Labels and weights receive no gradient.',
  },
  cases: [
    ['f32[batch,5] i32[batch](0,4)'],
    ['f32[batch,3,5] i32[batch,5](0,2)', { reduction: 'sum' }],
    ['f32[batch,5] i32[batch](0,4)', { reduction: 'none' }],
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
