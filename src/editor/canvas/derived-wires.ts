/** Where the wires of the derived layers run: gradients from right to left, updates around to the parameter's side. */
import type { DerivedEdge, DerivedGraph } from '../../compiler/result.ts';
import type { Point } from '../store/create-editor.ts';
import type { Layer } from '../store/types.ts';
import { curve, curvePath } from './curves.ts';
import type { PlacedDerived } from './derived-layout.ts';
import { portOffset, type Rect } from './geometry.ts';

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
/** How far left of a parameter its update comes up. */
const DETOUR = 28;
const CORNER = 12;

const left = (rect: Rect): Point => ({ x: rect.x, y: rect.y + portOffset(0) });
const right = (rect: Rect): Point => ({ x: rect.x + rect.width, y: rect.y + portOffset(0) });
const bottom = (rect: Rect): Point => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height });

/** Out to the left, up or down, and back in from the left, with round corners. */
function bracket(from: Point, to: Point): string {
  const x = Math.min(from.x, to.x) - DETOUR;
  const turn = Math.sign(to.y - from.y) * CORNER;
  return [
    `M${from.x},${from.y}H${x + CORNER}`,
    `Q${x},${from.y} ${x},${from.y + turn}`,
    `V${to.y - turn}`,
    `Q${x},${to.y} ${x + CORNER},${to.y}`,
    `H${to.x - ARROW}`,
  ].join('');
}

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
  if (fromGhost && !toGhost) return bracket(left(from), left(to));
  const start = fromGhost ? left(from) : bottom(from);
  const end = right(to);
  return curvePath(curve(start, { x: end.x + ARROW, y: end.y }, 'left'));
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
