/** Lining up the selected nodes, and spreading them evenly. */
import type { NodeId } from '../../compiler/document.ts';
import { boundsOf, type Rect, rectOf, snap } from '../canvas/geometry.ts';
import type { Editor, Point } from '../store/create-editor.ts';
import type { Command } from './command.ts';
import { moveNodes } from './nodes.ts';

type Placed = readonly [id: NodeId, rect: Rect];

function chosen(editor: Editor): Placed[] {
  const { document } = editor.document.getState();
  return editor.ui
    .getState()
    .selection.nodes.filter((id) => document.graph.nodes[id])
    .map((id) => [id, rectOf(document, editor.registry, id)]);
}

function arrangement(
  id: string,
  label: string,
  least: number,
  place: (nodes: readonly Placed[], bounds: Rect) => readonly (readonly [NodeId, Point])[],
): Command {
  return {
    id: `arrange.${id}`,
    label,
    group: 'Arrange',
    enabled: (editor) => editor.ui.getState().selection.nodes.length >= least,
    run(editor) {
      const nodes = chosen(editor);
      const bounds = boundsOf(nodes.map(([, rect]) => rect));
      if (!bounds || nodes.length < least) return;
      const places = place(nodes, bounds).map(([node, { x, y }]) => [node, { x: snap(x), y: snap(y) }] as const);
      moveNodes.run(editor, { places: Object.fromEntries(places) });
    },
  };
}

function align(id: string, label: string, place: (rect: Rect, bounds: Rect) => Point): Command {
  return arrangement(id, label, 2, (nodes, bounds) => nodes.map(([node, rect]) => [node, place(rect, bounds)]));
}

const aligns: readonly Command[] = [
  align('left', 'Align left', ({ y }, bounds) => ({ x: bounds.x, y })),
  align('centre', 'Align centres', ({ y, width }, bounds) => ({ x: bounds.x + (bounds.width - width) / 2, y })),
  align('right', 'Align right', ({ y, width }, bounds) => ({ x: bounds.x + bounds.width - width, y })),
  align('top', 'Align top', ({ x }, bounds) => ({ x, y: bounds.y })),
  align('middle', 'Align middles', ({ x, height }, bounds) => ({ x, y: bounds.y + (bounds.height - height) / 2 })),
  align('bottom', 'Align bottom', ({ x, height }, bounds) => ({ x, y: bounds.y + bounds.height - height })),
];

/** Equal gaps between neighbours; the outermost stay. Where there is no room, they overlap equally. */
function spread(nodes: readonly Placed[], start: 'x' | 'y', size: 'width' | 'height') {
  const sorted = nodes.toSorted(([, a], [, b]) => a[start] - b[start] || a[start] + a[size] - b[start] - b[size]);
  const first = sorted[0]?.[1];
  const last = sorted.at(-1)?.[1];
  if (!first || !last) return [];
  const filled = sorted.reduce((sum, [, rect]) => sum + rect[size], 0);
  const gap = (last[start] + last[size] - first[start] - filled) / (sorted.length - 1);
  let at = first[start];
  return sorted.map(([node, rect]) => {
    const place = { x: rect.x, y: rect.y, [start]: at };
    at += rect[size] + gap;
    return [node, place] as const;
  });
}

export const arranges: readonly Command[] = [
  ...aligns,
  arrangement('distribute-across', 'Distribute horizontally', 3, (nodes) => spread(nodes, 'x', 'width')),
  arrangement('distribute-down', 'Distribute vertically', 3, (nodes) => spread(nodes, 'y', 'height')),
];
