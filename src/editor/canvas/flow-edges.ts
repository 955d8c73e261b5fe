/** Wires as React Flow takes them; like nodes, an object is kept as long as nothing about it changed. */
import type { Edge } from '@xyflow/react';
import type { DocumentEdge } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { portKey } from '../../compiler/result.ts';
import { printType, type TensorType } from '../../compiler/types.ts';
import { portSpec } from '../store/graph-index.ts';
import type { DocumentState, UiState } from '../store/types.ts';
import { type Curve, curve, pointAt } from './curves.ts';
import type { FlowNode } from './flow-nodes.ts';
import { overlaps, type Rect } from './geometry.ts';
import { type NodeRole, roleOf } from './roles.ts';

export interface WireData extends Record<string, unknown> {
  readonly role: NodeRole;
  /** A diagnostic names this wire or the port it ends at. */
  readonly wrong: boolean;
  readonly blocked: boolean;
  /** Null where there is no room for one. */
  readonly label: string | null;
}

export type FlowEdge = Edge<WireData, 'wire'>;

const CHARACTER = 6.1;
const LABEL_HEIGHT = 14;
/** Free wire that stays visible on both sides of its label. */
const LABEL_MARGIN = 14;
/** Above so many wires, labels are not kept apart from nodes any more: it would take longer than they are worth. */
const CHECKED_LABELS = 400;

/** The curve of a wire between two nodes of the flow; null where a port is not drawn. */
export function wireCurve(edge: DocumentEdge, nodes: ReadonlyMap<string, FlowNode>): Curve | null {
  const source = nodes.get(edge.source.node);
  const target = nodes.get(edge.target.node);
  const from = source?.handles?.find((item) => item.type === 'source' && item.id === edge.source.port);
  const to = target?.handles?.find((item) => item.type === 'target' && item.id === edge.target.port);
  if (!source || !target || !from || !to) return null;
  return curve(
    { x: source.position.x + from.x, y: source.position.y + from.y },
    { x: target.position.x + to.x, y: target.position.y + to.y },
  );
}

export function labelBox(line: Curve, label: string): Rect {
  const middle = pointAt(line, 0.5);
  const width = label.length * CHARACTER + 6;
  return { x: middle.x - width / 2, y: middle.y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT };
}

export function rectOfNode({ position, width = 0, height = 0 }: FlowNode): Rect {
  return { ...position, width, height };
}

function labelTexts(type: TensorType): readonly string[] {
  return type.shape.length === 0 ? [printType(type)] : [printType(type), `[${type.shape.join(',')}]`];
}

/** Room that the name of a port takes from a wire that runs straight into it. */
function portRoom(node: FlowNode | undefined, port: string, type: 'source' | 'target'): number {
  const isNamed = (node?.handles?.filter((handle) => handle.type === type).length ?? 0) > 1;
  return isNamed ? port.length * CHARACTER + 8 : 0;
}

/** The longest form of the type that fits between the ends of the wire and touches no node. */
function fittingLabel(
  line: Curve,
  texts: readonly string[],
  room: number,
  nodes: readonly FlowNode[] | null,
): string | null {
  const dx = Math.abs(line.to.x - line.from.x);
  const dy = Math.abs(line.to.y - line.from.y);
  const margin = Math.max(LABEL_MARGIN, dy < 2 * LABEL_HEIGHT ? room : 0);
  for (const text of texts) {
    const box = labelBox(line, text);
    if (Math.max(dx, dy) < box.width + 2 * margin) continue;
    if (nodes?.some((node) => overlaps(rectOfNode(node), box, 2))) continue;
    return text;
  }
  return null;
}

export interface FlowEdgeOptions {
  readonly state: DocumentState;
  readonly registry: Registry;
  readonly selection: UiState['selection']['edges'];
  readonly nodes: readonly FlowNode[];
}

function roleOfWire({ document }: DocumentState, registry: Registry, { source, target }: DocumentEdge): NodeRole {
  const to = registry.get(document.graph.nodes[target.node]?.op ?? '');
  if (to?.kind === 'parameter') return 'update';
  const from = roleOf(registry.get(document.graph.nodes[source.node]?.op ?? ''));
  return from === 'backward' ? 'backward' : 'forward';
}

export function createFlowEdges(): (options: FlowEdgeOptions) => FlowEdge[] {
  let cache = new Map<string, { readonly key: string; readonly edge: FlowEdge }>();
  return ({ state, registry, selection, nodes }) => {
    const { document, check } = state;
    const selected = new Set(selection);
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const edges = Object.values(document.graph.edges);
    const obstacles = edges.length <= CHECKED_LABELS ? nodes : null;
    const wrongEdges = new Set(check.diagnostics.flatMap((item) => item.place.edge ?? []));
    const wrongPorts = new Set(
      check.diagnostics.flatMap(({ severity, place: { node, port } }) =>
        severity === 'error' && node && port ? portKey(node, port) : [],
      ),
    );
    const next: typeof cache = new Map();
    const result = edges.flatMap((edge) => {
      const line = wireCurve(edge, byId);
      if (!line) return [];
      const type = check.types.get(portKey(edge.source.node, edge.source.port));
      const room = Math.max(
        portRoom(byId.get(edge.source.node), edge.source.port, 'source'),
        portRoom(byId.get(edge.target.node), edge.target.port, 'target'),
      );
      const label = type ? fittingLabel(line, labelTexts(type), room, obstacles) : null;
      const role = roleOfWire(state, registry, edge);
      const target = registry.get(document.graph.nodes[edge.target.node]?.op ?? '');
      const known = !target || portSpec(target.inputs, edge.target.port) !== undefined;
      const wrong = !known || wrongEdges.has(edge.id) || wrongPorts.has(portKey(edge.target.node, edge.target.port));
      const chosen = selected.has(edge.id);
      const { source, target: end } = edge;
      const key = [source.node, source.port, end.node, end.port, label, role, wrong, !type, chosen].join();
      const old = cache.get(edge.id);
      const entry =
        old?.key === key
          ? old
          : {
              key,
              edge: {
                id: edge.id,
                type: 'wire' as const,
                source: source.node,
                sourceHandle: source.port,
                target: end.node,
                targetHandle: end.port,
                selected: chosen,
                data: { role, wrong, blocked: !type, label },
              },
            };
      next.set(edge.id, entry);
      return [entry.edge];
    });
    cache = next;
    return result;
  };
}
