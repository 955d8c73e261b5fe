import type { DocumentEdge, GraphDocument, NodeId } from '../../compiler/document.ts';
import { bringDatasets, datasetsFor } from '../data/carry.ts';
import { bringModules, modulesFor } from '../modules/carry.ts';
import type { Editor, Fragment, Point } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { wiresOf } from '../store/graph-index.ts';
import { always, type Command, hasSelection } from './command.ts';
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
  const { opened } = editor.document.getState();
  editor.document.apply(label, (draft) => {
    const opOf = fragment.modules ? bringModules(draft, opened, fragment.modules) : (op: string) => op;
    const withData = bringDatasets(draft, fragment.datasets ?? {});
    for (const node of fragment.nodes.map(withData)) {
      const place = { x: node.x + OFFSET, y: node.y + OFFSET };
      copies.set(node.id, addNodeTo(draft, { ...node, op: opOf(node.op), ...place }));
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

/** Copies of nodes at these places (top left corners), with the wires into them. */
export const duplicateTo: Command<{ readonly places: Readonly<Record<NodeId, Point>> }> = {
  id: 'edit.duplicate-to',
  label: 'Duplicate',
  group: 'Edit',
  enabled: always,
  run(editor, { places }) {
    const { nodes, edges } = takeFragment(editor.document.getState().document, Object.keys(places));
    const moved = nodes.map((node) => {
      const { x, y } = places[node.id] ?? node;
      return { ...node, x: x - OFFSET, y: y - OFFSET };
    });
    pasteFragment(editor, 'Duplicate', { nodes: moved, edges }, true);
  },
};

export const copy: Command = {
  id: 'edit.copy',
  label: 'Copy',
  group: 'Edit',
  shortcuts: ['Mod+C'],
  enabled: hasSelection,
  run(editor) {
    const { document, opened } = editor.document.getState();
    const fragment = takeFragment(document, editor.ui.getState().selection.nodes);
    const modules = modulesFor(document, opened, fragment.nodes);
    editor.clipboard = { ...fragment, modules, datasets: datasetsFor(document, fragment.nodes) };
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
