/**
 * Operands for every operator at which the contract suite compares shapes and derivatives with real ones. Sizes are distinct
 * primes, so that a swapped axis shows; `batch` is bound to several sizes. Values keep clear of kinks and of each other.
 */
import { bindShape, type DimBindings } from '../compiler/dims.ts';
import type { AttributeValue } from '../compiler/document.ts';
import { type DType, type TensorData, type TensorType, tensor, tensorData } from '../compiler/types.ts';

/**
 * Operands as text: `f32[batch,3]` has values in ±1.9, `f32[3](0.2,2)` in 0.2 … 2, `i32[5](0,6)` whole numbers 0 … 6 that
 * are distinct while there are enough, `bool[2]` both values, and `_` is an omitted operand.
 */
type ContractCase = readonly [operands: string, attributes?: Readonly<Record<string, AttributeValue>>];

const ELEMENTS: readonly ContractCase[] = [['f32[batch,3]']];
const WIDE: readonly ContractCase[] = [['f32[batch,3](-4.1,4.1)']];
const PAIR: readonly ContractCase[] = [['f32[batch,3,5] f32[3,1]'], ['f32[3] f32[batch,3]']];
const TRUTHS: readonly ContractCase[] = [['bool[batch,3] bool[3]']];
const REDUCTION: readonly ContractCase[] = [
  ['f32[batch,3,5]', { axes: [1] }],
  ['f32[batch,3,5]', { axes: [0, -1], keepdims: true }],
  ['f32[batch,3]'],
];
const positive = (cases: readonly ContractCase[]): readonly ContractCase[] =>
  cases.map(([operands, attributes]) => [operands.replace(/\]$/, '](0.3,2)'), attributes]);

export const CONTRACT_CASES: Readonly<Record<string, readonly ContractCase[]>> = {
  MatMul: [['f32[batch,3] f32[3,5]'], ['f32[2,batch,3] f32[3,5]'], ['f32[3] f32[batch,3,5]']],
  Gemm: [
    ['f32[batch,3] f32[3,5] f32[5]'],
    ['f32[3,batch] f32[5,3] _', { transA: true, transB: true, alpha: 0.5 }],
    ['f32[batch,3] f32[3,5] f32[batch,1]', { beta: -2 }],
  ],
  Einsum: [
    ['f32[batch,3] f32[3,5]'],
    ['f32[batch,3] f32[3,5,2] f32[5,batch]', { equation: 'ij,jkl,ki->li' }],
    ['f32[batch,3,5] f32[5]', { equation: 'abc,c->a' }],
    ['f32[batch,3,5] f32[3,batch]', { equation: 'abc,ba->cab' }],
    ['f32[batch,3,5]', { equation: 'abc->ca' }],
  ],
  Tanh: ELEMENTS,
  Sigmoid: ELEMENTS,
  Relu: ELEMENTS,
  LeakyRelu: ELEMENTS,
  Elu: [['f32[batch,3]', { alpha: 0.7 }]],
  Selu: ELEMENTS,
  Gelu: [['f32[batch,3]'], ['f32[batch,3]', { approximate: 'tanh' }]],
  Softplus: ELEMENTS,
  Softsign: ELEMENTS,
  HardSigmoid: WIDE,
  Celu: [['f32[batch,3]', { alpha: 0.7 }]],
  ThresholdedRelu: ELEMENTS,
  HardSwish: WIDE,
  Mish: ELEMENTS,
  PRelu: [['f32[batch,3,5] f32[3,1]'], ['f32[batch,3] f32[3]']],
  Softmax: [['f32[batch,3,5]', { axis: 1 }], ['f32[batch,3]']],
  LogSoftmax: [['f32[batch,3,5]', { axis: 1 }], ['f32[batch,3]']],
  LayerNormalization: [['f32[batch,3,5] f32[5] f32[5]'], ['f32[batch,3,5] f32[3,1] _', { axis: 1, epsilon: 0.01 }]],
  BatchNormalization: [
    ['f32[batch,3,5] f32[3] f32[3] f32[3] f32[3](0.3,2)', { momentum: 0.7 }],
    ['f32[batch,3,5] f32[3] f32[3] f32[3] f32[3](0.3,2)', { training_mode: false }],
  ],
  InstanceNormalization: [['f32[batch,3,5] f32[3] f32[3]']],
  Conv: [
    ['f32[batch,2,7,5] f32[3,2,3,2] f32[3]', { strides: [2, 1], pads: [1, 0, 0, 1] }],
    ['f32[batch,2,5] f32[4,1,3] _', { group: 2, dilations: [2] }],
  ],
  ConvTranspose: [
    ['f32[batch,2,3,5] f32[2,3,2,3] f32[3]', { strides: [2, 1] }],
    ['f32[batch,2,5] f32[2,3,3] _', { pads: [1, 1], strides: [3] }],
  ],
  ConvKernelGradient: [['f32[batch,2,7,5] f32[batch,3,3,4]', { kernel_shape: [3, 2], strides: [2, 1] }]],
  MaxPool: [
    ['f32[batch,2,5,7]', { kernel_shape: [2, 3], strides: [2, 3] }],
    ['f32[batch,2,7]', { kernel_shape: [3], strides: [2], pads: [1, 1] }],
  ],
  AveragePool: [
    ['f32[batch,2,5,7]', { kernel_shape: [2, 3], strides: [2, 3] }],
    ['f32[batch,2,7]', { kernel_shape: [3], strides: [2], pads: [1, 1] }],
  ],
  GlobalAveragePool: [['f32[batch,2,3,5]']],
  GlobalMaxPool: [['f32[batch,2,3,5]']],
  SoftmaxCrossEntropyLoss: [
    ['f32[batch,5] i32[batch](0,4)'],
    ['f32[batch,3,5] i32[batch,5](0,2)', { reduction: 'sum' }],
    ['f32[batch,5] i32[batch](0,4)', { reduction: 'none' }],
  ],
  NegativeLogLikelihoodLoss: [
    ['f32[batch,5] i32[batch](0,4)'],
    ['f32[batch,3,5] i32[batch,5](0,2)', { reduction: 'sum' }],
    ['f32[batch,5] i32[batch](0,4)', { reduction: 'none' }],
  ],
  Accuracy: [['f32[batch,5] i32[batch](0,4)']],
  MeanSquaredError: [['f32[batch,3] f32[batch,3]'], ['f32[batch,3] f32[batch,3]', { reduction: 'none' }]],
  BinaryCrossEntropyWithLogits: [
    ['f32[batch,3] f32[batch,3](0,1)'],
    ['f32[batch,3] f32[batch,3](0,1)', { reduction: 'sum' }],
  ],
  Add: PAIR,
  Sub: PAIR,
  Mul: PAIR,
  Div: [['f32[batch,3,5] f32[3,1](0.3,2)'], ['f32[3] f32[batch,3](0.3,2)']],
  Pow: [['f32[batch,3](0.5,2) f32[3]'], ['f32[3](0.5,2) f32[batch,1]']],
  Max: [['f32[batch,3] f32[batch,3] f32[batch,3]'], ['f32[batch,3] f32[]']],
  Min: [['f32[batch,3] f32[batch,3] f32[batch,3]'], ['f32[batch,3] f32[]']],
  Sum: [['f32[batch,3] f32[3] f32[]']],
  Mean: [['f32[batch,3] f32[3] f32[]']],
  Identity: ELEMENTS,
  Neg: ELEMENTS,
  Abs: ELEMENTS,
  Sign: ELEMENTS,
  Exp: ELEMENTS,
  Log: positive(ELEMENTS),
  Log1p: [['f32[batch,3](-0.8,2)']],
  Expm1: ELEMENTS,
  Sqrt: positive(ELEMENTS),
  Reciprocal: positive(ELEMENTS),
  Floor: ELEMENTS,
  Ceil: ELEMENTS,
  Round: ELEMENTS,
  Erf: ELEMENTS,
  Clip: [['f32[batch,3]', { min: -1, max: 1 }]],
  ConsiderConstant: ELEMENTS,
  ZeroGrad: ELEMENTS,
  DisconnectedGrad: ELEMENTS,
  GradClip: ELEMENTS,
  GradScale: ELEMENTS,
  KnownGrad: [['f32[batch,3] f32[batch,3]']],
  Sin: ELEMENTS,
  Cos: ELEMENTS,
  Tan: [['f32[batch,3](-1,1)']],
  Asin: [['f32[batch,3](-0.8,0.8)']],
  Acos: [['f32[batch,3](-0.8,0.8)']],
  Atan: ELEMENTS,
  Sinh: ELEMENTS,
  Cosh: ELEMENTS,
  Asinh: ELEMENTS,
  Acosh: [['f32[batch,3](1.3,3)']],
  Atanh: [['f32[batch,3](-0.8,0.8)']],
  Equal: PAIR,
  Greater: PAIR,
  GreaterOrEqual: PAIR,
  Less: PAIR,
  LessOrEqual: PAIR,
  And: TRUTHS,
  Or: TRUTHS,
  Xor: TRUTHS,
  Not: [['bool[batch,3]']],
  Where: [['bool[batch,1] f32[3] f32[batch,3]']],
  Cast: [
    ['f32[batch,3]', { to: 'float32' }],
    ['f32[batch,3]', { to: 'int32' }],
    ['bool[batch,3]', { to: 'float32' }],
  ],
  ReduceSum: REDUCTION,
  ReduceMean: REDUCTION,
  ReduceMax: REDUCTION,
  ReduceMin: REDUCTION,
  ReduceProd: [
    ['f32[batch,3]', { axes: [1] }],
    ['f32[3,batch,2](0.7,1.3)', { axes: [0, 1], keepdims: true }],
  ],
  ReduceL1: REDUCTION,
  ReduceL2: REDUCTION,
  ReduceSumSquare: REDUCTION,
  ReduceLogSum: positive(REDUCTION),
  ReduceLogSumExp: REDUCTION,
  ArgMax: [
    ['f32[batch,3,5]', { axis: 1 }],
    ['f32[batch,3]', { keepdims: true }],
  ],
  ArgMin: [
    ['f32[batch,3,5]', { axis: 1 }],
    ['f32[batch,3]', { keepdims: true }],
  ],
  CumSum: [
    ['f32[batch,3,5]', { axis: 1 }],
    ['f32[batch,3]', { axis: 0, exclusive: true, reverse: true }],
  ],
  Reshape: [
    ['f32[batch,3,5]', { shape: ['batch', 15] }],
    ['f32[batch,3,5]', { shape: [5, -1] }],
  ],
  Flatten: [['f32[batch,3,5]', { axis: 1 }]],
  Transpose: [['f32[batch,3,5]', { perm: [2, 0, 1] }], ['f32[batch,3]']],
  Squeeze: [['f32[batch,1,3]', { axes: [1] }]],
  Unsqueeze: [['f32[batch,3]', { axes: [0, -1] }]],
  Trilu: [
    ['f32[batch,3,5]', { k: 1 }],
    ['f32[batch,5,3]', { upper: false, k: -1 }],
  ],
  DepthToSpace: [
    ['f32[batch,12,3,5]', { blocksize: 2 }],
    ['f32[batch,9,2,5]', { blocksize: 3, mode: 'CRD' }],
  ],
  Expand: [['f32[3,1]', { shape: ['batch', 3, 5] }]],
  Concat: [['f32[batch,2] f32[batch,3] f32[batch,5]', { axis: 1 }], ['f32[batch,3] f32[2,3]']],
  Split: [['f32[batch,5]', { axis: 1, split: [2, 3] }]],
  Tile: [['f32[batch,3]', { repeats: [2, 5] }]],
  Slice: [['f32[batch,7]', { starts: [1], ends: [6], axes: [1], steps: [2] }]],
  Pad: [['f32[batch,3]', { pads: [0, 2, 1, 1] }]],
  Gather: [['f32[batch,5,2] i32[7](0,4)', { axis: 1 }], ['f32[5,3] i32[batch](0,4)']],
  GatherGradient: [['i32[7](0,4) f32[batch,7,2]', { axis: 1, shape: ['batch', 5, 2] }]],
  GatherElements: [['f32[batch,5] i32[batch,3](0,4)', { axis: 1 }]],
  GatherND: [['f32[5,3,2] i32[batch,1](0,4)'], ['f32[5,3] i32[batch,2](0,2)']],
  OneHot: [
    ['i32[batch,3](0,4)', { depth: 5 }],
    ['i32[batch](0,4)', { depth: 5, axis: 0 }],
  ],
  TopK: [
    ['f32[batch,7]', { k: 3 }],
    ['f32[5,batch]', { k: 2, axis: 0, largest: false }],
  ],
  ScatterElements: [
    ['f32[batch,5] i32[batch,3](0,4) f32[batch,3]', { axis: 1, reduction: 'add' }],
    ['f32[5,batch] i32[1,batch](0,4) f32[1,batch]', { axis: 0 }],
  ],
  ScatterND: [
    ['f32[13,3] i32[batch,1](0,12) f32[batch,3]'],
    ['f32[5,3] i32[batch,1](0,4) f32[batch,3]', { reduction: 'add' }],
  ],
};

const DTYPES: Readonly<Record<string, DType>> = { f32: 'float32', i32: 'int32', bool: 'bool' };

function coprime(a: number, b: number): boolean {
  return b === 0 ? a === 1 : coprime(b, a % b);
}

/** 0 … n-1 in another order. */
function shuffled(n: number): number[] {
  let stride = Math.max(1, Math.round(0.618 * n));
  while (!coprime(stride, n)) stride++;
  return Array.from({ length: n }, (_, i) => (i * stride + 1) % n);
}

/** Keeps x away from multiples of ½, where steps and corners are. */
function clear(x: number): number {
  const whole = Math.floor(2 * x);
  return (whole + 0.06 + 0.88 * (2 * x - whole)) / 2;
}

function parseOperand(text: string, at: number, dims: DimBindings): { type: TensorType; data: TensorData } {
  const [, name = '', sizes = '', range] = /^(\w+)\[(.*)\](?:\((.*)\))?$/.exec(text) ?? [];
  const dtype = DTYPES[name];
  if (!dtype) throw new Error(`${text} is not an operand`);
  const [low = -1.9, high = 1.9] = range?.split(',').map(Number) ?? [];
  const named = sizes === '' ? [] : sizes.split(',').map((dim) => (/^\d+$/.test(dim) ? Number(dim) : dim));
  const shape = bindShape(named, dims) as readonly number[];
  const n = shape.reduce((size, dim) => size * dim, 1);
  // Operands of one shape are shifted against each other, so that none of their elements are equal.
  const shift = [0.5, 0.21, 0.83][at % 3] ?? 0.5;
  const steps = shuffled(n);
  const whole = dtype === 'int32' ? shuffled(high - low + 1) : [];
  const values = Array.from({ length: n }, (_, i) => {
    if (dtype === 'bool') return (i + at) % 3 === 0 ? 0 : 1;
    if (dtype === 'int32') return low + (whole[i % whole.length] ?? 0);
    return clear(low + ((high - low) * ((steps[i] ?? 0) + shift)) / n);
  });
  const bound = dtype === 'int32' ? high + 1 : undefined;
  return { type: tensor(dtype, named, bound), data: tensorData(dtype, shape, values) };
}

/** The operands of a case with `batch` bound. */
export function contractOperands(text: string, dims: DimBindings) {
  return text.split(' ').map((each, at) => (each === '_' ? null : parseOperand(each, at, dims)));
}
