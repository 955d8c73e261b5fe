/** Selection changes as React Flow reports them, for the editor's selection. */
import type { EdgeChange, NodeChange } from '@xyflow/react';
import type { Editor } from '../store/create-editor.ts';

function applySelect(selection: readonly string[], changes: readonly (NodeChange | EdgeChange)[]): readonly string[] {
  const next = new Set(selection);
  for (const change of changes) {
    if (change.type !== 'select') continue;
    if (change.selected) next.add(change.id);
    else next.delete(change.id);
  }
  return [...next];
}

/** Nodes of the document, or one derived node: choosing either lets go of the other. */
export function selectNodes(editor: Editor, changes: readonly NodeChange[]) {
  const selects = changes.filter((change) => change.type === 'select');
  if (selects.length === 0) return;
  const { graph } = editor.document.getState().document;
  const drawn = selects.filter((change) => graph.nodes[change.id]);
  const ghost = selects.findLast((change) => !graph.nodes[change.id] && change.selected);
  if (ghost) return editor.ui.selectDerived(ghost.id);
  const { selection, selectedDerived } = editor.ui.getState();
  const isLeft = selects.some((change) => change.id === selectedDerived && !change.selected);
  if (drawn.length > 0 || isLeft) editor.ui.select(applySelect(selection.nodes, drawn), selection.edges);
}

export function selectEdges(editor: Editor, changes: readonly EdgeChange[]) {
  if (!changes.some((change) => change.type === 'select')) return;
  const { selection } = editor.ui.getState();
  editor.ui.select(selection.nodes, applySelect(selection.edges, changes));
}
