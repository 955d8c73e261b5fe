/** What on the canvas an element of the page belongs to. */
import type { EdgeId, NodeId } from '../../../compiler/document.ts';
import type { PortEnd } from '../../fitting/fitting.ts';
import type { Point } from '../../store/create-editor.ts';
import { editor } from '../../store/editor.ts';

export function pointOf(event: MouseEvent | TouchEvent): Point {
  const touch = 'changedTouches' in event ? event.changedTouches[0] : event;
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
}

export function nodeAt(element: Element | null): NodeId | undefined {
  const id = element?.closest<HTMLElement>('.react-flow__node')?.dataset.id;
  return id && editor.document.getState().document.graph.nodes[id] ? id : undefined;
}

export function isInstance(node: NodeId): boolean {
  return editor.registry.get(editor.document.getState().document.graph.nodes[node]?.op ?? '')?.kind === 'module';
}

export function edgeAt(element: Element | null): EdgeId | undefined {
  const id = element?.closest<HTMLElement>('.react-flow__edge')?.dataset.id;
  return id && editor.document.getState().document.graph.edges[id] ? id : undefined;
}

export function portAt(element: Element | null): PortEnd | undefined {
  const port = element?.closest<HTMLElement>('.react-flow__handle');
  const { nodeid, handleid } = port?.dataset ?? {};
  if (!port || !nodeid || !handleid) return undefined;
  return { node: nodeid, port: handleid, side: port.classList.contains('source') ? 'source' : 'target' };
}

export function isPane(element: Element | null): boolean {
  return element?.classList.contains('react-flow__pane') ?? false;
}
