/** Expressions as a document: what was deferred is written out, and nodes get names. */
import { inferOutputs } from '../compiler/builder.ts';
import { addDims, type Dim, multiplyDims, subtractDims } from '../compiler/dims.ts';
import {
  type AttributeValue,
  DEFAULT_TRAINING,
  type DocumentEdge,
  type DocumentNode,
  emptyDocument,
  type GraphDocument,
  type PortRef,
} from '../compiler/document.ts';
import { completeAttributes, type OpRecord, type PortSpec, portName, portNames } from '../compiler/op.ts';
import { type TensorType, tensor } from '../compiler/types.ts';
import { registry } from '../nodes/registry.ts';
import type { SharedVariable } from './shared.ts';
import type { Tensor } from './tensor.ts';
import { type Apply, type Attributes, apply, constant, type Deferred, type Variable } from './variable.ts';

export interface Placed {
  readonly ref: PortRef;
  /** Null behind a mistake. */
  readonly type: TensorType | null;
}

export interface DrawingOptions {
  /** What stands for a variable: Theano's `givens`. */
  readonly givens?: ReadonlyMap<Variable, Variable>;
  /** The types of inputs; without one, an input has its declared shape or names of sizes. */
  readonly inputs?: ReadonlyMap<Variable, TensorType>;
  /** Shared variables as what: parameters that a document keeps, or inputs that a call gives. */
  readonly shared: 'parameters' | 'inputs';
  /** What nodes are called, by what they are made of. Others are called after their variable or their operator. */
  readonly names?: ReadonlyMap<Variable | Apply, string>;
}

interface Applied {
  readonly id: string;
  readonly outputs: readonly PortSpec[];
  readonly types: readonly TensorType[] | null;
}

const plain = (text: string): string => text.replace(/[^\w/. -]/g, '_') || 'value';

export class Drawing {
  readonly nodes: Record<string, DocumentNode> = {};
  readonly edges: Record<string, DocumentEdge> = {};
  /** The nodes of inputs and shared variables. */
  readonly leaves = new Map<Variable, string>();
  readonly #options: DrawingOptions;
  readonly #placed = new Map<Variable, Placed>();
  readonly #applied = new Map<Apply, Applied>();

  constructor(options: DrawingOptions) {
    this.#options = options;
  }

  document(name: string): GraphDocument {
    const empty = emptyDocument(name);
    return { ...empty, graph: { nodes: this.nodes, edges: this.edges, training: DEFAULT_TRAINING } };
  }

  /** The port that has the variable's value. */
  place(variable: Variable): Placed {
    const known = this.#placed.get(variable);
    if (known) return known;
    const given = this.#options.givens?.get(variable);
    const placed = given ? this.place(given) : this.#draw(variable);
    this.#placed.set(variable, placed);
    return placed;
  }

  /** A node without results, such as an output. */
  sink(op: string, name: string, input: Variable, attributes: Record<string, AttributeValue> = {}): string {
    const { ref } = this.place(input);
    const id = this.#node(op, name, attributes);
    this.wire(ref, { node: id, port: registry.get(op)?.inputs[0]?.name ?? '' });
    return id;
  }

  wire(source: PortRef, target: PortRef): void {
    const id = `${target.node}.${target.port}`;
    this.edges[id] = { id, source, target };
  }

  #node(op: string, wanted: string, attributes: Attributes): string {
    // Ids are keys of objects, where this name has a meaning of its own.
    const base = wanted === '__proto__' ? 'proto' : wanted;
    let id = base;
    for (let number = 2; Object.hasOwn(this.nodes, id); number++) id = `${base}_${number}`;
    this.nodes[id] = { id, op, name: id === base ? wanted : id, attributes };
    return id;
  }

  #leaf(op: string, variable: Variable, attributes: Attributes, type: TensorType): Placed {
    const id = this.#node(op, this.#nameOf(variable) ?? op.toLowerCase(), attributes);
    if (op !== 'Constant') this.leaves.set(variable, id);
    return { ref: { node: id, port: 'value' }, type };
  }

  #nameOf(variable: Variable): string | null {
    return this.#options.names?.get(variable) ?? variable.name;
  }

  #draw(variable: Variable): Placed {
    const { origin } = variable;
    switch (origin.kind) {
      case 'input':
        return this.#input(variable);
      case 'shared':
        return this.#shared(variable as SharedVariable);
      case 'constant':
        return this.#constant(variable, origin.value);
      case 'size': {
        const size = this.#size(variable);
        if (typeof size !== 'number') return this.place(sizeOf(origin.of, origin.axis));
        const value = { dtype: 'int32', shape: [], data: Int32Array.of(size) } as const;
        return this.#constant(variable, value);
      }
      case 'apply': {
        const { id, outputs, types } = this.apply(origin.apply, variable.name);
        if (typeof origin.output === 'number') {
          return { ref: { node: id, port: portName(outputs, origin.output) }, type: types?.[origin.output] ?? null };
        }
        const names = portNames(outputs, types?.length ?? 0);
        return { ref: { node: id, port: origin.output }, type: types?.[names.indexOf(origin.output)] ?? null };
      }
      case 'deferred': {
        const written = this.#expand(origin.deferred);
        written.name ??= variable.name;
        return this.place(written);
      }
    }
  }

  #expand({ inputs, expand }: Deferred): Variable {
    const types = inputs.map((input) => this.place(input).type);
    return expand({ types, size: (wanted) => this.#size(wanted) });
  }

  #input(variable: Variable): Placed {
    const { origin } = variable;
    if (origin.kind !== 'input') throw new Error('no input');
    const name = variable.name ?? 'input';
    const sizes = Array.from({ length: origin.ndim }, (_, axis) => `${plain(name).replace(/\W/g, '_')}_${axis}`);
    const type = this.#options.inputs?.get(variable) ?? tensor(origin.dtype, origin.shape ?? sizes);
    return this.#leaf('Input', variable, { shape: type.shape, dtype: type.dtype }, type);
  }

  #shared(variable: SharedVariable): Placed {
    const { dtype, shape, data } = variable.get_value({ borrow: true });
    const type = tensor(dtype, shape);
    if (this.#options.shared === 'inputs') return this.#leaf('Input', variable, { shape, dtype }, type);
    if (dtype !== 'float32') {
      return this.#leaf(
        'Constant',
        variable,
        { shape, dtype, values: Array.from(data as ArrayLike<number>, Number) },
        type,
      );
    }
    const values = Array.from(data as ArrayLike<number>, Number);
    const same = values.every((value) => value === values[0]);
    const attributes: Attributes = same
      ? { shape, initializer: 'constant', value: values[0] ?? 0 }
      : { shape, initializer: 'values', values };
    return this.#leaf('Parameter', variable, attributes, type);
  }

  #constant(variable: Variable, { dtype, shape, data }: Pick<Tensor, 'dtype' | 'shape' | 'data'>): Placed {
    const values = Array.from(data as ArrayLike<number>, Number);
    const name = this.#nameOf(variable) ?? (shape.length === 0 ? String(values[0]) : 'constant');
    const attributes = { values, shape, dtype };
    const id = this.#node('Constant', name, attributes);
    return { ref: { node: id, port: 'value' }, type: tensor(dtype, shape) };
  }

  /** The node of an operator. */
  apply(apply: Apply, name: string | null = null): Applied {
    const known = this.#applied.get(apply);
    if (known) return known;
    const { op, inputs, attributes, ports } = apply;
    const record = registry.get(op);
    // Numbers take the dtype of the other operands.
    const others = inputs.map((input) => (input && !isLiteral(input) ? this.place(input) : null));
    const dtypes = others.map((placed) => placed?.type?.dtype);
    const whole = dtypes.includes('int32') && !dtypes.includes('float32');
    const placed = inputs.map((input, at) => (input ? (others[at] ?? this.#literal(input, whole)) : null));
    const id = this.#node(op, this.#options.names?.get(apply) ?? name ?? op, attributes);
    for (const [at, input] of placed.entries()) {
      const port = ports?.[at] ?? portName(record?.inputs ?? [], at);
      if (input) this.wire(input.ref, { node: id, port });
    }
    const types = record && !ports ? inferTypes(record, placed, attributes) : null;
    const applied = { id, outputs: record?.outputs ?? [], types };
    this.#applied.set(apply, applied);
    return applied;
  }

  #literal(variable: Variable, whole: boolean): Placed {
    const { origin } = variable;
    if (origin.kind !== 'constant') throw new Error('no literal');
    const value = origin.value.item();
    if (!whole || !Number.isInteger(value)) return this.place(variable);
    return this.#constant(variable, { dtype: 'int32', shape: [], data: Int32Array.of(value) });
  }

  /** A whole number made of sizes and literals. */
  #size(variable: Variable): Dim {
    const { origin } = variable;
    if (origin.kind === 'constant') return origin.value.item();
    if (origin.kind === 'size') {
      const { type } = this.place(origin.of);
      const dim = type?.shape.at(origin.axis);
      if (dim === undefined) throw new TypeError(`There is no axis ${origin.axis} to take the size of`);
      return dim;
    }
    if (origin.kind === 'apply') {
      const { op, inputs } = origin.apply;
      const [a, b] = inputs.map((input) => (input ? this.#size(input) : 0));
      if (op === 'Add' && a !== undefined && b !== undefined) return addDims(a, b);
      if (op === 'Sub' && a !== undefined && b !== undefined) return subtractDims(a, b);
      if (op === 'Mul' && a !== undefined && b !== undefined) return multiplyDims(a, b);
    }
    throw new TypeError('A size is wanted: a number, x.shape[axis], or sums and products of these');
  }
}

const isLiteral = ({ origin }: Variable): boolean => origin.kind === 'constant' && origin.literal;

/** Where the size is known only when the graph runs. */
function sizeOf(of: Variable, axis: number): Variable {
  const place = constant({ dtype: 'int32', shape: [], data: Int32Array.of(axis) });
  return apply('Gather', [apply('Shape', [of]), place], { axis: 0 });
}

function inferTypes(
  record: OpRecord,
  placed: readonly (Placed | null)[],
  attributes: Readonly<Record<string, AttributeValue>>,
): readonly TensorType[] | null {
  if (placed.some((input) => input && !input.type)) return null;
  try {
    return inferOutputs(
      record,
      placed.map((input) => input?.type ?? null),
      completeAttributes(record, attributes),
    );
  } catch {
    // The check of the whole document says what is wrong, with the names of nodes.
    return null;
  }
}
