/** Wires that are drawn from port to port, moved, or let go. */
import type { FinalConnectionState } from '@xyflow/react';
import { connect, connectTo, disconnect, reconnect } from '../../commands/wires.ts';
import type { PortEnd } from '../../fitting/fitting.ts';
import { editor } from '../../store/editor.ts';
import type { FlowEdge } from '../flow-edges.ts';
import { isPane, nodeAt, pointOf } from './targets.ts';

interface Ends {
  readonly source: string | null;
  readonly sourceHandle?: string | null;
  readonly target: string | null;
  readonly targetHandle?: string | null;
}

function endsOf({ source, sourceHandle, target, targetHandle }: Ends) {
  if (!source || !sourceHandle || !target || !targetHandle) return null;
  return { source: { node: source, port: sourceHandle }, target: { node: target, port: targetHandle } };
}

export function onConnect(connection: Ends) {
  const ends = endsOf(connection);
  if (ends) void connect.run(editor, ends);
}

export function onReconnect(edge: FlowEdge, connection: Ends) {
  const ends = endsOf(connection);
  if (ends) void reconnect.run(editor, { edge: edge.id, ...ends });
}

/** A wire whose end is dropped on nothing is taken off. */
export function onReconnectEnd(
  _event: MouseEvent | TouchEvent,
  edge: FlowEdge,
  _side: 'source' | 'target',
  state: FinalConnectionState,
) {
  if (!state.isValid && !state.toHandle) void disconnect.run(editor, { edge: edge.id });
}

/** On a node: to its first free port. On the empty canvas: the search, whose operator is wired at once. */
export function dropConnection(event: MouseEvent | TouchEvent, from: PortEnd) {
  const point = pointOf(event);
  const under = document.elementFromPoint(point.x, point.y);
  const node = nodeAt(under);
  if (node === from.node) return;
  editor.ui.set({ connecting: from });
  if (node) void connectTo.run(editor, { node });
  else if (isPane(under)) editor.ui.openSearch(editor.view.toCanvas(point));
  else editor.ui.set({ connecting: null });
}
