import { CONSTANT, DIM_SIZE } from '../../builder.ts';
import type { Dim } from '../../dims.ts';
import type { NodeId } from '../../document.ts';
import { FOREIGN, foreignNode } from '../../foreign.ts';
import { type Equation, type FunctionIR, type IrAttribute, isTensorData, type Value } from '../../ir.ts';
import type { NodeProto, TensorProto } from '../../onnx/onnx_pb.ts';
import { nodeProto, ONNX_DTYPE, type OnnxAttribute, type OnnxNode, tensorProto } from '../../onnx/write.ts';
import type { AttributeSpec, OpRecord, Registry } from '../../op.ts';
import { type DType, type TensorData, tensorData } from '../../types.ts';
import { SizeWriter } from './sizes.ts';

function toOnnxAttribute(value: IrAttribute, type: AttributeSpec['type'] | undefined): OnnxAttribute | null {
  if (isTensorData(value)) throw new Error('A tensor attribute has no ONNX form here');
  if (typeof value === 'boolean') return { kind: 'int', value: Number(value) };
  if (typeof value === 'number') return { kind: type === 'float' ? 'float' : 'int', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if (value.length === 0) return null;
  return { kind: type === 'floats' ? 'floats' : 'ints', value: value.map(Number) };
}

function onnxAttributes(record: OpRecord, eq: Equation): Record<string, OnnxAttribute> {
  if (record.name === 'Cast') return { to: { kind: 'int', value: ONNX_DTYPE[eq.attributes.to as DType] } };
  const given = record.onnxAttributes ? record.onnxAttributes(eq.attributes) : eq.attributes;
  const result: Record<string, OnnxAttribute> = {};
  for (const [name, value] of Object.entries(given)) {
    if (record.attributeInputs?.includes(name)) continue;
    const attribute = toOnnxAttribute(value, record.attributes[name]?.type);
    if (attribute) result[name] = attribute;
  }
  return result;
}

/** Turns equations into nodes and initializers with unique names; one writer serves one model. */
export class GraphWriter {
  readonly initializers: TensorProto[] = [];
  readonly #registry: Registry;
  readonly #nameOf: (node: NodeId) => string;
  readonly #names = new Map<Value, string>();
  readonly #taken = new Map<string, number>();
  readonly #sizes = new SizeWriter(this);
  /** Versions of the domains besides that of ONNX. */
  readonly domains = new Map<string, number>();

  constructor(registry: Registry, nameOf: (node: NodeId) => string) {
    this.#registry = registry;
    this.#nameOf = nameOf;
  }

  /** A name nobody has yet: `base`, or `base_2`, `base_3`, … */
  unique(base: string): string {
    const count = (this.#taken.get(base) ?? 0) + 1;
    this.#taken.set(base, count);
    return count === 1 ? base : this.unique(`${base}_${count}`);
  }

  reserve(name: string): void {
    this.#taken.set(name, Math.max(1, this.#taken.get(name) ?? 0));
  }

  bind(value: Value, name: string): void {
    this.#names.set(value, name);
    this.#sizes.seen(name, value.type);
  }

  constant(base: string, data: TensorData): string {
    const name = this.unique(base);
    this.initializers.push(tensorProto(name, data));
    return name;
  }

  node(node: Omit<OnnxNode, 'name'> & { readonly name?: string }): NodeProto {
    return nodeProto({ ...node, name: node.name ?? this.unique(`${node.outputs[0]}:${node.op}`) });
  }

  /** Nodes of all equations, in order, ending in Identity nodes for outputs that are inputs or that repeat another output. */
  nodes(fn: FunctionIR, outputNames: readonly string[]): NodeProto[] {
    const defined = new Set(fn.equations.flatMap((eq) => (eq.op === CONSTANT ? [] : eq.outputs)));
    const copies: NodeProto[] = [];
    fn.outputs.forEach(({ value }, at) => {
      const name = outputNames[at] as string;
      if (defined.has(value) && !this.#names.has(value)) this.#names.set(value, name);
      else copies.push(this.node({ op: 'Identity', inputs: [this.#name(value)], outputs: [name] }));
    });
    const nodes = fn.equations.flatMap((eq) => {
      const written = this.#equation(eq);
      for (const output of eq.outputs) this.#sizes.seen(this.#name(output), output.type);
      return written;
    });
    return [...nodes, ...copies];
  }

  #name(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = this.unique(`value_${value.id}`);
    this.#names.set(value, name);
    return name;
  }

  #equation(eq: Equation): NodeProto[] {
    const origin = eq.origin === null ? eq.op : this.#nameOf(eq.origin);
    const base = eq.role === 'forward' ? origin : `${origin}/${eq.role}`;
    const [first] = eq.outputs;
    if (eq.op === CONSTANT && isTensorData(eq.attributes.value) && first) {
      // An output that is a constant was named before its initializer was.
      const name = this.#names.get(first) ?? this.unique(`${base}/constant`);
      this.#names.set(first, name);
      this.initializers.push(tensorProto(name, eq.attributes.value));
      return [];
    }
    const nodes: NodeProto[] = [];
    if (eq.op === DIM_SIZE && first) {
      const size = this.#sizes.of(eq.attributes.dim as Dim, nodes);
      const scalar = this.unique(`${base}/size`);
      nodes.push(this.node({ op: 'Squeeze', inputs: [size], outputs: [scalar] }));
      const to = { kind: 'int', value: ONNX_DTYPE.float32 } as const;
      nodes.push(this.node({ op: 'Cast', inputs: [scalar], outputs: [this.#name(first)], attributes: { to } }));
      return nodes;
    }
    const record = this.#registry.get(eq.op);
    if (!record) throw new Error(`${eq.op} cannot be emitted`);
    for (const output of eq.outputs)
      if (!this.#names.has(output)) this.#names.set(output, this.unique(`${base}/${eq.op}`));
    if (eq.op === FOREIGN) return this.#foreign(eq, base);
    const inputs = eq.inputs.map((input) => (input ? this.#name(input) : ''));
    for (const name of record.attributeInputs ?? []) {
      const value = eq.attributes[name] as number | readonly (number | string)[];
      const title = `${base}/${eq.op}.${name}`;
      if (typeof value === 'number') {
        const dtype = record.attributes[name]?.type === 'float' ? 'float32' : 'int64';
        inputs.push(this.constant(title, tensorData(dtype, [], value)));
      } else inputs.push(value.length === 0 && name !== 'shape' ? '' : this.#list(title, value, eq.op, nodes));
    }
    while (inputs.at(-1) === '') inputs.pop();
    const outputs = eq.outputs.map((output) => this.#name(output));
    return [...nodes, this.node({ op: eq.op, inputs, outputs, attributes: onnxAttributes(record, eq) })];
  }

  /** A list of numbers, or of sizes that are known when the graph runs. */
  #list(title: string, value: readonly (number | string)[], op: string, nodes: NodeProto[]): string {
    const free = value.filter((dim) => typeof dim === 'string');
    if (value.some((dim) => typeof dim === 'number' && !Number.isInteger(dim))) {
      throw new Error(`${title} is [${value.join(', ')}]`);
    }
    // Reshape finds one size by itself.
    if (free.length === 0 || (free.length === 1 && op === 'Reshape' && !value.includes(-1))) {
      const numbers = value.map((dim) => (typeof dim === 'number' ? dim : -1));
      return this.constant(title, tensorData('int64', [numbers.length], numbers));
    }
    const parts = value.map((dim) => this.#sizes.of(dim, nodes));
    const output = this.unique(title);
    nodes.push(
      this.node({ op: 'Concat', inputs: parts, outputs: [output], attributes: { axis: { kind: 'int', value: 0 } } }),
    );
    return output;
  }

  /** A node kept from another model, between casts to the types it has there. */
  #foreign(eq: Equation, base: string): NodeProto[] {
    const kept = foreignNode(String(eq.attributes.node));
    if (!kept) throw new Error(`The node of ${base} cannot be read`);
    const [given, made] = [eq.attributes.inputs as readonly number[], eq.attributes.outputs as readonly number[]];
    const cast = (from: string, to: string, elem: number) =>
      this.node({ op: 'Cast', inputs: [from], outputs: [to], attributes: { to: { kind: 'int', value: elem } } });
    const before: NodeProto[] = [];
    const after: NodeProto[] = [];
    const operands = eq.inputs.map((value, at) => {
      if (!value) return '';
      const elem = given[at] ?? ONNX_DTYPE[value.type.dtype];
      if (elem === ONNX_DTYPE[value.type.dtype]) return this.#name(value);
      const name = this.unique(`${base}/given`);
      before.push(cast(this.#name(value), name, elem));
      return name;
    });
    const output = eq.outputs.map((value, at) => {
      const own = ONNX_DTYPE[value.type.dtype];
      if ((made[at] ?? own) === own) return this.#name(value);
      const name = this.unique(`${base}/made`);
      after.push(cast(name, this.#name(value), own));
      return name;
    });
    // Operands that were omitted stay so.
    const rest = [...operands];
    const input = kept.input.map((name) => (name === '' ? '' : (rest.shift() ?? '')));
    if (kept.domain !== '') this.domains.set(kept.domain, Number(eq.attributes.version));
    return [...before, Object.assign(kept, { name: this.unique(base), input, output }), ...after];
  }
}
