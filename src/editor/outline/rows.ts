/** The rows of the outline: nodes in the order in which data flows, each with its ports below it, or sorted by a column. */
import type { EdgeId, GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { portKey } from '../../compiler/result.ts';
import { printType } from '../../compiler/types.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';
import type { DocumentState } from '../store/types.ts';

export interface NodeRow {
  readonly kind: 'node';
  readonly key: string;
  readonly node: NodeId;
  /** Undefined where there is nothing below. */
  readonly expanded: boolean | undefined;
}

export interface PortRow {
  readonly kind: 'port';
  readonly key: string;
  readonly node: NodeId;
  readonly port: string;
  readonly side: 'source' | 'target';
  /** Into an input, or out of an output. */
  readonly wires: readonly EdgeId[];
  /** Among the ports of the node, from 1. */
  readonly position: number;
  readonly count: number;
}

export type OutlineRow = NodeRow | PortRow;

export const SORTS = ['flow', 'name', 'operator', 'type', 'problems'] as const;
export type Sort = (typeof SORTS)[number];

/** Every node after those it is computed from and close to what it is computed for. A loop is entered somewhere. */
export function flowOrder({ graph }: GraphDocument, registry: Registry): NodeId[] {
  const order: NodeId[] = [];
  const seen = new Set<NodeId>();
  const isParameter = (id: NodeId) => registry.get(graph.nodes[id]?.op ?? '')?.kind === 'parameter';
  const sources = (id: NodeId) =>
    // A parameter's update is computed from its old value: it comes first all the same.
    isParameter(id) ? [] : wiresOf(graph.edges, id).incoming.map((edge) => edge.source.node);
  const visit = (start: NodeId) => {
    const stack: { readonly id: NodeId; readonly left: NodeId[] }[] = [];
    const enter = (id: NodeId) => {
      if (seen.has(id) || !graph.nodes[id]) return;
      seen.add(id);
      stack.push({ id, left: sources(id).reverse() });
    };
    enter(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.left.pop();
      if (next !== undefined) enter(next);
      else {
        order.push(top.id);
        stack.pop();
      }
    }
  };
  const ids = Object.keys(graph.nodes);
  for (const id of ids) if (wiresOf(graph.edges, id).outgoing.length === 0) visit(id);
  for (const id of ids) visit(id);
  return order;
}

/** Of the first output. */
export function typeText(
  { document, check }: Pick<DocumentState, 'document' | 'check'>,
  registry: Registry,
  id: NodeId,
) {
  const [port] = outputPorts(registry.get(document.graph.nodes[id]?.op ?? ''), wiresOf(document.graph.edges, id));
  const type = port === undefined ? undefined : check.types.get(portKey(id, port));
  return type ? printType(type) : '';
}

const BY_NAME = new Intl.Collator('en', { numeric: true });
const SEVERITY = { error: 0, warning: 1, notice: 2 } as const;

function sorted(ids: readonly NodeId[], state: DocumentState, registry: Registry, sort: Sort): NodeId[] {
  const { nodes } = state.document.graph;
  const worst = new Map<NodeId, number>();
  for (const { place, severity } of state.check.diagnostics) {
    if (place.node !== undefined) worst.set(place.node, Math.min(worst.get(place.node) ?? 3, SEVERITY[severity]));
  }
  const text = (id: NodeId) =>
    sort === 'type' ? typeText(state, registry, id) : sort === 'operator' ? nodes[id]?.op : nodes[id]?.name;
  const keys = new Map(ids.map((id) => [id, text(id) ?? '']));
  // Sorting is stable, so nodes that are equal stay in the order of flow.
  if (sort === 'problems') return ids.toSorted((a, b) => (worst.get(a) ?? 3) - (worst.get(b) ?? 3));
  return ids.toSorted((a, b) => BY_NAME.compare(keys.get(a) ?? '', keys.get(b) ?? ''));
}

export interface RowOptions {
  readonly as: 'tree' | 'table';
  readonly sort: Sort;
  readonly expanded: ReadonlySet<NodeId>;
  /** Only nodes whose name or operator has these letters. */
  readonly filter: string;
}

function portRows(state: DocumentState, registry: Registry, node: NodeId): PortRow[] {
  const { graph } = state.document;
  const record = registry.get(graph.nodes[node]?.op ?? '');
  const wires = wiresOf(graph.edges, node);
  const inputs = inputPorts(record, wires);
  const outputs = outputPorts(record, wires);
  const count = inputs.length + outputs.length;
  return [
    ...inputs.map((port, at) => ({
      kind: 'port' as const,
      key: `${node} < ${port}`,
      node,
      port,
      side: 'target' as const,
      wires: wires.incoming.filter((edge) => edge.target.port === port).map((edge) => edge.id),
      position: at + 1,
      count,
    })),
    ...outputs.map((port, at) => ({
      kind: 'port' as const,
      key: `${node} > ${port}`,
      node,
      port,
      side: 'source' as const,
      wires: wires.outgoing.filter((edge) => edge.source.port === port).map((edge) => edge.id),
      position: inputs.length + at + 1,
      count,
    })),
  ];
}

export function outlineRows(state: DocumentState, registry: Registry, options: RowOptions): OutlineRow[] {
  const { as, sort, expanded } = options;
  const { nodes } = state.document.graph;
  const wanted = options.filter.trim().toLowerCase();
  const isWanted = (id: NodeId) =>
    wanted === '' || `${nodes[id]?.name} ${nodes[id]?.op}`.toLowerCase().includes(wanted);
  const inOrder = flowOrder(state.document, registry).filter(isWanted);
  const ids = as === 'table' && sort !== 'flow' ? sorted(inOrder, state, registry, sort) : inOrder;
  return ids.flatMap((node): OutlineRow[] => {
    const record = registry.get(nodes[node]?.op ?? '');
    if (as === 'table' || record?.kind === 'note') return [{ kind: 'node', key: node, node, expanded: undefined }];
    const isOpen = expanded.has(node);
    const row: NodeRow = { kind: 'node', key: node, node, expanded: isOpen };
    return isOpen ? [row, ...portRows(state, registry, node)] : [row];
  });
}
