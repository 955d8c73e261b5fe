/** Wires as React Flow takes them; like nodes, an object is kept as long as nothing about it changed. */
import type { Edge } from '@xyflow/react';
import type { DocumentEdge, PortRef } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { type CheckResult, portKey } from '../../compiler/result.ts';
import { printType, type TensorType } from '../../compiler/types.ts';
import type { Point } from '../store/create-editor.ts';
import { gradientName } from '../store/gradient-names.ts';
import { portSpec } from '../store/graph-index.ts';
import type { DocumentState, UiState } from '../store/types.ts';
import { middleOf, type Route, swing, turnBack } from './curves.ts';
import type { FlowNode } from './flow-nodes.ts';
import { laneBetween, overlaps, type Rect } from './geometry.ts';
import { type NodeRole, roleOf } from './roles.ts';

export interface WireData extends Record<string, unknown> {
  readonly role: NodeRole;
  /** A diagnostic names this wire or the port it ends at. */
  readonly wrong: boolean;
  readonly blocked: boolean;
  /** Null where there is no room for one. */
  readonly label: string | null;
  /** Of the nodes at its ends. They stay as they are while one drags a node, and with them the wire. */
  readonly source: Reach;
  readonly target: Reach;
}

/** How far a node reaches above and below a port of it, which a wire that turns back has to go around. */
interface Reach {
  readonly above: number;
  readonly below: number;
}

export type FlowEdge = Edge<WireData, 'wire'>;

const CHARACTER = 6.1;
const LABEL_HEIGHT = 14;
/** Free wire that stays visible on both sides of its label. */
const LABEL_MARGIN = 14;
/** Above so many wires there are no labels: keeping them off nodes would take longer than they are worth. */
const LABELLED = 400;

/** Room for the arrowhead, so that the line does not show beside its tip. */
const ARROW = 5;

const rowOf = ({ y }: Point, { above, below }: Reach) => ({ y: y - above, height: above + below });

/** The way of a wire by its ends, which are all that React Flow tells of it, and by what its nodes reach over. */
export function routeOf(from: Point, to: Point, { source, target }: Pick<WireData, 'source' | 'target'>): Route {
  const end = { x: to.x - ARROW, y: to.y };
  if (to.x >= from.x) return swing(from, end);
  return turnBack(from, end, laneBetween(rowOf(from, source), rowOf(to, target)));
}

function endOf(node: FlowNode | undefined, type: 'source' | 'target', port: string) {
  const handle = node?.handles?.find((item) => item.type === type && item.id === port);
  if (!node || !handle) return null;
  const at = { x: node.position.x + handle.x, y: node.position.y + handle.y };
  return { at, reach: { above: handle.y, below: (node.height ?? 0) - handle.y } };
}

/** The way of a wire between two nodes of the flow; null where a port is not drawn. */
export function wireRoute(
  edge: DocumentEdge,
  nodes: ReadonlyMap<string, FlowNode>,
): { readonly route: Route; readonly source: Reach; readonly target: Reach } | null {
  const from = endOf(nodes.get(edge.source.node), 'source', edge.source.port);
  const to = endOf(nodes.get(edge.target.node), 'target', edge.target.port);
  if (!from || !to) return null;
  const reaches = { source: from.reach, target: to.reach };
  return { route: routeOf(from.at, to.at, reaches), ...reaches };
}

export function labelBox(route: Route, label: string): Rect {
  const { at } = middleOf(route);
  const width = label.length * CHARACTER + 6;
  return { x: at.x - width / 2, y: at.y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT };
}

export function rectOfNode({ position, width = 0, height = 0 }: FlowNode): Rect {
  return { ...position, width, height };
}

function labelTexts(type: TensorType): readonly string[] {
  return type.shape.length === 0 ? [printType(type)] : [printType(type), `[${type.shape.join(',')}]`];
}

/** Room that the name of a port takes from a wire that runs straight into it. */
function portRoom(
  node: FlowNode | undefined,
  port: string,
  type: 'source' | 'target',
  gradient: string | null = null,
): number {
  const isNamed = gradient !== null || (node?.handles?.filter((handle) => handle.type === type).length ?? 0) > 1;
  return isNamed ? (gradient ?? port).length * CHARACTER + 8 : 0;
}

/** The longest form of the type that fits between the ends of the wire and touches no node. */
function fittingLabel(route: Route, texts: readonly string[], room: number, nodes: readonly FlowNode[]): string | null {
  const { from, to } = middleOf(route).piece;
  const dx = Math.abs(to.x - from.x);
  const dy = Math.abs(to.y - from.y);
  const margin = Math.max(LABEL_MARGIN, dy < 2 * LABEL_HEIGHT ? room : 0);
  for (const text of texts) {
    const box = labelBox(route, text);
    if (Math.max(dx, dy) < box.width + 2 * margin) continue;
    if (nodes.some((node) => overlaps(rectOfNode(node), box, 2))) continue;
    return text;
  }
  return null;
}

/** What the diagnostics of a check say of wires. */
function wrongPlaces({ diagnostics }: CheckResult) {
  return {
    edges: new Set(diagnostics.flatMap((item) => item.place.edge ?? [])),
    ports: new Set(
      diagnostics.flatMap(({ severity, place: { node, port, ports = [] } }) =>
        severity === 'error' && node ? [...(port ? [port] : []), ...ports].map((name) => portKey(node, name)) : [],
      ),
    ),
  };
}

function roleOfWire({ document }: DocumentState, registry: Registry, { source, target }: DocumentEdge): NodeRole {
  const to = registry.get(document.graph.nodes[target.node]?.op ?? '');
  if (to?.kind === 'parameter') return 'update';
  const from = roleOf(registry.get(document.graph.nodes[source.node]?.op ?? ''));
  return from === 'backward' ? 'backward' : 'forward';
}

function isKnownPort({ document }: DocumentState, registry: Registry, { node, port }: PortRef): boolean {
  const record = registry.get(document.graph.nodes[node]?.op ?? '');
  return !record || portSpec(record.inputs, port) !== undefined;
}

export interface FlowEdgeOptions {
  readonly state: DocumentState;
  readonly selection: UiState['selection']['edges'];
  readonly nodes: readonly FlowNode[];
}

interface Kept {
  readonly check: CheckResult;
  readonly drawn: DocumentEdge;
  readonly source: FlowNode | undefined;
  readonly target: FlowNode | undefined;
  readonly edge: FlowEdge;
}

const sameReach = (a: Reach, b: Reach) => a.above === b.above && a.below === b.below;

function sameData(a: WireData | undefined, b: WireData): boolean {
  return (
    a?.role === b.role &&
    a.wrong === b.wrong &&
    a.blocked === b.blocked &&
    a.label === b.label &&
    sameReach(a.source, b.source) &&
    sameReach(a.target, b.target)
  );
}

/** Makes the function that keeps the wires of one canvas. */
export function createFlowEdges(registry: Registry): (options: FlowEdgeOptions) => FlowEdge[] {
  let kept = new Map<string, Kept>();
  let last: FlowEdge[] = [];
  return ({ state, selection, nodes }) => {
    const { document, check } = state;
    const selected = new Set(selection);
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const all = Object.values(document.graph.edges);
    const isLabelled = all.length <= LABELLED;
    const wrong = wrongPlaces(check);
    const next: typeof kept = new Map();

    const labelOf = (drawn: DocumentEdge, route: Route): string | null => {
      const type = isLabelled ? check.types.get(portKey(drawn.source.node, drawn.source.port)) : undefined;
      if (!type) return null;
      const room = Math.max(
        portRoom(
          byId.get(drawn.source.node),
          drawn.source.port,
          'source',
          gradientName(document.graph, registry, drawn.source),
        ),
        portRoom(byId.get(drawn.target.node), drawn.target.port, 'target'),
      );
      return fittingLabel(route, labelTexts(type), room, nodes);
    };

    const result = all.flatMap((drawn) => {
      const source = byId.get(drawn.source.node);
      const target = byId.get(drawn.target.node);
      const chosen = selected.has(drawn.id);
      const old = kept.get(drawn.id);
      const isUntouched = old?.check === check && old.drawn === drawn && old.source === source && old.target === target;
      // Where there are labels, any node may have come in the way of one.
      if (old && isUntouched && !isLabelled && old.edge.selected === chosen) {
        next.set(drawn.id, old);
        return [old.edge];
      }
      const way = wireRoute(drawn, byId);
      if (!way) return [];
      const data: WireData = {
        role: roleOfWire(state, registry, drawn),
        wrong:
          !isKnownPort(state, registry, drawn.target) ||
          wrong.edges.has(drawn.id) ||
          wrong.ports.has(portKey(drawn.target.node, drawn.target.port)),
        blocked: !check.types.has(portKey(drawn.source.node, drawn.source.port)),
        label: labelOf(drawn, way.route),
        source: way.source,
        target: way.target,
      };
      const isSame = old?.drawn === drawn && old.edge.selected === chosen && sameData(old.edge.data, data);
      const edge = isSame ? old.edge : makeEdge(drawn, data, chosen);
      next.set(drawn.id, { check, drawn, source, target, edge });
      return [edge];
    });
    kept = next;
    // React Flow works out all connections anew for another list, which moving a node does not change.
    if (result.length !== last.length || result.some((edge, at) => edge !== last[at])) last = result;
    return last;
  };
}

function makeEdge({ id, source, target }: DocumentEdge, data: WireData, selected: boolean): FlowEdge {
  return {
    id,
    type: 'wire',
    source: source.node,
    sourceHandle: source.port,
    target: target.node,
    targetHandle: target.port,
    selected,
    data,
  };
}
