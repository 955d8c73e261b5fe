import { inferOutputs } from '../builder.ts';
import type { Attributes, DocumentEdge, DocumentNode, NodeId, PortRef } from '../document.ts';
import { completeAttributes, portName, type Registry } from '../op.ts';
import type { TensorType } from '../types.ts';

/** An output in the drawing. */
export interface Wire {
  readonly ref: PortRef;
  readonly type: TensorType;
}

const sameAttribute = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** A drawing under construction; every node is typed as it is added. */
export class Draft {
  readonly registry: Registry;
  readonly nodes: Record<NodeId, DocumentNode> = {};
  readonly edges: Record<string, DocumentEdge> = {};
  readonly #names = new Set<string>();
  readonly #counts = new Map<string, number>();
  #next = 1;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  /** Keeps a name for a node that comes later. */
  reserve(name: string): void {
    this.#names.add(name);
  }

  #unique(wanted: string): string {
    if (!this.#names.has(wanted)) {
      this.#names.add(wanted);
      return wanted;
    }
    let count = this.#counts.get(wanted) ?? 1;
    do count++;
    while (this.#names.has(`${wanted}_${count}`));
    this.#counts.set(wanted, count);
    return this.#unique(`${wanted}_${count}`);
  }

  /** Adds a node of the reserved name itself. */
  addReserved(
    op: string,
    name: string,
    attributes: Attributes,
    inputs: readonly (Wire | null)[] = [],
  ): readonly Wire[] {
    this.#names.delete(name);
    return this.add(op, name, attributes, inputs);
  }

  /** Adds a node and returns its outputs. Throws a DiagnosticError where the operator does not take the inputs. */
  add(op: string, name: string, attributes: Attributes, inputs: readonly (Wire | null)[] = []): readonly Wire[] {
    const record = this.registry.get(op);
    if (!record) throw new Error(`Operator ${op} is not registered`);
    const complete = completeAttributes(record, attributes);
    const types = inferOutputs(
      record,
      inputs.map((wire) => wire?.type ?? null),
      complete,
    );
    const id = `n${this.#next++}`;
    const own = Object.entries(attributes).filter(
      ([key, value]) => !sameAttribute(record.attributes[key]?.default, value),
    );
    this.nodes[id] = { id, op, name: this.#unique(name), attributes: Object.fromEntries(own) };
    inputs.forEach((wire, at) => {
      if (!wire) return;
      const port = portName(record.inputs, at);
      const edge = `${id}.${port}`;
      this.edges[edge] = { id: edge, source: wire.ref, target: { node: id, port } };
    });
    return types.map((type, at) => ({ ref: { node: id, port: portName(record.outputs, at) }, type }));
  }
}
