import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { checkAxis, checkDtypes, FLOAT, f32, operand, tex } from './common.ts';

const inputs = [{ name: 'x', doc: 'Logits of any shape but a scalar.', dtypes: FLOAT }];
const attributes = { axis: attr.int(-1, 'The axis of the classes; negative axes count from the end.') };

const softmax = defineOp({
  name: 'Softmax',
  category: 'Activation',
  glyph: 'Σe',
  aliases: ['normalized exponential', 'probabilities'],
  inputs,
  outputs: [{ name: 'y', doc: 'Of the shape of x; sums to 1 along the axis.' }],
  attributes,
  infer: (ctx) => {
    const types = checkDtypes(ctx, inputs);
    checkAxis(ctx, 'axis', ctx.attributes.axis, types[0]?.shape ?? []);
    return types;
  },
  gradient: ({ b, y, g, attributes: { axis } }) => [
    () => {
      const [p, dp] = [operand(y, 0), operand(g, 0)];
      return b.mul(p, b.sub(dp, b.reduceSum(b.mul(dp, p), [axis], true)));
    },
  ],
  doc: {
    summary: 'Turns logits into probabilities along an axis.',
    formula: tex`y_k = \frac{e^{x_k}}{\sum_j e^{x_j}}`,
    gradient: tex`\bar x = y \odot \Bigl(\bar y - \sum_k \bar y_k\, y_k\Bigr)`,
    notes: 'For a loss wire the logits to SoftmaxCrossEntropyLoss instead, which is exact for large logits.',
  },
  cases: [['f32[batch,3,5]', { axis: 1 }], ['f32[batch,3]']],
  examples: [
    {
      inputs: [f32([0, 0, 1, 3], [2, 2])],
      outputs: [f32([0.5, 0.5, 0.11920292, 0.88079708], [2, 2])],
    },
  ],
});

const logSoftmax = defineOp({
  name: 'LogSoftmax',
  category: 'Activation',
  glyph: 'ℓΣ',
  aliases: ['log probabilities'],
  inputs,
  outputs: [{ name: 'y', doc: 'Of the shape of x; its exponentials sum to 1 along the axis.' }],
  attributes,
  infer: (ctx) => {
    const types = checkDtypes(ctx, inputs);
    checkAxis(ctx, 'axis', ctx.attributes.axis, types[0]?.shape ?? []);
    return types;
  },
  gradient: ({ b, y, g, attributes: { axis } }) => [
    () => {
      const [logp, dlogp] = [operand(y, 0), operand(g, 0)];
      return b.sub(dlogp, b.mul(b.exp(logp), b.reduceSum(dlogp, [axis], true)));
    },
  ],
  // Differences to the maximum keep the exponentials finite.
  lower: ({ b, x, attributes: { axis } }) => {
    const shifted = b.sub(operand(x, 0), b.reduceMax(operand(x, 0), [axis], true));
    return [b.sub(shifted, b.log(b.reduceSum(b.exp(shifted), [axis], true)))];
  },
  doc: {
    summary: 'Turns logits into logarithms of probabilities along an axis.',
    formula: tex`y_k = x_k - \log \sum_j e^{x_j}`,
    gradient: tex`\bar x = \bar y - e^y \sum_k \bar y_k`,
    notes: 'Exact for large logits.',
  },
  cases: [['f32[batch,3,5]', { axis: 1 }], ['f32[batch,3]']],
  examples: [
    {
      inputs: [f32([0, 0, 1000, 1003], [2, 2])],
      outputs: [f32([-Math.LN2, -Math.LN2, -3.0485873, -0.04858735], [2, 2])],
    },
  ],
});

export const softmaxOps: readonly OpRecord[] = [softmax, logSoftmax];
