/** Between which numbers the values of a program lie, whatever the data and the parameters are. */
import { CONSTANT } from '../builder.ts';
import { type Equation, isTensorData, type Value } from '../ir.ts';
import type { Program } from '../phases/2-infer.ts';

export interface Bounds {
  readonly lo: number;
  readonly hi: number;
  /** Both bounds are elements: they follow from constants alone. */
  readonly attained?: boolean;
}

export interface Trouble {
  readonly equation: Equation;
  /** `the square root of a negative number`, … */
  readonly what: string;
  readonly input: number;
}

export interface BoundsAnalysis {
  readonly of: (value: Value) => Bounds;
  /** Where values cease to be finite; what follows from them is not listed. */
  readonly troubles: readonly Trouble[];
}

const INFINITE = Number.POSITIVE_INFINITY;
const ANY: Bounds = { lo: -INFINITE, hi: INFINITE };
const UNIT: Bounds = { lo: 0, hi: 1 };
const POSITIVE: Bounds = { lo: 0, hi: INFINITE };
const NEGATIVE: Bounds = { lo: -INFINITE, hi: 0 };

type Rule = (x: readonly Bounds[], eq: Equation) => Bounds;

const isPoint = ({ lo, hi }: Bounds): boolean => lo === hi;
const hull = (list: readonly Bounds[]): Bounds => ({
  lo: Math.min(...list.map(({ lo }) => lo)),
  hi: Math.max(...list.map(({ hi }) => hi)),
});

/** 0·∞ counts as 0: bounds that are not attained. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

function product(a: Bounds, b: Bounds): Bounds {
  const corners = [times(a.lo, b.lo), times(a.lo, b.hi), times(a.hi, b.lo), times(a.hi, b.hi)];
  return { lo: Math.min(...corners), hi: Math.max(...corners), attained: (isPoint(a) || isPoint(b)) && both(a, b) };
}

const both = (a: Bounds, b: Bounds): boolean => Boolean(a.attained && b.attained);

function plus(a: Bounds, b: Bounds): Bounds {
  return { lo: a.lo + b.lo, hi: a.hi + b.hi, attained: (isPoint(a) || isPoint(b)) && both(a, b) };
}

const negative = ({ lo, hi, attained }: Bounds): Bounds => ({ lo: -hi, hi: -lo, attained });

function quotient(a: Bounds, b: Bounds): Bounds {
  if (b.lo < 0 && b.hi > 0) return ANY;
  const inverse = { lo: b.hi === 0 ? -INFINITE : 1 / b.hi, hi: b.lo === 0 ? INFINITE : 1 / b.lo, attained: b.attained };
  return product(a, inverse);
}

/** A sum of some elements, at least one: of how many is not known. */
function sum({ lo, hi }: Bounds): Bounds {
  return { lo: lo >= 0 ? lo : -INFINITE, hi: hi <= 0 ? hi : INFINITE };
}

/** Functions that grow with their operand. */
const rising =
  (f: (x: number) => number): Rule =>
  ([x = ANY]) => ({ lo: f(x.lo), hi: f(x.hi), attained: x.attained });

function square({ lo, hi, attained }: Bounds): Bounds {
  const ends = [lo * lo, hi * hi];
  return {
    lo: lo <= 0 && hi >= 0 && lo !== hi ? 0 : Math.min(...ends),
    hi: Math.max(...ends),
    attained: attained && lo === hi,
  };
}

const same: Rule = ([x = ANY]) => x;
const moved: Rule = ([x = ANY]) => ({ lo: x.lo, hi: x.hi });
const always =
  (bounds: Bounds): Rule =>
  () =>
    bounds;

const reduced: Rule = ([x = ANY], { attributes }) => (attributes.reduction === 'sum' ? sum(x) : moved([x], NONE));
const NONE = {} as Equation;

function power([base = ANY, exponent = ANY]: readonly Bounds[]): Bounds {
  if (isPoint(base) && isPoint(exponent)) {
    const value = base.lo ** exponent.lo;
    return { lo: value, hi: value, attained: both(base, exponent) };
  }
  if (isPoint(exponent) && exponent.lo === 2) return square(base);
  const even = isPoint(exponent) && exponent.lo % 2 === 0;
  return even || base.lo >= 0 ? POSITIVE : ANY;
}

const ruleOf = new Map<string, Rule>();
const rules = (names: string, rule: Rule): void => {
  for (const name of names.split(' ')) ruleOf.set(name, rule);
};

rules('Identity Reshape Flatten Squeeze Unsqueeze Transpose', same);
rules(
  'Expand Tile Slice Gather GatherElements GatherND Split DepthToSpace SpaceToDepth ReduceMean ReduceMax ReduceMin MaxPool ' +
    'GlobalMaxPool GlobalAveragePool ConsiderConstant ZeroGrad DisconnectedGrad GradClip GradScale',
  moved,
);
rules('Softmax Sigmoid HardSigmoid Hardmax Accuracy', always(UNIT));
rules('Softplus ReduceSumSquare ReduceL1 ReduceL2 SoftmaxCrossEntropyLoss MeanSquaredError Size', always(POSITIVE));
rules('LogSoftmax', always(NEGATIVE));
rules('Sin Cos Sign', always({ lo: -1, hi: 1 }));
rules('Tanh', rising(Math.tanh));
rules('Erf Softsign', always({ lo: -1, hi: 1 }));
rules('Exp', rising(Math.exp));
rules(
  'Relu',
  rising((x) => Math.max(x, 0)),
);
rules('Floor', rising(Math.floor));
rules('Ceil', rising(Math.ceil));
rules(
  'Sqrt',
  rising((x) => Math.sqrt(Math.max(x, 0))),
);
rules(
  'Log',
  rising((x) => Math.log(Math.max(x, 0))),
);
rules('Neg', ([x = ANY]) => negative(x));
rules('Abs', ([x = ANY]) => (x.lo >= 0 ? x : x.hi <= 0 ? negative(x) : { lo: 0, hi: Math.max(-x.lo, x.hi) }));
rules('Reciprocal', ([x = ANY]) => quotient({ lo: 1, hi: 1, attained: true }, x));
rules('Add', ([a = ANY, b = ANY]) => plus(a, b));
rules('Sub', ([a = ANY, b = ANY]) => plus(a, negative(b)));
rules('Mul', ([a = ANY, b = ANY], { inputs }) => (inputs[0] === inputs[1] ? square(a) : product(a, b)));
rules('Div', ([a = ANY, b = ANY]) => quotient(a, b));
rules('Pow', power);
rules('MatMul Einsum', (x) => sum(x.reduce(product)));
rules('Gemm', ([a = ANY, b = ANY, c], { attributes: { alpha, beta } }) => {
  const scaled = (x: Bounds, by: unknown) => product(x, { lo: Number(by), hi: Number(by) });
  const main = scaled(sum(product(a, b)), alpha);
  return c ? plus(main, scaled(c, beta)) : main;
});
rules('Sum', (x) => x.reduce(plus));
rules('Mean Concat', hull);
rules('Max', (x) => ({ lo: Math.max(...x.map(({ lo }) => lo)), hi: Math.max(...x.map(({ hi }) => hi)) }));
rules('Min', (x) => ({ lo: Math.min(...x.map(({ lo }) => lo)), hi: Math.min(...x.map(({ hi }) => hi)) }));
rules('Where', ([, a = ANY, b = ANY]) => hull([a, b]));
rules('ReduceSum CumSum', ([x = ANY]) => sum(x));
rules('Pad AveragePool', ([x = ANY], { attributes: { value = 0 } }) =>
  hull([x, { lo: Number(value), hi: Number(value) }]),
);
rules('Dropout', ([x = ANY]) => sum(hull([x, { lo: 0, hi: 0 }])));
rules('Clip', ([x = ANY], { attributes }) => {
  // The largest float32 is no bound.
  const [min = -INFINITE, max = INFINITE] = [attributes.min, attributes.max].map((bound) =>
    Math.abs(Number(bound)) > 3.4e38 ? undefined : Number(bound),
  );
  return { lo: Math.min(max, Math.max(min, x.lo)), hi: Math.max(min, Math.min(max, x.hi)) };
});
rules('OneHot', (_, { attributes: { on = 1, off = 0 } }) =>
  hull([on, off].map((x) => ({ lo: Number(x), hi: Number(x) }))),
);
rules('Cast', ([x = ANY], { inputs }) => (inputs[0]?.type.dtype === 'bool' ? UNIT : moved([x], NONE)));
rules('BinaryCrossEntropyWithLogits', ([, targets = ANY]) => (targets.lo >= 0 && targets.hi <= 1 ? POSITIVE : ANY));
rules('NegativeLogLikelihoodLoss', ([x = ANY, , weights], eq) =>
  weights && weights.lo < 0 ? ANY : reduced([weights ? sum(negative(x)) : negative(x)], eq),
);

/** What an operator makes of numbers outside of its domain, if some are there for certain. */
function troubleOf({ op }: Equation, [a = ANY, b = ANY]: readonly Bounds[]): { what: string; input: number } | null {
  const below = (x: Bounds, limit: number) => x.hi < limit || Boolean(x.attained && x.lo < limit);
  const zero = (x: Bounds) => Boolean(x.attained && (x.lo === 0 || x.hi === 0));
  switch (op) {
    case 'Sqrt':
      return below(a, 0) ? { what: 'the square root of a negative number', input: 0 } : null;
    case 'Log':
      if (below(a, 0)) return { what: 'the logarithm of a negative number', input: 0 };
      if (a.hi <= 0 && !isPoint(a)) return { what: 'the logarithm of numbers that are never above 0', input: 0 };
      return a.hi <= 0 || zero(a) ? { what: 'the logarithm of 0', input: 0 } : null;
    case 'Div':
      return zero(b) ? { what: 'a division by 0', input: 1 } : null;
    case 'Reciprocal':
      return zero(a) ? { what: 'a division by 0', input: 0 } : null;
    case 'Pow':
      if (below(a, 0) && isPoint(b) && !Number.isInteger(b.lo)) {
        return { what: `a negative number to the power ${b.lo}`, input: 0 };
      }
      return zero(a) && b.hi < 0 ? { what: `0 to the power ${b.hi}`, input: 0 } : null;
    case 'Acosh':
      return below(a, 1) ? { what: 'the inverse hyperbolic cosine of a number below 1', input: 0 } : null;
    case 'Asin':
    case 'Acos':
      return below(a, -1) || below(negative(a), -1) ? { what: `${op} of a number beyond ±1`, input: 0 } : null;
    case 'Exp':
      return a.lo > 89 || (a.attained && a.hi > 89) ? { what: 'the exponential of a number above 88', input: 0 } : null;
    default:
      return null;
  }
}

/** One pass over the equations of the drawing, in order. */
export function analyzeBounds({ builder: { equations } }: Program): BoundsAnalysis {
  const known = new Map<Value, Bounds>();
  const troubles: Trouble[] = [];
  const of = (value: Value): Bounds => {
    const { dtype, bound } = value.type;
    const limits = dtype === 'bool' ? UNIT : dtype === 'int32' && bound !== undefined ? { lo: 0, hi: bound - 1 } : ANY;
    const { lo, hi, attained } = known.get(value) ?? ANY;
    return { lo: Math.max(lo, limits.lo), hi: Math.min(hi, limits.hi), attained };
  };
  for (const eq of equations) {
    const literal = eq.attributes.value;
    if (eq.op === CONSTANT && isTensorData(literal)) {
      let [lo, hi] = [INFINITE, -INFINITE];
      for (const item of literal.data) {
        lo = Math.min(lo, Number(item));
        hi = Math.max(hi, Number(item));
      }
      for (const output of eq.outputs) known.set(output, { lo, hi, attained: true });
      continue;
    }
    const x = eq.inputs.flatMap((input) => (input ? [of(input)] : []));
    const trouble = troubleOf(eq, x);
    if (trouble) troubles.push({ equation: eq, ...trouble });
    const rule = trouble || x.length === 0 ? undefined : ruleOf.get(eq.op);
    const bounds = rule?.(x, eq) ?? ANY;
    const broken = Number.isNaN(bounds.lo) || Number.isNaN(bounds.hi);
    for (const output of eq.outputs) known.set(output, broken ? ANY : bounds);
  }
  return { of, troubles };
}
