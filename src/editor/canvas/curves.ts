/** The ways of wires: cubic pieces one after another. */
import type { Point } from '../store/create-editor.ts';
import type { Rect } from './geometry.ts';

export interface Piece {
  readonly from: Point;
  readonly c1: Point;
  readonly c2: Point;
  readonly to: Point;
}

export type Route = readonly Piece[];

/** Which way a wire leaves a port and comes to the next. */
export type Heading = 'right' | 'left';

/** How far beside a node a wire that turns back goes up or down. */
const DETOUR = 24;
const CORNER = 12;

/** One swing from port to port. */
export function swing(from: Point, to: Point, heading: Heading = 'right'): Route {
  const sign = heading === 'right' ? 1 : -1;
  const ahead = sign * (to.x - from.x);
  const reach = Math.max(12, ahead >= 0 ? ahead / 2 : 12 * Math.sqrt(-ahead));
  return [{ from, c1: { x: from.x + sign * reach, y: from.y }, c2: { x: to.x - sign * reach, y: to.y }, to }];
}

function straight(from: Point, to: Point): Piece {
  return { from, c1: between(from, to, 1 / 3), c2: between(from, to, 2 / 3), to };
}

function between(a: Point, b: Point, t: number): Point {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

/** Straight lines with round corners. */
export function rounded(points: readonly Point[]): Route {
  const route: Piece[] = [];
  let last = points[0] as Point;
  for (let at = 1; at < points.length - 1; at++) {
    const [before, corner, after] = points.slice(at - 1, at + 2) as [Point, Point, Point];
    const into = Math.hypot(corner.x - before.x, corner.y - before.y);
    const out = Math.hypot(after.x - corner.x, after.y - corner.y);
    const radius = Math.min(CORNER, into / 2, out / 2);
    const start = between(corner, before, into > 0 ? radius / into : 0);
    const end = between(corner, after, out > 0 ? radius / out : 0);
    route.push(straight(last, start), {
      from: start,
      c1: between(start, corner, 0.55),
      c2: between(end, corner, 0.55),
      to: end,
    });
    last = end;
  }
  route.push(straight(last, points.at(-1) as Point));
  return route;
}

/** Out of the port, along a lane between rows, and in from the other side: for wires against the flow. */
export function turnBack(from: Point, to: Point, lane: number, heading: Heading = 'right'): Route {
  const sign = heading === 'right' ? 1 : -1;
  const out = from.x + sign * DETOUR;
  const back = to.x - sign * DETOUR;
  return rounded([from, { x: out, y: from.y }, { x: out, y: lane }, { x: back, y: lane }, { x: back, y: to.y }, to]);
}

/** Out to the left, up or down beside what lies between, and in from the left. */
export function bracket(from: Point, to: Point): Route {
  const x = Math.min(from.x, to.x) - DETOUR;
  return rounded([from, { x, y: from.y }, { x, y: to.y }, to]);
}

export function routePath(route: Route): string {
  const first = route[0]?.from;
  if (!first) return '';
  return `M${first.x},${first.y}${route.map(({ c1, c2, to }) => `C${c1.x},${c1.y} ${c2.x},${c2.y} ${to.x},${to.y}`).join('')}`;
}

export function pointAt({ from, c1, c2, to }: Piece, t: number): Point {
  const s = 1 - t;
  const a = s * s * s;
  const b = 3 * s * s * t;
  const c = 3 * s * t * t;
  const d = t * t * t;
  return {
    x: a * from.x + b * c1.x + c * c2.x + d * to.x,
    y: a * from.y + b * c1.y + c * c2.y + d * to.y,
  };
}

/** Approximate: chords of eight parts. */
export function lengthOf(piece: Piece): number {
  let length = 0;
  let last = piece.from;
  for (let part = 1; part <= 8; part++) {
    const next = pointAt(piece, part / 8);
    length += Math.hypot(next.x - last.x, next.y - last.y);
    last = next;
  }
  return length;
}

export function routeBounds(route: Route): Rect {
  const points = route.flatMap(({ from, c1, c2, to }) => [from, c1, c2, to]);
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** The middle of the longest piece, where a label has most room. */
export function middleOf(route: Route): { readonly at: Point; readonly piece: Piece } {
  const [first, ...others] = route;
  if (!first) throw new Error('A route has at least one piece');
  const size = ({ from, to }: Piece) => Math.abs(to.x - from.x);
  const piece = others.reduce((longest, next) => (size(next) > size(longest) ? next : longest), first);
  return { at: pointAt(piece, 0.5), piece };
}
