/** How ONNX writes what the records say otherwise: inputs that are attributes, defaults, and what can be left out. */
import type { AttributeValue } from '../document.ts';

const AXES = { 1: 'axes' };

/** Inputs that the records take as attributes, by their number. Older opsets have attributes of the same names. */
export const INPUT_ATTRIBUTES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  ...Object.fromEntries(
    ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'].map((name) => [
      `Reduce${name}`,
      AXES,
    ]),
  ),
  Squeeze: AXES,
  Unsqueeze: AXES,
  Reshape: { 1: 'shape' },
  Expand: { 1: 'shape' },
  Slice: { 1: 'starts', 2: 'ends', 3: 'axes', 4: 'steps' },
  Split: { 1: 'split' },
  Tile: { 1: 'repeats' },
  Pad: { 1: 'pads', 2: 'value', 3: 'axes' },
  Clip: { 1: 'min', 2: 'max' },
  TopK: { 1: 'k' },
  CumSum: { 1: 'axis' },
  Trilu: { 1: 'k' },
  ConstantOfShape: { 0: 'shape' },
};

const KEEPDIMS = { keepdims: true };
const WINDOW = { kernel_shape: [], strides: [] };

/** Defaults of ONNX where the records have others. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, AttributeValue>>>> = {
  ...Object.fromEntries(
    ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'].map((name) => [
      `Reduce${name}`,
      KEEPDIMS,
    ]),
  ),
  ArgMax: { axis: 0, ...KEEPDIMS },
  ArgMin: { axis: 0, ...KEEPDIMS },
  MaxPool: WINDOW,
  AveragePool: WINDOW,
  LpPool: WINDOW,
  BatchNormalization: { training_mode: false },
  Dropout: { ratio: 0.5 },
};

export function onnxDefaults(op: string): Readonly<Record<string, AttributeValue>> {
  return DEFAULTS[op] ?? {};
}

/** Attributes without an effect on what the records compute, at any value or at these. */
export const WITHOUT_EFFECT: Readonly<Record<string, Readonly<Record<string, readonly (number | string)[] | 'any'>>>> =
  {
    BatchNormalization: { spatial: [1], consumed_inputs: 'any' },
    Cast: { saturate: 'any', round_mode: 'any' },
    EyeLike: { dtype: 'any' },
    LayerNormalization: { stash_type: 'any' },
    RMSNormalization: { stash_type: 'any' },
    GroupNormalization: { stash_type: 'any' },
    MaxPool: { storage_order: 'any' },
    Reshape: { allowzero: [0] },
    RandomNormal: { dtype: [1] },
    RandomUniform: { dtype: [1] },
    Attention: { softmax_precision: 'any', qk_matmul_output_mode: 'any' },
    Dropout: { is_test: 'any' },
  };
