import { define } from './define.ts';

const zeros = { initializer: 'zeros' };
const ones = { initializer: 'ones' };

export const dense = define({
  name: 'dense',
  title: 'Dense',
  description: 'A product with weights, a bias and a rectifier: one layer of a network.',
  exposed: { weights: 'W.shape', bias: 'b.shape' },
  parts: {
    x: [0, 0, 'ModuleInput'],
    W: [0, 1, 'Parameter', {}, { shape: [64, 32], initializer: 'he_uniform' }],
    b: [0, 2, 'Parameter', {}, { shape: [32], ...zeros }],
    affine: [1, 0, 'Gemm', { a: 'x', b: 'W', c: 'b' }],
    relu: [2, 0, 'Relu', { x: 'affine' }],
    y: [3, 0, 'ModuleOutput', { value: 'relu' }],
  },
});

export const convBlock = define({
  name: 'conv_block',
  title: 'Conv block',
  description: 'Filters with a bias, a rectifier and pooling by the maximum, which halves height and width.',
  exposed: { filters: 'filters.shape', bias: 'bias.shape', pads: 'conv.pads' },
  parts: {
    x: [0, 0, 'ModuleInput'],
    filters: [0, 1, 'Parameter', {}, { shape: [8, 1, 3, 3], initializer: 'he_uniform' }],
    bias: [0, 2, 'Parameter', {}, { shape: [8], ...zeros }],
    conv: [1, 0, 'Conv', { x: 'x', w: 'filters', b: 'bias' }, { pads: [1, 1, 1, 1] }],
    relu: [2, 0, 'Relu', { x: 'conv' }],
    pool: [3, 0, 'MaxPool', { x: 'relu' }],
    y: [4, 0, 'ModuleOutput', { value: 'pool' }],
  },
});

export const leNetBlock = define({
  name: 'lenet_block',
  title: 'LeNet block',
  description: 'The two convolutions of LeNet, each with tanh and pooling by the mean, and the features as one row.',
  exposed: {
    filters1: 'filters1.shape',
    bias1: 'bias1.shape',
    filters2: 'filters2.shape',
    bias2: 'bias2.shape',
  },
  parts: {
    x: [0, 0, 'ModuleInput'],
    filters1: [0, 1, 'Parameter', {}, { shape: [6, 1, 5, 5] }],
    bias1: [0, 2, 'Parameter', {}, { shape: [6], ...zeros }],
    conv1: [1, 0, 'Conv', { x: 'x', w: 'filters1', b: 'bias1' }, { pads: [2, 2, 2, 2] }],
    tanh1: [2, 0, 'Tanh', { x: 'conv1' }],
    pool1: [3, 0, 'AveragePool', { x: 'tanh1' }],
    filters2: [3, 1, 'Parameter', {}, { shape: [16, 6, 5, 5] }],
    bias2: [3, 2, 'Parameter', {}, { shape: [16], ...zeros }],
    conv2: [4, 0, 'Conv', { x: 'pool1', w: 'filters2', b: 'bias2' }],
    tanh2: [5, 0, 'Tanh', { x: 'conv2' }],
    pool2: [6, 0, 'AveragePool', { x: 'tanh2' }],
    features: [7, 0, 'Flatten', { x: 'pool2' }],
    y: [8, 0, 'ModuleOutput', { value: 'features' }],
  },
});

export const residualBlock = define({
  name: 'residual_block',
  title: 'Residual block',
  description: 'Two convolutions that add to what goes in, so that gradients have a way around them.',
  exposed: { filters1: 'filters1.shape', bias1: 'bias1.shape', filters2: 'filters2.shape', bias2: 'bias2.shape' },
  parts: {
    x: [0, 0, 'ModuleInput'],
    filters1: [0, 1, 'Parameter', {}, { shape: [8, 8, 3, 3], initializer: 'he_uniform' }],
    bias1: [0, 2, 'Parameter', {}, { shape: [8], ...zeros }],
    conv1: [1, 1, 'Conv', { x: 'x', w: 'filters1', b: 'bias1' }, { pads: [1, 1, 1, 1] }],
    relu1: [2, 1, 'Relu', { x: 'conv1' }],
    filters2: [2, 2, 'Parameter', {}, { shape: [8, 8, 3, 3], initializer: 'he_uniform' }],
    bias2: [2, 3, 'Parameter', {}, { shape: [8], ...zeros }],
    conv2: [3, 1, 'Conv', { x: 'relu1', w: 'filters2', b: 'bias2' }, { pads: [1, 1, 1, 1] }],
    sum: [4, 0, 'Add', { a: 'x', b: 'conv2' }],
    relu2: [5, 0, 'Relu', { x: 'sum' }],
    y: [6, 0, 'ModuleOutput', { value: 'relu2' }],
  },
});

export const batchNorm = define({
  name: 'batch_norm',
  title: 'BatchNorm',
  description:
    'Normalizes channels by mean and variance of the batch while training, and by running ones, which it keeps, elsewhere.',
  exposed: {
    scale: 'scale.shape',
    bias: 'bias.shape',
    mean: 'mean.shape',
    variance: 'variance.shape',
    momentum: 'normalized.momentum',
  },
  parts: {
    x: [0, 0, 'ModuleInput'],
    scale: [0, 1, 'Parameter', {}, { shape: [8], ...ones }],
    bias: [0, 2, 'Parameter', {}, { shape: [8], ...zeros }],
    mean: [0, 3, 'Parameter', { update: 'normalized:running_mean' }, { shape: [8], ...zeros, trainable: false }],
    variance: [0, 4, 'Parameter', { update: 'normalized:running_var' }, { shape: [8], ...ones, trainable: false }],
    normalized: [
      2,
      0,
      'BatchNormalization',
      { x: 'x', scale: 'scale', b: 'bias', input_mean: 'mean', input_var: 'variance' },
    ],
    y: [3, 0, 'ModuleOutput', { value: 'normalized' }],
  },
});
