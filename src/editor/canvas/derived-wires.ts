/** Where the wires of the derived layers run: gradients from right to left, updates around to the parameter's side. */
import type { DerivedEdge, DerivedGraph } from '../../compiler/result.ts';
import type { Point } from '../store/create-editor.ts';
import type { Layer } from '../store/types.ts';
import { bracket, routePath, swing, turnBack } from './curves.ts';
import type { PlacedDerived } from './derived-layout.ts';
import { laneBetween, portOffset, type Rect } from './geometry.ts';

export interface DerivedWire {
  readonly id: string;
  readonly role: 'backward' | 'update';
  readonly path: string;
}

/** From a forward node down to its gradient. */
export interface Tie {
  readonly id: string;
  readonly from: Point;
  readonly to: Point;
}

const ARROW = 5;
const left = (rect: Rect): Point => ({ x: rect.x, y: rect.y + portOffset(0) });
const right = (rect: Rect): Point => ({ x: rect.x + rect.width, y: rect.y + portOffset(0) });
const bottom = (rect: Rect): Point => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height });

function wirePath(
  { source, target }: DerivedEdge,
  ghosts: ReadonlyMap<string, Rect>,
  drawn: ReadonlyMap<string, Rect>,
): string | null {
  const fromGhost = ghosts.get(source);
  const toGhost = ghosts.get(target);
  const from = fromGhost ?? drawn.get(source);
  const to = toGhost ?? drawn.get(target);
  if (!from || !to) return null;
  if (fromGhost && !toGhost) {
    const end = left(to);
    return routePath(bracket(left(from), { x: end.x - ARROW, y: end.y }));
  }
  const start = fromGhost ? left(from) : bottom(from);
  const end = { x: right(to).x + ARROW, y: right(to).y };
  if (fromGhost && end.x > start.x) return routePath(turnBack(start, end, laneBetween(from, to), 'left'));
  return routePath(swing(start, end, 'left'));
}

export function derivedWires(
  derived: DerivedGraph,
  placed: readonly PlacedDerived[],
  drawn: ReadonlyMap<string, Rect>,
  layers: Readonly<Record<Layer, boolean>>,
): { readonly wires: readonly DerivedWire[]; readonly ties: readonly Tie[] } {
  const ghosts = new Map(placed.map(({ node, rect }) => [node.id, rect]));
  const wires = derived.edges.flatMap((edge) => {
    const path = layers[edge.role] ? wirePath(edge, ghosts, drawn) : null;
    return path === null ? [] : [{ id: edge.id, role: edge.role, path }];
  });
  const ties = placed.flatMap(({ node, rect }) => {
    const of = drawn.get(node.of);
    const to = { x: rect.x + rect.width / 2, y: rect.y };
    return of && node.role === 'backward' ? [{ id: node.id, from: bottom(of), to }] : [];
  });
  return { wires, ties };
}
