import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { printType } from '../compiler/types.ts';
import { checkCost } from './common.ts';

const grad = defineOp({
  name: 'Grad',
  kind: 'gradient',
  category: 'Gradient',
  glyph: '∇',
  aliases: ['T.grad', 'gradient', 'derivative', 'backward', 'autograd'],
  inputs: [
    { name: 'cost', doc: 'A single number', dtypes: ['float32'] },
    { name: 'wrt', doc: 'Variables to differentiate by: parameters, inputs or any wire', variadic: true },
  ],
  outputs: [{ name: 'gradient', doc: 'One gradient for each variable, of its shape', variadic: true }],
  attributes: {},
  infer: (ctx) => {
    checkCost(ctx, 'A gradient is the slope of one number.');
    const { nameOf, fail } = ctx;
    const [, ...wrt] = ctx.inputs;
    wrt.forEach((type, at) => {
      if (!type || type.dtype === 'float32') return;
      fail('gradient/integer', {
        title: `${nameOf(at + 1)} is ${printType(type)}: it has no gradient`,
        port: `wrt.${at}`,
        fixes: [
          {
            label: 'Cast to float32',
            safety: 'maybe',
            edit: { kind: 'insert-on-wire', port: `wrt.${at}`, op: 'Cast', attributes: { to: 'float32' } },
          },
        ],
      });
    });
    return wrt.map((type) => type ?? { dtype: 'float32', shape: [] });
  },
  gradient: { none: 'undefined', reason: 'Grad is expanded before anything is differentiated again.' },
  doc: {
    summary:
      'The gradient of a cost with respect to variables, as ordinary tensors that can be wired onward: Theano’s T.grad.',
    formula: '\\nabla_\\theta L',
    notes: 'Grad of Grad gives second derivatives. A variable the cost does not depend on is an error.',
  },
  examples: [],
});

const metric = defineOp({
  name: 'Metric',
  kind: 'metric',
  category: 'Result',
  glyph: '%',
  aliases: ['monitor', 'report', 'zero-one loss', 'accuracy'],
  inputs: [{ name: 'value', doc: 'A single number', dtypes: ['float32', 'int32'] }],
  outputs: [],
  attributes: {},
  infer: ({ inputs: [value], nameOf, fail }) => {
    if (value && value.shape.length > 0) {
      fail('shape/rank', {
        title: `${nameOf(0)} is ${printType(value)}, not a single number`,
        cause: 'A metric is one number, averaged over the batches of a split.',
        port: 'value',
        fixes: [
          {
            label: 'Take the mean',
            safety: 'maybe',
            edit: { kind: 'insert-on-wire', port: 'value', op: 'ReduceMean' },
          },
        ],
      });
    }
    return [];
  },
  gradient: { none: 'disconnected', reason: 'A metric has no output.' },
  doc: { summary: 'A number that is reported for the validation split and never trained on.', formula: 'm' },
  examples: [],
});

const output = defineOp({
  name: 'Output',
  kind: 'output',
  category: 'Result',
  glyph: '⇥',
  aliases: ['return', 'predict', 'theano.function outputs'],
  inputs: [{ name: 'value', doc: 'What the function returns' }],
  outputs: [],
  attributes: {
    function: attr.string('predict', 'The function that returns it; outputs of one name belong together'),
  },
  infer: () => [],
  gradient: { none: 'disconnected', reason: 'An output node has no output port.' },
  doc: {
    summary:
      'A result of a function, by default of predict. Functions share parameters and compile to their own graphs.',
    formula: 'f(x)',
  },
  examples: [],
});

const note = defineOp({
  name: 'Note',
  kind: 'note',
  category: 'Result',
  glyph: '¶',
  aliases: ['comment', 'text'],
  inputs: [],
  outputs: [],
  attributes: { text: attr.text('', 'What it says') },
  infer: () => [],
  gradient: { none: 'disconnected', reason: 'A note computes nothing.' },
  doc: { summary: 'Text on the canvas.' },
  examples: [],
});

export const gradientOps: readonly OpRecord[] = [grad];
export const resultOps: readonly OpRecord[] = [metric, output, note];
