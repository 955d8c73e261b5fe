/**
 * One drag of nodes, from start to end: what they snap to, whether copies are dragged instead, and the wire that the node
 * is held over. Everything that does not change meanwhile is worked out when it begins.
 */
import type { EdgeId, NodeId } from '../../../compiler/document.ts';
import { duplicateTo } from '../../commands/clipboard.ts';
import { insertNode } from '../../commands/insert.ts';
import { moveNodes } from '../../commands/nodes.ts';
import { fitNodeOnWire } from '../../fitting/fitting.ts';
import { carryContents, withFrameContents } from '../../frames/contents.ts';
import type { Editor, Point } from '../../store/create-editor.ts';
import { wiresOf } from '../../store/graph-index.ts';
import { rectOfNode } from '../flow-edges.ts';
import type { FlowNode } from '../flow-nodes.ts';
import { boundsOf, overlaps, type Rect, rectOf, snap } from '../geometry.ts';
import { type Guide, snapRect } from '../snapping.ts';
import { type WirePoints, wirePoints, wiresThrough } from '../wire-points.ts';

/** Steps of the coarse grid, in canvas pixels. */
export const COARSE = 16;
/** Screen pixels within which nodes snap to others. */
const REACH = 6;

export type Places = ReadonlyMap<NodeId, Point>;

export interface Held {
  readonly places: Places;
  readonly guides: readonly Guide[];
  /** The wire that the node would be put on if it were dropped now. */
  readonly wire: EdgeId | null;
}

export interface Drag {
  /** Where the nodes are shown for where the pointer took them. */
  move(raw: Places, copies: boolean): Held;
  /** Puts the nodes there; `copies` leaves them where they were and puts copies there. */
  drop(held: Held, copies: boolean): void;
  /** Rectangles of the nodes at these places. */
  rectsAt(places: Places): Rect[];
}

interface DragOptions {
  readonly ids: readonly NodeId[];
  readonly nodes: readonly FlowNode[];
  /** What of the canvas is seen. */
  readonly sight: Rect;
  readonly zoom: number;
}

export function beginDrag(editor: Editor, { ids: held, nodes, sight, zoom }: DragOptions): Drag {
  const ids = withFrameContents(editor, held);
  const carry = carryContents(editor, held);
  const { snapGrid, snapNodes } = editor.canvas.getState();
  const state = editor.document.getState();
  const { graph } = state.document;
  const dragged = new Set(ids);
  const sizes = new Map(ids.map((id) => [id, rectOf(state.document, editor.registry, id)]));
  const others = snapNodes
    ? nodes
        .filter(({ id }) => !dragged.has(id))
        .map(rectOfNode)
        .filter((rect) => overlaps(rect, sight))
    : [];
  // Copies line up with what they are copied from.
  const origins = snapNodes ? [...sizes.values()] : [];
  const [single] = ids.length === 1 ? ids : [];
  // What something hangs on is part of a path already.
  const isLoose = single !== undefined && wiresOf(graph.edges, single).outgoing.length === 0;
  let wires: readonly WirePoints[] | null = null;
  const fits = new Map<EdgeId, boolean>();

  function wireAt(rect: Rect): EdgeId | null {
    if (single === undefined || !isLoose) return null;
    wires ??= wirePoints(
      Object.values(graph.edges).filter(({ source, target }) => source.node !== single && target.node !== single),
      nodes,
    );
    for (const id of wiresThrough(wires, rect)) {
      const edge = graph.edges[id];
      const fit = fits.get(id) ?? (edge ? fitNodeOnWire(state, editor.registry, single, edge) !== null : false);
      fits.set(id, fit);
      if (fit) return id;
    }
    return null;
  }

  const rectsAt = (places: Places) =>
    [...places].flatMap(([id, place]) => {
      const size = sizes.get(id);
      return size ? [{ ...size, ...place }] : [];
    });

  return {
    rectsAt,
    move(given, copies) {
      const raw = carry(given);
      const [first] = raw.values();
      const grid = snapGrid && first ? { x: gridShift(first.x), y: gridShift(first.y) } : { x: 0, y: 0 };
      const fine = snapGrid ? (value: number) => value : snap;
      const placed = new Map([...raw].map(([id, { x, y }]) => [id, { x: fine(x + grid.x), y: fine(y + grid.y) }]));
      const bounds = boundsOf(rectsAt(placed));
      if (!bounds) return { places: placed, guides: [], wire: null };
      const { dx, dy, guides } = snapRect(
        bounds,
        copies ? [...others, ...origins] : others,
        snapGrid ? 0 : REACH / zoom,
      );
      const places = new Map([...placed].map(([id, { x, y }]) => [id, { x: x + dx, y: y + dy }]));
      return { places, guides, wire: wireAt({ ...bounds, x: bounds.x + dx, y: bounds.y + dy }) };
    },
    drop({ places, wire }, copies) {
      const record = Object.fromEntries(places);
      if (copies) return void duplicateTo.run(editor, { places: record });
      if (wire === null || single === undefined) return void moveNodes.run(editor, { places: record });
      editor.document.beginGesture('Insert on wire');
      void moveNodes.run(editor, { places: record });
      void insertNode.run(editor, { edge: wire, node: single });
      editor.document.endGesture();
    },
  };
}

/** How far a coordinate is from the coarse grid. */
function gridShift(value: number): number {
  return Math.round(value / COARSE) * COARSE - value;
}
