/** Losses of probabilities, their logarithms and rates. */
import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, type OpRecord } from '../compiler/op.ts';
import { f32, tex } from './common.ts';
import { defineElementLoss } from './element-loss.ts';

const binaryCrossEntropyWithLogits = defineElementLoss({
  name: 'BinaryCrossEntropyWithLogits',
  glyph: 'BC',
  aliases: ['bce', 'BCEWithLogitsLoss', 'logistic loss', 'sigmoid cross entropy', 'binary crossentropy'],
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

/** log p and log (1 - p), not below -100. WGSL leaves open what the logarithm of 0 is. */
function logarithms(b: Builder, p: Value): readonly [ofHit: Value, ofMiss: Value] {
  const limited = (x: Value) =>
    b.where(b.equal(x, b.like(x, 0)), b.like(x, -100), b.emit('Clip', [b.log(x)], { min: -100 }));
  return [limited(p), limited(b.sub(b.like(p, 1), p))];
}

const binaryCrossEntropy = defineElementLoss({
  name: 'BinaryCrossEntropy',
  glyph: 'BP',
  aliases: ['bce', 'BCELoss', 'binary crossentropy', 'log loss', 'T.nnet.binary_crossentropy'],
  ports: ['probabilities', 'targets'],
  loss: (b, p, t) => {
    const [hit, miss] = logarithms(b, p);
    return b.sub(b.mul(b.sub(t, b.like(t, 1)), miss), b.mul(t, hit));
  },
  slopes: [
    (b, p, t, scale) => {
      const variance = b.mul(b.sub(b.like(p, 1), p), p);
      return b.mul(b.div(b.sub(p, t), b.emit('Max', [variance, b.like(p, 1e-12)])), scale);
    },
    (b, p, _, scale) => {
      const [hit, miss] = logarithms(b, p);
      return b.mul(b.sub(miss, hit), scale);
    },
  ],
  doc: {
    summary: 'How improbable targets of 0 and 1 are by given probabilities.',
    formula: tex`y = -\frac1n \sum_i t_i \log p_i + (1 - t_i) \log(1 - p_i)`,
    gradient: tex`\bar p = \frac{\bar y}{n}\, \frac{p - t}{p\,(1 - p)},\quad \bar t = \frac{\bar y}{n} \log \frac{1 - p}{p}`,
    notes:
      "Logarithms are at least -100 and the denominator of the gradient at least 1e-12, as PyTorch's. Probabilities outside 0 … 1 give no number. Near 0 and 1 digits are lost: BinaryCrossEntropyWithLogits of what enters the Sigmoid keeps them.",
  },
  cases: [
    ['f32[batch,3](0.2,0.8) f32[batch,3](0,1)'],
    ['f32[batch,3](0.2,0.8) f32[batch,3](0,1)', { reduction: 'none' }],
    ['f32[batch,3](0.2,0.8) f32[batch,3](0,1)', { reduction: 'sum' }],
  ],
  examples: [
    { inputs: [f32([0.5, 0.25, 1]), f32([1, 0, 1])], outputs: [f32([(Math.LN2 + 0.28768207) / 3], [])] },
    { attributes: { reduction: 'none' }, inputs: [f32([0, 1]), f32([1, 0])], outputs: [f32([100, 100])] },
  ],
});

/** The logarithm of what is positive, 0 elsewhere. */
function logOfPositive(b: Builder, t: Value): Value {
  return b.log(b.where(b.greater(t, b.like(t, 0)), t, b.like(t, 1)));
}

const klDivergence = defineElementLoss({
  name: 'KLDivergence',
  glyph: 'KL',
  aliases: ['KLDivLoss', 'kl_div', 'Kullback-Leibler divergence', 'relative entropy', 'kullback_leibler_divergence'],
  ports: ['logProbabilities', 'target'],
  batchmean: true,
  attributes: { log_target: attr.flag(false, 'The target holds logarithms of probabilities, too.') },
  loss: (b, x, t, { log_target }) => {
    if (log_target) return b.mul(b.exp(t), b.sub(t, x));
    return b.sub(b.mul(t, logOfPositive(b, t)), b.mul(t, x));
  },
  slopes: [
    (b, _, t, scale, { log_target }) => b.mul(log_target ? b.exp(t) : t, b.neg(scale)),
    (b, x, t, scale, { log_target }) => {
      const one = b.like(t, 1);
      if (log_target) return b.mul(b.mul(b.exp(t), b.add(b.sub(t, x), one)), scale);
      const positive = b.cast(b.greater(t, b.like(t, 0)), 'float32');
      return b.mul(b.sub(b.add(logOfPositive(b, t), positive), x), scale);
    },
  ],
  doc: {
    summary: 'How far a distribution, given by logarithms, is from a target distribution.',
    formula: tex`\ell_i = t_i (\log t_i - x_i),\quad y = \frac1n \sum_i \ell_i`,
    gradient: tex`\bar x = -\frac{\bar y}{n}\, t,\quad \bar t = \frac{\bar y}{n}(\log t - x + 1)`,
    notes:
      'The first input is log p, as from LogSoftmax. As in PyTorch, mean divides by the number of all elements; the divergence of the distributions in rows is batchmean. Where a target is 0 its loss is 0, and its gradient has the finite part -x only, where PyTorch has NaN.',
  },
  cases: [
    ['f32[batch,3] f32[batch,3](0.2,2)'],
    ['f32[batch,3] f32[batch,3](0.2,2)', { reduction: 'batchmean' }],
    ['f32[batch,3] f32[batch,3]', { log_target: true, reduction: 'none' }],
    ['f32[batch,3,5] f32[batch,3,5]', { log_target: true, reduction: 'sum' }],
  ],
  examples: [
    {
      attributes: { reduction: 'batchmean' },
      inputs: [f32([-Math.LN2, -Math.LN2, -Math.LN2, -Math.LN2], [2, 2]), f32([1, 0, 0.5, 0.5], [2, 2])],
      outputs: [f32([Math.LN2 / 2], [])],
    },
    {
      attributes: { reduction: 'none', log_target: true },
      inputs: [f32([-1, -2]), f32([0, -2])],
      outputs: [f32([1, 0])],
    },
  ],
});

const poissonLoss = defineElementLoss({
  name: 'PoissonNLLLoss',
  glyph: 'Po',
  aliases: ['poisson loss', 'poisson_nll_loss', 'count regression', 'negative log likelihood'],
  ports: ['prediction', 'target'],
  attributes: {
    log_input: attr.flag(true, 'The prediction is the logarithm of the rate.'),
    full: attr.flag(false, "Adds Stirling's approximation of log t!, which does not depend on the prediction."),
    eps: attr.float(1e-8, 'Added to a rate before its logarithm is taken.', {
      min: 0,
      when: { attribute: 'log_input', is: [false] },
    }),
  },
  loss: (b, x, t, { log_input, full, eps }) => {
    const loss = log_input ? b.sub(b.exp(x), b.mul(t, x)) : b.sub(x, b.mul(t, b.log(b.add(x, b.like(x, eps)))));
    if (!full) return loss;
    const one = b.like(t, 1);
    const counted = b.greater(t, one);
    const many = b.where(counted, t, one);
    const logarithm = b.add(b.mul(b.add(many, b.like(t, 0.5)), b.log(many)), b.like(t, Math.log(2 * Math.PI) / 2));
    return b.add(loss, b.where(counted, b.sub(logarithm, many), b.like(t, 0)));
  },
  slopes: [
    (b, x, t, scale, { log_input, eps }) =>
      b.mul(log_input ? b.sub(b.exp(x), t) : b.sub(b.like(x, 1), b.div(t, b.add(x, b.like(x, eps)))), scale),
    (b, x, t, scale, { log_input, full, eps }) => {
      const slope = b.neg(log_input ? x : b.log(b.add(x, b.like(x, eps))));
      if (!full) return b.mul(slope, scale);
      const one = b.like(t, 1);
      const counted = b.greater(t, one);
      const many = b.where(counted, t, one);
      const stirling = b.add(b.log(many), b.div(b.like(t, 0.5), many));
      return b.mul(b.add(slope, b.where(counted, stirling, b.like(t, 0))), scale);
    },
  ],
  doc: {
    summary: 'How improbable counts are by the Poisson distributions of predicted rates.',
    formula: tex`\ell = e^x - t x\quad\text{or}\quad \ell = x - t \log(x + \varepsilon),\quad y = \frac1n \sum_i \ell_i`,
    gradient: tex`\bar x = \frac{\bar y}{n}(e^x - t)\quad\text{or}\quad \bar x = \frac{\bar y}{n}\Bigl(1 - \frac{t}{x + \varepsilon}\Bigr)`,
    notes: 'full adds t log t - t + log(2πt)/2 where t is above 1.',
  },
  cases: [
    ['f32[batch,3] f32[batch,3](0.2,5)'],
    ['f32[batch,3] f32[batch,3](1.1,5)', { full: true, reduction: 'none' }],
    ['f32[batch,3](0.4,2) f32[batch,3](0.1,0.9)', { log_input: false, full: true, eps: 0.01, reduction: 'sum' }],
  ],
  examples: [
    { inputs: [f32([0, 0, Math.LN2]), f32([0, 3, 1])], outputs: [f32([(4 - Math.LN2) / 3], [])] },
    {
      attributes: { reduction: 'none', log_input: false, full: true, eps: 0 },
      inputs: [f32([1, 1]), f32([1, 2])],
      outputs: [f32([1, 1.6518065])],
    },
  ],
});

export const probabilityLossOps: readonly OpRecord[] = [
  binaryCrossEntropyWithLogits,
  binaryCrossEntropy,
  klDivergence,
  poissonLoss,
];
