/** The ways of all wires as points, for what asks where on the canvas they lie. */
import type { DocumentEdge, EdgeId } from '../../compiler/document.ts';
import type { Point } from '../store/create-editor.ts';
import { pointAt, routeBounds } from './curves.ts';
import { wireRoute } from './flow-edges.ts';
import type { FlowNode } from './flow-nodes.ts';
import { overlaps, type Rect } from './geometry.ts';

export interface WirePoints {
  readonly id: EdgeId;
  readonly bounds: Rect;
  readonly points: readonly Point[];
}

const STEPS = 16;

export function wirePoints(edges: readonly DocumentEdge[], nodes: readonly FlowNode[]): WirePoints[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return edges.flatMap((edge) => {
    const route = wireRoute(edge, byId)?.route;
    const first = route?.[0];
    if (!route || !first) return [];
    const steps = Array.from({ length: STEPS }, (_, at) => (at + 1) / STEPS);
    const points = [first.from, ...route.flatMap((piece) => steps.map((t) => pointAt(piece, t)))];
    return [{ id: edge.id, bounds: routeBounds(route), points }];
  });
}

/** Wires that run through the inner half of a rectangle, those first that come nearest to its middle. */
export function wiresThrough(wires: readonly WirePoints[], rect: Rect): EdgeId[] {
  const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
  const distance = ({ x, y }: Point) =>
    Math.max(Math.abs(x - middle.x) / (rect.width / 4), Math.abs(y - middle.y) / (rect.height / 4));
  return wires
    .filter(({ bounds }) => overlaps(bounds, rect))
    .map(({ id, points }) => ({ id, distance: Math.min(...points.map(distance)) }))
    .filter((found) => found.distance < 1)
    .sort((a, b) => a.distance - b.distance)
    .map(({ id }) => id);
}

function side(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** Wires that a drawn line crosses. */
export function wiresAcross(wires: readonly WirePoints[], line: readonly Point[]): EdgeId[] {
  const xs = line.map(({ x }) => x);
  const ys = line.map(({ y }) => y);
  const area: Rect = { x: Math.min(...xs), y: Math.min(...ys), width: 0, height: 0 };
  const box = { ...area, width: Math.max(...xs) - area.x, height: Math.max(...ys) - area.y };
  return wires.flatMap(({ id, bounds, points }) => {
    if (!overlaps(bounds, box, 1)) return [];
    const isCut = points
      .slice(1)
      .some((end, at) => line.slice(1).some((to, from) => cross(points[at] as Point, end, line[from] as Point, to)));
    return isCut ? [id] : [];
  });
}
