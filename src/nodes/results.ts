import { attr, defineOp, type OpRecord } from '../compiler/op.ts';
import { printType } from '../compiler/types.ts';
import { castBadge } from './common.ts';

const metric = defineOp({
  name: 'Metric',
  kind: 'metric',
  category: 'Result',
  glyph: '%',
  aliases: ['monitor', 'report', 'zero-one loss', 'accuracy'],
  inputs: [{ name: 'value', doc: 'A single number', dtypes: ['float32', 'int32'] }],
  outputs: [],
  attributes: {},
  infer: ({ inputs: [value], nameOf, badge, fail }) => {
    if (value?.dtype === 'int32') badge(castBadge('int32', 'float32'));
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

export const resultOps: readonly OpRecord[] = [metric, output, note];
