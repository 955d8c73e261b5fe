/** The canvas by keyboard: ports have the keyboard one after the other, and what has it is not covered by panels. */
import type { KeyboardEvent } from 'react';
import { connectPort, disconnectAll } from '../commands/connect-list.ts';
import { connect } from '../commands/wires.ts';
import { editor } from '../store/editor.ts';
import { wiresOf } from '../store/graph-index.ts';
import type { Padding } from './fit.ts';
import type { Rect } from './geometry.ts';

const NODE = '.react-flow__node';
const PORT = '.react-flow__handle';

/** To the next or the previous port of the node that has the keyboard, or of the selected one. */
export function cyclePort(root: HTMLElement | null, step: 1 | -1) {
  const active = document.activeElement;
  const [selected = ''] = editor.ui.getState().selection.nodes;
  const node =
    (root?.contains(active) ? active?.closest(NODE) : null) ??
    root?.querySelector(`${NODE}[data-id="${CSS.escape(selected)}"]`);
  const ports = [...(node?.querySelectorAll<HTMLElement>(PORT) ?? [])];
  if (ports.length === 0) return;
  const at = ports.indexOf(active as HTMLElement);
  const next = at < 0 ? (step > 0 ? 0 : ports.length - 1) : (at + step + ports.length) % ports.length;
  ports[next]?.focus({ preventScroll: true });
}

/** Enter opens the list of ports that fit, or ends a connection here; Delete takes the wires off; Escape goes back to the node. */
export function onPortKey(event: KeyboardEvent<HTMLElement>): boolean {
  const port = (event.target as Element).closest<HTMLElement>(PORT);
  const { nodeid: node, handleid: name } = port?.dataset ?? {};
  if (!port || !node || !name || !['Enter', ' ', 'Escape', 'Delete', 'Backspace'].includes(event.key)) return false;
  event.preventDefault();
  const side = port.classList.contains('source') ? 'source' : 'target';
  const here = { node, port: name };
  if (event.key === 'Escape') {
    editor.ui.set({ connecting: null });
    editor.view.focus(node);
  } else if (event.key === 'Enter' || event.key === ' ') {
    const { connecting } = editor.ui.getState();
    if (!connecting || connecting.side === side) void connectPort.run(editor, { ...here, side });
    else if (side === 'target') void connect.run(editor, { source: connecting, target: here });
    else void connect.run(editor, { source: here, target: connecting });
  } else {
    const { incoming, outgoing } = wiresOf(editor.document.getState().document.graph.edges, node);
    const wires = (side === 'target' ? incoming : outgoing).filter(
      (edge) => (side === 'target' ? edge.target : edge.source).port === name,
    );
    void disconnectAll.run(editor, { edges: wires.map(({ id }) => id) });
  }
  return true;
}

/** What floats over the canvas. */
const COVERS = '.pointer-events-auto, .minimap, .zoom-controls, .connect-hint p';
const GAP = 6;

export function coversOf(root: HTMLElement): DOMRect[] {
  const all = root.closest('main')?.querySelectorAll<HTMLElement>(COVERS) ?? [];
  return [...all].map((element) => element.getBoundingClientRect()).filter(({ width, height }) => width * height > 0);
}

function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** How far to move what is at `from` with this size into `low` to `high`; into the middle where it is too large. */
function shiftInto(from: number, size: number, low: number, high: number): number {
  if (size > high - low) return (low + high - size) / 2 - from;
  return Math.min(Math.max(from, low), high - size) - from;
}

/** How far to pan so that `rect` is seen whole; null where it is. All in pixels of the page. */
export function panToSee(
  rect: Rect,
  canvas: Rect,
  covers: readonly Rect[],
  padding: Padding,
): { readonly x: number; readonly y: number } | null {
  const isInside =
    rect.x >= canvas.x + GAP &&
    rect.y >= canvas.y + GAP &&
    rect.x + rect.width <= canvas.x + canvas.width - GAP &&
    rect.y + rect.height <= canvas.y + canvas.height - GAP;
  const room = { x: rect.x - GAP, y: rect.y - GAP, width: rect.width + 2 * GAP, height: rect.height + 2 * GAP };
  if (isInside && !covers.some((cover) => overlaps(room, cover))) return null;
  return {
    x: shiftInto(rect.x, rect.width, canvas.x + padding.left, canvas.x + canvas.width - padding.right),
    y: shiftInto(rect.y, rect.height, canvas.y + padding.top, canvas.y + canvas.height - padding.bottom),
  };
}
