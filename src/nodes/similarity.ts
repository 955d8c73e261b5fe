import type { Builder } from '../compiler/builder.ts';
import { sameShape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType, tensor } from '../compiler/types.ts';
import { broadcastInputs, checkAxis, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { reduceLosses, reduction } from './element-loss.ts';

const vectorPorts: readonly PortSpec[] = [
  { name: 'a', doc: 'Vectors along an axis.', dtypes: FLOAT },
  { name: 'b', doc: 'Other vectors; both broadcast.', dtypes: FLOAT },
];

/** Vectors over their lengths, of which none is taken to be below `eps`. */
function normalized(b: Builder, x: Value, axis: number, eps: number): Value {
  const length = b.emit('ReduceL2', [x], { axes: [axis], keepdims: true });
  return b.div(x, b.emit('Clip', [length], { min: eps }));
}

const cosineSimilarity = defineOp({
  name: 'CosineSimilarity',
  category: 'Linear',
  glyph: '∠',
  aliases: ['cosine_similarity', 'cosine', 'angle', 'normalized dot product'],
  inputs: vectorPorts,
  outputs: [{ name: 'y', doc: 'The shape a and b broadcast to, without the axis; -1 … 1.' }],
  attributes: {
    axis: attr.int(-1, 'The axis along which vectors lie; negative axes count from the end. (1 in PyTorch.)'),
    eps: attr.float(1e-8, 'The least length a vector is divided by.', { min: 0 }),
  },
  infer: (ctx) => {
    checkDtypes(ctx, vectorPorts);
    const shape = broadcastInputs(ctx, vectorPorts);
    return [tensor('float32', shape.toSpliced(checkAxis(ctx, 'axis', ctx.attributes.axis, shape), 1))];
  },
  gradient: 'expansion',
  lower: ({ b, x, attributes: { axis, eps } }) => {
    const given = [operand(x, 0), operand(x, 1)] as const;
    const shape = b.broadcastShape(...given);
    const at = normalizeAxis(axis, shape.length);
    const [left, right] = given.map((value) => {
      // A side without the axis, or with one element there, has the same number in all elements of a vector.
      const rank = value.type.shape.length;
      const own = at - shape.length + rank;
      const whole = own >= 0 && value.type.shape[own] === shape[at];
      return whole ? normalized(b, value, own, eps) : normalized(b, b.expand(value, shape), at, eps);
    }) as [Value, Value];
    return [b.reduceSum(b.mul(left, right), [at])];
  },
  doc: {
    summary: 'The cosine of the angle between vectors.',
    formula: tex`y = \frac{a \cdot b}{\max(\lVert a \rVert, \varepsilon)\, \max(\lVert b \rVert, \varepsilon)}`,
    gradient: tex`\bar a = \frac{\bar y}{\lVert a \rVert} \Bigl(\frac{b}{\lVert b \rVert} - y\, \frac{a}{\lVert a \rVert}\Bigr)`,
    notes:
      "Vectors of length 0 have cosine 0, and PyTorch's gradient there: the other vector over its length and over eps.",
  },
  cases: [
    ['f32[batch,5] f32[batch,5]'],
    ['f32[batch,3,5] f32[3,1]', { axis: 1 }],
    ['f32[5] f32[batch,3,5]', { axis: 0, eps: 0.01 }],
  ],
  examples: [
    { inputs: [f32([3, 4, 1, 0], [2, 2]), f32([4, 3, 0, 2], [2, 2])], outputs: [f32([0.96, 0])] },
    {
      attributes: { axis: 0 },
      inputs: [f32([1, 0, 1, 0], [2, 2]), f32([1, 1], [2, 1])],
      outputs: [f32([1, 0])],
    },
  ],
});

const pairPorts: readonly PortSpec[] = [
  { name: 'a', doc: 'Vectors along the last axis.', dtypes: FLOAT },
  { name: 'b', doc: 'Other vectors, of the same shape.', dtypes: FLOAT },
  { name: 'target', doc: '1 for pairs that belong together, else -1; the shape without the last axis.', dtypes: FLOAT },
];

interface PairAttributes {
  readonly reduction: string;
  readonly margin: number;
}

function inferPairs(ctx: InferContext<PairAttributes>): readonly TensorType[] {
  const [a = [], b = [], target = []] = checkDtypes(ctx, pairPorts).map((type) => type.shape);
  if (a.length === 0) {
    ctx.fail('shape/rank', {
      title: `${ctx.nameOf(0)} is a scalar, not a vector`,
      cause: 'Vectors lie along the last axis.',
      port: 'a',
    });
  }
  if (!sameShape(a, b)) {
    const axis = a.findIndex((dim, at) => dim !== b[at]);
    ctx.fail('shape/mismatch', {
      title: `${ctx.nameOf(0)} is ${printShape(a)}, but ${ctx.nameOf(1)} is ${printShape(b)}`,
      cause: 'Every vector is compared with the one at its place in the other input.',
      conflict:
        a.length === b.length
          ? [
              [0, axis],
              [1, axis],
            ]
          : [],
    });
  }
  const pairs = a.slice(0, -1);
  if (!sameShape(pairs, target)) {
    const axis = pairs.findIndex((dim, at) => dim !== target[at]);
    const column = target.length === a.length && target.at(-1) === 1;
    const edit = { kind: 'insert-on-wire', port: 'target', op: 'Squeeze', attributes: { axes: [-1] } } as const;
    ctx.fail('shape/mismatch', {
      title: `${ctx.nameOf(2)} is ${printShape(target)}, but pairs of vectors are ${printShape(pairs)}`,
      cause: `There is a target for every pair; vectors lie along the last axis of ${printShape(a)}.`,
      port: 'target',
      conflict:
        pairs.length === target.length
          ? [
              [0, axis],
              [2, axis],
            ]
          : [],
      fixes: column ? [{ label: `Squeeze ${ctx.nameOf(2)}`, safety: 'safe', edit }] : [],
    });
  }
  const { margin } = ctx.attributes;
  if (margin < -1 || margin > 1) {
    ctx.fail('attribute/invalid', {
      title: `margin is ${margin}, but cosines lie in -1 … 1`,
      cause: 'It is the cosine from which on vectors that do not belong together are too close.',
      attribute: 'margin',
    });
  }
  return [tensor('float32', ctx.attributes.reduction === 'none' ? pairs : [])];
}

const cosineEmbeddingLoss = defineOp({
  name: 'CosineEmbeddingLoss',
  category: 'Loss',
  glyph: '∠ℓ',
  aliases: ['cosine_embedding_loss', 'contrastive', 'siamese', 'similarity loss'],
  inputs: pairPorts,
  outputs: [{ name: 'loss', doc: 'f32[]; of the shape of the target without reduction.' }],
  attributes: {
    reduction,
    margin: attr.float(0, 'Cosine from which on vectors that do not belong together are too close.', {
      min: -1,
      max: 1,
    }),
  },
  infer: inferPairs,
  gradient: 'expansion',
  lower: ({ b, x, attributes: { reduction, margin } }) => {
    const cosine = b.emit('CosineSimilarity', [operand(x, 0), operand(x, 1)], { axis: -1 });
    const apart = b.emit('Clip', [b.sub(cosine, b.like(cosine, margin))], { min: 0 });
    const together = b.sub(b.like(cosine, 1), cosine);
    const target = operand(x, 2);
    const losses = b.where(b.greater(target, b.like(target, 0)), together, apart);
    return [reduceLosses(b, losses, reduction)];
  },
  doc: {
    summary: 'Brings pairs of vectors together or apart, as targets of 1 and -1 say.',
    formula: tex`\ell = \begin{cases} 1 - \cos(a, b) & t = 1 \\ \max(0, \cos(a, b) - m) & t = -1 \end{cases},\quad y = \frac1N \sum_n \ell_n`,
    gradient: tex`\frac{\partial \ell}{\partial \cos} = \begin{cases} -1 & t = 1 \\ [\cos \ge m] & t = -1 \end{cases}`,
    notes: 'At the margin itself the gradient passes, as in PyTorch. Targets receive no gradient.',
  },
  cases: [
    ['f32[batch,5] f32[batch,5] f32[batch]'],
    ['f32[batch,3,5](0.2,2) f32[batch,3,5](0.2,2) f32[batch,3](-1.4,-1.1)', { margin: -0.3, reduction: 'none' }],
    ['f32[5] f32[5] f32[](1.1,1.4)', { reduction: 'sum' }],
  ],
  examples: [
    {
      inputs: [f32([3, 4, 3, 4], [2, 2]), f32([4, 3, 4, 3], [2, 2]), f32([1, -1])],
      outputs: [f32([0.5], [])],
    },
    {
      attributes: { reduction: 'none', margin: 0.5 },
      inputs: [f32([3, 4, 1, 0], [2, 2]), f32([4, 3, 0, 1], [2, 2]), f32([-1, -1])],
      outputs: [f32([0.46, 0])],
    },
  ],
});

export const similarityOps: readonly OpRecord[] = [cosineSimilarity, cosineEmbeddingLoss];
