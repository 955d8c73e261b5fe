/** Wires without dragging: a list of the ports that fit, from a port or from the selected node. */
import type { EdgeId } from '../../compiler/document.ts';
import type { Editor } from '../store/create-editor.ts';
import { always, type Command } from './command.ts';
import { type PortEnd, portsOf } from './compatible-ports.ts';
import { removeEdges } from './graph-edits.ts';

/** Opens the list of ports that a wire from (or to) this port may lead to. */
export const connectPort: Command<PortEnd> = {
  id: 'wire.connect-port',
  label: 'Connect port…',
  group: 'Create',
  enabled: always,
  run(editor, { node, port, side }) {
    editor.ui.set({ connecting: { node, port, side }, dialog: 'connect' });
  },
};

/** Its first output; of a node that has none, the input that waits for a wire. */
export function likelyPort(editor: Editor, node: string): PortEnd | undefined {
  const ports = portsOf(editor.document.getState(), editor.registry, node);
  return ports.find(({ side }) => side === 'source') ?? ports.find(({ use }) => use === 'open') ?? ports[0];
}

export const connectSelected: Command = {
  id: 'wire.connect-list',
  label: 'Connect to…',
  group: 'Create',
  shortcuts: ['C'],
  enabled: (editor) => editor.ui.getState().selection.nodes.length === 1,
  run(editor) {
    const [node] = editor.ui.getState().selection.nodes;
    const port = node && likelyPort(editor, node);
    if (port) void connectPort.run(editor, port);
  },
};

/** Takes wires off as one step. */
export const disconnectAll: Command<{ readonly edges: readonly EdgeId[] }> = {
  id: 'wire.disconnect-all',
  label: 'Disconnect',
  group: 'Edit',
  enabled: always,
  run(editor, { edges }) {
    editor.document.apply('Delete wire', (draft) => removeEdges(draft, editor.registry, edges));
  },
};
