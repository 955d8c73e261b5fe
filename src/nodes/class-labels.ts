/** Scores of classes and the labels that name one: what losses and metrics of classes share. */
import type { Builder } from '../compiler/builder.ts';
import { type Dim, type Shape, sameShape, sizeOf } from '../compiler/dims.ts';
import type { AttributeValue } from '../compiler/document.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, type InferContext, type LocalFix, type PortSpec } from '../compiler/op.ts';
import { printShape, printType, type TensorData, type TensorType, tensorData } from '../compiler/types.ts';
import { checkDtypes, FLOAT } from './common.ts';

export const reduction = attr.choice(
  ['mean', 'sum', 'none'],
  'mean',
  'How the losses of all labels become one; none keeps them.',
);

export const ignoreIndex = attr.int(
  -100,
  'Labels of this number do not count: their loss is 0, and a mean is one of the others.',
);

export function classPorts(scores: string, doc: string): readonly PortSpec[] {
  return [
    { name: scores, doc: `${doc} [N, K], or [N, K, …] with a label for every position.`, dtypes: FLOAT },
    { name: 'labels', doc: 'Class numbers 0 … K-1, of the shape of the scores without axis 1.', dtypes: ['int32'] },
  ];
}

export const weightsPort: PortSpec = {
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
export function inferClasses(ctx: InferContext<unknown>, ports: readonly PortSpec[], ignore?: number): TensorType {
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
  const ignoresLast = labels.bound !== undefined && labels.bound - 1 === ignore;
  if (labels.bound !== undefined && labels.bound - (ignoresLast ? 1 : 0) > classes) {
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

/** The shape of labels with an axis of size 1 where the scores have the classes. */
export function columnShape(labels: Value): Shape {
  return labels.type.shape.toSpliced(1, 0, 1);
}

/** The score of the class each label names, [N, 1, …]. */
export function pick(b: Builder, scores: Value, labels: Value): Value {
  return b.emit('GatherElements', [scores, b.reshape(labels, columnShape(labels))], { axis: 1 });
}

/** Weights of classes [K] in a shape that broadcasts to that of the scores. */
export function classColumn(b: Builder, weights: Value, scores: Shape): Value {
  return b.reshape(weights, [weights.type.shape[0] ?? 1, ...scores.slice(2).map(() => 1)]);
}

/** Labels with what they count for. */
export interface Labelled {
  /** Class numbers, also where labels are ignored. */
  readonly labels: Value;
  /** True where a label is ignored, [N, 1, …]; null where all count. */
  readonly ignored: Value | null;
  /** 0 where a label is ignored, else the weight of its class, [N, 1, …]; null where all are 1. */
  readonly each: Value | null;
}

export function labelled(b: Builder, given: Value, weights: Value | null | undefined, ignore?: number): Labelled {
  const column = (value: Value) => b.reshape(value, columnShape(given));
  // Numbers with a bound are not negative.
  const never = ignore === undefined || (ignore < 0 && given.type.bound !== undefined);
  const mask = never ? null : b.equal(given, b.like(given, ignore));
  const labels = mask ? b.where(mask, b.like(given, 0), given) : given;
  const weight = weights ? column(b.emit('Gather', [weights, labels], { axis: 0 })) : null;
  const ignored = mask && column(mask);
  const each = ignored ? b.where(ignored, b.scalar(0), weight ?? b.scalar(1)) : weight;
  return { labels, ignored, each };
}

/** Losses [N, 1, …], weighted already, to the output of the loss. */
export function reduceLabels(b: Builder, losses: Value, { labels, each }: Labelled, how: string): Value {
  if (how === 'none') return b.reshape(losses, labels.type.shape);
  if (how === 'sum') return b.reduceSum(losses, []);
  return each ? b.div(b.reduceSum(losses, []), b.reduceSum(each, [])) : b.reduceMean(losses, []);
}

/** The losses weighted by what their labels count for; ignored ones are 0, whatever they were. */
export function weighLosses(b: Builder, losses: Value, { ignored, each }: Labelled): Value {
  const weighted = each ? b.mul(losses, each) : losses;
  return ignored ? b.where(ignored, b.scalar(0), weighted) : weighted;
}

/** What a unit of each label's weighted loss adds to the cost: f32[], or [N, 1, …] without reduction. */
export function labelScale(b: Builder, g: Value, { labels, each }: Labelled, how: string): Value {
  if (how === 'none') return b.reshape(g, columnShape(labels));
  if (how === 'sum') return g;
  return each ? b.div(g, b.reduceSum(each, [])) : b.div(g, b.dimSize(sizeOf(labels.type.shape)));
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
export function oneHot(b: Builder, labels: Value, scores: Shape): Value {
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
