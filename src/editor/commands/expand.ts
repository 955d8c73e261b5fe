/** Replaces the selected composite by the operators it consists of. */
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import { type Expansion, expand, withExpansion } from '../../compiler/expand.ts';
import type { Registry } from '../../compiler/op.ts';
import { boundsOf, type Rect, rectOf } from '../canvas/geometry.ts';
import type { Editor, Point } from '../store/create-editor.ts';
import type { Command } from './command.ts';
import { replaceByParts } from './graph-edits.ts';
import { layeredPlaces } from './layout.ts';

/** What the only selected node can be replaced by. */
function expansionOf(editor: Editor): Expansion | null {
  const { nodes } = editor.ui.getState().selection;
  const [id] = nodes;
  if (id === undefined || nodes.length > 1) return null;
  const { document, check } = editor.document.getState();
  return expand(document, editor.registry, check.types, id);
}

/** Places of the other nodes once the parts lie where the node was: what is right of it or below it moves on. */
function makeRoom(
  document: GraphDocument,
  registry: Registry,
  node: NodeId,
  group: Rect,
): Readonly<Record<NodeId, Point>> {
  const old = rectOf(document, registry, node);
  const dx = Math.max(0, group.width - old.width);
  const dy = Math.max(0, group.height - old.height);
  const moved: Record<NodeId, Point> = {};
  for (const id of Object.keys(document.graph.nodes)) {
    if (id === node) continue;
    const { x, y, width } = rectOf(document, registry, id);
    if (x >= old.x + old.width) moved[id] = { x: x + dx, y };
    else if (y >= old.y + old.height && x + width > old.x) moved[id] = { x, y: y + dy };
  }
  return moved;
}

export const expandNode: Command = {
  id: 'edit.expand',
  label: 'Expand into basic operators',
  group: 'Edit',
  shortcuts: ['E'],
  enabled: (editor) => expansionOf(editor) !== null,
  async run(editor) {
    const { registry } = editor;
    const { document } = editor.document.getState();
    const expansion = expansionOf(editor);
    if (!expansion) return;
    const after = withExpansion(document, expansion);
    const ids = expansion.nodes.map(({ id }) => id);
    const places = await layeredPlaces(after, registry, ids);
    if (editor.document.getState().document !== document) return;
    const group = boundsOf(ids.map((id) => ({ ...rectOf(after, registry, id), ...places[id] })));
    const others = group ? makeRoom(document, registry, expansion.node, group) : {};
    const name = document.graph.nodes[expansion.node]?.name ?? '';
    editor.document.apply(`Expand ${name}`, (draft) => replaceByParts(draft, expansion, { ...others, ...places }));
    editor.ui.select(ids);
    editor.view.fit();
  },
};
