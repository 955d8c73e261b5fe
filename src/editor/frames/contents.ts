/** What lies on frames, and moves with them. */
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { isFrame, type Rect, rectOf } from '../canvas/geometry.ts';
import type { Editor, Point } from '../store/create-editor.ts';

function holds(frame: Rect, { x, y, width, height }: Rect): boolean {
  const [middle, centre] = [x + width / 2, y + height / 2];
  return middle > frame.x && middle < frame.x + frame.width && centre > frame.y && centre < frame.y + frame.height;
}

/** Nodes whose middle lies on the frame; other frames only if they are smaller. */
export function contentsOf(document: GraphDocument, registry: Registry, frame: NodeId): NodeId[] {
  const { nodes } = document.graph;
  const isFramed = (id: NodeId) => isFrame(registry.get(nodes[id]?.op ?? ''));
  if (!isFramed(frame)) return [];
  const own = rectOf(document, registry, frame);
  return Object.keys(nodes).filter((id) => {
    if (id === frame) return false;
    const rect = rectOf(document, registry, id);
    return holds(own, rect) && !(isFramed(id) && rect.width * rect.height >= own.width * own.height);
  });
}

/** The nodes and what lies on the frames among them, each once. */
export function withFrameContents({ document, registry }: Editor, ids: readonly NodeId[]): readonly NodeId[] {
  const drawn = document.getState().document;
  const contents = ids.flatMap((id) => contentsOf(drawn, registry, id));
  return contents.length === 0 ? ids : [...new Set([...ids, ...contents])];
}

/** What lies on frames goes where they go: places of the nodes that are held become those of all. */
export function carryContents({ document, registry }: Editor, held: readonly NodeId[]) {
  const drawn = document.getState().document;
  const start = (id: NodeId): Point => drawn.layout.nodes[id] ?? { x: 0, y: 0 };
  const carried = new Map<NodeId, NodeId>();
  for (const frame of held) {
    for (const id of contentsOf(drawn, registry, frame)) if (!held.includes(id)) carried.set(id, frame);
  }
  return (places: ReadonlyMap<NodeId, Point>): ReadonlyMap<NodeId, Point> => {
    if (carried.size === 0) return places;
    const all = new Map(places);
    for (const [id, frame] of carried) {
      const to = places.get(frame);
      if (to) all.set(id, { x: start(id).x + to.x - start(frame).x, y: start(id).y + to.y - start(frame).y });
    }
    return all;
  };
}
