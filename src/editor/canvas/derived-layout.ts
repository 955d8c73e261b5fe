/**
 * Where the derived layers lie: the backward graph is the forward graph seen in a mirror below it, so each gradient
 * stands under the node it differentiates and the flow runs from right to left. Updates stand where their parameters
 * would be mirrored, or below the gradient that is there already.
 */
import type { NodeId } from '../../compiler/document.ts';
import type { DerivedGraph, DerivedNode } from '../../compiler/result.ts';
import type { Layer } from '../store/types.ts';
import { boundsOf, nodeSize, overlaps, type Rect, snap } from './geometry.ts';

export interface PlacedDerived {
  readonly node: DerivedNode;
  readonly rect: Rect;
}

/** Between the lowest forward node and the highest derived one. */
const GAP = 72;
const ROW = 16;

export function layoutDerived(
  { nodes }: DerivedGraph,
  forward: ReadonlyMap<NodeId, Rect>,
  layers: Readonly<Record<Layer, boolean>>,
): PlacedDerived[] {
  const bounds = boundsOf([...forward.values()]);
  if (!bounds) return [];
  const bottom = bounds.y + bounds.height;
  const size = nodeSize(1, 1);
  const placed: PlacedDerived[] = [];
  const shown = nodes.filter((node) => layers[node.role] && forward.has(node.of));
  // Gradients first: they have the mirrored place, updates give way.
  for (const node of [...shown].sort((a, b) => a.role.localeCompare(b.role))) {
    const of = forward.get(node.of) as Rect;
    let rect: Rect = { x: of.x, y: snap(bottom + GAP + (bottom - of.y - of.height)), ...size };
    while (placed.some((other) => overlaps(other.rect, rect))) rect = { ...rect, y: rect.y + size.height + ROW };
    placed.push({ node, rect });
  }
  return closeRows(placed, bottom + GAP);
}

/** Moves rows together over those that nothing was derived from; their order stays. */
function closeRows(placed: readonly PlacedDerived[], top: number): PlacedDerived[] {
  let next = top;
  let lifted = 0;
  return [...placed]
    .sort((a, b) => a.rect.y - b.rect.y)
    .map(({ node, rect }) => {
      lifted += Math.max(0, rect.y - next);
      next = Math.max(next, rect.y + rect.height + 2 * ROW);
      return { node, rect: { ...rect, y: rect.y - lifted } };
    });
}
