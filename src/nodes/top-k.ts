import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { normalizeAxis, printShape, type TensorType, tensor } from '../compiler/types.ts';
import { firstIndexOf } from './axis.ts';
import { checkAxis, checkDtypes, FLOAT, f32, i32, operand, tex } from './common.ts';

/** Each element takes a few kernels of its own; beyond these a sort would be due. */
const MOST = 64;

const port = [{ name: 'x', doc: 'Any shape but a scalar.', dtypes: FLOAT }];

function inferTopK(ctx: InferContext<{ readonly k: number; readonly axis: number }>): readonly TensorType[] {
  const [x] = checkDtypes(ctx, port);
  if (!x) throw new Error('TopK without an operand');
  const axis = checkAxis(ctx, 'axis', ctx.attributes.axis, x.shape);
  const size = x.shape[axis] ?? 1;
  if (typeof size === 'string') {
    return ctx.fail('shape/symbolic', {
      title: `axis ${axis} of ${ctx.nameOf(0)} has the size ${size}, which is not a number`,
      attribute: 'axis',
      conflict: [[0, axis]],
    });
  }
  const { k } = ctx.attributes;
  const most = Math.min(size, MOST);
  if (!Number.isInteger(k) || k < 1 || k > most) {
    ctx.fail('attribute/invalid', {
      title:
        k > size
          ? `k is ${k}, but axis ${axis} of ${printShape(x.shape)} has ${size} elements`
          : `k is ${k}, but has to be from 1 to ${most}`,
      ...(k > size ? { conflict: [[0, axis]] as const } : { cause: 'Each element is searched for by itself.' }),
      attribute: 'k',
      fixes:
        k > most
          ? [
              {
                label: `Set k to ${most}`,
                safety: 'maybe',
                edit: { kind: 'set-attribute', attribute: 'k', value: most },
              },
            ]
          : [],
    });
  }
  const shape = x.shape.with(axis, k);
  return [tensor('float32', shape), tensor('int32', shape, size)];
}

export const topK: OpRecord = defineOp({
  name: 'TopK',
  category: 'Indexing',
  glyph: '⋁ₖ',
  aliases: ['topk', 'k largest', 'k smallest', 'top 5', 'beam'],
  inputs: port,
  outputs: [
    { name: 'values', doc: 'The shape of x with k elements along the axis, the largest first.' },
    { name: 'indices', doc: 'int32, where the values are along the axis.' },
  ],
  attributes: {
    k: attr.int(1, 'Number of elements, at most 64.', { min: 1 }),
    axis: attr.int(-1, 'The axis to search along; negative axes count from the end.'),
    largest: attr.flag(true, 'Finds the largest elements; otherwise the smallest, the smallest first.'),
    sorted: attr.flag(true, 'Whether the order matters; the values are in order either way.'),
  },
  infer: inferTopK,
  gradient: ({ b, x, y, g, attributes: { axis } }) => [
    () => b.emit('ScatterElements', [b.zerosLike(operand(x, 0)), operand(y, 1), operand(g, 0)], { axis }),
  ],
  // The WebGPU provider has no such kernel with int32 indices: the extremum is found and taken out, k times.
  lower: ({ b, x, attributes: { k, axis, largest } }) => {
    let rest = operand(x, 0);
    const { shape } = rest.type;
    const at = normalizeAxis(axis, shape.length);
    const size = Number(shape[at]);
    const places = b.reshape(
      b.iota(size),
      shape.map((_, other) => (other === at ? size : 1)),
    );
    const taken = b.scalar(largest ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    const found = Array.from({ length: k }, () => {
      const value = b.emit(largest ? 'ReduceMax' : 'ReduceMin', [rest], { axes: [at], keepdims: true });
      // NaN equals nothing; indices keep within bounds all the same.
      const index = firstIndexOf(b, rest, value, at, size - 1);
      rest = b.where(b.equal(places, index), taken, rest);
      return { value, index };
    });
    const join = (parts: typeof found, which: 'value' | 'index') =>
      b.emit(
        'Concat',
        parts.map((part) => part[which]),
        { axis: at },
      );
    return [join(found, 'value'), join(found, 'index')];
  },
  doc: {
    summary: 'The k largest or smallest elements along an axis, and where they are.',
    formula: tex`y_i = x_{\pi_i},\quad x_{\pi_1} \ge x_{\pi_2} \ge \dots`,
    gradient: tex`\bar x_{\pi_i} = \bar y_i,\quad \bar x = 0 \text{ elsewhere}`,
    notes:
      'Of several that tie the first comes first, and alone has the gradient if it is the last. The axis has to have a number of elements that is known, and k is at most 64. Infinite elements on the losing side count as absent.',
  },
  cases: [
    ['f32[batch,7]', { k: 3 }],
    ['f32[5,batch]', { k: 2, axis: 0, largest: false }],
  ],
  examples: [
    {
      inputs: [f32([1, 3, 3, 9, 2, 0], [2, 3])],
      attributes: { k: 2 },
      outputs: [f32([3, 3, 9, 2], [2, 2]), i32([1, 2, 0, 1], [2, 2])],
    },
    {
      inputs: [f32([4, 1, 2, 0], [2, 2])],
      attributes: { axis: 0, largest: false },
      outputs: [f32([2, 0], [1, 2]), i32([1, 1], [1, 2])],
    },
  ],
});
