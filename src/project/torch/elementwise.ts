import type { Dim } from '../../compiler/dims.ts';
import type { DType, TensorType } from '../../compiler/types.ts';
import { axesOf, call, type Expression, float, number, type Rule, type Rules, shapeTuple, tuple } from './rules.ts';

const infix =
  (sign: string): Rule =>
  ({ n }) =>
    `${n(0)} ${sign} ${n(1)}`;

const isFloat = (dtype: DType): boolean => dtype === 'float32';

const TORCH_DTYPE: Readonly<Record<DType, string>> = {
  float32: 'torch.float32',
  int32: 'torch.int32',
  int64: 'torch.int64',
  bool: 'torch.bool',
};

const joined =
  (name: string): Rule =>
  ({ x, count }) =>
    Array.from({ length: count }, (_, at) => x(at)).reduce((all, each) => `${name}(${all}, ${each})`);

export const elementwiseRules: Rules = {
  Add: infix('+'),
  Sub: infix('-'),
  Mul: infix('*'),
  Div: ({ n, x, outputs }) =>
    isFloat(outputs[0]?.dtype ?? 'float32')
      ? `${n(0)} / ${n(1)}`
      : `torch.div(${x(0)}, ${x(1)}, rounding_mode='trunc')`,
  Pow: ({ n, outputs }) => (isFloat(outputs[0]?.dtype ?? 'float32') ? `${n(0)} ** ${n(1)}` : null),
  Max: ({ x, count, ...e }) => (count === 1 ? x(0) : joined('torch.maximum')({ x, count, ...e })),
  Min: ({ x, count, ...e }) => (count === 1 ? x(0) : joined('torch.minimum')({ x, count, ...e })),
  Sum: ({ x, count }) => Array.from({ length: count }, (_, at) => x(at)).join(' + '),
  Mean: ({ x, count }) => `(${Array.from({ length: count }, (_, at) => x(at)).join(' + ')}) / ${count}`,
  Identity: ({ x }) => x(0),
  Neg: ({ x }) => `-${x(0)}`,
  Abs: call('torch.abs'),
  Sign: call('torch.sign'),
  Exp: call('torch.exp'),
  Log: call('torch.log'),
  Sqrt: call('torch.sqrt'),
  Reciprocal: ({ x }) => `1 / ${x(0)}`,
  Floor: call('torch.floor'),
  Ceil: call('torch.ceil'),
  Round: call('torch.round'),
  Erf: call('torch.erf'),
  Log1p: call('torch.log1p'),
  Expm1: call('torch.expm1'),
  LogAddExp: call('torch.logaddexp'),
  Sin: call('torch.sin'),
  Cos: call('torch.cos'),
  Tan: call('torch.tan'),
  Asin: call('torch.asin'),
  Acos: call('torch.acos'),
  Atan: call('torch.atan'),
  Sinh: call('torch.sinh'),
  Cosh: call('torch.cosh'),
  Asinh: call('torch.asinh'),
  Acosh: call('torch.acosh'),
  Atanh: call('torch.atanh'),
  Equal: infix('=='),
  Greater: infix('>'),
  GreaterOrEqual: infix('>='),
  Less: infix('<'),
  LessOrEqual: infix('<='),
  And: infix('&'),
  Or: infix('|'),
  Xor: infix('^'),
  Not: ({ x }) => `~${x(0)}`,
  Where: call('torch.where'),
  Cast: ({ x, a }) => `${x(0)}.to(${TORCH_DTYPE[a.to as DType]})`,
  IsNaN: call('torch.isnan'),
  Clip: ({ x, type, a }) => {
    if (isFloat(type(0).dtype)) return `${x(0)}.clamp(${float(a.min)}, ${float(a.max)})`;
    const [low, high] = [Math.max(Math.ceil(a.min), -(2 ** 31)), Math.min(Math.floor(a.max), 2 ** 31 - 1)];
    return `${x(0)}.clamp(${low}, ${high})`;
  },
};

interface Reduced {
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/** Reductions over axes; over all of them where none is named. */
const reduce =
  (write: (x: string, where: string) => string): Rule =>
  ({ x, type, a }) => {
    const { axes, keepdims } = a as Reduced;
    const { length } = type(0).shape;
    if (length === 0) return write(`${x(0)}.reshape(1)`, '0');
    const over = axesOf(axes, length);
    if (over.length === length && !keepdims) return write(x(0), axes.length > 1 || length > 1 ? tuple(over) : '0');
    const where = over.length === 1 ? `${over[0]}` : tuple(over);
    return write(x(0), keepdims ? `${where}, keepdim=True` : where);
  };

/** `x.sum((0, 1))` of all axes is `x.sum()`. */
const short =
  (method: string): Rule =>
  (e) => {
    const { axes, keepdims } = e.a as Reduced;
    const { length } = e.type(0).shape;
    const isAll = axesOf(axes, length).length === length && !keepdims;
    const reduced = isAll ? `${e.x(0)}.${method}()` : reduce((x, where) => `${x}.${method}(${where})`)(e);
    // torch sums whole numbers in 64 bits.
    return e.type(0).dtype === 'int32' ? `${reduced}.to(torch.int32)` : reduced;
  };

const arg =
  (method: string): Rule =>
  ({ x, a }) =>
    a.select_last_index ? null : `${x(0)}.${method}(${a.axis}${a.keepdims ? ', keepdim=True' : ''}).to(torch.int32)`;

export const reductionRules: Rules = {
  ReduceSum: short('sum'),
  ReduceMean: short('mean'),
  ReduceMax: reduce((x, where) => `${x}.amax(${where})`),
  ReduceMin: reduce((x, where) => `${x}.amin(${where})`),
  ReduceL1: reduce((x, where) => `${x}.abs().sum(${where})`),
  ReduceL2: reduce((x, where) => `torch.linalg.vector_norm(${x}, 2, ${where})`),
  ReduceSumSquare: reduce((x, where) => `${x}.square().sum(${where})`),
  ReduceLogSum: reduce((x, where) => `${x}.sum(${where}).log()`),
  ReduceLogSumExp: reduce((x, where) => `torch.logsumexp(${x}, ${where})`),
  ReduceProd: (e) => {
    const { axes, keepdims } = e.a as Reduced;
    const { length } = e.type(0).shape;
    const over = axesOf(axes, length);
    if (over.length === length && !keepdims) return `${e.x(0)}.prod()`;
    return over.length === 1 ? `${e.x(0)}.prod(${over[0]}${keepdims ? ', keepdim=True' : ''})` : null;
  },
  ArgMax: arg('argmax'),
  ArgMin: arg('argmin'),
  CumSum: ({ x, type, a }) => {
    const sum = (from: string) => `${from}.cumsum(${a.axis})${isFloat(type(0).dtype) ? '' : '.to(torch.int32)'}`;
    const sums = a.reverse ? `${sum(`${x(0)}.flip(${a.axis})`)}.flip(${a.axis})` : sum(x(0));
    return a.exclusive ? `${sums} - ${x(0)}` : sums;
  },
};

const END = 2 ** 31 - 1;

/** Indices that torch takes: negative ones count from the end. */
const fromStart = (name: string, { bound }: TensorType, size: Dim | undefined): string =>
  bound === undefined ? `${name}.long() % ${size}` : `${name}.long()`;

export const shapeRules: Rules = {
  Reshape: ({ x, outputs }) => `${x(0)}.reshape(${shapeTuple(outputs[0]?.shape ?? [])})`,
  Flatten: ({ x, a, outputs }) =>
    a.axis === 1 ? `${x(0)}.flatten(1)` : `${x(0)}.reshape(${shapeTuple(outputs[0]?.shape ?? [])})`,
  Transpose: ({ x, type, a }) => {
    const { length } = type(0).shape;
    const perm = a.perm.length > 0 ? a.perm : Array.from({ length }, (_, at) => length - 1 - at);
    return `${x(0)}.permute(${tuple(perm)})`;
  },
  Squeeze: ({ x, outputs }) => `${x(0)}.reshape(${shapeTuple(outputs[0]?.shape ?? [])})`,
  Unsqueeze: ({ x, a, outputs }) =>
    a.axes.length === 1 ? `${x(0)}.unsqueeze(${a.axes[0]})` : `${x(0)}.reshape(${shapeTuple(outputs[0]?.shape ?? [])})`,
  Expand: ({ x, outputs }) => `${x(0)}.expand(${shapeTuple(outputs[0]?.shape ?? [])})`,
  Concat: ({ x, count, a }) => `torch.cat([${Array.from({ length: count }, (_, at) => x(at)).join(', ')}], ${a.axis})`,
  Split: ({ x, a, outputs, type }) => {
    const axis = axesOf([a.axis], type(0).shape.length)[0] ?? 0;
    const parts = `${x(0)}.split([${outputs.map(({ shape }) => shape[axis]).join(', ')}], ${axis})`;
    return outputs.length === 1 ? `${parts}[0]` : parts;
  },
  Tile: ({ x, a }) => `${x(0)}.repeat(${tuple(a.repeats)})`,
  Slice: ({ x, type, a }) => {
    const { starts, ends, steps } = a;
    if (steps.some((step: number) => step < 1)) return null;
    const axes = a.axes.length > 0 ? axesOf(a.axes, type(0).shape.length) : starts.map((_: unknown, at: number) => at);
    const ranges = type(0).shape.map((_, axis) => {
      const at = axes.indexOf(axis);
      if (at < 0) return ':';
      const end = Number(ends[at]) >= END ? '' : ends[at];
      return `${starts[at] === 0 ? '' : starts[at]}:${end}${(steps[at] ?? 1) === 1 ? '' : `:${steps[at]}`}`;
    });
    return `${x(0)}[${ranges.join(', ')}]`;
  },
  Flip: ({ x, type, a }) => `${x(0)}.flip(${tuple(axesOf(a.axes, type(0).shape.length))})`,
  Trilu: ({ x, a }) => `${x(0)}.${a.upper ? 'triu' : 'tril'}(${a.k})`,
  Gather: ({ x, type, a }) => {
    const axis = axesOf([a.axis], type(0).shape.length)[0] ?? 0;
    return `${x(0)}[${':, '.repeat(axis)}${x(1)}.long()]`;
  },
  GatherElements: ({ x, type, a }) => {
    const axis = axesOf([a.axis], type(0).shape.length)[0] ?? 0;
    const fits = type(0).shape.every((size, at) => at === axis || size === type(1).shape[at]);
    return fits ? `${x(0)}.gather(${axis}, ${fromStart(x(1), type(1), type(0).shape[axis])})` : null;
  },
  ScatterElements: ({ x, type, a }) => {
    const axis = axesOf([a.axis], type(0).shape.length)[0] ?? 0;
    const where = `${axis}, ${fromStart(x(1), type(1), type(0).shape[axis])}, ${x(2)}`;
    const kind = { mul: 'prod', max: 'amax', min: 'amin' }[a.reduction as string];
    if (kind !== undefined) return `${x(0)}.scatter_reduce(${where}, '${kind}')`;
    return `${x(0)}.scatter${a.reduction === 'add' ? '_add' : ''}(${where})`;
  },
  Pad: ({ x, type, a }) => {
    const { length } = type(0).shape;
    if (a.mode !== 'constant') return null;
    const axes = axesOf(a.axes, length);
    // torch names the last axis first.
    const borders = Array.from({ length }, (_, axis) => {
      const at = axes.indexOf(axis);
      return at < 0 ? '0, 0' : `${a.pads[at]}, ${a.pads[at + axes.length]}`;
    });
    return `F.pad(${x(0)}, (${borders.toReversed().join(', ')}), value=${number(a.value)})`;
  },
  OneHot: ({ x, a }) =>
    a.axis === -1 && a.on === 1 && a.off === 0
      ? `(${x(0)}.unsqueeze(-1) == torch.arange(${a.depth}, device=${x(0)}.device)).float()`
      : null,
};

/** Rows of a share of the batch have the numbers that they have in the whole batch. */
const firstRow = ({ outputs }: Expression): string => (outputs[0]?.shape[0] === 'batch' ? ', self.first_row' : '');

export const randomRules: Rules = {
  RandomUniform: (e) => {
    e.use('uniform');
    const { x, a, outputs } = e;
    const drawn = `uniform(${x(0)}, ${shapeTuple(outputs[0]?.shape ?? [])}${firstRow(e)})`;
    return `${drawn} * ${float(a.high - a.low)} + ${float(a.low)}`;
  },
  RandomNormal: (e) => {
    e.use('uniform');
    e.use('normal');
    const { x, a, outputs } = e;
    const drawn = `normal(${x(0)}, ${shapeTuple(outputs[0]?.shape ?? [])}${firstRow(e)})`;
    return `${drawn} * ${float(a.scale)} + ${float(a.mean)}`;
  },
  Bernoulli: (e) => {
    e.use('uniform');
    return `(uniform(${e.x(1)}, ${e.x(0)}.shape${firstRow(e)}) < ${e.x(0)}).float()`;
  },
  Dropout: (e) => {
    e.use('uniform');
    e.use('dropout');
    return `dropout(${e.x(1)}, ${e.x(0)}, ${float(e.a.ratio)}${firstRow(e)})`;
  },
};
