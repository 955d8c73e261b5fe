/** Losses that compare what a model says with what it should say, element by element. */
import type { Builder } from '../compiler/builder.ts';
import { type Shape, sameShape, sizeOf } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import {
  type AttributeSpecs,
  type AttributesOf,
  attr,
  defineOp,
  type InferContext,
  type OpExample,
  type OpRecord,
  type OpSpec,
  type PortSpec,
} from '../compiler/op.ts';
import { printShape, tensor } from '../compiler/types.ts';
import { checkDtypes, FLOAT, operand } from './common.ts';

const REDUCTION_DOC = 'How the losses of all elements become one; none keeps them.';
export const reduction = attr.choice(['mean', 'sum', 'none'], 'mean', REDUCTION_DOC);
const batchReduction = attr.choice(
  ['mean', 'batchmean', 'sum', 'none'],
  'mean',
  `${REDUCTION_DOC} batchmean divides the sum by the size of axis 0, mean by the number of elements.`,
);

type Slope<A> = (b: Builder, output: Value, target: Value, scale: Value, attributes: A) => Value;

interface ElementLossSpec<S extends AttributeSpecs>
  extends Pick<OpSpec<S>, 'name' | 'glyph' | 'aliases' | 'doc' | 'cases'> {
  readonly examples: readonly OpExample<AttributesOf<S> & { readonly reduction: string }>[];
  readonly ports: readonly [output: string, target: string];
  /** Besides the reduction. */
  readonly attributes?: S;
  /** What is wrong with the attributes. */
  readonly check?: (ctx: InferContext<AttributesOf<S>>) => void;
  /** Reduces to the mean of a batch of sums, too. */
  readonly batchmean?: true;
  readonly loss: (b: Builder, output: Value, target: Value, attributes: AttributesOf<S>) => Value;
  /** Gradients of the loss of one element, times `scale`. */
  readonly slopes: readonly [output: Slope<AttributesOf<S>>, target: Slope<AttributesOf<S>>];
}

function checkShapes(ctx: InferContext<{ readonly reduction: string }>, ports: readonly PortSpec[]): Shape {
  const [output = [], target = []] = checkDtypes(ctx, ports).map((type) => type.shape);
  const [outputPort = '', targetPort = ''] = ports.map(({ name }) => name);
  const text = (shape: Shape) => (shape.length === 0 ? 'a scalar' : printShape(shape));
  if (!sameShape(output, target)) {
    const axis = output.findIndex((dim, at) => dim !== target[at]);
    ctx.fail('shape/mismatch', {
      title: `${outputPort} is ${text(output)}, but ${targetPort} is ${text(target)}`,
      cause: 'Both have to have the same shape: broadcasting them would compare every element with every other.',
      conflict:
        output.length === target.length
          ? [
              [0, axis],
              [1, axis],
            ]
          : [],
      fixes: [
        { port: outputPort, from: output, to: target },
        { port: targetPort, from: target, to: output },
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
  if (ctx.attributes.reduction === 'batchmean' && output.length === 0) {
    const edit = { kind: 'set-attribute', attribute: 'reduction', value: 'mean' } as const;
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(0)} is a scalar, and has no batch to take the mean of`,
      cause: 'batchmean divides by the size of axis 0.',
      attribute: 'reduction',
      fixes: [{ label: 'Set reduction to mean', safety: 'safe', edit }],
    });
  }
  return output;
}

/** The losses of all elements, of one shape, to the output of the loss. */
export function reduceLosses(b: Builder, losses: Value, how: string): Value {
  if (how === 'none') return losses;
  if (how === 'mean') return b.reduceMean(losses, []);
  const sum = b.reduceSum(losses, []);
  return how === 'batchmean' ? b.div(sum, b.dimSize(losses.type.shape[0] ?? 1)) : sum;
}

/** What a unit of each element's loss adds to the cost; `shape` is that of the losses. */
export function lossScale(b: Builder, g: Value, shape: Shape, how: string): Value {
  if (how === 'mean') return b.div(g, b.dimSize(sizeOf(shape)));
  return how === 'batchmean' ? b.div(g, b.dimSize(shape[0] ?? 1)) : g;
}

export function defineElementLoss<const S extends AttributeSpecs>(spec: ElementLossSpec<S>): OpRecord {
  const { ports, attributes: further, check, batchmean, loss, slopes, ...rest } = spec;
  const inputs = [
    { name: ports[0], doc: 'What the model says; any shape.', dtypes: FLOAT },
    { name: ports[1], doc: 'What it should say, of the same shape.', dtypes: FLOAT },
  ];
  const own = (attributes: unknown) => attributes as AttributesOf<S>;
  const attributes = { reduction: batchmean ? batchReduction : reduction };
  return defineOp<typeof attributes>({
    ...(rest as Pick<OpSpec<typeof attributes>, 'name' | 'glyph' | 'aliases' | 'doc' | 'cases' | 'examples'>),
    category: 'Loss',
    inputs,
    outputs: [{ name: 'loss', doc: 'f32[]; of the shape of the inputs without reduction.' }],
    attributes: { ...attributes, ...further },
    infer: (ctx) => {
      const shape = checkShapes(ctx, inputs);
      check?.(ctx as unknown as InferContext<AttributesOf<S>>);
      return [tensor('float32', ctx.attributes.reduction === 'none' ? shape : [])];
    },
    gradient: ({ b, x, g, attributes: given }) => {
      const [output, target] = [operand(x, 0), operand(x, 1)];
      const scale = () => lossScale(b, operand(g, 0), output.type.shape, given.reduction);
      return slopes.map((slope) => () => slope(b, output, target, scale(), own(given)));
    },
    lower: ({ b, x, attributes: given }) => [
      reduceLosses(b, loss(b, operand(x, 0), operand(x, 1), own(given)), given.reduction),
    ],
  });
}
