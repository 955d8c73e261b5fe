import type { Command } from '../commands/command.ts';
import type { Editor } from '../store/create-editor.ts';
import { outputPorts, wiresOf } from '../store/graph-index.ts';
import { canExplain, explainHere } from './explain-store.ts';

function selected(editor: Editor): { readonly node: string; readonly port: string } | null {
  const { selection } = editor.ui.getState();
  const { nodes, edges } = editor.document.getState().document.graph;
  const [edge] = selection.edges;
  const wire = edges[edge ?? ''];
  if (wire) return wire.source;
  const [node] = selection.nodes;
  if (node === undefined) return null;
  const [port] = outputPorts(editor.registry.get(nodes[node]?.op ?? ''), wiresOf(edges, node));
  return port === undefined ? null : { node, port };
}

export const explainGradient: Command = {
  id: 'gradient.explain',
  label: 'Explain this gradient',
  group: 'View',
  shortcuts: ['D'],
  enabled(editor) {
    const value = selected(editor);
    return value !== null && canExplain(editor, value.node, value.port);
  },
  run(editor) {
    const value = selected(editor);
    if (value) explainHere(editor, value.node, value.port);
  },
};
