/** `theano.tensor.nnet`, and pooling. */
import { apply, defer, type Operand, toVariable, type Variable } from './variable.ts';

const unary = (op: string) => (x: Operand) => apply(op, [x]);

export const softmax = unary('Softmax');
export const logsoftmax = unary('LogSoftmax');
export const sigmoid = unary('Sigmoid');
export const hard_sigmoid = unary('HardSigmoid');
export const softplus = unary('Softplus');
export const softsign = unary('Softsign');
export const selu = unary('Selu');
export const elu = (x: Operand, alpha = 1): Variable => apply('Elu', [x], { alpha });
/** `alpha` is the slope below zero. */
export const relu = (x: Operand, alpha = 0): Variable =>
  alpha === 0 ? apply('Relu', [x]) : apply('LeakyRelu', [x], { alpha });

/**
 * For each row of `probabilities` [n, classes], −log of that of the right class, where `target` are labels [n]; or
 * −Σ target · log, where it is a distribution of the same shape.
 */
export function categorical_crossentropy(probabilities: Operand, target: Operand): Variable {
  const log = apply('Log', [probabilities]);
  return defer('categorical_crossentropy', [probabilities, target], ({ types: [, type] }) => {
    if (type && type.shape.length > 1) return toVariable(target).mul(log).sum(-1).neg();
    const labels = apply('Unsqueeze', [apply('Cast', [target], { to: 'int32' })], { axes: [1] });
    return apply('Squeeze', [apply('GatherElements', [log, labels], { axis: 1 })], { axes: [1] }).neg();
  });
}

/** −(t log p + (1 − t) log (1 − p)) of each element. */
export const binary_crossentropy = (probabilities: Operand, target: Operand): Variable =>
  apply('BinaryCrossEntropy', [probabilities, target], { reduction: 'none' });
/** The same of a score before its sigmoid, exact for large ones. */
export const sigmoid_binary_crossentropy = (score: Operand, target: Operand): Variable =>
  apply('BinaryCrossEntropyWithLogits', [score, target], { reduction: 'none' });

export interface ConvOptions {
  readonly border_mode?: 'valid' | 'full' | 'half' | number | readonly [number, number];
  readonly subsample?: readonly [number, number];
  readonly filter_dilation?: readonly [number, number];
  /** Theano flips filters, as a convolution in mathematics does; false is the cross-correlation of ONNX and PyTorch. */
  readonly filter_flip?: boolean;
}

/** Images [n, channels, height, width] with filters [maps, channels, height, width]. */
export function conv2d(
  input: Operand,
  filters: Operand,
  { border_mode = 'valid', subsample = [1, 1], filter_dilation = [1, 1], filter_flip = true }: ConvOptions = {},
): Variable {
  return defer('conv2d', [input, filters], ({ types: [, type] }) => {
    const reach = (axis: 0 | 1) => {
      const size = type?.shape[2 + axis];
      return typeof size === 'number' ? (size - 1) * filter_dilation[axis] : 0;
    };
    const pad = (axis: 0 | 1): number => {
      if (typeof border_mode === 'number') return border_mode;
      if (typeof border_mode !== 'string') return border_mode[axis];
      return border_mode === 'valid' ? 0 : border_mode === 'full' ? reach(axis) : Math.floor((reach(axis) + 1) / 2);
    };
    const pads = [pad(0), pad(1), pad(0), pad(1)];
    return apply('Conv', [input, filters], {
      pads: pads.some((each) => each > 0) ? pads : [],
      strides: subsample.some((each) => each > 1) ? subsample : [],
      dilations: filter_dilation.some((each) => each > 1) ? filter_dilation : [],
      flip: filter_flip,
    });
  });
}

export interface PoolOptions {
  /** Size of the window. */
  readonly ws: readonly [number, number];
  /** Whether windows that reach over the edge are left out. */
  readonly ignore_border?: boolean;
  readonly stride?: readonly [number, number];
  readonly pad?: readonly [number, number];
  readonly mode?: 'max' | 'average_inc_pad' | 'average_exc_pad';
}

/** `theano.tensor.signal.pool.pool_2d`; what Theano would warn of is asked for: whether the border is ignored. */
export function pool_2d(
  input: Operand,
  { ws, ignore_border = false, stride = ws, pad = [0, 0], mode = 'max' }: PoolOptions,
): Variable {
  const attributes = {
    kernel_shape: ws,
    strides: stride,
    ceil_mode: !ignore_border,
    pads: pad.some((each) => each > 0) ? [pad[0], pad[1], pad[0], pad[1]] : [],
  };
  if (mode === 'max') return apply('MaxPool', [input], attributes);
  return apply('AveragePool', [input], { ...attributes, count_include_pad: mode === 'average_inc_pad' });
}
