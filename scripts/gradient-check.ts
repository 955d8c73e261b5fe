/** Compares derivatives the compiler makes with differences of values, for tests. */
import { Builder } from '../src/compiler/builder.ts';
import { bindShape, type DimBindings } from '../src/compiler/dims.ts';
import type { FunctionIR, IrAttributes, Value } from '../src/compiler/ir.ts';
import type { Registry } from '../src/compiler/op.ts';
import { gradients } from '../src/compiler/phases/3-differentiate.ts';
import { emit } from '../src/compiler/phases/6-emit.ts';
import { type TensorData, type TensorType, tensor, tensorData } from '../src/compiler/types.ts';
import { type Feeds, runModel } from './run-onnx.ts';

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

export interface Operand {
  readonly data: TensorData;
  /** Where sizes are named; else that of the data. */
  readonly type?: TensorType;
}

/** An operator and a point at which to look at it. */
export interface Application {
  readonly op: string;
  readonly operands: readonly (Operand | null)[];
  readonly attributes: IrAttributes;
  readonly dims?: DimBindings;
}

export interface Slopes {
  /** From the compiler's gradients. */
  readonly derivative: number;
  /** (f(x + εd) - f(x - εd)) / 2ε */
  readonly difference: number;
}

export interface Measured {
  /** Inferred, in named sizes. */
  readonly types: readonly TensorType[];
  readonly outputs: readonly TensorData[];
  /** Of a weighted sum of the outputs. */
  readonly first: Slopes;
  /** Of a weighted sum of the gradients at cotangents, which vary too. */
  readonly second: Slopes;
}

/** An operator with its derivatives as a function, and feeds for it. */
class Measurement {
  readonly b: Builder;
  readonly outputs: readonly Value[];
  readonly #dims: DimBindings;
  readonly #free: Value[] = [];
  readonly #directions = new Map<string, TensorData>();
  readonly #feeds: Record<string, TensorData> = {};
  readonly #prefix: string;

  constructor(registry: Registry, { op, operands, attributes, dims = {} }: Application, firstId = 0, prefix = '') {
    this.b = new Builder(registry, firstId);
    this.#dims = dims;
    this.#prefix = prefix;
    const inputs = operands.map(
      (each, at) => each && this.#variable(`x${at}`, each.type ?? tensor(each.data.dtype, each.data.shape), each.data),
    );
    this.outputs = this.b.emitAll(op, inputs, attributes);
  }

  #feed(own: string, type: TensorType, data: TensorData): Value {
    const name = `${this.#prefix}${own}`;
    this.#feeds[name] = data;
    return this.b.input(type, { kind: 'feed', node: name, name });
  }

  #numbers({ type }: Value, phase: number): TensorData {
    const shape = bindShape(type.shape, this.#dims) as readonly number[];
    const size = shape.reduce((n, dim) => n * dim, 1);
    return tensorData('float32', shape, scattered(size, phase));
  }

  /** An input that moves along a direction of its own, if it can. */
  #variable(name: string, type: TensorType, data: TensorData): Value {
    const value = this.#feed(name, type, data);
    if (type.dtype !== 'float32') return value;
    this.#directions.set(`${this.#prefix}${name}`, this.#numbers(value, this.#free.length + 0.75));
    this.#free.push(value);
    return value;
  }

  #dot(x: Value, y: Value): Value {
    const product = this.b.mul(x, y);
    return x.type.shape.length > 0
      ? this.b.reduceSum(
          product,
          x.type.shape.map((_, axis) => axis),
        )
      : product;
  }

  #sum(terms: readonly Value[]): Value {
    return terms.reduce((sum, term) => this.b.add(sum, term), this.b.scalar(0));
  }

  /** A sum of the values with weights, and its slope along the directions. */
  #slope(values: readonly Value[], name: string): readonly [sum: Value, slope: Value] {
    const sum = this.#sum(
      values.map((value, at) =>
        this.#dot(value, this.#feed(`${name}${at}`, value.type, this.#numbers(value, at + 0.25))),
      ),
    );
    const found = gradients(this.b, [{ value: sum, cotangent: this.b.scalar(1) }], this.#free).values;
    const terms = this.#free.flatMap((variable, at) => {
      const gradient = found[at];
      const along = this.#numbers(variable, at + 0.75);
      return gradient ? [this.#dot(gradient, this.#feed(`${name}_along${at}`, variable.type, along))] : [];
    });
    return [sum, this.#sum(terms)];
  }

  /** Ends with the operator's outputs, before them the two sums with their slopes. */
  finish(): FunctionIR {
    const float = this.outputs.filter(({ type }) => type.dtype === 'float32');
    const first = this.#slope(float, 'weight');
    const variables = this.#free.slice();
    const targets = float.map((value, at) => {
      const cotangent = this.#variable(`cotangent${at}`, value.type, this.#numbers(value, at + 0.5));
      return { value, cotangent };
    });
    const found = gradients(this.b, targets, variables).values;
    const second = this.#slope(
      found.filter((value) => value !== null),
      'second',
    );
    return finish(this.b, [...first, ...second, ...this.outputs]);
  }

  /** The feeds, all variables moved along their directions. */
  moved(step: number): Feeds {
    const feeds = { ...this.#feeds };
    for (const [name, along] of this.#directions) {
      const { shape, data } = feeds[name] as TensorData;
      const shifted = Array.from(data as Float32Array, (x, i) => x + step * Number(along.data[i]));
      feeds[name] = tensorData('float32', shape, shifted);
    }
    return feeds;
  }
}

/** The operator with its first and second derivatives as a function. */
export function derivativesOf(registry: Registry, application: Application, firstId = 0): FunctionIR {
  return new Measurement(registry, application, firstId).finish();
}

export interface Derivatives {
  readonly fn: FunctionIR;
  readonly feeds: Feeds;
}

/** Several operators with their derivatives as one function; `finish` says what its outputs are, for each. */
export function joinDerivatives(registry: Registry, applications: readonly Application[]): Derivatives {
  let firstId = 0;
  const parts = applications.map((application, at) => {
    const measurement = new Measurement(registry, application, firstId, `case${at}_`);
    const fn = measurement.finish();
    firstId = measurement.b.nextId;
    return { fn, feeds: measurement.moved(0) };
  });
  const outputs = parts.flatMap(({ fn }) => fn.outputs.map(({ value }) => value));
  const b = new Builder(registry, firstId);
  for (const { fn } of parts) {
    b.inputs.push(...fn.inputs);
    b.equations.push(...fn.equations);
  }
  return { fn: finish(b, outputs), feeds: Object.assign({}, ...parts.map(({ feeds }) => feeds)) };
}

const STEP = 2 ** -7;

/** Runs an operator and its derivatives on wasm. All float32 inputs vary; they have to be away from kinks by 2⁻⁷. */
export async function measure(registry: Registry, application: Application): Promise<Measured> {
  const measurement = new Measurement(registry, application);
  const plan = emit(measurement.finish(), registry, { dims: application.dims ?? {}, data: 'batch' });
  const points = [0, STEP, -STEP].map((step) => measurement.moved(step));
  const [middle = [], above = [], below = []] = await runModel(plan, points);
  const number = (results: readonly TensorData[], at: number) => Number(results[at]?.data[0]);
  const slopes = (at: number): Slopes => ({
    derivative: number(middle, at + 1),
    difference: (number(above, at) - number(below, at)) / (2 * STEP),
  });
  return {
    types: measurement.outputs.map(({ type }) => type),
    outputs: middle.slice(4),
    first: slopes(0),
    second: slopes(2),
  };
}
