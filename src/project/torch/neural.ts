import { bool, call, type Expression, float, type Rule, type Rules, tuple } from './rules.ts';

const activation =
  (name: string, ...named: readonly (readonly [option: string, attribute: string])[]): Rule =>
  ({ x, a }) =>
    `${name}(${[x(0), ...named.map(([option, attribute]) => `${option}=${float(a[attribute])}`)].join(', ')})`;

const linearRules: Rules = {
  MatMul: ({ x }) => `${x(0)} @ ${x(1)}`,
  Gemm: ({ x, isGiven, type, a }) => {
    const left = a.transA ? `${x(0)}.T` : x(0);
    const right = a.transB ? `${x(1)}.T` : x(1);
    const plain = a.alpha === 1 && a.beta === 1;
    // One matrix product and a bias is what addmm is for; its bias is stretched as in Gemm.
    if (isGiven(2) && plain && type(2).shape.length > 0) return `torch.addmm(${x(2)}, ${left}, ${right})`;
    const product = a.alpha === 1 ? `${left} @ ${right}` : `${float(a.alpha)} * (${left} @ ${right})`;
    return isGiven(2) ? `${product} + ${a.beta === 1 ? '' : `${float(a.beta)} * `}${x(2)}` : product;
  },
  Einsum: ({ x, a, count }) =>
    `torch.einsum('${a.equation}', ${Array.from({ length: count }, (_, at) => x(at)).join(', ')})`,
};

const activationRules: Rules = {
  Tanh: call('torch.tanh'),
  Sigmoid: call('torch.sigmoid'),
  Relu: call('torch.relu'),
  LeakyRelu: activation('F.leaky_relu', ['negative_slope', 'alpha']),
  Elu: activation('F.elu', ['alpha', 'alpha']),
  Celu: activation('F.celu', ['alpha', 'alpha']),
  Gelu: ({ x, a }) => `F.gelu(${x(0)}, approximate='${a.approximate}')`,
  // Beyond its threshold torch's softplus is the identity, where both agree in float32.
  Softplus: call('F.softplus'),
  Softsign: call('F.softsign'),
  HardSwish: call('F.hardswish'),
  HardSigmoid: ({ x, a }) => `(${x(0)} * ${float(a.alpha)} + ${float(a.beta)}).clamp(0, 1)`,
  Mish: call('F.mish'),
  Swish: ({ x, a }) => `${x(0)} * torch.sigmoid(${a.alpha === 1 ? '' : `${float(a.alpha)} * `}${x(0)})`,
  ThresholdedRelu: ({ x, a }) => `torch.where(${x(0)} > ${float(a.alpha)}, ${x(0)}, torch.zeros_like(${x(0)}))`,
  PRelu: ({ x }) => `torch.where(${x(0)} > 0, ${x(0)}, ${x(0)} * ${x(1)})`,
  Softmax: ({ x, a }) => `torch.softmax(${x(0)}, ${a.axis})`,
  LogSoftmax: ({ x, a }) => `torch.log_softmax(${x(0)}, ${a.axis})`,
  LayerNormalization: ({ x, isGiven, type, a }) => {
    const { shape } = type(0);
    const normal = shape.slice(a.axis < 0 ? shape.length + a.axis : a.axis);
    const same = (at: number) => !isGiven(at) || type(at).shape.join() === normal.join();
    if (!same(1) || !same(2)) return null;
    return `F.layer_norm(${x(0)}, ${tuple(normal)}, ${x(1)}, ${isGiven(2) ? x(2) : 'None'}, ${a.epsilon})`;
  },
  InstanceNormalization: ({ x, a }) => `F.instance_norm(${x(0)}, weight=${x(1)}, bias=${x(2)}, eps=${a.epsilon})`,
  GroupNormalization: ({ x, a }) => `F.group_norm(${x(0)}, ${a.num_groups}, ${x(1)}, ${x(2)}, ${a.epsilon})`,
};

interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and after each axis. */
  readonly pads: readonly (readonly [before: number, after: number])[];
}

/** The window of a convolution or pooling in numbers; null where sizes are not known. */
function windowOf({ type, a }: Expression, kernel: readonly number[]): Window | null {
  const spatial = type(0).shape.slice(2);
  const each = (values: readonly number[]) => spatial.map((_, at) => values[at] ?? 1);
  const [strides, dilations] = [each(a.strides), each(a.dilations)];
  const isSame = a.auto_pad === 'SAME_UPPER' || a.auto_pad === 'SAME_LOWER';
  if (isSame && spatial.some((size) => typeof size !== 'number')) return null;
  const pads = spatial.map((size, at): readonly [number, number] => {
    if (a.auto_pad === 'NOTSET') return [a.pads[at] ?? 0, a.pads[at + spatial.length] ?? 0];
    if (!isSame) return [0, 0];
    const stride = strides[at] ?? 1;
    const reach = ((kernel[at] ?? 1) - 1) * (dilations[at] ?? 1) + 1;
    const total = Math.max(0, (Math.ceil(Number(size) / stride) - 1) * stride + reach - Number(size));
    const less = Math.floor(total / 2);
    return a.auto_pad === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
  });
  return { kernel, strides, dilations, pads };
}

const isEven = ({ pads }: Window): boolean => pads.every(([before, after]) => before === after);
const one = (values: readonly number[]): string =>
  values.every((value) => value === values[0]) ? `${values[0]}` : tuple(values);
/** torch names the last axis first. */
const borders = ({ pads }: Window): string => tuple(pads.toReversed().flat());

function option(name: string, values: readonly number[], usual: number): string {
  return values.every((value) => value === usual) ? '' : `, ${name}=${one(values)}`;
}

const conv: Rule = (e) => {
  const { x, a, isGiven, type } = e;
  const kernel = type(1).shape.slice(2).map(Number);
  const window = windowOf(e, kernel);
  if (!window || kernel.length > 3) return null;
  const { strides, dilations, pads } = window;
  const even = isEven(window);
  const images = even ? x(0) : `F.pad(${x(0)}, ${borders(window)})`;
  const weights = a.flip ? `${x(1)}.flip(${tuple(kernel.map((_, at) => at + 2))})` : x(1);
  const bias = isGiven(2) ? `, ${x(2)}` : '';
  const padding = even
    ? option(
        'padding',
        pads.map(([before]) => before),
        0,
      )
    : '';
  const groups = a.group === 1 ? '' : `, groups=${a.group}`;
  const options = `${option('stride', strides, 1)}${padding}${option('dilation', dilations, 1)}${groups}`;
  return `F.conv${kernel.length}d(${images}, ${weights}${bias}${options})`;
};

const convTranspose: Rule = (e) => {
  const { x, a, isGiven, type } = e;
  const kernel = type(1).shape.slice(2).map(Number);
  const window = windowOf(e, kernel);
  if (!window || kernel.length > 3 || !isEven(window) || a.auto_pad !== 'NOTSET' || a.output_shape.length > 0)
    return null;
  const { strides, dilations, pads } = window;
  const weights = a.flip ? `${x(1)}.flip(${tuple(kernel.map((_, at) => at + 2))})` : x(1);
  const bias = isGiven(2) ? `, ${x(2)}` : '';
  const padding = option(
    'padding',
    pads.map(([before]) => before),
    0,
  );
  const more = a.output_padding.length > 0 ? option('output_padding', a.output_padding, 0) : '';
  const groups = a.group === 1 ? '' : `, groups=${a.group}`;
  const options = `${option('stride', strides, 1)}${padding}${more}${option('dilation', dilations, 1)}${groups}`;
  return `F.conv_transpose${kernel.length}d(${x(0)}, ${weights}${bias}${options})`;
};

const maxPool: Rule = (e) => {
  const { x, a } = e;
  const window = windowOf(e, a.kernel_shape);
  if (!window || a.kernel_shape.length > 3) return null;
  const { kernel, strides, dilations, pads } = window;
  // torch pads by half a window at most.
  if (!isEven(window) || pads.some(([before], at) => 2 * before > (kernel[at] ?? 1))) return null;
  const padding = option(
    'padding',
    pads.map(([before]) => before),
    0,
  );
  const ceil = a.ceil_mode ? ', ceil_mode=True' : '';
  const stride = strides.join() === kernel.join() ? '' : `, stride=${one(strides)}`;
  return `F.max_pool${kernel.length}d(${x(0)}, ${one(kernel)}${stride}${padding}${option('dilation', dilations, 1)}${ceil})`;
};

const averagePool: Rule = (e) => {
  const { x, a } = e;
  const window = windowOf(e, a.kernel_shape);
  if (!window || a.kernel_shape.length > 3 || a.ceil_mode) return null;
  const { kernel, strides, dilations, pads } = window;
  if (!isEven(window) || dilations.some((size) => size !== 1)) return null;
  if (pads.some(([before], at) => 2 * before > (kernel[at] ?? 1))) return null;
  const padding = option(
    'padding',
    pads.map(([before]) => before),
    0,
  );
  const counted = padding === '' ? '' : `, count_include_pad=${bool(a.count_include_pad)}`;
  return `F.avg_pool${kernel.length}d(${x(0)}, ${one(kernel)}, stride=${one(strides)}${padding}${counted})`;
};

const overSpatial =
  (method: string): Rule =>
  ({ x, type }) =>
    `${x(0)}.${method}(${tuple(
      type(0)
        .shape.slice(2)
        .map((_, at) => at + 2),
    )}, keepdim=True)`;

const reduced = (a: { readonly reduction: string }): string =>
  a.reduction === 'mean' ? '' : `, reduction='${a.reduction}'`;

const difference =
  (name: string, more: (a: { readonly [name: string]: number }) => string = () => ''): Rule =>
  ({ x, a, type }) =>
    type(0).shape.join() === type(1).shape.join() ? `F.${name}(${x(0)}, ${x(1)}${more(a)}${reduced(a)})` : null;

const classes =
  (name: string): Rule =>
  ({ x, isGiven, a }) => {
    const weight = isGiven(2) ? `, ${x(2)}` : '';
    const ignored = a.ignore_index === -100 ? '' : `, ignore_index=${a.ignore_index}`;
    const smoothed = a.label_smoothing ? `, label_smoothing=${a.label_smoothing}` : '';
    return `F.${name}(${x(0)}, ${x(1)}.long()${weight}${ignored}${smoothed}${reduced(a)})`;
  };

const lossRules: Rules = {
  SoftmaxCrossEntropyLoss: classes('cross_entropy'),
  NegativeLogLikelihoodLoss: classes('nll_loss'),
  Accuracy: ({ x }) => `(${x(0)}.argmax(1) == ${x(1)}).float().mean()`,
  MeanSquaredError: difference('mse_loss'),
  MeanAbsoluteError: difference('l1_loss'),
  HuberLoss: difference('huber_loss', ({ delta }) => `, delta=${delta}`),
  SmoothL1Loss: difference('smooth_l1_loss', ({ beta }) => `, beta=${beta}`),
  BinaryCrossEntropyWithLogits: difference('binary_cross_entropy_with_logits'),
};

const gradients =
  (write: (e: Expression) => string, helper: 'gradient' | 'jacobian' = 'gradient'): Rule =>
  (e) => {
    e.use('gradient');
    if (helper !== 'gradient') e.use(helper);
    return e.isVariadic && e.outputs.length === 1 ? `${write(e)}[0]` : write(e);
  };

const list = ({ x, count }: Expression, from: number): string =>
  `[${Array.from({ length: count - from }, (_, at) => x(at + from)).join(', ')}]`;

const filter =
  (write: (e: Expression) => string): Rule =>
  (e) => {
    e.use('filtered');
    return `filtered(${e.x(0)}, lambda g: ${write(e)})`;
  };

const gradientRules: Rules = {
  Grad: gradients((e) => `gradient(${e.x(0)}, ${list(e, 1)})`),
  VectorJacobianProduct: gradients((e) => `gradient(${e.x(0)}, ${list(e, 2)}, ${e.x(1)})`),
  HessianVectorProduct: gradients(({ x }) => `gradient(gradient(${x(0)}, [${x(1)}])[0], [${x(1)}], ${x(2)})[0]`),
  Jacobian: gradients(({ x }) => `jacobian(${x(0)}, ${x(1)})`, 'jacobian'),
  Hessian: gradients(({ x }) => `jacobian(gradient(${x(0)}, [${x(1)}])[0], ${x(1)})`, 'jacobian'),
  ConsiderConstant: ({ x }) => `${x(0)}.detach()`,
  ZeroGrad: ({ x }) => `${x(0)}.detach()`,
  DisconnectedGrad: ({ x }) => `${x(0)}.detach()`,
  GradClip: filter(({ a }) => `g.clamp(${float(a.lower_bound)}, ${float(a.upper_bound)})`),
  GradScale: filter(({ a }) => `g * ${float(a.multiplier)}`),
  KnownGrad: filter(({ x }) => x(1)),
};

export const neuralRules: Rules = {
  ...linearRules,
  ...activationRules,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: overSpatial('mean'),
  GlobalMaxPool: overSpatial('amax'),
  ...lossRules,
  ...gradientRules,
};
