import type { EdgeId, GraphDocument, NodeId, PortRef } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import type { Editor } from '../store/create-editor.ts';
import { reach } from '../store/graph-index.ts';
import { always, type Command } from './command.ts';
import { connectPorts, removeEdges } from './graph-edits.ts';
import { firstFreeInput } from './nodes.ts';

/** Nodes a wire that begins here may not lead to, because it would close a loop. Computed once as a connection starts. */
export function forbiddenNodes(
  document: GraphDocument,
  registry: Registry,
  from: { readonly node: NodeId; readonly side: 'source' | 'target' },
): ReadonlySet<NodeId> {
  return reach(document.graph, registry, from.node, from.side === 'source' ? 'up' : 'down');
}

/** A parameter is updated from its old value, so a wire into it closes no loop. */
function closesLoop(editor: Editor, source: PortRef, target: PortRef): boolean {
  const { document } = editor.document.getState();
  if (editor.registry.get(document.graph.nodes[target.node]?.op ?? '')?.kind === 'parameter') return false;
  return forbiddenNodes(document, editor.registry, { node: source.node, side: 'source' }).has(target.node);
}

export interface ConnectArgs {
  readonly source: PortRef;
  readonly target: PortRef;
}

/** A wire that is at the input already gives way; one that would close a loop is not made. */
export const connect: Command<ConnectArgs> = {
  id: 'wire.connect',
  label: 'Connect',
  group: 'Create',
  enabled: always,
  run(editor, { source, target }) {
    if (!closesLoop(editor, source, target)) {
      editor.document.apply('Connect', (draft) => void connectPorts(draft, editor.registry, source, target));
    }
    editor.ui.set({ connecting: null });
  },
};

/** Moves the end of a wire to another port, as one step. */
export const reconnect: Command<ConnectArgs & { readonly edge: EdgeId }> = {
  id: 'wire.reconnect',
  label: 'Reconnect',
  group: 'Edit',
  enabled: always,
  run(editor, { edge, source, target }) {
    if (closesLoop(editor, source, target)) return;
    editor.document.apply('Reconnect', (draft) => {
      const old = draft.graph.edges[edge];
      const same = old?.target.node === target.node && old.target.port === target.port;
      const moved = old?.source.node !== source.node || old.source.port !== source.port;
      if (same && !moved) return;
      connectPorts(draft, editor.registry, source, target);
      if (!same) removeEdges(draft, editor.registry, [edge]);
    });
  },
};

export const disconnect: Command<{ readonly edge: EdgeId }> = {
  id: 'wire.disconnect',
  label: 'Disconnect',
  group: 'Edit',
  enabled: always,
  run(editor, { edge }) {
    editor.document.apply('Delete wire', (draft) => removeEdges(draft, editor.registry, [edge]));
  },
};

/** Begins a connection at the selected node's output, to be ended by a click or by Enter on another node. */
export const connectFrom: Command = {
  id: 'wire.connect-from',
  label: 'Connect by choosing a port on the canvas',
  group: 'Create',
  enabled: (editor) => editor.ui.getState().selection.nodes.length === 1,
  run(editor) {
    const [node] = editor.ui.getState().selection.nodes;
    if (!node) return;
    const { document } = editor.document.getState();
    const port = editor.registry.get(document.graph.nodes[node]?.op ?? '')?.outputs[0]?.name;
    if (port) editor.ui.set({ connecting: { node, port, side: 'source' } });
  },
};

/** Ends the connection that is being drawn at a node, at the port where it most likely belongs. */
export const connectTo: Command<{ readonly node: NodeId }> = {
  id: 'wire.connect-to',
  label: 'Connect to node',
  group: 'Create',
  enabled: (editor) => editor.ui.getState().connecting !== null,
  run(editor, { node }) {
    const { connecting } = editor.ui.getState();
    const { document } = editor.document.getState();
    if (!connecting || connecting.node === node) return;
    const end = { node: connecting.node, port: connecting.port };
    if (connecting.side === 'source') {
      const port = firstFreeInput(document, editor.registry, node);
      if (port) connect.run(editor, { source: end, target: { node, port } });
    } else {
      const port = editor.registry.get(document.graph.nodes[node]?.op ?? '')?.outputs[0]?.name;
      if (port) connect.run(editor, { source: { node, port }, target: end });
    }
  },
};
