/** Switching nodes off: muted ones are left out, bypassed ones let an input through. */
import type { NodeId } from '../../compiler/document.ts';
import { passedThrough } from '../../compiler/phases/resolve/flags.ts';
import { portKey } from '../../compiler/result.ts';
import { sameType } from '../../compiler/types.ts';
import type { Editor } from '../store/create-editor.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';
import type { Command } from './command.ts';
import { setFlagsOf } from './graph-edits.ts';

/** Selected nodes that compute something; notes do not. */
function chosen(editor: Editor): NodeId[] {
  const { nodes } = editor.document.getState().document.graph;
  return editor.ui.getState().selection.nodes.filter((id) => {
    const node = nodes[id];
    return node && editor.registry.get(node.op)?.kind !== 'note';
  });
}

/** Mutes the selected nodes; where all are muted, they are computed again. */
export const mute: Command = {
  id: 'node.mute',
  label: 'Mute',
  group: 'Edit',
  shortcuts: ['M'],
  enabled: (editor) => chosen(editor).length > 0,
  checked: (editor) => chosen(editor).every((id) => editor.document.getState().document.graph.nodes[id]?.muted),
  run(editor) {
    const ids = chosen(editor);
    const { nodes } = editor.document.getState().document.graph;
    const muted = !ids.every((id) => nodes[id]?.muted);
    editor.document.apply(muted ? 'Mute' : 'Unmute', (draft) => setFlagsOf(draft, ids, { muted }));
  },
};

/** Whether one of its inputs has the type of its output, so that leaving the node out keeps every shape. */
export function canBypass(editor: Editor, id: NodeId): boolean {
  const { document, check } = editor.document.getState();
  const { nodes, edges } = document.graph;
  const node = nodes[id];
  const record = editor.registry.get(node?.op ?? '');
  if (!node || !record) return false;
  if (node.bypassed) return true;
  const wires = wiresOf(edges, id);
  const inputs = inputPorts(record, wires).map((port) => {
    const edge = wires.incoming.find(({ target }) => target.port === port);
    return edge && check.types.get(portKey(edge.source.node, edge.source.port));
  });
  const outputs = outputPorts(record, wires).flatMap((port) => check.types.get(portKey(id, port)) ?? []);
  if (record.kind === 'module') {
    // It hands its first input on, whatever is inside.
    const [first] = inputs;
    return first !== undefined && outputs.length > 0 && outputs.every((type) => sameType(type, first));
  }
  return passedThrough(record, inputs, outputs).some((input) => input !== null);
}

/** Bypasses the selected nodes that keep a type; where all are bypassed, they compute again. */
export const bypass: Command = {
  id: 'node.bypass',
  label: 'Bypass',
  group: 'Edit',
  shortcuts: ['B'],
  enabled: (editor) => chosen(editor).some((id) => canBypass(editor, id)),
  checked: (editor) => chosen(editor).every((id) => editor.document.getState().document.graph.nodes[id]?.bypassed),
  run(editor) {
    const ids = chosen(editor).filter((id) => canBypass(editor, id));
    const { nodes } = editor.document.getState().document.graph;
    const bypassed = !ids.every((id) => nodes[id]?.bypassed);
    editor.document.apply(bypassed ? 'Bypass' : 'Stop bypassing', (draft) => setFlagsOf(draft, ids, { bypassed }));
  },
};
