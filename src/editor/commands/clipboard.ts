import type { DocumentEdge, GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Editor, Fragment } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { wiresOf } from '../store/graph-index.ts';
import { type Command, hasSelection } from './command.ts';
import { addEdgeTo, addNodeTo, compactMembers, removeNodes } from './graph-edits.ts';

/** How far a copy lies from what was copied. */
const OFFSET = 32;

function takeFragment({ graph, layout }: GraphDocument, ids: readonly NodeId[]): Fragment {
  const nodes = ids.flatMap((id) => {
    const node = graph.nodes[id];
    return node ? [{ ...node, ...(layout.nodes[id] ?? { x: 0, y: 0 }) }] : [];
  });
  return { nodes, edges: nodes.flatMap((node) => wiresOf(graph.edges, node.id).incoming) };
}

/** Adds copies and selects them. Wires from outside of the fragment come along if `keepInputs` says so. */
function pasteFragment(editor: Editor, label: string, fragment: Fragment, keepInputs: boolean) {
  const copies = new Map<NodeId, NodeId>();
  editor.document.apply(label, (draft) => {
    for (const node of fragment.nodes) {
      copies.set(node.id, addNodeTo(draft, { ...node, x: node.x + OFFSET, y: node.y + OFFSET }));
    }
    for (const edge of fragment.edges) connectCopy(draft, edge, copies, keepInputs);
    compactMembers(draft, editor.registry, copies.values());
  });
  editor.ui.select([...copies.values()]);
}

function connectCopy(
  draft: DocumentDraft,
  { source, target }: DocumentEdge,
  copies: ReadonlyMap<NodeId, NodeId>,
  keepInputs: boolean,
) {
  const node = copies.get(target.node);
  const from = copies.get(source.node) ?? (keepInputs && draft.graph.nodes[source.node] ? source.node : undefined);
  if (node && from) addEdgeTo(draft, { node: from, port: source.port }, { node, port: target.port });
}

export const copy: Command = {
  id: 'edit.copy',
  label: 'Copy',
  group: 'Edit',
  shortcuts: ['Mod+C'],
  enabled: hasSelection,
  run(editor) {
    editor.clipboard = takeFragment(editor.document.getState().document, editor.ui.getState().selection.nodes);
  },
};

export const cut: Command = {
  id: 'edit.cut',
  label: 'Cut',
  group: 'Edit',
  shortcuts: ['Mod+X'],
  enabled: hasSelection,
  run(editor) {
    copy.run(editor);
    const { nodes } = editor.ui.getState().selection;
    editor.document.apply('Cut', (draft) => removeNodes(draft, editor.registry, nodes));
  },
};

function paste(keepInputs: boolean, more: Pick<Command, 'id' | 'label' | 'shortcuts'>): Command {
  return {
    ...more,
    group: 'Edit',
    enabled: (editor) => editor.clipboard !== null,
    run(editor) {
      if (!editor.clipboard) return;
      pasteFragment(editor, 'Paste', editor.clipboard, keepInputs);
      // A second paste lies beside the first.
      const nodes = editor.clipboard.nodes.map((node) => ({ ...node, x: node.x + OFFSET, y: node.y + OFFSET }));
      editor.clipboard = { ...editor.clipboard, nodes };
    },
  };
}

export const pasteCopy = paste(false, { id: 'edit.paste', label: 'Paste', shortcuts: ['Mod+V'] });
export const pasteWired = paste(true, {
  id: 'edit.paste-wired',
  label: 'Paste with incoming wires',
  shortcuts: ['Mod+Shift+V'],
});

export const duplicate: Command = {
  id: 'edit.duplicate',
  label: 'Duplicate',
  group: 'Edit',
  shortcuts: ['Mod+D'],
  enabled: hasSelection,
  run(editor) {
    const { document } = editor.document.getState();
    pasteFragment(editor, 'Duplicate', takeFragment(document, editor.ui.getState().selection.nodes), true);
  },
};
