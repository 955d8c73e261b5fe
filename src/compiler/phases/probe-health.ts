/** How well the outputs of an activation are used: how many lie where nothing moves them any more. */
import type { Builder } from '../builder.ts';
import type { Value } from '../ir.ts';
import type { ProbeHealth } from '../plan.ts';

/** Of the range of an activation: beyond it an output is saturated. */
const SATURATED = 0.97;

interface Measure {
  readonly kind: ProbeHealth['kind'];
  /** A number between 0 and 1. */
  readonly measure: (b: Builder, y: Value) => Value;
}

const all = ({ type }: Value): number[] => type.shape.map((_, axis) => axis);

function share(b: Builder, isSo: Value): Value {
  return b.reduceMean(b.cast(isSo, 'float32'), all(isSo));
}

const beyond = (scaled: (b: Builder, y: Value) => Value): Measure => ({
  kind: 'saturated',
  measure: (b, y) => share(b, b.emit('Greater', [b.emit('Abs', [scaled(b, y)]), b.scalar(SATURATED)])),
});

/** Units whose output is 0 in every row of the batch, and everywhere in the image: the second axis counts units. */
const dead: Measure = {
  kind: 'dead',
  measure(b, y) {
    const axes = all(y).filter((axis) => axis !== 1);
    return share(b, b.equal(b.reduceMax(y, axes), b.scalar(0)));
  },
};

const MEASURES: Readonly<Record<string, Measure>> = {
  Tanh: beyond((_, y) => y),
  Sigmoid: beyond((b, y) => b.sub(b.mul(y, b.scalar(2)), b.scalar(1))),
  // Rows that are all but decided.
  Softmax: {
    kind: 'saturated',
    measure: (b, y) => share(b, b.emit('Greater', [b.reduceMax(y, [y.type.shape.length - 1]), b.scalar(SATURATED)])),
  },
  Relu: dead,
};

/** Null for operators that cannot be saturated, and for values without a batch of units. */
export function healthOf(
  b: Builder,
  op: string,
  y: Value,
): { readonly kind: ProbeHealth['kind']; readonly value: Value } | null {
  const found = MEASURES[op];
  if (!found || y.type.dtype !== 'float32' || y.type.shape.length < 2) return null;
  return { kind: found.kind, value: b.reshape(found.measure(b, y), [1]) };
}
