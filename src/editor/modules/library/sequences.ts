import { define, type Part } from './define.ts';

const zeros = { initializer: 'zeros' };
const ones = { initializer: 'ones' };

export const attentionBlock = define({
  name: 'attention_block',
  title: 'Attention block',
  description: 'Self-attention over the tokens of a sequence [batch, tokens, width], added to it and normalized.',
  exposed: {
    query: 'Wq.shape',
    key: 'Wk.shape',
    value: 'Wv.shape',
    output: 'Wo.shape',
    scale: 'scale.shape',
    bias: 'bias.shape',
    heads: 'attention.q_num_heads',
    causal: 'attention.is_causal',
  },
  parts: {
    x: [0, 0, 'ModuleInput'],
    Wq: [0, 1, 'Parameter', {}, { shape: [16, 16] }],
    Wk: [0, 2, 'Parameter', {}, { shape: [16, 16] }],
    Wv: [0, 3, 'Parameter', {}, { shape: [16, 16] }],
    q: [1, 1, 'MatMul', { a: 'x', b: 'Wq' }],
    k: [1, 2, 'MatMul', { a: 'x', b: 'Wk' }],
    v: [1, 3, 'MatMul', { a: 'x', b: 'Wv' }],
    attention: [2, 1, 'Attention', { q: 'q', k: 'k', v: 'v' }, { q_num_heads: 2, kv_num_heads: 2 }],
    Wo: [2, 3, 'Parameter', {}, { shape: [16, 16] }],
    mixed: [3, 1, 'MatMul', { a: 'attention:y', b: 'Wo' }],
    sum: [4, 0, 'Add', { a: 'x', b: 'mixed' }],
    scale: [4, 1, 'Parameter', {}, { shape: [16], ...ones }],
    bias: [4, 2, 'Parameter', {}, { shape: [16], ...zeros }],
    normalized: [5, 0, 'LayerNormalization', { x: 'sum', scale: 'scale', b: 'bias' }],
    y: [6, 0, 'ModuleOutput', { value: 'normalized' }],
  },
});

/** One of the three sums of a GRU cell: `x W + h U + b`. */
function gate(name: string, row: number, h: string, column = 1): Record<string, Part> {
  return {
    [`W${name}`]: [column - 1, row, 'Parameter', {}, { shape: [16, 16] }],
    [`U${name}`]: [column - 1, row + 1, 'Parameter', {}, { shape: [16, 16] }],
    [`b${name}`]: [column - 1, row + 2, 'Parameter', {}, { shape: [16], ...zeros }],
    [`x${name}`]: [column, row, 'Gemm', { a: 'x', b: `W${name}`, c: `b${name}` }],
    [`h${name}`]: [column, row + 1, 'MatMul', { a: h, b: `U${name}` }],
    [`sum${name}`]: [column + 1, row, 'Add', { a: `x${name}`, b: `h${name}` }],
  };
}

export const gruCell = define({
  name: 'gru_cell',
  title: 'GRU cell',
  description: 'One step of a gated recurrent unit: from an input [batch, n] and a state [batch, m] the next state.',
  exposed: {
    input_update: 'Wz.shape',
    state_update: 'Uz.shape',
    bias_update: 'bz.shape',
    input_reset: 'Wr.shape',
    state_reset: 'Ur.shape',
    bias_reset: 'br.shape',
    input_new: 'Wn.shape',
    state_new: 'Un.shape',
    bias_new: 'bn.shape',
  },
  parts: {
    x: [0, 0, 'ModuleInput'],
    h: [0, 1, 'ModuleInput', {}, { order: 1 }],
    ...gate('z', 2, 'h'),
    update: [3, 2, 'Sigmoid', { x: 'sumz' }],
    ...gate('r', 5, 'h'),
    reset: [3, 5, 'Sigmoid', { x: 'sumr' }],
    kept: [4, 5, 'Mul', { a: 'reset', b: 'h' }],
    ...gate('n', 8, 'kept', 5),
    candidate: [7, 8, 'Tanh', { x: 'sumn' }],
    // (1 − z) n + z h = n + z (h − n)
    difference: [8, 1, 'Sub', { a: 'h', b: 'candidate' }],
    step: [9, 2, 'Mul', { a: 'update', b: 'difference' }],
    next: [10, 2, 'Add', { a: 'candidate', b: 'step' }],
    y: [11, 2, 'ModuleOutput', { value: 'next' }],
  },
});
