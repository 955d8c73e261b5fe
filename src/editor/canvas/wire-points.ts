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

/** The wire that comes nearest to the middle of a rectangle, of those that run through its inner half. */
export function wireThrough(wires: readonly WirePoints[], rect: Rect): EdgeId | null {
  const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
  let best: EdgeId | null = null;
  let least = 1;
  for (const { id, bounds, points } of wires) {
    if (!overlaps(bounds, rect)) continue;
    for (const { x, y } of points) {
      const distance = Math.max(Math.abs(x - middle.x) / (rect.width / 4), Math.abs(y - middle.y) / (rect.height / 4));
      if (distance >= least) continue;
      least = distance;
      best = id;
    }
  }
  return best;
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
