/** Identities on a wire that change what flows back through it. */
import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { printType, sameType } from '../compiler/types.ts';
import { checkDtypes, FLOAT, f32, operand, tex } from './common.ts';
import { defineUnary } from './unary.ts';

const considerConstant = defineUnary({
  name: 'ConsiderConstant',
  category: 'Gradient',
  glyph: '∇c',
  aliases: ['consider_constant', 'detach', 'stop_gradient', 'lax.stop_gradient'],
  attributes: {},
  gradient: { none: 'zero', reason: 'Its value is taken as a constant.', intended: true },
  lower: ({ x }) => x,
  doc: { summary: 'Passes values on, and takes them as constants in gradients.', formula: 'y = x' },
  examples: [{ inputs: [f32([1, -2])], outputs: [f32([1, -2])] }],
});

const zeroGrad = defineUnary({
  name: 'ZeroGrad',
  category: 'Gradient',
  glyph: '∇0',
  aliases: ['zero_grad', 'theano.gradient.zero_grad'],
  attributes: {},
  gradient: { none: 'zero', reason: 'It replaces the gradient by zero.', intended: true },
  lower: ({ x }) => x,
  doc: { summary: 'Passes values on, and zeros back.', formula: 'y = x' },
  examples: [{ inputs: [f32([1, -2])], outputs: [f32([1, -2])] }],
});

const disconnectedGrad = defineUnary({
  name: 'DisconnectedGrad',
  category: 'Gradient',
  glyph: '∇⊘',
  aliases: ['disconnected_grad', 'theano.gradient.disconnected_grad'],
  attributes: {},
  gradient: { none: 'disconnected', reason: 'It cuts the path back.' },
  lower: ({ x }) => x,
  doc: {
    summary: 'Passes values on, and cuts the path back: what lies behind it counts as not connected.',
    formula: 'y = x',
    notes: 'Unlike ZeroGrad it makes Grad complain where no other path is left.',
  },
  examples: [{ inputs: [f32([1, -2])], outputs: [f32([1, -2])] }],
});

const gradClip = defineUnary({
  name: 'GradClip',
  category: 'Gradient',
  glyph: '∇⊏',
  aliases: ['grad_clip', 'theano.gradient.grad_clip', 'clip gradient'],
  attributes: {
    lower_bound: attr.float(-1, 'Smallest element of the gradient.'),
    upper_bound: attr.float(1, 'Largest element of the gradient.'),
  },
  check: ({ attributes: { lower_bound, upper_bound }, fail }) => {
    if (lower_bound > upper_bound) {
      fail('attribute/invalid', {
        title: `lower_bound is ${lower_bound}, above upper_bound, ${upper_bound}`,
        attribute: 'lower_bound',
      });
    }
  },
  gradient: ({ b, g, attributes: { lower_bound, upper_bound } }) =>
    b.emit('Clip', [g], { min: lower_bound, max: upper_bound }),
  lower: ({ x }) => x,
  doc: {
    summary: 'Passes values on, and limits every element of the gradient that flows back.',
    formula: 'y = x',
    gradient: tex`\bar x = \min(\max(\bar y, l), u)`,
  },
  examples: [{ inputs: [f32([1, -2])], outputs: [f32([1, -2])] }],
});

const gradScale = defineUnary({
  name: 'GradScale',
  category: 'Gradient',
  glyph: '∇×',
  aliases: ['grad_scale', 'theano.gradient.grad_scale', 'gradient reversal'],
  attributes: { multiplier: attr.float(-1, 'Factor of the gradient; -1 reverses it, as adversarial training does.') },
  gradient: ({ b, g, attributes: { multiplier } }) => b.mul(g, b.like(g, multiplier)),
  lower: ({ x }) => x,
  doc: {
    summary: 'Passes values on, and multiplies the gradient that flows back.',
    formula: 'y = x',
    gradient: tex`\bar x = m\, \bar y`,
  },
  examples: [{ inputs: [f32([1, -2])], outputs: [f32([1, -2])] }],
});

const knownPorts = [
  { name: 'x', doc: 'Any shape.', dtypes: FLOAT },
  { name: 'gradient', doc: 'What flows back instead, of the type of x.', dtypes: FLOAT },
];

const knownGrad = defineOp({
  name: 'KnownGrad',
  category: 'Gradient',
  glyph: '∇=',
  aliases: ['known_grads', 'custom gradient', 'straight-through', 'inject gradient'],
  inputs: knownPorts,
  outputs: [{ name: 'y', doc: 'x as it is.' }],
  attributes: {},
  infer: (ctx) => {
    const [x, gradient] = checkDtypes(ctx, knownPorts);
    if (!x || !gradient) throw new Error('Operands are missing');
    if (!sameType(x, gradient)) {
      ctx.fail('shape/mismatch', {
        title: `the gradient ${ctx.nameOf(1)} is ${printType(gradient)}, but ${ctx.nameOf(0)} is ${printType(x)}`,
        cause: 'A gradient has one number for each element.',
        port: 'gradient',
      });
    }
    return [x];
  },
  gradient: ({ x }) => [() => operand(x, 1), null],
  lower: ({ x }) => [operand(x, 0)],
  doc: {
    summary: 'Passes values on, and lets another gradient flow back than the one that arrives.',
    formula: 'y = x',
    gradient: tex`\bar x = \text{gradient}`,
    notes: 'It takes effect where the cost depends on y; VectorJacobianProduct starts from a gradient without a cost.',
  },
  cases: [['f32[batch,3] f32[batch,3]']],
  examples: [{ inputs: [f32([1, -2]), f32([0, 5])], outputs: [f32([1, -2])] }],
});

export const gradientFilterOps: readonly OpRecord[] = [
  considerConstant,
  disconnectedGrad,
  zeroGrad,
  gradClip,
  gradScale,
  knownGrad,
];
