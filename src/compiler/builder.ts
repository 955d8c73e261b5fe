import { DiagnosticError, diagnostic } from './diagnostics.ts';
import { type Dim, type Shape, sameShape } from './dims.ts';
import type { AttributeValue, NodeId } from './document.ts';
import type { Equation, FunctionInput, InputSource, IrAttributes, Role, Value } from './ir.ts';
import { completeAttributes, type OpRecord, type Registry } from './op.ts';
import {
  broadcastShapes,
  type DType,
  printType,
  type TensorData,
  type TensorType,
  tensor,
  tensorData,
} from './types.ts';

/** Equations a phase may write without a record: literal values, and the size of a named dimension as f32[]. */
export const CONSTANT = 'Constant';
export const DIM_SIZE = 'DimSize';

/** Output types of an operator on given inputs. Throws where the inputs do not fit: rules must only build what is right. */
export function inferOutputs(
  record: OpRecord,
  inputs: readonly (TensorType | null)[],
  attributes: IrAttributes,
): readonly TensorType[] {
  return record.infer({
    inputs: inputs.map((type) => type ?? undefined),
    attributes,
    badge: () => {},
    broadcasts: () => {},
    nameOf: (input) => record.inputs[Math.min(input, record.inputs.length - 1)]?.name ?? `input ${input}`,
    fail: (code, failure) => {
      const types = inputs.map((type) => (type ? printType(type) : '_')).join(', ');
      const { title, cause } = failure;
      throw new DiagnosticError(diagnostic(code, {}, { title: `${record.name}(${types}): ${title}`, cause }));
    },
  });
}

/**
 * Appends typed equations to a function under construction. Gradient rules, lowerings, optimizers and composites are all
 * written with it; each method is the ONNX operator of its name.
 */
export class Builder {
  readonly registry: Registry;
  readonly inputs: FunctionInput[] = [];
  readonly equations: Equation[] = [];
  #origin: NodeId | null = null;
  #role: Role = 'forward';
  #nextId: number;

  constructor(registry: Registry, firstId = 0) {
    this.registry = registry;
    this.#nextId = firstId;
  }

  /** Above every id given out so far. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Equations appended inside `body` belong to `origin` in `role`. */
  within<T>(origin: NodeId | null, role: Role, body: () => T): T {
    const [oldOrigin, oldRole] = [this.#origin, this.#role];
    [this.#origin, this.#role] = [origin, role];
    try {
      return body();
    } finally {
      [this.#origin, this.#role] = [oldOrigin, oldRole];
    }
  }

  value(type: TensorType): Value {
    return { id: this.#nextId++, type };
  }

  input(type: TensorType, source: InputSource): Value {
    const value = this.value(type);
    this.inputs.push({ value, source });
    return value;
  }

  /** Appends an equation whose output values exist already (when one function is rewritten into another). */
  push(equation: Equation): void {
    this.equations.push(equation);
  }

  /** Appends `op` and returns all its outputs. */
  emitAll(op: string, inputs: readonly (Value | null)[], given: IrAttributes = {}): readonly Value[] {
    const record = this.registry.get(op);
    if (!record) throw new Error(`Operator ${op} is not registered`);
    const attributes = completeAttributes(record, given);
    const types = inferOutputs(
      record,
      inputs.map((value) => value?.type ?? null),
      attributes,
    );
    const outputs = types.map((type) => this.value(type));
    this.push({ op, inputs, attributes, outputs, origin: this.#origin, role: this.#role });
    return outputs;
  }

  /** Appends `op` and returns its first output. */
  emit(op: string, inputs: readonly (Value | null)[], attributes: IrAttributes = {}): Value {
    const [first] = this.emitAll(op, inputs, attributes);
    if (!first) throw new Error(`${op} has no output`);
    return first;
  }

  constant(value: TensorData): Value {
    const output = this.value(tensor(value.dtype, value.shape));
    this.push({
      op: CONSTANT,
      inputs: [],
      attributes: { value },
      outputs: [output],
      origin: this.#origin,
      role: this.#role,
    });
    return output;
  }

  scalar(value: number, dtype: DType = 'float32'): Value {
    return this.constant(tensorData(dtype, [], value));
  }

  /** 0, 1, …, n-1 as a vector. */
  iota(n: number, dtype: DType = 'int32'): Value {
    return this.constant(
      tensorData(
        dtype,
        [n],
        Array.from({ length: n }, (_, i) => i),
      ),
    );
  }

  /** The size of a dimension as f32[]: a literal where it is a number, else resolved when the plan binds names. */
  dimSize(dim: Dim): Value {
    if (typeof dim === 'number') return this.scalar(dim);
    const output = this.value(tensor('float32', []));
    this.push({
      op: DIM_SIZE,
      inputs: [],
      attributes: { dim },
      outputs: [output],
      origin: this.#origin,
      role: this.#role,
    });
    return output;
  }

  /** `value` in every element of `shape`. */
  full(shape: Shape, value: number, dtype: DType = 'float32'): Value {
    return this.expand(this.scalar(value, dtype), shape);
  }

  zerosLike(x: Value): Value {
    return this.full(x.type.shape, 0, x.type.dtype);
  }

  /** Sums broadcast axes away so that the result has `shape`; `shape` must broadcast to that of `x`. */
  sumTo(x: Value, shape: Shape): Value {
    if (sameShape(x.type.shape, shape)) return x;
    const added = x.type.shape.length - shape.length;
    const axes = x.type.shape.flatMap((dim, axis) => (axis < added || shape[axis - added] !== dim ? [axis] : []));
    const summed = axes.length > 0 ? this.reduceSum(x, axes, true) : x;
    return this.reshape(summed, shape);
  }

  /** Stretches to `shape`; nothing is emitted where it has it already. */
  expand(x: Value, shape: Shape): Value {
    return sameShape(x.type.shape, shape) ? x : this.emit('Expand', [x], { shape });
  }

  /** Same elements in another shape; nothing is emitted where it has it already. */
  reshape(x: Value, shape: Shape): Value {
    return sameShape(x.type.shape, shape) ? x : this.emit('Reshape', [x], { shape });
  }

  cast(x: Value, to: DType): Value {
    return x.type.dtype === to ? x : this.emit('Cast', [x], { to });
  }

  /** The shape two values broadcast to. */
  broadcastShape(a: Value, b: Value): Shape {
    const shape = broadcastShapes(a.type.shape, b.type.shape);
    if (!shape) throw new Error(`${printType(a.type)} and ${printType(b.type)} do not broadcast`);
    return shape;
  }

  add = (a: Value, b: Value): Value => this.emit('Add', [a, b]);
  sub = (a: Value, b: Value): Value => this.emit('Sub', [a, b]);
  mul = (a: Value, b: Value): Value => this.emit('Mul', [a, b]);
  div = (a: Value, b: Value): Value => this.emit('Div', [a, b]);
  neg = (x: Value): Value => this.emit('Neg', [x]);
  exp = (x: Value): Value => this.emit('Exp', [x]);
  log = (x: Value): Value => this.emit('Log', [x]);
  sqrt = (x: Value): Value => this.emit('Sqrt', [x]);
  equal = (a: Value, b: Value): Value => this.emit('Equal', [a, b]);
  greater = (a: Value, b: Value): Value => this.emit('Greater', [a, b]);
  where = (condition: Value, a: Value, b: Value): Value => this.emit('Where', [condition, a, b]);
  matMul = (a: Value, b: Value): Value => this.emit('MatMul', [a, b]);
  transpose = (x: Value, perm: readonly number[]): Value => this.emit('Transpose', [x], { perm });

  /** alpha * op(a) op(b) + beta * c */
  gemm(a: Value, b: Value, c: Value | null, attributes: Readonly<Record<string, AttributeValue>> = {}): Value {
    return this.emit('Gemm', [a, b, c], attributes);
  }

  reduceSum(x: Value, axes: readonly number[], keepdims = false): Value {
    return this.emit('ReduceSum', [x], { axes, keepdims });
  }

  reduceMean(x: Value, axes: readonly number[], keepdims = false): Value {
    return this.emit('ReduceMean', [x], { axes, keepdims });
  }

  reduceMax(x: Value, axes: readonly number[], keepdims = false): Value {
    return this.emit('ReduceMax', [x], { axes, keepdims });
  }

  /** Shorthand for a scalar operand of the dtype of `x`. */
  like(x: Value, value: number): Value {
    return this.scalar(value, x.type.dtype);
  }
}
