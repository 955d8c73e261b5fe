import type { Builder } from '../compiler/builder.ts';
import { type Shape, sameShape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type OpRecord, type OpSpec } from '../compiler/op.ts';
import { printShape, tensor } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';

const attributes = {
  reduction: attr.choice(
    ['mean', 'sum', 'none'],
    'mean',
    'How the losses of all elements become one; none keeps them.',
  ),
};

interface ElementLossSpec
  extends Pick<OpSpec<typeof attributes>, 'name' | 'glyph' | 'aliases' | 'doc' | 'cases' | 'examples'> {
  readonly ports: readonly [output: string, target: string];
  readonly loss: (b: Builder, output: Value, target: Value) => Value;
  /** Gradients of the loss of one element, times `scale`. */
  readonly slopes: readonly [
    (b: Builder, output: Value, target: Value, scale: Value) => Value,
    (b: Builder, output: Value, target: Value, scale: Value) => Value,
  ];
}

function defineElementLoss({ ports, loss, slopes, ...rest }: ElementLossSpec): OpRecord {
  const inputs = [
    { name: ports[0], doc: 'What the model says; any shape.', dtypes: FLOAT },
    { name: ports[1], doc: 'What it should say, of the same shape.', dtypes: FLOAT },
  ];
  const text = (shape: Shape) => (shape.length === 0 ? 'a scalar' : printShape(shape));
  return defineOp<typeof attributes>({
    ...rest,
    category: 'Loss',
    inputs,
    outputs: [{ name: 'loss', doc: 'f32[]; of the shape of the inputs without reduction.' }],
    attributes,
    infer: (ctx) => {
      const [output = [], target = []] = checkDtypes(ctx, inputs).map((type) => type.shape);
      if (!sameShape(output, target)) {
        const axis = output.findIndex((dim, at) => dim !== target[at]);
        ctx.fail('shape/mismatch', {
          title: `${ports[0]} is ${text(output)}, but ${ports[1]} is ${text(target)}`,
          cause: 'Both have to have the same shape: broadcasting them would compare every element with every other.',
          conflict:
            output.length === target.length
              ? [
                  [0, axis],
                  [1, axis],
                ]
              : [],
          fixes: [
            { port: ports[0], from: output, to: target },
            { port: ports[1], from: target, to: output },
          ].flatMap(({ port, from, to }) =>
            sizeOf(from) === sizeOf(to)
              ? [
                  {
                    label: `Reshape ${port} to ${printShape(to)}`,
                    safety: 'maybe' as const,
                    edit: { kind: 'insert-on-wire' as const, port, op: 'Reshape', attributes: { shape: to } },
                  },
                ]
              : [],
          ),
        });
      }
      return [tensor('float32', ctx.attributes.reduction === 'none' ? output : [])];
    },
    gradient: ({ b, x, g, attributes: { reduction } }) => {
      const [output, target, dy] = [operand(x, 0), operand(x, 1), operand(g, 0)];
      const scale = () => (reduction === 'mean' ? b.div(dy, b.dimSize(sizeOf(output.type.shape))) : dy);
      return slopes.map((slope) => () => slope(b, output, target, scale()));
    },
    lower: ({ b, x, attributes: { reduction } }) => {
      const losses = loss(b, operand(x, 0), operand(x, 1));
      if (reduction === 'none') return [losses];
      return [reduction === 'sum' ? b.reduceSum(losses, []) : b.reduceMean(losses, [])];
    },
  });
}

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

const binaryCrossEntropyWithLogits = defineElementLoss({
  name: 'BinaryCrossEntropyWithLogits',
  glyph: 'BC',
  aliases: ['bce', 'logistic loss', 'sigmoid cross entropy', 'binary crossentropy'],
  ports: ['logits', 'targets'],
  loss: (b, logits, targets) => b.sub(b.emit('Softplus', [logits]), b.mul(logits, targets)),
  slopes: [
    (b, logits, targets, scale) => b.mul(b.sub(b.emit('Sigmoid', [logits]), targets), scale),
    (b, logits, _, scale) => b.mul(logits, b.neg(scale)),
  ],
  doc: {
    summary: 'How improbable targets of 0 and 1 are by the probabilities that belong to the logits.',
    formula: tex`y = \frac1n \sum_i \log(1 + e^{x_i}) - x_i t_i`,
    gradient: tex`\bar x = \frac{\bar y}{n}\bigl(\sigma(x) - t\bigr),\quad \bar t = -\frac{\bar y}{n}\,x`,
    notes: 'Exact for large logits. Targets between 0 and 1 are probabilities.',
  },
  cases: [['f32[batch,3] f32[batch,3](0,1)'], ['f32[batch,3] f32[batch,3](0,1)', { reduction: 'sum' }]],
  examples: [
    { inputs: [f32([0, 100, -100]), f32([1, 1, 0])], outputs: [f32([Math.LN2 / 3], [])] },
    { attributes: { reduction: 'none' }, inputs: [f32([0, -100]), f32([1, 1])], outputs: [f32([Math.LN2, 100])] },
  ],
});

export const regressionLossOps: readonly OpRecord[] = [meanSquaredError, binaryCrossEntropyWithLogits];
