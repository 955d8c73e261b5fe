/** Nodes that are switched off: muted ones are left out, bypassed ones let an input through. */
import type { GraphDocument, NodeId } from '../../document.ts';
import { numberedPort } from '../../document.ts';
import type { OpRecord, Registry } from '../../op.ts';
import { sameType, type TensorType } from '../../types.ts';

type Graph = GraphDocument['graph'];

const NO_NODES: ReadonlySet<NodeId> = new Set();
const known = new WeakMap<Graph, ReadonlySet<NodeId>>();

/** An optional input does without what is left out; members of a list do not, because it would get shorter. */
function isNeeded(record: OpRecord | undefined, port: string): boolean {
  const [base] = numberedPort(port);
  const spec = record?.inputs.find(({ name }) => name === port || name === base);
  return !spec?.optional || spec.variadic === true;
}

/** The nodes that are not computed: the muted ones, and those that need the value of one that is left out. */
export function leftOut(graph: Graph, registry: Registry): ReadonlySet<NodeId> {
  const found = known.get(graph);
  if (found) return found;
  const result = new Set(Object.values(graph.nodes).flatMap(({ id, muted }) => (muted ? [id] : [])));
  if (result.size === 0) {
    known.set(graph, NO_NODES);
    return NO_NODES;
  }
  const users = new Map<NodeId, NodeId[]>();
  for (const { source, target } of Object.values(graph.edges)) {
    if (!isNeeded(registry.get(graph.nodes[target.node]?.op ?? ''), target.port)) continue;
    const list = users.get(source.node);
    if (list) list.push(target.node);
    else users.set(source.node, [target.node]);
  }
  for (const node of result) for (const user of users.get(node) ?? []) result.add(user);
  known.set(graph, result);
  return result;
}

/** The drawing without the nodes that are left out, and without their wires. */
export function withoutMuted(document: GraphDocument, registry: Registry): GraphDocument {
  const { graph } = document;
  const gone = leftOut(graph, registry);
  if (gone.size === 0) return document;
  const nodes = Object.entries(graph.nodes).filter(([id]) => !gone.has(id));
  const edges = Object.entries(graph.edges).filter(
    ([, { source, target }]) => !gone.has(source.node) && !gone.has(target.node),
  );
  return { ...document, graph: { ...graph, nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) } };
}

/** For each output of a bypassed node the number of the input that stands for it: the first of its type; null for none. */
export function passedThrough(
  record: OpRecord,
  inputs: readonly (TensorType | null | undefined)[],
  outputs: readonly TensorType[],
): readonly (number | null)[] {
  const mayPass = (record.kind ?? 'operator') === 'operator';
  return outputs.map((output) => {
    const at = mayPass ? inputs.findIndex((input) => input && sameType(input, output)) : -1;
    return at < 0 ? null : at;
  });
}
