/** Norms other than those ONNX names, and what is made of them. */
import type { Builder } from '../compiler/builder.ts';
import type { Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type InferContext, type OpRecord } from '../compiler/op.ts';
import { printShape } from '../compiler/types.ts';
import { checkAxis, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { keptShape, reducedAxes } from './reduction.ts';

const port = [{ name: 'x', doc: 'Any shape.', dtypes: FLOAT }];

function checkAxes(ctx: InferContext<{ readonly axes: readonly number[] }>, shape: Shape): readonly number[] {
  const axes = ctx.attributes.axes.map((axis) => checkAxis(ctx, 'axes', axis, shape));
  const twice = axes.find((axis, at) => axes.indexOf(axis) !== at);
  if (twice !== undefined) {
    ctx.fail('attribute/invalid', {
      title: `axes ${printShape(ctx.attributes.axes)} name axis ${twice} twice`,
      attribute: 'axes',
    });
  }
  return reducedAxes(axes, shape.length);
}

/** Zeros replaced by ones, so that nothing is divided by zero. */
const nonzero = (b: Builder, x: Value): Value => b.where(b.equal(x, b.like(x, 0)), b.like(x, 1), x);
const power = (b: Builder, x: Value, exponent: number): Value => b.emit('Pow', [x, b.like(x, exponent)]);

const pNorm = defineOp({
  name: 'PNorm',
  category: 'Reduction',
  glyph: '‖ₚ',
  aliases: ['norm', 'x.norm(p)', 'vector_norm', 'np.linalg.norm', 'torch.linalg.vector_norm', 'Lp norm', 'minkowski'],
  inputs: port,
  outputs: [{ name: 'y', doc: 'The shape of x without the reduced axes, or with size 1 there.' }],
  attributes: {
    p: attr.float(2, 'The exponent, above 0: 1 adds sizes, 2 is the length, large ones come near the largest element.'),
    axes: attr.ints([], 'The axes to reduce; negative axes count from the end, none means all.'),
    keepdims: attr.flag(false, 'Keeps reduced axes, with size 1.'),
  },
  infer: (ctx) => {
    const types = checkDtypes(ctx, port);
    const { p, keepdims } = ctx.attributes;
    if (!(p > 0 && Number.isFinite(p))) {
      ctx.fail('attribute/invalid', {
        title: `p is ${p}, but has to be above 0`,
        cause: 'For the norm with p = ∞ take ReduceMax of Abs.',
        attribute: 'p',
      });
    }
    return types.map(({ dtype, shape }) => {
      const axes = checkAxes(ctx, shape);
      return { dtype, shape: keepdims ? keptShape(shape, axes) : shape.filter((_, axis) => !axes.includes(axis)) };
    });
  },
  gradient: ({ b, x, y, g, attributes: { p, axes } }) => [
    () => {
      const from = operand(x, 0);
      const kept = keptShape(from.type.shape, axes);
      const [norm, dy] = [operand(y, 0), operand(g, 0)].map((value) => b.reshape(value, kept)) as [Value, Value];
      const share = b.div(nonzero(b, b.emit('Abs', [from])), nonzero(b, norm));
      // The sign makes it 0 where x is.
      return b.mul(b.mul(dy, b.emit('Sign', [from])), power(b, share, p - 1));
    },
  ],
  // Powers of shares of the largest element do not overflow.
  lower: ({ b, x, y, attributes: { p, axes } }) => {
    const from = operand(x, 0);
    const { shape } = operand(y, 0).type;
    const reduced = reducedAxes(axes, from.type.shape.length);
    const size = b.emit('Abs', [from]);
    if (reduced.length === 0) return [size];
    const largest = b.reduceMax(size, reduced, true);
    const sum = b.reduceSum(power(b, b.div(size, nonzero(b, largest)), p), reduced, true);
    return [b.reshape(b.mul(largest, power(b, sum, 1 / p)), shape)];
  },
  doc: {
    summary: 'The p-norm over axes.',
    formula: tex`y = \Bigl(\sum_i |x_i|^p\Bigr)^{1/p}`,
    gradient: tex`\bar x_i = \bar y \operatorname{sign}(x_i) \left(\frac{|x_i|}{y}\right)^{p-1}`,
    notes:
      'The gradient is 0 at elements that are 0, also for p of at most 1, where the slope is infinite or jumps. Large elements do not overflow. ReduceL1 and ReduceL2 do the same for 1 and 2 in fewer kernels.',
  },
  cases: [
    ['f32[batch,3,5]', { p: 3, axes: [1] }],
    ['f32[batch,3]', { p: 1.5, keepdims: true }],
    ['f32[3,batch,2]', { p: 2, axes: [0, -1] }],
    ['f32[batch,3](0.4,1.9)', { p: 0.7, axes: [-1] }],
    ['f32[batch,3]', { p: 1, axes: [1] }],
    ['f32[]', { p: 3 }],
  ],
  examples: [
    { inputs: [f32([3, -4])], outputs: [f32([5], [])] },
    {
      attributes: { p: 3, axes: [1] },
      inputs: [f32([1, -2, 0, 0, 3e20, 0], [3, 2])],
      outputs: [f32([2.0800838, 0, 3e20])],
    },
    { attributes: { p: 0.5, keepdims: true }, inputs: [f32([4, -1])], outputs: [f32([9], [1])] },
  ],
});

const clipByNorm = defineOp({
  name: 'ClipByNorm',
  category: 'Arithmetic',
  glyph: '‖⊐',
  aliases: ['clip_by_norm', 'clip_grad_norm_', 'gradient clipping', 'norm constraint', 'renorm', 'max norm'],
  inputs: port,
  outputs: [{ name: 'y', doc: 'Of the shape of x.' }],
  attributes: {
    max_norm: attr.float(1, 'The largest norm, above 0.'),
    axes: attr.ints([], 'The axes of each norm, as those of a row; negative axes count from the end, none means all.'),
  },
  infer: (ctx) => {
    const types = checkDtypes(ctx, port);
    const { max_norm } = ctx.attributes;
    if (!(max_norm > 0)) {
      ctx.fail('attribute/invalid', { title: `max_norm is ${max_norm}, but has to be above 0`, attribute: 'max_norm' });
    }
    checkAxes(ctx, types[0]?.shape ?? []);
    return types.map(({ dtype, shape }) => ({ dtype, shape }));
  },
  gradient: 'expansion',
  lower: ({ b, x, attributes: { max_norm, axes } }) => {
    const from = operand(x, 0);
    const reduced = reducedAxes(axes, from.type.shape.length);
    const norm = b.emit('PNorm', [from], { p: 2, axes: reduced, keepdims: true });
    const limit = b.like(norm, max_norm);
    const above = b.greater(norm, limit);
    // Norms that are kept, 0 among them, do not take part in the division.
    const factor = b.div(limit, b.where(above, norm, limit));
    return [b.mul(from, b.where(above, factor, b.like(factor, 1)))];
  },
  doc: {
    summary: 'Shortens what is longer than a limit, and leaves the rest as it is.',
    formula: tex`y = x \min\left(1, \frac{c}{\|x\|_2}\right)`,
    gradient: tex`\bar x = \begin{cases} \bar y & \|x\| \le c \\ \frac{c}{\|x\|}\left(\bar y - x\,\frac{x \cdot \bar y}{\|x\|^2}\right) & \text{otherwise} \end{cases}`,
    notes:
      'The norm of the whole tensor, or with axes one for each slice. torch’s clip_grad_norm_ takes the norm of all gradients together and adds 1e-6 to it; this one takes that of one tensor, as tf.clip_by_norm. At the limit itself the gradient passes.',
  },
  cases: [
    ['f32[batch,3]'],
    ['f32[batch,3,5]', { axes: [1], max_norm: 1.7 }],
    ['f32[batch,3]', { max_norm: 100 }],
    ['f32[]', { max_norm: 0.3 }],
  ],
  examples: [
    { inputs: [f32([3, -4])], outputs: [f32([0.6, -0.8])] },
    {
      attributes: { axes: [1], max_norm: 2 },
      inputs: [f32([3, 4, 0, 0, 1, 1], [3, 2])],
      outputs: [f32([1.2, 1.6, 0, 0, 1, 1], [3, 2])],
    },
  ],
});

export const normOps: readonly OpRecord[] = [pNorm, clipByNorm];
