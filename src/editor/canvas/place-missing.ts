/** Places for nodes that have none: columns by depth, from left to right. */
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import type { Point } from '../store/create-editor.ts';
import { wiresOf } from '../store/graph-index.ts';
import { boundsOf, rectOf, sizeOf } from './geometry.ts';

const COLUMN = 240;
const GAP = 32;

/** Length of the longest chain of wires into the node; loops are cut where they are met again. */
function depths({ graph }: GraphDocument): ReadonlyMap<NodeId, number> {
  const depth = new Map<NodeId, number>();
  for (const start of Object.keys(graph.nodes)) {
    const stack = [start];
    while (stack.length > 0) {
      const id = stack.at(-1) as NodeId;
      const sources = wiresOf(graph.edges, id).incoming.map((edge) => edge.source.node);
      const open = depth.has(id) ? [] : sources.filter((source) => !depth.has(source) && !stack.includes(source));
      if (open.length > 0) stack.push(...open);
      else {
        stack.pop();
        if (!depth.has(id)) depth.set(id, Math.max(-1, ...sources.map((source) => depth.get(source) ?? -1)) + 1);
      }
    }
  }
  return depth;
}

function placeSheet(document: GraphDocument, registry: Registry): GraphDocument {
  const missing = Object.keys(document.graph.nodes).filter((id) => !document.layout.nodes[id]);
  if (missing.length === 0) return document;
  const placed = Object.keys(document.graph.nodes).filter((id) => document.layout.nodes[id]);
  const bounds = boundsOf(placed.map((id) => rectOf(document, registry, id)));
  const top = bounds ? bounds.y + bounds.height + COLUMN : 0;
  const depth = depths(document);
  const bottoms = new Map<number, number>();
  const nodes: Record<NodeId, Point> = { ...document.layout.nodes };
  for (const id of missing) {
    const column = depth.get(id) ?? 0;
    const y = bottoms.get(column) ?? top;
    nodes[id] = { x: (bounds?.x ?? 0) + column * COLUMN, y };
    bottoms.set(column, y + sizeOf(document, registry, id).height + GAP);
  }
  return { ...document, layout: { ...document.layout, nodes } };
}

/** Of the drawing and of what is inside of its modules. */
export function placeMissing(document: GraphDocument, registry: Registry): GraphDocument {
  const { layout } = placeSheet(document, registry);
  const modules = Object.values(document.graph.modules ?? {}).map(({ id, nodes, edges }) => {
    const places = document.layout.modules?.[id] ?? {};
    const sheet = { ...document, graph: { ...document.graph, nodes, edges }, layout: { nodes: places } };
    return [id, placeSheet(sheet, registry).layout.nodes] as const;
  });
  const isPlaced = modules.every(([id, places]) => document.layout.modules?.[id] === places);
  if (isPlaced) return layout === document.layout ? document : { ...document, layout };
  return { ...document, layout: { ...layout, modules: Object.fromEntries(modules) } };
}
