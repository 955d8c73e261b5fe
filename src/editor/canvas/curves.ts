/** Cubic curves between ports. */
import type { Point } from '../store/create-editor.ts';
import type { Rect } from './geometry.ts';

export interface Curve {
  readonly from: Point;
  readonly c1: Point;
  readonly c2: Point;
  readonly to: Point;
}

/** Which way a wire leaves a port and comes to the next. */
export type Heading = 'right' | 'left';

/** How far the control points reach. Wires that have to turn back swing wide. */
function reachOf(ahead: number): number {
  return ahead >= 0 ? ahead / 2 : 12 * Math.sqrt(-ahead);
}

export function curve(from: Point, to: Point, heading: Heading = 'right'): Curve {
  const sign = heading === 'right' ? 1 : -1;
  const reach = Math.max(12, reachOf(sign * (to.x - from.x)));
  return { from, c1: { x: from.x + sign * reach, y: from.y }, c2: { x: to.x - sign * reach, y: to.y }, to };
}

export function curvePath({ from, c1, c2, to }: Curve): string {
  return `M${from.x},${from.y}C${c1.x},${c1.y} ${c2.x},${c2.y} ${to.x},${to.y}`;
}

export function pointAt({ from, c1, c2, to }: Curve, t: number): Point {
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

/** Approximate: chords of eight pieces. */
export function lengthOf(line: Curve): number {
  let length = 0;
  let last = line.from;
  for (let piece = 1; piece <= 8; piece++) {
    const next = pointAt(line, piece / 8);
    length += Math.hypot(next.x - last.x, next.y - last.y);
    last = next;
  }
  return length;
}

export function curveBounds({ from, c1, c2, to }: Curve): Rect {
  const xs = [from.x, c1.x, c2.x, to.x];
  const ys = [from.y, c1.y, c2.y, to.y];
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
