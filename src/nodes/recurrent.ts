import type { Builder } from '../compiler/builder.ts';
import type { Value } from '../compiler/ir.ts';
import { attr, defineOp, type OpRecord, type PortSpec } from '../compiler/op.ts';
import { FLOAT, f32, i32, tex } from './common.ts';
import {
  recurrentAttributes as attributes,
  inferRecurrent,
  LONGEST,
  recurrentOutputs as outputs,
  recurrentFans,
  recurrentPorts,
} from './recurrent-inference.ts';
import { type Cell, gatedCell, type LayerAttributes, memoryCell, simpleCell, unroll } from './recurrent-steps.ts';

function lowerLayer(
  b: Builder,
  x: readonly (Value | null)[],
  cell: Cell,
  attributes: LayerAttributes,
): readonly Value[] {
  const { y, h, c } = unroll(b, x, cell, attributes);
  return c ? [y, h, c] : [y, h];
}

const NOTES = `The number of steps is fixed, at most ${LONGEST}: they are written out. Where a sequence has ended, y is 0 and the last state is that of its last step. A reverse layer writes the state it has after reading step t at position t of y, so that y_h is at position 0.`;

const rnnPorts = recurrentPorts('', '');

const rnn = defineOp({
  name: 'RNN',
  category: 'Recurrent',
  glyph: '↻',
  aliases: ['recurrent layer', 'SimpleRNN', 'Elman', 'nn.RNN', 'theano.scan'],
  inputs: rnnPorts,
  outputs,
  attributes: { activation: attr.choice(['Tanh', 'Relu'], 'Tanh', 'What makes the state.'), ...attributes },
  infer: (ctx) => inferRecurrent(ctx, rnnPorts, 1),
  fans: recurrentFans(1),
  gradient: 'expansion',
  lower: ({ b, x, attributes }) => lowerLayer(b, x, simpleCell(attributes.activation), attributes),
  doc: {
    summary: 'A recurrent layer: every step sees its input and the state of the step before.',
    formula: tex`h_t = f(W x_t + b_w + R\, h_{t-1} + b_r)`,
    gradient: tex`\bar a_t = \bigl(\bar y_t + R^\top \bar a_{t+1}\bigr) \odot f'(a_t),\quad \bar W = \sum_t \bar a_t x_t^\top,\quad \bar R = \sum_t \bar a_t h_{t-1}^\top`,
    notes: `${NOTES} The gradient goes back through all steps.`,
  },
  cases: [
    ['f32[3,batch,2] f32[1,5,2] f32[1,5,5]'],
    [
      'f32[3,batch,2] f32[2,5,2] f32[2,5,5](-0.5,0.5) f32[2,10] i32[batch](1,3) f32[2,batch,5]',
      { direction: 'bidirectional', hidden_size: 5 },
    ],
    [
      'f32[batch,3,2](0.2,2) f32[1,5,2](0.2,2) f32[1,5,5](-0.1,0.1) f32[1,10] _ f32[batch,1,5]',
      { activation: 'Relu', layout: 1, direction: 'reverse' },
    ],
  ],
  examples: [
    {
      inputs: [f32([1, 2], [2, 1, 1]), f32([1], [1, 1, 1]), f32([0.5], [1, 1, 1]), null, null, null],
      attributes: { activation: 'Relu' },
      outputs: [f32([1, 2.5], [2, 1, 1, 1]), f32([2.5], [1, 1, 1])],
    },
    {
      inputs: [f32([1, 2], [2, 1, 1]), f32([1], [1, 1, 1]), f32([0.5], [1, 1, 1]), f32([1, 0], [1, 2]), i32([2]), null],
      attributes: { activation: 'Relu', direction: 'reverse' },
      outputs: [f32([3.5, 3], [2, 1, 1, 1]), f32([3.5], [1, 1, 1])],
    },
  ],
});

const gruPorts = recurrentPorts('3*', ' with the gates z, r, h');

const gru = defineOp({
  name: 'GRU',
  category: 'Recurrent',
  glyph: '↻z',
  aliases: ['gated recurrent unit', 'nn.GRU', 'keras.layers.GRU', 'recurrent layer'],
  inputs: gruPorts,
  outputs,
  attributes: {
    ...attributes,
    linear_before_reset: attr.flag(
      false,
      'Resets the product of the state with its weights, as PyTorch and cuDNN do, instead of the state.',
    ),
  },
  infer: (ctx) => inferRecurrent(ctx, gruPorts, 3),
  fans: recurrentFans(3),
  gradient: 'expansion',
  lower: ({ b, x, attributes }) => lowerLayer(b, x, gatedCell(attributes.linear_before_reset), attributes),
  doc: {
    summary: 'A recurrent layer with gates that say how much of the state is seen and how much is kept.',
    formula: tex`\begin{aligned} z_t &= \sigma(W_z x_t + R_z h_{t-1} + b_z) \\ r_t &= \sigma(W_r x_t + R_r h_{t-1} + b_r) \\ n_t &= \tanh(W_h x_t + R_h (r_t \odot h_{t-1}) + b_h) \\ h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1} \end{aligned}`,
    gradient: tex`\bar h_{t-1} = z_t \odot \bar h_t + r_t \odot R_h^\top \bar a_n + R_z^\top \bar a_z + R_r^\top \bar a_r`,
    notes: `${NOTES} Gates are in ONNX's order z, r, h; PyTorch's is r, z, n. With linear_before_reset the third line is tanh(W x + b + r ⊙ (R h + b')).`,
  },
  cases: [
    ['f32[3,batch,2] f32[1,9,2] f32[1,9,3] f32[1,18]'],
    ['f32[3,batch,2] f32[1,9,2] f32[1,9,3] f32[1,18]', { linear_before_reset: true }],
    [
      'f32[batch,3,2] f32[2,9,2] f32[2,9,3] f32[2,18] i32[batch](1,3) f32[batch,2,3]',
      { direction: 'bidirectional', layout: 1, linear_before_reset: true },
    ],
    ['f32[2,batch,5] f32[1,9,5] f32[1,9,3] _ _ f32[1,batch,3]', { direction: 'reverse', clip: 9 }],
  ],
  examples: [
    {
      inputs: [
        f32([1], [1, 1, 1]),
        f32([0, 0, 1], [1, 3, 1]),
        f32([0, 0, 0], [1, 3, 1]),
        null,
        null,
        f32([2], [1, 1, 1]),
      ],
      outputs: [f32([1.3807971], [1, 1, 1, 1]), f32([1.3807971], [1, 1, 1])],
    },
  ],
});

const lstmPorts: readonly PortSpec[] = [
  ...recurrentPorts('4*', ' with the gates i, o, f, c'),
  { name: 'initial_c', doc: 'First memory, like initial_h.', dtypes: FLOAT, optional: true },
  { name: 'p', doc: 'Peepholes [directions, 3*hidden] of the gates i, o, f.', dtypes: FLOAT, optional: true },
];

const lstm = defineOp({
  name: 'LSTM',
  category: 'Recurrent',
  glyph: '↻c',
  aliases: ['long short-term memory', 'nn.LSTM', 'keras.layers.LSTM', 'recurrent layer'],
  inputs: lstmPorts,
  outputs: [...outputs, { name: 'y_c', doc: 'The last memory, like y_h.' }],
  attributes,
  infer: (ctx) => inferRecurrent(ctx, lstmPorts, 4),
  fans: recurrentFans(4),
  gradient: 'expansion',
  lower: ({ b, x, attributes }) => lowerLayer(b, x, memoryCell, attributes),
  doc: {
    summary: 'A recurrent layer with a memory that gates write, keep and read.',
    formula: tex`\begin{aligned} i_t, o_t, f_t &= \sigma(W x_t + R\, h_{t-1} + b) \\ c_t &= f_t \odot c_{t-1} + i_t \odot \tanh(W_c x_t + R_c h_{t-1} + b_c) \\ h_t &= o_t \odot \tanh c_t \end{aligned}`,
    gradient: tex`\bar c_{t-1} = f_t \odot \bar c_t,\quad \bar h_{t-1} = R^\top \bar a_t`,
    notes: `${NOTES} Gates are in ONNX's order i, o, f, c; PyTorch's is i, f, g, o. Peepholes add p ⊙ c of the step before to i and f, and of the same step to o.`,
  },
  cases: [
    ['f32[3,batch,2] f32[1,12,2] f32[1,12,3] f32[1,24]'],
    [
      'f32[3,batch,2] f32[2,12,2] f32[2,12,3] f32[2,24] i32[batch](1,3) f32[2,batch,3] f32[2,batch,3] f32[2,9]',
      { direction: 'bidirectional' },
    ],
    ['f32[batch,3,2] f32[1,12,2] f32[1,12,3] _ _ _ f32[batch,1,3]', { direction: 'reverse', layout: 1 }],
    ['f32[1,batch,2] f32[1,20,2] f32[1,20,5]', { hidden_size: 5 }],
  ],
  examples: [
    {
      inputs: [
        f32([1], [1, 1, 1]),
        f32([0, 0, 0, 1], [1, 4, 1]),
        f32([0, 0, 0, 0], [1, 4, 1]),
        null,
        null,
        null,
        f32([2], [1, 1, 1]),
        null,
      ],
      outputs: [f32([0.44056481], [1, 1, 1, 1]), f32([0.44056481], [1, 1, 1]), f32([1.3807971], [1, 1, 1])],
    },
  ],
});

export const recurrentOps: readonly OpRecord[] = [rnn, gru, lstm];
