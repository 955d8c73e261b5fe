import type { Builder } from '../compiler/builder.ts';
import { type Dim, divideDims, multiplyDims, type Shape, sameShape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type LocalFix, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { broadcastShapes, printShape, type TensorType, tensor } from '../compiler/types.ts';
import { bools, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';

const ports: readonly PortSpec[] = [
  { name: 'q', doc: 'Queries [batch, heads, queries, size], or [batch, queries, heads*size].', dtypes: FLOAT },
  { name: 'k', doc: 'Keys [batch, heads, keys, size], or [batch, keys, heads*size].', dtypes: FLOAT },
  { name: 'v', doc: 'Values [batch, heads, keys, n], or [batch, keys, heads*n].', dtypes: FLOAT },
  {
    name: 'attn_mask',
    doc: 'Broadcasts to [batch, heads, queries, keys]: added to the scores, or true where a key is seen.',
    dtypes: ['float32', 'bool'],
    optional: true,
  },
];

interface Attributes {
  readonly q_num_heads: number;
  readonly kv_num_heads: number;
  readonly is_causal: boolean;
  readonly scale: number;
  readonly softcap: number;
}

/** Sizes of queries, keys and values once heads have an axis of their own. */
interface Sizes {
  readonly batch: Dim;
  readonly queries: Dim;
  readonly keys: Dim;
  readonly heads: number;
  readonly keyHeads: number;
  /** Elements of a query and of a key. */
  readonly size: number;
  /** Elements of a value. */
  readonly width: number;
}

/** The shape with an axis of heads, [batch, heads, rows, size]; null where it does not divide into heads. */
function withHeads(shape: Shape, heads: number): readonly [Dim, Dim, Dim, Dim] | null {
  const [first = 1, second = 1, third = 1, fourth] = shape;
  if (fourth !== undefined) return [first, second, third, fourth];
  const size = divideDims(third, heads);
  return size === null ? null : [first, heads, second, size];
}

const headCounts = ({ q_num_heads, kv_num_heads }: Attributes) =>
  [q_num_heads, kv_num_heads || q_num_heads, kv_num_heads || q_num_heads] as const;

function sizesOf(shapes: readonly Shape[], attributes: Attributes): Sizes {
  const counts = headCounts(attributes);
  const [q, k, v] = shapes.map((shape, at) => withHeads(shape, counts[at] ?? 1) ?? shape);
  if (!q || !k || !v) throw new Error('Attention without operands');
  return {
    batch: q[0] ?? 1,
    queries: q[2] ?? 1,
    keys: k[2] ?? 1,
    heads: Number(q[1]),
    keyHeads: Number(k[1]),
    size: Number(q[3]),
    width: Number(v[3]),
  };
}

type Context = InferContext<Attributes>;

/** Checks that all have the same number of axes, and whole heads. */
function checkHeads({ inputs, attributes, nameOf, fail }: Context): void {
  const counts = headCounts(attributes);
  const rank = inputs[0]?.shape.length;
  for (const at of [0, 1, 2]) {
    const shape = inputs[at]?.shape ?? [];
    const port = ports[at]?.name ?? '';
    if (shape.length !== 3 && shape.length !== 4) {
      const edit = { kind: 'insert-on-wire', port, op: 'Unsqueeze', attributes: { axes: [0] } } as const;
      fail('shape/rank', {
        title: `${nameOf(at)} is ${printShape(shape)}, but ${port} is [batch, heads, rows, size], or [batch, rows, heads*size]`,
        cause: 'There are rows of queries, keys and values for each element of a batch.',
        port,
        fixes:
          shape.length === 2
            ? [{ label: `Unsqueeze ${port} to ${printShape([1, ...shape])}`, safety: 'maybe', edit }]
            : [],
      });
    }
    if (shape.length !== rank) {
      fail('shape/rank', {
        title: `${nameOf(0)} has ${rank} axes, but ${nameOf(at)} has ${shape.length}`,
        cause: 'Queries, keys and values either all have an axis of heads, or none of them has.',
        port,
      });
    }
    const count = counts[at] ?? 1;
    if (withHeads(shape, count)) continue;
    const attribute = at === 0 || !attributes.kv_num_heads ? 'q_num_heads' : 'kv_num_heads';
    const divisors = headsThatDivide(shape[2], count);
    fail('shape/mismatch', {
      title: `the ${shape[2]} features of ${nameOf(at)} do not divide into ${count} heads`,
      cause: `Without an axis of heads, the last axis holds ${attribute} heads side by side.`,
      port,
      attribute,
      conflict: [[at, 2]],
      fixes: divisors.map((value) => ({
        label: `Set ${attribute} to ${value}`,
        safety: 'maybe',
        edit: { kind: 'set-attribute', attribute, value },
      })),
    });
  }
}

/** The number of heads next to `count`, below it first, that divides the features; none that is far away. */
function headsThatDivide(features: Dim | undefined, count: number): number[] {
  if (typeof features !== 'number') return [];
  const near = Array.from({ length: 64 }, (_, at) => [count - at - 1, count + at + 1]).flat();
  return near.filter((each) => each > 0 && features % each === 0).slice(0, 1);
}

function checkNumbers({ inputs, nameOf, fail }: Context, axes: readonly number[]): void {
  for (const at of [0, 1, 2]) {
    const axis = axes.find((each) => typeof inputs[at]?.shape[each] === 'string');
    if (axis === undefined) continue;
    fail('shape/symbolic', {
      title: `the size ${inputs[at]?.shape[axis]} of axis ${axis} of ${nameOf(at)} has to be a number`,
      cause: 'The number of heads and their sizes are fixed.',
      port: ports[at]?.name,
      conflict: [[at, axis]],
    });
  }
}

function transposeMask(shape: Shape): LocalFix {
  const edit = { kind: 'insert-on-wire', port: 'attn_mask', op: 'Transpose', attributes: { perm: [1, 0] } } as const;
  return { label: `Transpose attn_mask to ${printShape([...shape].reverse())}`, safety: 'maybe', edit };
}

function inferAttention(ctx: Context): readonly TensorType[] {
  checkDtypes(ctx, ports);
  const { inputs, attributes, nameOf, fail } = ctx;
  const shapes = inputs.slice(0, 3).map((type) => type?.shape ?? []);
  checkHeads(ctx);
  const flat = shapes[0]?.length === 3;
  checkNumbers(ctx, flat ? [2] : [1, 3]);
  const sizes = sizesOf(shapes, attributes);
  const { batch, queries, keys, heads, keyHeads, width } = sizes;
  const rows = flat ? 1 : 2;
  const agree = (a: number, axisA: number, b: number, axisB: number, cause: string) => {
    const [left, right] = [shapes[a]?.[axisA], shapes[b]?.[axisB]];
    if (left === right) return;
    fail('shape/mismatch', {
      title: `${nameOf(a)} has ${left} where ${nameOf(b)} has ${right}`,
      cause,
      conflict: [
        [a, axisA],
        [b, axisB],
      ],
    });
  };
  agree(0, 0, 1, 0, 'Queries and keys are of the same batch.');
  agree(0, 0, 2, 0, 'Queries and values are of the same batch.');
  agree(1, rows, 2, rows, 'Every key has a value.');
  if (!flat) agree(1, 1, 2, 1, 'Keys and values have the same heads.');
  const perHead = withHeads(shapes[1] ?? [], keyHeads)?.[3];
  if (perHead !== sizes.size) {
    fail('shape/mismatch', {
      title: `queries have ${sizes.size} elements a head, but keys have ${perHead}`,
      cause: `${nameOf(0)} is ${printShape(shapes[0] ?? [])}, ${nameOf(1)} is ${printShape(shapes[1] ?? [])}; a score is the inner product of a query and a key.`,
      conflict: [
        [0, flat ? 2 : 3],
        [1, flat ? 2 : 3],
      ],
    });
  }
  if (heads % keyHeads !== 0) {
    fail('shape/mismatch', {
      title: `${heads} heads of queries do not share ${keyHeads} heads of keys evenly`,
      cause: 'The number of heads of the queries is a multiple of that of keys and values.',
      ...(flat
        ? { attribute: 'kv_num_heads' }
        : {
            conflict: [
              [0, 1],
              [1, 1],
            ] as const,
          }),
    });
  }
  if (attributes.is_causal && (typeof queries === 'string' || typeof keys === 'string')) {
    fail('shape/symbolic', {
      title: 'is_causal needs numbers of queries and keys that are known',
      cause: 'Which keys a query sees is decided by their positions.',
      attribute: 'is_causal',
      conflict: typeof queries === 'string' ? [[0, rows]] : [[1, rows]],
    });
  }
  const scores = [batch, heads, queries, keys];
  const mask = inputs[3];
  const joined = mask && broadcastShapes(mask.shape, scores);
  if (mask && (!joined || joined.length > 4 || joined.some((dim, axis) => dim !== scores[axis]))) {
    fail('shape/broadcast', {
      title: `${nameOf(3)} is ${printShape(mask.shape)}, which does not broadcast to the scores ${printShape(scores)}`,
      cause: 'The scores are [batch, heads, queries, keys]; shapes are aligned at the last axis.',
      port: 'attn_mask',
      fixes: sameShape(mask.shape, [keys, queries]) ? [transposeMask(mask.shape)] : [],
    });
  }
  const y = flat ? [batch, queries, heads * width] : [batch, heads, queries, width];
  return [tensor('float32', y), tensor('float32', scores)];
}

/** Far below every score, and finite: WebGPU promises nothing about infinities. */
const UNSEEN = -1e30;

/** True where a key comes after the query, [queries, keys]. */
function later(b: Builder, queries: number, keys: number): Value {
  const rows = b.reshape(b.iota(queries, 'float32'), [queries, 1]);
  return b.greater(b.iota(keys, 'float32'), rows);
}

/** Heads [batch, heads, rows, size] of an input in either form. */
function split(b: Builder, x: Value, heads: number): Value {
  if (x.type.shape.length === 4) return x;
  const [batch = 1, count = 1, rows = 1, size = 1] = withHeads(x.type.shape, heads) ?? [];
  return b.transpose(b.reshape(x, [batch, rows, count, size]), [0, 2, 1, 3]);
}

function lowerAttention(b: Builder, x: readonly (Value | null)[], attributes: Attributes): readonly Value[] {
  const given = [operand(x, 0), operand(x, 1), operand(x, 2)];
  const { batch, queries, keys, heads, keyHeads, size, width } = sizesOf(
    given.map(({ type }) => type.shape),
    attributes,
  );
  const counts = headCounts(attributes);
  const [q, k, v] = given.map((value, at) => split(b, value, counts[at] ?? 1)) as [Value, Value, Value];
  // Heads of queries that share a head of keys are rows of one matrix.
  const stack = (value: Value, last: Dim) =>
    b.reshape(value, [batch, keyHeads, multiplyDims(heads / keyHeads, queries), last]);
  const unstack = (value: Value, last: Dim) => b.reshape(value, [batch, heads, queries, last]);
  const scaled = b.mul(q, b.scalar(attributes.scale || 1 / Math.sqrt(size)));
  let scores = unstack(b.matMul(stack(scaled, size), b.transpose(k, [0, 1, 3, 2])), keys);
  const { softcap } = attributes;
  if (softcap > 0) scores = b.mul(b.emit('Tanh', [b.mul(scores, b.scalar(1 / softcap))]), b.scalar(softcap));
  const mask = x[3];
  const unseen = b.scalar(UNSEEN);
  if (mask) scores = mask.type.dtype === 'bool' ? b.where(mask, scores, unseen) : b.add(scores, mask);
  if (attributes.is_causal) scores = b.where(later(b, Number(queries), Number(keys)), unseen, scores);
  const weights = b.emit('Softmax', [scores], { axis: -1 });
  const y = unstack(b.matMul(stack(weights, keys), v), width);
  const joined = () => b.reshape(b.transpose(y, [0, 2, 1, 3]), [batch, queries, heads * width]);
  return [given[0]?.type.shape.length === 4 ? y : joined(), weights];
}

const attention = defineOp({
  name: 'Attention',
  category: 'Linear',
  glyph: '⟨⟩',
  aliases: [
    'scaled dot product attention',
    'scaled_dot_product_attention',
    'sdpa',
    'multi-head attention',
    'MultiheadAttention',
    'self-attention',
    'transformer',
    'grouped-query attention',
  ],
  inputs: ports,
  outputs: [
    { name: 'y', doc: '[batch, heads, queries, n], or [batch, queries, heads*n]: in the form of q.' },
    { name: 'weights', doc: 'How much each query takes of each value, [batch, heads, queries, keys].' },
  ],
  attributes: {
    q_num_heads: attr.int(1, 'Number of heads of q, where it has no axis of them.', { min: 1 }),
    kv_num_heads: attr.int(0, 'Number of heads of k and v, where they have no axis of them; 0 is that of q.', {
      min: 0,
    }),
    is_causal: attr.flag(false, 'Hides keys that come after the query.'),
    scale: attr.float(0, 'Factor of the inner products; 0 is one over the square root of the size of a query.'),
    softcap: attr.float(0, 'Limits scores smoothly to -softcap … softcap; 0 is no limit.', { min: 0 }),
  },
  infer: inferAttention,
  gradient: 'expansion',
  lower: ({ b, x, attributes }) => lowerAttention(b, x, attributes),
  doc: {
    summary: 'For every query a mean of the values, weighted by how well their keys match it.',
    formula: tex`Y = P V,\quad P = \operatorname{softmax}\Bigl(\frac{Q K^\top}{\sqrt d} + M\Bigr)`,
    gradient: tex`\bar V = P^\top \bar Y,\quad \bar S = P \odot \Bigl(\bar P - \sum_k \bar P \odot P\Bigr),\ \bar P = \bar Y V^\top,\quad \bar Q = \frac{\bar S K}{\sqrt d},\quad \bar K = \frac{\bar S^\top Q}{\sqrt d}`,
    notes:
      'Scores are scaled, limited by softcap, then masked. A query that sees no key takes the mean of all values, where PyTorch has NaN. is_causal hides key j from query i where j > i, also where there are more keys than queries. With fewer heads of keys, consecutive heads of queries share one. Parts that ONNX also has, a cache of past keys and other precisions of Softmax, are left out; weights are its qk_matmul_output in mode 3.',
  },
  cases: [
    ['f32[batch,2,3,5] f32[batch,2,7,5] f32[batch,2,7,3]'],
    ['f32[batch,3,10] f32[batch,5,10] f32[batch,5,6] bool[3,5]', { q_num_heads: 2 }],
    [
      'f32[batch,3,20] f32[batch,5,10] f32[batch,5,6] f32[batch,1,3,5]',
      { q_num_heads: 4, kv_num_heads: 2, softcap: 3 },
    ],
    ['f32[batch,4,3,5] f32[batch,2,5,5] f32[batch,2,5,3] bool[batch,1,1,5]', { is_causal: true, scale: 0.3 }],
    ['f32[2,3,batch,5] f32[2,3,batch,5] f32[2,3,batch,2]'],
  ],
  examples: [
    {
      inputs: [f32([0, 0], [1, 2, 1]), f32([1, 5], [1, 2, 1]), f32([1, 3], [1, 2, 1]), null],
      attributes: { is_causal: true },
      outputs: [f32([1, 2], [1, 2, 1]), f32([1, 0, 0.5, 0.5], [1, 1, 2, 2])],
    },
    {
      inputs: [
        f32([1], [1, 1, 1, 1]),
        f32([0, Math.log(3), 9], [1, 1, 3, 1]),
        f32([4, 8, 1], [1, 1, 3, 1]),
        bools([1, 1, 0]),
      ],
      outputs: [f32([7], [1, 1, 1, 1]), f32([0.25, 0.75, 0], [1, 1, 1, 3])],
    },
  ],
});

export const attentionOps: readonly OpRecord[] = [attention];
