import { CONSTANT } from '../../builder.ts';
import type { NodeId } from '../../document.ts';
import { type Equation, type FunctionIR, type IrAttribute, isTensorData, type Value } from '../../ir.ts';
import type { NodeProto, TensorProto } from '../../onnx/onnx_pb.ts';
import { nodeProto, ONNX_DTYPE, type OnnxAttribute, type OnnxNode, tensorProto } from '../../onnx/write.ts';
import type { AttributeSpec, OpRecord, Registry } from '../../op.ts';
import { type DType, type TensorData, tensorData } from '../../types.ts';

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

/** A shape with one unknown size can still be given to Reshape, as -1. */
function shapeInput(value: readonly (number | string)[]): number[] {
  const free = value.filter((dim) => typeof dim === 'string').length;
  if (free > 1) throw new Error('More than one free dimension in a shape');
  return value.map((dim) => (typeof dim === 'number' ? dim : -1));
}

/** Turns equations into nodes and initializers with unique names; one writer serves one model. */
export class GraphWriter {
  readonly initializers: TensorProto[] = [];
  readonly #registry: Registry;
  readonly #nameOf: (node: NodeId) => string;
  readonly #names = new Map<Value, string>();
  readonly #taken = new Map<string, number>();

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
    const nodes = fn.equations.flatMap((eq) => this.#equation(eq));
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
    const record = this.#registry.get(eq.op);
    if (!record) throw new Error(`${eq.op} cannot be emitted`);
    for (const output of eq.outputs)
      if (!this.#names.has(output)) this.#names.set(output, this.unique(`${base}/${eq.op}`));
    const inputs = eq.inputs.map((input) => (input ? this.#name(input) : ''));
    for (const name of record.attributeInputs ?? []) {
      const value = eq.attributes[name] as number | readonly (number | string)[];
      if (typeof value === 'number') {
        const dtype = record.attributes[name]?.type === 'float' ? 'float32' : 'int64';
        inputs.push(this.constant(`${base}/${eq.op}.${name}`, tensorData(dtype, [], value)));
        continue;
      }
      const numbers = shapeInput(value);
      inputs.push(
        numbers.length === 0 && name !== 'shape'
          ? ''
          : this.constant(`${base}/${eq.op}.${name}`, tensorData('int64', [numbers.length], numbers)),
      );
    }
    while (inputs.at(-1) === '') inputs.pop();
    const outputs = eq.outputs.map((output) => this.#name(output));
    return [this.node({ op: eq.op, inputs, outputs, attributes: onnxAttributes(record, eq) })];
  }
}
