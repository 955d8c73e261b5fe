/** Every operator of the registry by its name: `op.Gemm(x, W, b, { alpha: 0.5 })`. */
import { portName } from '../compiler/op.ts';
import { registry } from '../nodes/registry.ts';
import type { Operators } from './operators-types.ts';
import { type Apply, type Attributes, type Operand, toVariable, Variable } from './variable.ts';

/** A node with several results or none; results are its properties, by the names of their ports. */
export class Node {
  readonly apply: Apply;

  constructor(apply: Apply) {
    this.apply = apply;
  }
}

/** A node whose results are properties: `const { x, y } = op.Data({ dataset: 'digits' })`. */
export type Results<P extends string = string> = Node & { readonly [K in P]: Variable };

export function withPorts<P extends string>(node: Node): Results<P> {
  const made = new Map<string, Variable>();
  return new Proxy(node, {
    get(target, key) {
      if (typeof key !== 'string' || key in target) return Reflect.get(target, key);
      const output = made.get(key) ?? new Variable({ kind: 'apply', apply: node.apply, output: key });
      made.set(key, output);
      return output;
    },
  }) as Results<P>;
}

function isAttributes(value: unknown): value is Attributes {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value)?.constructor === Object &&
    !('dtype' in value && 'data' in value)
  );
}

/** Inputs in the order of ports, null for omitted ones, and attributes after them. */
export function applyRecord(name: string, given: readonly (Operand | Attributes | null)[]): Variable | Node {
  const record = registry.get(name);
  if (!record) throw new TypeError(`There is no operator ${name}`);
  const last = given.at(-1);
  const attributes = isAttributes(last) ? last : {};
  const inputs = (isAttributes(last) ? given.slice(0, -1) : given) as readonly (Operand | null)[];
  const variadic = record.inputs.at(-1)?.variadic === true;
  if (!variadic && inputs.length > record.inputs.length) {
    throw new TypeError(`${name} takes ${record.inputs.length} inputs, not ${inputs.length}`);
  }
  const unknown = Object.keys(attributes).find((key) => !(key in record.attributes));
  if (unknown !== undefined) {
    throw new TypeError(
      `${name} has no attribute ${unknown}; it has ${Object.keys(record.attributes).join(', ') || 'none'}`,
    );
  }
  const apply: Apply = {
    op: name,
    inputs: inputs.map((input) => (input === null ? null : toVariable(input))),
    attributes,
  };
  const [output, more] = record.outputs;
  if (output && !more && !output.variadic) {
    return new Variable({ kind: 'apply', apply, output: portName(record.outputs, 0) });
  }
  return withPorts(new Node(apply));
}

/** Inputs and results by the names of their ports; also for operators and modules that have no record here. */
export function node(op: string, inputs: Readonly<Record<string, Operand>> = {}, attributes: Attributes = {}): Results {
  const ports = Object.keys(inputs);
  const apply: Apply = { op, inputs: Object.values(inputs).map(toVariable), ports, attributes };
  return withPorts(new Node(apply));
}

type Call = (...given: readonly (Operand | Attributes | null)[]) => Variable | Node;

const calls = new Map<string, Call>();

export const op = new Proxy({} as Operators, {
  get(_, name) {
    if (typeof name !== 'string') return undefined;
    const call = calls.get(name) ?? ((...given) => applyRecord(name, given));
    calls.set(name, call);
    return call;
  },
  has: (_, name) => typeof name === 'string' && registry.has(name),
});
