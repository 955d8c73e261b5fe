/** Ways of a gradient from the cost back to a value, in the flat drawing. */
import type { GraphDocument, NodeId, PortRef } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';

type Graph = GraphDocument['graph'];

/** What the first optimizer minimizes. */
export function costOf({ nodes, edges }: Graph, registry: Registry): PortRef | null {
  const optimizers = new Set(
    Object.values(nodes).flatMap(({ id, op }) => (registry.get(op)?.kind === 'optimizer' ? [id] : [])),
  );
  const wire = Object.values(edges).find(({ target }) => optimizers.has(target.node) && target.port === 'cost');
  return wire?.source ?? null;
}

/** Nodes that the cost is computed from, with itself. */
function upstream({ edges }: Graph, cost: PortRef): Set<NodeId> {
  const into = new Map<NodeId, NodeId[]>();
  for (const { source, target } of Object.values(edges)) {
    into.set(target.node, [...(into.get(target.node) ?? []), source.node]);
  }
  const found = new Set([cost.node]);
  for (const node of found) for (const source of into.get(node) ?? []) found.add(source);
  return found;
}

/** The values that a user of a value makes and the cost depends on; the first is the one to follow. */
export interface Branch {
  readonly node: NodeId;
  readonly output: PortRef;
}

export class Ways {
  readonly cost: PortRef;
  readonly #graph: Graph;
  readonly #needed: Set<NodeId>;

  private constructor(graph: Graph, cost: PortRef) {
    this.cost = cost;
    this.#graph = graph;
    this.#needed = upstream(graph, cost);
  }

  /** Null where nothing is minimized. */
  static in(graph: Graph, registry: Registry): Ways | null {
    const cost = costOf(graph, registry);
    return cost && new Ways(graph, cost);
  }

  /** Who uses a value on the way to the cost. */
  branches({ node, port }: PortRef): Branch[] {
    const found = new Map<NodeId, Branch>();
    for (const { source, target } of Object.values(this.#graph.edges)) {
      if (source.node !== node || source.port !== port || !this.#needed.has(target.node)) continue;
      const output = this.#outputOf(target.node);
      // The `update` wire of a parameter leads into the next step.
      if (output && !(target.port === 'update')) found.set(target.node, { node: target.node, output });
    }
    return [...found.values()];
  }

  #outputOf(node: NodeId): PortRef | null {
    if (node === this.cost.node) return this.cost;
    const wire = Object.values(this.#graph.edges).find(
      ({ source, target }) => source.node === node && this.#needed.has(target.node) && target.port !== 'update',
    );
    return wire?.source ?? null;
  }

  /**
   * From a value to the cost, by the users that are chosen at each value (by its key), else by the first; null where the
   * cost does not depend on it.
   */
  path(from: PortRef, chosen: Readonly<Record<string, NodeId>> = {}): PortRef[] | null {
    const path = [from];
    const seen = new Set<string>();
    for (let at = from; at.node !== this.cost.node || at.port !== this.cost.port; ) {
      const key = valueKey(at);
      if (seen.has(key)) return null;
      seen.add(key);
      const branches = this.branches(at);
      const next = branches.find(({ node }) => node === chosen[key]) ?? branches[0];
      if (!next) return null;
      path.push(next.output);
      at = next.output;
    }
    return path;
  }
}

export function valueKey({ node, port }: PortRef): string {
  return `${node}:${port}`;
}
