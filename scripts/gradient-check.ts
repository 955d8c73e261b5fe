/** Compares derivatives the compiler makes with differences of values, for tests. */
import { Builder } from '../src/compiler/builder.ts';
import type { FunctionIR, IrAttributes, Value } from '../src/compiler/ir.ts';
import type { Registry } from '../src/compiler/op.ts';
import { gradients } from '../src/compiler/phases/3-differentiate.ts';
import { type TensorData, tensor, tensorData } from '../src/compiler/types.ts';
import { runFunction } from './run-onnx.ts';

/** A function of the builder's equations so far; outputs are named y0, y1, … */
export function finish(b: Builder, results: readonly Value[]): FunctionIR {
  const outputs = results.map((value, at) => ({
    value,
    target: { kind: 'output', node: 'test', name: `y${at}` } as const,
  }));
  return { name: 'test', inputs: b.inputs, equations: b.equations, outputs };
}

/** Numbers without a pattern that a wrong axis or order could preserve. */
export function scattered(n: number, phase: number): number[] {
  return Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + 1) + 7 * phase));
}

export interface Slopes {
  /** From the compiler's gradients. */
  readonly derivative: number;
  /** (f(x + εd) - f(x - εd)) / 2ε */
  readonly difference: number;
}

/**
 * The slope of f along a direction d. With `order` 1, f is a weighted sum of the operator's outputs; with 2, of its gradients
 * at random cotangents, which vary along d too. All float32 inputs vary; f has to be smooth between the two points.
 */
export async function slopes(
  registry: Registry,
  op: string,
  inputs: readonly (TensorData | null)[],
  attributes: IrAttributes,
  order: 1 | 2,
): Promise<Slopes> {
  const b = new Builder(registry);
  const feeds: Record<string, TensorData> = {};
  const free: Value[] = [];
  const feed = (data: TensorData): Value => {
    const name = `x${b.inputs.length}`;
    feeds[name] = data;
    const value = b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: name, name });
    if (data.dtype === 'float32') free.push(value);
    return value;
  };
  const numbers = (value: Value, phase: number) => {
    const shape = value.type.shape as readonly number[];
    return tensorData(
      'float32',
      shape,
      scattered(
        shape.reduce((n, dim) => n * dim, 1),
        phase,
      ),
    );
  };
  const dot = (x: Value, y: Value) => {
    const axes = x.type.shape.map((_, axis) => axis);
    return axes.length > 0 ? b.reduceSum(b.mul(x, y), axes) : b.mul(x, y);
  };
  const weighted = (values: readonly Value[], phase: number) =>
    values.reduce((sum, value, at) => b.add(sum, dot(value, b.constant(numbers(value, phase + at)))), b.scalar(0));

  const outputs = b.emitAll(
    op,
    inputs.map((data) => data && feed(data)),
    attributes,
  );
  const float = outputs.filter((output) => output.type.dtype === 'float32');
  let f = weighted(float, 0.25);
  if (order === 2) {
    const variables = free.slice();
    const targets = float.map((value, at) => ({ value, cotangent: feed(numbers(value, at + 0.5)) }));
    f = weighted(
      gradients(b, targets, variables).values.filter((value) => value !== null),
      0.25,
    );
  }
  const found = gradients(b, [{ value: f, cotangent: b.scalar(1) }], free).values;
  const direction = free.map((value, at) => numbers(value, at + 0.75));
  const terms = found.flatMap((gradient, at) => {
    const along = direction[at];
    return gradient && along ? [dot(gradient, b.constant(along))] : [];
  });
  const slope = terms.reduce((sum, term) => b.add(sum, term), b.scalar(0));

  const fn = finish(b, [f, slope]);
  const at = async (step: number) => {
    const moved = { ...feeds };
    for (const { value, source } of b.inputs) {
      const along = direction[free.indexOf(value)];
      const data = source.kind === 'feed' ? feeds[source.name] : undefined;
      if (!along || !data || source.kind !== 'feed') continue;
      const shifted = Array.from(data.data as Float32Array, (x, i) => x + step * Number(along.data[i]));
      moved[source.name] = tensorData('float32', data.shape, shifted);
    }
    const [value, derivative] = await runFunction(fn, registry, moved);
    return { value: Number(value?.data[0]), derivative: Number(derivative?.data[0]) };
  };
  const step = 2 ** -7;
  const [above, below, middle] = [await at(step), await at(-step), await at(0)];
  return { derivative: middle.derivative, difference: (above.value - below.value) / (2 * step) };
}
