import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import {
  type AttributeSpecs,
  type AttributesOf,
  attr,
  defineOp,
  type OpDoc,
  type OpRecord,
  type OptimizerRule,
} from '../compiler/op.ts';
import { printType } from '../compiler/types.ts';
import { checkCost } from './common.ts';

/**
 * Optimizers in PyTorch's definitions (torch.optim, https://pytorch.org/docs/stable/optim.html). All take the mean cost of a
 * batch; weight_decay adds weight_decay·θ to the gradient, except in AdamW, which decays θ itself.
 */
interface Definition<S extends AttributeSpecs> {
  readonly name: string;
  readonly lr: number;
  readonly aliases: readonly string[];
  readonly attributes: S;
  // biome-ignore lint/suspicious/noExplicitAny: the record below joins `lr` to the attributes, so their exact type is not that of S
  readonly rule: OptimizerRule<any>;
  readonly doc: OpDoc;
}

const clipping = {
  clip_value: attr.float(0, 'Limits every element of the gradients to this size, before clip_norm; 0 is no limit', {
    min: 0,
  }),
  clip_norm: attr.float(0, 'Scales all gradients down together where their norm is larger than this; 0 is no limit', {
    min: 0,
  }),
};

type Clipping = AttributesOf<typeof clipping>;

/** torch.nn.utils.clip_grad_value_, then clip_grad_norm_ with its 1e-6, of the gradients of one optimizer. */
function clip(b: Builder, gradients: readonly Value[], { clip_value: most, clip_norm: limit }: Clipping) {
  const clamped = most > 0 ? gradients.map((g) => b.emit('Clip', [g], { min: -most, max: most })) : gradients;
  if (limit <= 0 || clamped.length === 0) return clamped;
  const squares = clamped.map((g) => b.emit('ReduceSumSquare', [g]));
  const norm = b.sqrt(squares.reduce((sum, square) => b.add(sum, square)));
  const factor = b.emit('Min', [b.div(b.scalar(limit), b.add(norm, b.scalar(1e-6))), b.scalar(1)]);
  return clamped.map((g) => b.mul(g, factor));
}

// biome-ignore lint/suspicious/noExplicitAny: as in Definition
function clipped(rule: OptimizerRule<any>): OptimizerRule<any> {
  const isWhole = ({ clip_value, clip_norm }: Clipping) => clip_value === 0 && clip_norm === 0;
  return { ...rule, clip, plain: (attributes) => isWhole(attributes) && (rule.plain?.(attributes) ?? false) };
}

function optimizer<S extends AttributeSpecs>({ name, lr, aliases, attributes, rule, doc }: Definition<S>): OpRecord {
  return defineOp({
    name,
    kind: 'optimizer',
    category: 'Optimizer',
    glyph: '↻',
    aliases: ['optimizer', 'updates', 'train', ...aliases],
    inputs: [
      { name: 'cost', doc: 'The number to minimize', dtypes: ['float32'] },
      { name: 'lr', doc: 'A learning rate that is computed in the graph', optional: true, dtypes: ['float32'] },
    ],
    outputs: [],
    attributes: {
      lr: attr.float(lr, 'Learning rate; can be changed while training runs', { min: 0 }),
      ...attributes,
      ...clipping,
      parameters: attr.strings(
        [],
        'Names of the parameters it changes; empty means all trainable ones the cost depends on',
      ),
    },
    infer: (ctx) => {
      checkCost(ctx, 'An optimizer minimizes one number.');
      const [, rate] = ctx.inputs;
      if (rate && rate.shape.length > 0) {
        ctx.fail('shape/rank', { title: `the learning rate is ${printType(rate)}, not a single number`, port: 'lr' });
      }
      return [];
    },
    gradient: { none: 'disconnected', reason: 'An optimizer has no output.' },
    optimizer: clipped(rule),
    doc,
    examples: [],
  });
}

const decayed = (b: Builder, g: Value, parameter: Value, weightDecay: number): Value =>
  weightDecay === 0 ? g : b.add(g, b.mul(parameter, b.scalar(weightDecay)));

const weightDecay = attr.float(0, 'Weight decay: adds this times the parameter to its gradient (an L2 penalty)', {
  min: 0,
});
const eps = (value: number) => attr.float(value, 'Added to the denominator', { min: 0 });

/** beta·old + (1-beta)·now */
const average = (b: Builder, beta: number, old: Value, now: Value): Value =>
  b.add(b.mul(old, b.scalar(beta)), b.mul(now, b.scalar(1 - beta)));

/** -scale·now added to the parameter. */
const descend = (b: Builder, parameter: Value, lr: Value, direction: Value): Value =>
  b.sub(parameter, b.mul(direction, lr));

const sgd = optimizer({
  name: 'SGD',
  lr: 0.1,
  aliases: ['gradient descent', 'momentum', 'nesterov', 'MSGD'],
  attributes: {
    momentum: attr.float(0, 'Momentum factor', { min: 0 }),
    nesterov: attr.flag(false, 'Nesterov momentum'),
    weight_decay: weightDecay,
  },
  rule: {
    slots: ({ momentum }) => (momentum === 0 ? [] : [{ name: 'momentum_buffer', initial: 0 }]),
    plain: ({ momentum, weight_decay }) => momentum === 0 && weight_decay === 0,
    step: ({ b, parameter, gradient, lr, slots, attributes: { momentum, nesterov, weight_decay } }) => {
      const g = decayed(b, gradient, parameter, weight_decay);
      if (momentum === 0) return { parameter: descend(b, parameter, lr, g), slots: {} as Record<string, Value> };
      const factor = b.scalar(momentum);
      const buffer = b.add(b.mul(slots.momentum_buffer as Value, factor), g);
      const direction = nesterov ? b.add(g, b.mul(buffer, factor)) : buffer;
      return { parameter: descend(b, parameter, lr, direction), slots: { momentum_buffer: buffer } };
    },
  },
  doc: {
    summary: 'Stochastic gradient descent, with optional momentum.',
    formula: 'v \\leftarrow \\mu v + g,\\quad \\theta \\leftarrow \\theta - \\eta v',
    notes: 'With Nesterov the step is η(g + μv). Without momentum the step is ηg.',
  },
});

const adagrad = optimizer({
  name: 'Adagrad',
  lr: 0.01,
  aliases: [],
  attributes: { eps: eps(1e-10), weight_decay: weightDecay },
  rule: {
    slots: () => [{ name: 'sum', initial: 0 }],
    step: ({ b, parameter, gradient, lr, slots, attributes }) => {
      const g = decayed(b, gradient, parameter, attributes.weight_decay);
      const sum = b.add(slots.sum as Value, b.mul(g, g));
      const direction = b.div(g, b.add(b.sqrt(sum), b.scalar(attributes.eps)));
      return { parameter: descend(b, parameter, lr, direction), slots: { sum } };
    },
  },
  doc: {
    summary: 'Steps shrink with the sum of squared gradients so far.',
    formula: 's \\leftarrow s + g^2,\\quad \\theta \\leftarrow \\theta - \\eta\\, g / (\\sqrt{s} + \\epsilon)',
  },
});

const rmsprop = optimizer({
  name: 'RMSprop',
  lr: 0.01,
  aliases: ['RMSProp'],
  attributes: {
    alpha: attr.float(0.99, 'Smoothing constant', { min: 0, max: 1 }),
    eps: eps(1e-8),
    weight_decay: weightDecay,
  },
  rule: {
    slots: () => [{ name: 'square_avg', initial: 0 }],
    step: ({ b, parameter, gradient, lr, slots, attributes }) => {
      const g = decayed(b, gradient, parameter, attributes.weight_decay);
      const square = average(b, attributes.alpha, slots.square_avg as Value, b.mul(g, g));
      const direction = b.div(g, b.add(b.sqrt(square), b.scalar(attributes.eps)));
      return { parameter: descend(b, parameter, lr, direction), slots: { square_avg: square } };
    },
  },
  doc: {
    summary: 'Steps are scaled by a running mean of squared gradients.',
    formula:
      's \\leftarrow \\alpha s + (1-\\alpha) g^2,\\quad \\theta \\leftarrow \\theta - \\eta\\, g / (\\sqrt{s} + \\epsilon)',
  },
});

function adamRule(decoupled: boolean): Definition<AttributeSpecs>['rule'] {
  return {
    slots: () => [
      { name: 'exp_avg', initial: 0 },
      { name: 'exp_avg_sq', initial: 0 },
    ],
    // 1-beta^t by its own recurrence: as a difference from 1 it would lose five digits at the first steps.
    shared: ({ beta1, beta2 }) => [
      { name: 'bias_correction1', initial: 0, next: (b, old) => average(b, beta1, old, b.scalar(1)) },
      { name: 'bias_correction2', initial: 0, next: (b, old) => average(b, beta2, old, b.scalar(1)) },
    ],
    step: ({ b, parameter, gradient, lr, slots, shared, attributes: { beta1, beta2, eps: epsilon, weight_decay } }) => {
      const g = decoupled ? gradient : decayed(b, gradient, parameter, weight_decay);
      const first = average(b, beta1, slots.exp_avg as Value, g);
      const second = average(b, beta2, slots.exp_avg_sq as Value, b.mul(g, g));
      const stepSize = b.div(lr, shared.bias_correction1 as Value);
      const denominator = b.add(b.div(b.sqrt(second), b.sqrt(shared.bias_correction2 as Value)), b.scalar(epsilon));
      const start =
        decoupled && weight_decay !== 0
          ? b.mul(parameter, b.sub(b.scalar(1), b.mul(lr, b.scalar(weight_decay))))
          : parameter;
      return {
        parameter: b.sub(start, b.mul(b.div(first, denominator), stepSize)),
        slots: { exp_avg: first, exp_avg_sq: second },
      };
    },
  };
}

const adamAttributes = {
  beta1: attr.float(0.9, 'Decay of the mean of gradients', { min: 0, max: 1 }),
  beta2: attr.float(0.999, 'Decay of the mean of squared gradients', { min: 0, max: 1 }),
  eps: eps(1e-8),
};

const adam = optimizer({
  name: 'Adam',
  lr: 0.001,
  aliases: [],
  attributes: { ...adamAttributes, weight_decay: weightDecay },
  rule: adamRule(false),
  doc: {
    summary: 'Running means of gradients and of their squares, corrected for their start at zero.',
    formula: '\\theta \\leftarrow \\theta - \\eta\\, \\hat m / (\\sqrt{\\hat v} + \\epsilon)',
    notes: 'm̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ); ε is outside the square root and after the correction, as in PyTorch.',
  },
});

const adamw = optimizer({
  name: 'AdamW',
  lr: 0.001,
  aliases: ['decoupled weight decay'],
  attributes: {
    ...adamAttributes,
    weight_decay: attr.float(0.01, 'Each step first scales the parameter by 1 - lr·weight_decay', { min: 0 }),
  },
  rule: adamRule(true),
  doc: {
    summary: 'Adam with weight decay applied to the parameter instead of its gradient.',
    formula: '\\theta \\leftarrow (1-\\eta\\lambda)\\theta - \\eta\\, \\hat m / (\\sqrt{\\hat v} + \\epsilon)',
  },
});

export const optimizerOps: readonly OpRecord[] = [sgd, adagrad, rmsprop, adam, adamw];
