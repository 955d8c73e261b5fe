/** Wires by node, and the ports a node shows. Computed once per edge record and kept with it. */
import type { DocumentEdge, EdgeId, GraphDocument, NodeId } from '../../compiler/document.ts';
import type { OpRecord, PortSpec, Registry } from '../../compiler/op.ts';

type Edges = GraphDocument['graph']['edges'];

export interface NodeWires {
  readonly incoming: readonly DocumentEdge[];
  readonly outgoing: readonly DocumentEdge[];
}

export const NO_WIRES: NodeWires = { incoming: [], outgoing: [] };
const indexes = new WeakMap<Edges, ReadonlyMap<NodeId, NodeWires>>();

function buildIndex(edges: Edges): ReadonlyMap<NodeId, NodeWires> {
  const index = new Map<NodeId, { incoming: DocumentEdge[]; outgoing: DocumentEdge[] }>();
  const at = (node: NodeId) => {
    const found = index.get(node) ?? { incoming: [], outgoing: [] };
    index.set(node, found);
    return found;
  };
  for (const edge of Object.values(edges)) {
    at(edge.source.node).outgoing.push(edge);
    at(edge.target.node).incoming.push(edge);
  }
  return index;
}

export function wiresOf(edges: Edges, node: NodeId): NodeWires {
  let index = indexes.get(edges);
  if (!index) {
    index = buildIndex(edges);
    indexes.set(edges, index);
  }
  return index.get(node) ?? NO_WIRES;
}

export function edgeInto(edges: Edges, node: NodeId, port: string): EdgeId | undefined {
  return wiresOf(edges, node).incoming.find((edge) => edge.target.port === port)?.id;
}

/** The number in `name.2`, or null where the port is no member of `name`. */
export function memberIndex(port: string, name: string): number | null {
  if (!port.startsWith(`${name}.`)) return null;
  const index = Number(port.slice(name.length + 1));
  return Number.isInteger(index) && index >= 0 ? index : null;
}

function members(ports: readonly string[], name: string): number[] {
  return ports.flatMap((port) => memberIndex(port, name) ?? []);
}

/**
 * Input ports in the order they are drawn. A variadic port shows its wired members and one free one. Operators that are
 * unknown show what is wired.
 */
export function inputPorts(record: OpRecord | undefined, { incoming }: NodeWires): string[] {
  const wired = incoming.map((edge) => edge.target.port);
  if (!record) return [...new Set(wired)];
  return record.inputs.flatMap(({ name, variadic }) => {
    if (!variadic) return [name];
    const count = Math.max(-1, ...members(wired, name)) + 2;
    return Array.from({ length: count }, (_, index) => `${name}.${index}`);
  });
}

/** Output ports in the order they are drawn. A variadic output has a member for each of a variadic input, at least one. */
export function outputPorts(record: OpRecord | undefined, { incoming, outgoing }: NodeWires): string[] {
  const wired = outgoing.map((edge) => edge.source.port);
  if (!record) return [...new Set(wired)];
  const input = record.inputs.find((spec) => spec.variadic);
  const inputs = incoming.map((edge) => edge.target.port);
  return record.outputs.flatMap(({ name, variadic }) => {
    if (!variadic) return [name];
    const last = Math.max(0, ...members(wired, name), ...(input ? members(inputs, input.name) : []));
    return Array.from({ length: last + 1 }, (_, index) => `${name}.${index}`);
  });
}

/** The specification of a port by the name wires use. */
export function portSpec(specs: readonly PortSpec[], port: string): PortSpec | undefined {
  return specs.find((spec) => (spec.variadic ? memberIndex(port, spec.name) !== null : spec.name === port));
}

/** A parameter's update is computed from its old value, so wires into it close no loop. */
function isDependency(registry: Registry, graph: GraphDocument['graph'], edge: DocumentEdge): boolean {
  const target = graph.nodes[edge.target.node];
  return !target || registry.get(target.op)?.kind !== 'parameter';
}

/** All nodes that `start` is computed from (`up`) or that are computed from it (`down`), itself included. */
export function reach(
  graph: GraphDocument['graph'],
  registry: Registry,
  start: NodeId,
  direction: 'up' | 'down',
): ReadonlySet<NodeId> {
  const seen = new Set<NodeId>([start]);
  const queue = [start];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const { incoming, outgoing } = wiresOf(graph.edges, node);
    for (const edge of direction === 'up' ? incoming : outgoing) {
      const next = direction === 'up' ? edge.source.node : edge.target.node;
      if (seen.has(next) || !isDependency(registry, graph, edge)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return seen;
}
