/** The operators' inputs, attributes and results. Written by `npm run docs:operators`; do not edit. */
import type { Dim } from '../compiler/dims.ts';
import type { Node, Results } from './operators.ts';
import type { Operand, Variable } from './variable.ts';

type In = Operand;

export interface Operators {
  /** Rows of a data set. It stays on the device; each step gathers its batch by row number inside the graph. */
  Data(attributes?: { dataset?: string; shape?: readonly Dim[]; split?: 'any' | 'validation' | 'test' }): Results<'x' | 'y'>;
  /** A shared variable: it keeps its value on the device from step to step. */
  Parameter: {
    (attributes?: { shape?: readonly Dim[]; initializer?: 'zeros' | 'ones' | 'constant' | 'uniform' | 'normal' | 'glorot_uniform' | 'glorot_uniform_sigmoid' | 'glorot_normal' | 'fan_in_uniform' | 'lecun_normal' | 'he_uniform' | 'he_normal' | 'orthogonal' | 'identity' | 'values'; value?: number; low?: number; high?: number; mean?: number; std?: number; gain?: number; values?: readonly number[]; seed?: number; after?: string; trainable?: boolean }): Variable;
    (update: In | null, attributes?: { shape?: readonly Dim[]; initializer?: 'zeros' | 'ones' | 'constant' | 'uniform' | 'normal' | 'glorot_uniform' | 'glorot_uniform_sigmoid' | 'glorot_normal' | 'fan_in_uniform' | 'lecun_normal' | 'he_uniform' | 'he_normal' | 'orthogonal' | 'identity' | 'values'; value?: number; low?: number; high?: number; mean?: number; std?: number; gain?: number; values?: readonly number[]; seed?: number; after?: string; trainable?: boolean }): Variable;
  };
  /** A tensor that the caller of the function supplies: Theano’s symbolic variable. */
  Input(attributes?: { shape?: readonly Dim[]; dtype?: 'float32' | 'int32' | 'bool' }): Variable;
  /** A tensor of fixed values. */
  Constant(attributes?: { values?: readonly number[]; shape?: readonly Dim[]; dtype?: 'float32' | 'int32' | 'bool' }): Variable;
  /** Matrix product; stacks of matrices are multiplied one by one, vectors as a row or a column. */
  MatMul(a: In, b: In): Variable;
  /** Matrix product with a bias in one kernel: a dense layer. */
  Gemm: {
    (a: In, b: In, attributes?: { alpha?: number; beta?: number; transA?: boolean; transB?: boolean }): Variable;
    (a: In, b: In, c: In | null, attributes?: { alpha?: number; beta?: number; transA?: boolean; transB?: boolean }): Variable;
  };
  /** Products of elements, summed over the axes whose letters the result does not have. */
  Einsum(...rest: [...In[], { equation?: string }] | In[]): Variable;
  /** For every query a mean of the values, weighted by how well their keys match it. */
  Attention: {
    (q: In, k: In, v: In, attributes?: { q_num_heads?: number; kv_num_heads?: number; is_causal?: boolean; scale?: number; softcap?: number }): Results<'y' | 'weights'>;
    (q: In, k: In, v: In, attn_mask: In | null, attributes?: { q_num_heads?: number; kv_num_heads?: number; is_causal?: boolean; scale?: number; softcap?: number }): Results<'y' | 'weights'>;
  };
  /** Squashes every element into -1 … 1. */
  Tanh(x: In): Variable;
  /** Squashes every element into 0 … 1, as the probability that belongs to a logit. */
  Sigmoid(x: In): Variable;
  /** Keeps positive elements and makes the others zero. */
  Relu(x: In): Variable;
  /** Keeps positive elements and scales the others down. */
  LeakyRelu(x: In, attributes?: { alpha?: number }): Variable;
  /** Keeps positive elements and bends the others towards -alpha. */
  Elu(x: In, attributes?: { alpha?: number }): Variable;
  /** Elu, scaled so that layers keep mean 0 and variance 1. */
  Selu(x: In, attributes?: { alpha?: number; gamma?: number }): Variable;
  /** Weighs every element with the probability that a normal variable is smaller. */
  Gelu(x: In, attributes?: { approximate?: 'none' | 'tanh' }): Variable;
  /** A smooth Relu. */
  Softplus(x: In): Variable;
  /** Squashes every element into -1 … 1, more gently than Tanh. */
  Softsign(x: In): Variable;
  /** A straight line, cut off at 0 and 1. */
  HardSigmoid(x: In, attributes?: { alpha?: number; beta?: number }): Variable;
  /** Elu whose slope at 0 is 1 for every alpha. */
  Celu(x: In, attributes?: { alpha?: number }): Variable;
  /** Keeps elements above a threshold and makes the others zero. */
  ThresholdedRelu(x: In, attributes?: { alpha?: number }): Variable;
  /** The element times a straight line cut off at 0 and 1. */
  HardSwish(x: In): Variable;
  /** The element times the Tanh of its Softplus. */
  Mish(x: In): Variable;
  /** Keeps positive elements and scales the others by slopes that can be trained. */
  PRelu(x: In, slope: In): Variable;
  /** Makes small elements zero and moves the others towards it. */
  Shrink(x: In, attributes?: { lambd?: number; bias?: number }): Variable;
  /** Every element times the sigmoid of itself: a smooth Relu with a dip below zero. */
  Swish(x: In, attributes?: { alpha?: number }): Variable;
  /** 1 at the largest element along an axis and 0 elsewhere: Softmax without doubt. */
  Hardmax(x: In, attributes?: { axis?: number }): Variable;
  /** Turns logits into probabilities along an axis. */
  Softmax(x: In, attributes?: { axis?: number }): Variable;
  /** Turns logits into logarithms of probabilities along an axis. */
  LogSoftmax(x: In, attributes?: { axis?: number }): Variable;
  /** Brings every row to mean 0 and variance 1, then scales and shifts its elements. */
  LayerNormalization: {
    (x: In, scale: In, attributes?: { axis?: number; epsilon?: number }): Variable;
    (x: In, scale: In, b: In | null, attributes?: { axis?: number; epsilon?: number }): Variable;
  };
  /** Brings every row to mean square 1, then scales its elements. */
  RMSNormalization(x: In, scale: In, attributes?: { axis?: number; epsilon?: number }): Variable;
  /** Divides every vector along an axis by its norm. */
  LpNormalization(x: In, attributes?: { axis?: number; p?: number }): Variable;
  /** Brings what lies along some axes to mean 0 and variance 1. */
  MeanVarianceNormalization(x: In, attributes?: { axes?: readonly number[] }): Variable;
  /** Brings every channel to mean 0 and variance 1 over the batch, then scales and shifts it. */
  BatchNormalization(x: In, scale: In, b: In, input_mean: In, input_var: In, attributes?: { training_mode?: boolean; momentum?: number; epsilon?: number }): Results<'y' | 'running_mean' | 'running_var'>;
  /** Brings every channel of every image to mean 0 and variance 1, then scales and shifts it. */
  InstanceNormalization(x: In, scale: In, b: In, attributes?: { epsilon?: number }): Variable;
  /** Brings every group of channels of every image to mean 0 and variance 1, then scales and shifts its channels. */
  GroupNormalization(x: In, scale: In, b: In, attributes?: { num_groups?: number; epsilon?: number }): Variable;
  /** Slides kernels over images or signals: every result is a weighted sum of a small neighbourhood. */
  Conv: {
    (x: In, w: In, attributes?: { kernel_shape?: readonly number[]; strides?: readonly number[]; auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'; pads?: readonly number[]; dilations?: readonly number[]; group?: number; flip?: boolean }): Variable;
    (x: In, w: In, b: In | null, attributes?: { kernel_shape?: readonly number[]; strides?: readonly number[]; auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'; pads?: readonly number[]; dilations?: readonly number[]; group?: number; flip?: boolean }): Variable;
  };
  /** The transpose of a convolution: every element paints its kernel into the result, which becomes larger. */
  ConvTranspose: {
    (x: In, w: In, attributes?: { kernel_shape?: readonly number[]; strides?: readonly number[]; auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'; pads?: readonly number[]; dilations?: readonly number[]; group?: number; output_padding?: readonly number[]; output_shape?: readonly number[] }): Variable;
    (x: In, w: In, b: In | null, attributes?: { kernel_shape?: readonly number[]; strides?: readonly number[]; auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'; pads?: readonly number[]; dilations?: readonly number[]; group?: number; output_padding?: readonly number[]; output_shape?: readonly number[] }): Variable;
  };
  /** The largest element in every window. */
  MaxPool(x: In, attributes?: { kernel_shape?: readonly number[]; strides?: readonly number[]; auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'; pads?: readonly number[]; dilations?: readonly number[]; ceil_mode?: boolean }): Variable;
  /** The mean of the elements in every window. */
  AveragePool(x: In, attributes?: { kernel_shape?: readonly number[]; strides?: readonly number[]; auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'; pads?: readonly number[]; dilations?: readonly number[]; ceil_mode?: boolean; count_include_pad?: boolean }): Variable;
  /** The norm of the elements in every window. */
  LpPool(x: In, attributes?: { p?: number; kernel_shape?: readonly number[]; strides?: readonly number[]; auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'; pads?: readonly number[]; dilations?: readonly number[]; ceil_mode?: boolean }): Variable;
  /** The largest pixel of every channel. */
  GlobalMaxPool(x: In): Variable;
  /** The mean over all pixels of every channel. */
  GlobalAveragePool(x: In): Variable;
  /** The norm of all pixels of every channel. */
  GlobalLpPool(x: In, attributes?: { p?: number }): Variable;
  /** Makes images larger or smaller by copying or mixing their elements. */
  Resize(x: In, attributes?: { mode?: 'nearest' | 'linear'; scales?: readonly number[]; sizes?: readonly number[]; coordinate_transformation_mode?: 'half_pixel' | 'align_corners' | 'asymmetric' | 'pytorch_half_pixel'; nearest_mode?: 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil' }): Variable;
  /** A recurrent layer: every step sees its input and the state of the step before. */
  RNN: {
    (x: In, w: In, r: In, attributes?: { activation?: 'Tanh' | 'Relu'; direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h'>;
    (x: In, w: In, r: In, b: In | null, attributes?: { activation?: 'Tanh' | 'Relu'; direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h'>;
    (x: In, w: In, r: In, b: In | null, sequence_lens: In | null, attributes?: { activation?: 'Tanh' | 'Relu'; direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h'>;
    (x: In, w: In, r: In, b: In | null, sequence_lens: In | null, initial_h: In | null, attributes?: { activation?: 'Tanh' | 'Relu'; direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h'>;
  };
  /** A recurrent layer with gates that say how much of the state is seen and how much is kept. */
  GRU: {
    (x: In, w: In, r: In, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number; linear_before_reset?: boolean }): Results<'y' | 'y_h'>;
    (x: In, w: In, r: In, b: In | null, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number; linear_before_reset?: boolean }): Results<'y' | 'y_h'>;
    (x: In, w: In, r: In, b: In | null, sequence_lens: In | null, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number; linear_before_reset?: boolean }): Results<'y' | 'y_h'>;
    (x: In, w: In, r: In, b: In | null, sequence_lens: In | null, initial_h: In | null, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number; linear_before_reset?: boolean }): Results<'y' | 'y_h'>;
  };
  /** A recurrent layer with a memory that gates write, keep and read. */
  LSTM: {
    (x: In, w: In, r: In, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h' | 'y_c'>;
    (x: In, w: In, r: In, b: In | null, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h' | 'y_c'>;
    (x: In, w: In, r: In, b: In | null, sequence_lens: In | null, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h' | 'y_c'>;
    (x: In, w: In, r: In, b: In | null, sequence_lens: In | null, initial_h: In | null, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h' | 'y_c'>;
    (x: In, w: In, r: In, b: In | null, sequence_lens: In | null, initial_h: In | null, initial_c: In | null, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h' | 'y_c'>;
    (x: In, w: In, r: In, b: In | null, sequence_lens: In | null, initial_h: In | null, initial_c: In | null, p: In | null, attributes?: { direction?: 'forward' | 'reverse' | 'bidirectional'; hidden_size?: number; layout?: number; clip?: number }): Results<'y' | 'y_h' | 'y_c'>;
  };
  /** How improbable the labels are by the probabilities that belong to the logits. */
  SoftmaxCrossEntropyLoss: {
    (logits: In, labels: In, attributes?: { reduction?: 'mean' | 'sum' | 'none'; ignore_index?: number; label_smoothing?: number }): Variable;
    (logits: In, labels: In, weights: In | null, attributes?: { reduction?: 'mean' | 'sum' | 'none'; ignore_index?: number; label_smoothing?: number }): Variable;
  };
  /** How improbable the labels are, from logarithms of probabilities. */
  NegativeLogLikelihoodLoss: {
    (logProbabilities: In, labels: In, attributes?: { reduction?: 'mean' | 'sum' | 'none'; ignore_index?: number }): Variable;
    (logProbabilities: In, labels: In, weights: In | null, attributes?: { reduction?: 'mean' | 'sum' | 'none'; ignore_index?: number }): Variable;
  };
  /** The fraction of labels that have the largest score. */
  Accuracy(logits: In, labels: In): Variable;
  /** The mean of squared differences. */
  MeanSquaredError(prediction: In, target: In, attributes?: { reduction?: 'mean' | 'sum' | 'none' }): Variable;
  /** The mean of absolute differences. */
  MeanAbsoluteError(prediction: In, target: In, attributes?: { reduction?: 'mean' | 'sum' | 'none' }): Variable;
  /** Squared differences while they are small, absolute ones where they are large. */
  HuberLoss(prediction: In, target: In, attributes?: { reduction?: 'mean' | 'sum' | 'none'; delta?: number }): Variable;
  /** Absolute differences, rounded off where they are small. */
  SmoothL1Loss(prediction: In, target: In, attributes?: { reduction?: 'mean' | 'sum' | 'none'; beta?: number }): Variable;
  /** How improbable targets of 0 and 1 are by the probabilities that belong to the logits. */
  BinaryCrossEntropyWithLogits(logits: In, targets: In, attributes?: { reduction?: 'mean' | 'sum' | 'none' }): Variable;
  /** How improbable targets of 0 and 1 are by given probabilities. */
  BinaryCrossEntropy(probabilities: In, targets: In, attributes?: { reduction?: 'mean' | 'sum' | 'none' }): Variable;
  /** How far a distribution, given by logarithms, is from a target distribution. */
  KLDivergence(logProbabilities: In, target: In, attributes?: { reduction?: 'mean' | 'batchmean' | 'sum' | 'none'; log_target?: boolean }): Variable;
  /** How improbable counts are by the Poisson distributions of predicted rates. */
  PoissonNLLLoss(prediction: In, target: In, attributes?: { reduction?: 'mean' | 'sum' | 'none'; log_input?: boolean; full?: boolean; eps?: number }): Variable;
  /** How far scores are from the side that targets of -1 and 1 name, and from the margin there. */
  HingeLoss(score: In, target: In, attributes?: { reduction?: 'mean' | 'sum' | 'none'; margin?: number; squared?: boolean }): Variable;
  /** How far the scores of the labels are from leading all others by a margin. */
  MultiMarginLoss: {
    (scores: In, labels: In, attributes?: { reduction?: 'mean' | 'sum' | 'none'; margin?: number; squared?: boolean }): Variable;
    (scores: In, labels: In, weights: In | null, attributes?: { reduction?: 'mean' | 'sum' | 'none'; margin?: number; squared?: boolean }): Variable;
  };
  /** The cosine of the angle between vectors. */
  CosineSimilarity(a: In, b: In, attributes?: { axis?: number; eps?: number }): Variable;
  /** Brings pairs of vectors together or apart, as targets of 1 and -1 say. */
  CosineEmbeddingLoss(a: In, b: In, target: In, attributes?: { reduction?: 'mean' | 'sum' | 'none'; margin?: number }): Variable;
  /** The gradient of a cost with respect to variables, as ordinary tensors that can be wired onward: Theano’s T.grad. */
  Grad(cost: In, ...rest: [...In[], { disconnected_inputs?: 'raise' | 'warn' | 'ignore' }] | In[]): Results;
  /** Carries the gradient of a later quantity back from y to variables: Theano’s Lop and known_grads. */
  VectorJacobianProduct(y: In, v: In, ...rest: [...In[], { disconnected_inputs?: 'raise' | 'warn' | 'ignore' }] | In[]): Results;
  /** How a result changes when a variable moves along a direction: Theano’s Rop. */
  JacobianVectorProduct(y: In, x: In, v: In, attributes?: { disconnected_inputs?: 'raise' | 'warn' | 'ignore' }): Variable;
  /** The Hessian of a cost times a vector, without the Hessian: the gradient of gradient times v. */
  HessianVectorProduct(cost: In, x: In, v: In, attributes?: { disconnected_inputs?: 'raise' | 'warn' | 'ignore' }): Variable;
  /** All partial derivatives of a small result with respect to a variable. */
  Jacobian(y: In, x: In, attributes?: { disconnected_inputs?: 'raise' | 'warn' | 'ignore' }): Variable;
  /** All second partial derivatives of a cost with respect to a small variable. */
  Hessian(cost: In, x: In, attributes?: { disconnected_inputs?: 'raise' | 'warn' | 'ignore' }): Variable;
  /** Passes values on, and takes them as constants in gradients. */
  ConsiderConstant(x: In): Variable;
  /** Passes values on, and cuts the path back: what lies behind it counts as not connected. */
  DisconnectedGrad(x: In): Variable;
  /** Passes values on, and zeros back. */
  ZeroGrad(x: In): Variable;
  /** Passes values on, and limits every element of the gradient that flows back. */
  GradClip(x: In, attributes?: { lower_bound?: number; upper_bound?: number }): Variable;
  /** Passes values on, and multiplies the gradient that flows back. */
  GradScale(x: In, attributes?: { multiplier?: number }): Variable;
  /** Passes values on, and lets another gradient flow back than the one that arrives. */
  KnownGrad(x: In, gradient: In): Variable;
  /** Random numbers, all equally likely in a range, drawn anew in every training step. */
  RandomUniform(attributes?: { shape?: readonly Dim[]; low?: number; high?: number; seed?: number }): Variable;
  /** Normally distributed random numbers, drawn anew in every training step. */
  RandomNormal(attributes?: { shape?: readonly Dim[]; mean?: number; scale?: number; seed?: number }): Variable;
  /** Draws 1 with the given probability, else 0, anew in every training step. */
  Bernoulli(probability: In, attributes?: { seed?: number }): Variable;
  /** Sets a random share of the elements to 0 in every training step, and scales the others up. */
  Dropout(x: In, attributes?: { ratio?: number; seed?: number }): Results<'y' | 'mask'>;
  /** Stochastic gradient descent, with optional momentum. */
  SGD: {
    (cost: In, attributes?: { lr?: number; momentum?: number; nesterov?: boolean; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
    (cost: In, lr: In | null, attributes?: { lr?: number; momentum?: number; nesterov?: boolean; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
  };
  /** Steps shrink with the sum of squared gradients so far. */
  Adagrad: {
    (cost: In, attributes?: { lr?: number; eps?: number; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
    (cost: In, lr: In | null, attributes?: { lr?: number; eps?: number; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
  };
  /** Steps are scaled by a running mean of squared gradients. */
  RMSprop: {
    (cost: In, attributes?: { lr?: number; alpha?: number; eps?: number; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
    (cost: In, lr: In | null, attributes?: { lr?: number; alpha?: number; eps?: number; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
  };
  /** Running means of gradients and of their squares, corrected for their start at zero. */
  Adam: {
    (cost: In, attributes?: { lr?: number; beta1?: number; beta2?: number; eps?: number; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
    (cost: In, lr: In | null, attributes?: { lr?: number; beta1?: number; beta2?: number; eps?: number; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
  };
  /** Adam with weight decay applied to the parameter instead of its gradient. */
  AdamW: {
    (cost: In, attributes?: { lr?: number; beta1?: number; beta2?: number; eps?: number; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
    (cost: In, lr: In | null, attributes?: { lr?: number; beta1?: number; beta2?: number; eps?: number; weight_decay?: number; clip_value?: number; clip_norm?: number; parameters?: readonly string[] }): Node;
  };
  /** A number that is reported for the validation split and never trained on. */
  Metric(value: In): Node;
  /** A result of a function, by default of predict. Functions share parameters and compile to their own graphs. */
  Output(value: In, attributes?: { function?: string }): Node;
  /** Text on the canvas. */
  Note(attributes?: { text?: string }): Node;
  /** A titled frame around nodes, which move with it. */
  Frame(attributes?: { colour?: 'grey' | 'blue' | 'green' | 'amber' | 'red' | 'violet'; width?: number; height?: number }): Node;
  /** Sum of two tensors, element by element, with broadcasting. */
  Add(a: In, b: In): Variable;
  /** Difference of two tensors, element by element, with broadcasting. */
  Sub(a: In, b: In): Variable;
  /** Product of two tensors, element by element, with broadcasting. */
  Mul(a: In, b: In): Variable;
  /** Quotient of two tensors, element by element, with broadcasting. */
  Div(a: In, b: In): Variable;
  /** Power, element by element, with broadcasting. */
  Pow(a: In, b: In): Variable;
  /** The largest of its inputs, element by element, with broadcasting. */
  Max(...rest: In[]): Variable;
  /** The smallest of its inputs, element by element, with broadcasting. */
  Min(...rest: In[]): Variable;
  /** Sum of its inputs, element by element, with broadcasting. */
  Sum(...rest: In[]): Variable;
  /** Mean of its inputs, element by element, with broadcasting. */
  Mean(...rest: In[]): Variable;
  /** The remainder of a division, element by element, with broadcasting. */
  Mod(a: In, b: In, attributes?: { fmod?: boolean }): Variable;
  /** Passes its input on. */
  Identity(x: In): Variable;
  /** Changes the sign. */
  Neg(x: In): Variable;
  /** Absolute value. */
  Abs(x: In): Variable;
  /** -1, 0 or 1: the sign of every element. */
  Sign(x: In): Variable;
  /** Exponential. */
  Exp(x: In): Variable;
  /** Natural logarithm. */
  Log(x: In): Variable;
  /** Square root. */
  Sqrt(x: In): Variable;
  /** One over every element. */
  Reciprocal(x: In): Variable;
  /** The next integer below, or the element itself. */
  Floor(x: In): Variable;
  /** The next integer above, or the element itself. */
  Ceil(x: In): Variable;
  /** The nearest integer. */
  Round(x: In): Variable;
  /** Error function. */
  Erf(x: In): Variable;
  /** Limits every element to a range. */
  Clip(x: In, attributes?: { min?: number; max?: number }): Variable;
  /** Logarithm of 1 + x, exact for small x too. */
  Log1p(x: In): Variable;
  /** Exponential less 1, exact for small x too. */
  Expm1(x: In): Variable;
  /** Logarithm of the sum of two exponentials, which do not overflow. */
  LogAddExp(a: In, b: In): Variable;
  /** Sine. */
  Sin(x: In): Variable;
  /** Cosine. */
  Cos(x: In): Variable;
  /** Tangent. */
  Tan(x: In): Variable;
  /** The angle with this sine. */
  Asin(x: In): Variable;
  /** The angle with this cosine. */
  Acos(x: In): Variable;
  /** The angle with this tangent. */
  Atan(x: In): Variable;
  /** Hyperbolic sine. */
  Sinh(x: In): Variable;
  /** Hyperbolic cosine. */
  Cosh(x: In): Variable;
  /** Inverse hyperbolic sine. */
  Asinh(x: In): Variable;
  /** Inverse hyperbolic cosine. */
  Acosh(x: In): Variable;
  /** Inverse hyperbolic tangent. */
  Atanh(x: In): Variable;
  /** Where two tensors are equal. */
  Equal(a: In, b: In): Variable;
  /** Where the first is greater. */
  Greater(a: In, b: In): Variable;
  /** Where the first is greater, or both are equal. */
  GreaterOrEqual(a: In, b: In): Variable;
  /** Where the first is smaller. */
  Less(a: In, b: In): Variable;
  /** Where the first is smaller, or both are equal. */
  LessOrEqual(a: In, b: In): Variable;
  /** Where both are true. */
  And(a: In, b: In): Variable;
  /** Where at least one is true. */
  Or(a: In, b: In): Variable;
  /** Where exactly one is true. */
  Xor(a: In, b: In): Variable;
  /** True where its input is false. */
  Not(x: In): Variable;
  /** Takes each element from one of two tensors, as a condition says. */
  Where(condition: In, a: In, b: In): Variable;
  /** Converts to another dtype. */
  Cast(x: In, attributes?: { to?: 'float32' | 'int32' | 'bool' }): Variable;
  /** Where elements are not numbers, as 0/0 is not. */
  IsNaN(x: In): Variable;
  /** Where elements are infinite. */
  IsInf(x: In, attributes?: { detect_negative?: boolean; detect_positive?: boolean }): Variable;
  /** Sum over axes. */
  ReduceSum(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Mean over axes. */
  ReduceMean(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Largest element over axes. */
  ReduceMax(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Smallest element over axes. */
  ReduceMin(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Product over axes. */
  ReduceProd(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Sum of absolute values over axes. */
  ReduceL1(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Euclidean norm over axes. */
  ReduceL2(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Sum of squares over axes. */
  ReduceSumSquare(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Logarithm of the sum over axes. */
  ReduceLogSum(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Logarithm of the sum of exponentials over axes, a smooth maximum. */
  ReduceLogSumExp(x: In, attributes?: { axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** The p-norm over axes. */
  PNorm(x: In, attributes?: { p?: number; axes?: readonly number[]; keepdims?: boolean }): Variable;
  /** Shortens what is longer than a limit, and leaves the rest as it is. */
  ClipByNorm(x: In, attributes?: { max_norm?: number; axes?: readonly number[] }): Variable;
  /** The index of the largest element along an axis. */
  ArgMax(x: In, attributes?: { axis?: number; keepdims?: boolean; select_last_index?: boolean }): Variable;
  /** The index of the smallest element along an axis. */
  ArgMin(x: In, attributes?: { axis?: number; keepdims?: boolean; select_last_index?: boolean }): Variable;
  /** Running sums along an axis. */
  CumSum(x: In, attributes?: { axis?: number; exclusive?: boolean; reverse?: boolean }): Variable;
  /** The same elements, in the same order, in another shape. */
  Reshape(x: In, attributes?: { shape?: readonly Dim[] }): Variable;
  /** Joins axes until a matrix is left, as images before a dense layer. */
  Flatten(x: In, attributes?: { axis?: number }): Variable;
  /** Reorders axes; a matrix is mirrored at its diagonal. */
  Transpose(x: In, attributes?: { perm?: readonly number[] }): Variable;
  /** Removes axes of size 1. */
  Squeeze(x: In, attributes?: { axes?: readonly number[] }): Variable;
  /** Adds axes of size 1, often so that shapes broadcast. */
  Unsqueeze(x: In, attributes?: { axes?: readonly number[] }): Variable;
  /** Repeats a tensor along axes of size 1, as broadcasting does. */
  Expand(x: In, attributes?: { shape?: readonly Dim[] }): Variable;
  /** Joins tensors along one axis. */
  Concat(...rest: [...In[], { axis?: number }] | In[]): Variable;
  /** Cuts a tensor into parts along one axis. */
  Split(x: In, attributes?: { axis?: number; split?: readonly Dim[]; num_outputs?: number }): Results;
  /** Repeats a tensor along its axes. */
  Tile(x: In, attributes?: { repeats?: readonly number[] }): Variable;
  /** A part of a tensor: ranges of its axes, as x[a:b:step]. */
  Slice(x: In, attributes?: { starts?: readonly Dim[]; ends?: readonly Dim[]; axes?: readonly number[]; steps?: readonly number[] }): Variable;
  /** Adds a border along the axes. */
  Pad(x: In, attributes?: { pads?: readonly Dim[]; axes?: readonly number[]; mode?: 'constant' | 'reflect' | 'edge' | 'wrap'; value?: number }): Variable;
  /** Keeps the upper or the lower triangle of matrices and sets the rest to 0. */
  Trilu(x: In, attributes?: { upper?: boolean; k?: number }): Variable;
  /** Turns channels into pixels: images with fewer channels and a higher resolution. */
  DepthToSpace(x: In, attributes?: { blocksize?: number; mode?: 'DCR' | 'CRD' }): Variable;
  /** Turns squares of pixels into channels: the reverse of DepthToSpace. */
  SpaceToDepth(x: In, attributes?: { blocksize?: number; mode?: 'DCR' | 'CRD' }): Variable;
  /** Reorders axes, drops those of size 1 and adds new ones, in one pattern. */
  DimShuffle(x: In, attributes?: { pattern?: readonly string[] }): Variable;
  /** The elements along some axes in reverse. */
  Flip(x: In, attributes?: { axes?: readonly number[] }): Variable;
  /** The sizes of a tensor as numbers to compute with. */
  Shape(x: In, attributes?: { start?: number; end?: number }): Variable;
  /** The number of elements of a tensor. */
  Size(x: In): Variable;
  /** Numbers in equal steps. */
  Range(attributes?: { start?: number; limit?: number; delta?: number; dtype?: 'float32' | 'int32' }): Variable;
  /** A matrix with ones along a diagonal, of the shape of another. */
  EyeLike(x: In, attributes?: { k?: number; dtype?: 'same' | 'float32' | 'int32' | 'bool' }): Variable;
  /** One number in every element of a shape. */
  ConstantOfShape(attributes?: { shape?: readonly Dim[]; value?: number; dtype?: 'float32' | 'int32' | 'bool' }): Variable;
  /** Picks slices by their position: rows of a table, say. */
  Gather(x: In, indices: In, attributes?: { axis?: number }): Variable;
  /** Picks one element for every index, along one axis. */
  GatherElements(x: In, indices: In, attributes?: { axis?: number }): Variable;
  /** Picks elements or slices by positions along several axes. */
  GatherND(x: In, indices: In, attributes?: { batch_dims?: number }): Variable;
  /** A vector for every class, with 1 at the class and 0 elsewhere. */
  OneHot(indices: In, attributes?: { depth?: number; axis?: number; on?: number; off?: number }): Variable;
  /** The k largest or smallest elements along an axis, and where they are. */
  TopK(x: In, attributes?: { k?: number; axis?: number; largest?: boolean; sorted?: boolean }): Results<'values' | 'indices'>;
  /** Replaces elements along one axis, or adds to them. */
  ScatterElements(x: In, indices: In, updates: In, attributes?: { axis?: number; reduction?: 'none' | 'add' }): Variable;
  /** Replaces elements or slices at positions along several axes, or adds to them. */
  ScatterND(x: In, indices: In, updates: In, attributes?: { reduction?: 'none' | 'add' }): Variable;
  /** Where the elements are that are not 0, in row-major order. */
  NonZero(x: In, attributes?: { size?: number; fill_value?: number }): Variable;
  /** The slices along an axis that a condition selects, one after the other. */
  Compress(x: In, condition: In, attributes?: { axis?: number; size?: number }): Variable;
}
