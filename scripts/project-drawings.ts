/** Drawings that ask more of exported projects than the examples do. */
import type { AttributeValue, GraphDocument, TrainingOptions } from '../src/compiler/document.ts';
import { drawing } from './drawing.ts';

type Nodes = Parameters<typeof drawing>[0];

const trained = (nodes: Nodes, training: Partial<TrainingOptions> = {}): GraphDocument => drawing(nodes, { training });

function layers(
  optimizer: string,
  attributes: Record<string, AttributeValue>,
  between: Nodes = {},
  last = 'hidden',
): Nodes {
  return {
    digits: ['Data', {}, { dataset: 'digits' }],
    W1: ['Parameter', {}, { shape: [64, 16], initializer: 'glorot_uniform' }],
    b1: ['Parameter', {}, { shape: [16], initializer: 'zeros' }],
    hidden: ['Gemm', { a: 'digits:x', b: 'W1', c: 'b1' }],
    ...between,
    W2: ['Parameter', {}, { shape: [16, 10], initializer: 'glorot_uniform' }],
    scores: ['MatMul', { a: last, b: 'W2' }],
    loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }],
    optimizer: [optimizer, { cost: 'loss' }, attributes],
  };
}

export function projectDrawings(): Map<string, GraphDocument> {
  const relu: Nodes = { active: ['Relu', { x: 'hidden' }] };
  return new Map([
    ['adagrad', trained(layers('Adagrad', { lr: 0.05 }, relu, 'active'))],
    ['rmsprop', trained(layers('RMSprop', { lr: 0.01, weight_decay: 0.01 }, relu, 'active'))],
    ['adamw', trained(layers('AdamW', { lr: 0.01, clip_norm: 0.1 }, relu, 'active'))],
    ['nesterov', trained(layers('SGD', { lr: 0.1, momentum: 0.9, nesterov: true, clip_value: 0.01 }, relu, 'active'))],
    [
      'rest and schedule',
      trained(layers('SGD', { lr: 0.1 }), {
        batchSize: 700,
        lastBatch: 'keep',
        schedule: { kind: 'cosine', period: 3, warmup: 2 },
      }),
    ],
    [
      'dropout and normalization',
      trained(
        layers(
          'Adam',
          { lr: 0.01 },
          {
            scale: ['Parameter', {}, { shape: [16], initializer: 'ones' }],
            shift: ['Parameter', {}, { shape: [16], initializer: 'zeros' }],
            normal: ['LayerNormalization', { x: 'hidden', scale: 'scale', b: 'shift' }],
            active: ['Mish', { x: 'normal' }],
            dropped: ['Dropout', { x: 'active' }, { ratio: 0.3 }],
          },
          'dropped',
        ),
      ),
    ],
    [
      'drawn descent',
      trained({
        data: ['Data', {}, { dataset: 'line' }],
        a: ['Parameter', { update: 'a next' }, { shape: [1] }],
        fit: ['Mul', { a: 'data:x', b: 'a' }],
        loss: ['MeanSquaredError', { prediction: 'fit', target: 'data:y' }],
        slope: ['Grad', { cost: 'loss', 'wrt.0': 'a' }],
        rate: ['Constant', {}, { values: [0.1] }],
        'step taken': ['Mul', { a: 'slope:gradient.0', b: 'rate' }],
        'a next': ['Sub', { a: 'a', b: 'step taken' }],
      }),
    ],
  ]);
}
