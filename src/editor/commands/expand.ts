/** Replaces the selected composite by the operators it consists of. */
import { check } from '../../compiler/compile.ts';
import { type GraphDocument, languageOptions, type NodeId } from '../../compiler/document.ts';
import { type Expansion, expand, withExpansion } from '../../compiler/expand.ts';
import type { Registry } from '../../compiler/op.ts';
import { boundsOf, type Rect, rectOf } from '../canvas/geometry.ts';
import type { Editor, Point } from '../store/create-editor.ts';
import type { Command } from './command.ts';
import { replaceByParts } from './graph-edits.ts';
import { layeredPlaces } from './layout.ts';

/** Lowerings stretch shapes as they like, which a document may forbid. */
function isAllowed(editor: Editor, document: GraphDocument, expansion: Expansion): boolean {
  if (languageOptions(document).broadcast === 'any') return true;
  const { diagnostics } = check(withExpansion(document, expansion), editor.registry);
  const parts = new Set(expansion.nodes.map(({ id }) => id));
  return !diagnostics.some(({ code, place }) => code === 'shape/stretched' && parts.has(place.node ?? ''));
}

/** What the only selected node can be replaced by. */
function expansionOf(editor: Editor): Expansion | null {
  const { nodes } = editor.ui.getState().selection;
  const [id] = nodes;
  if (id === undefined || nodes.length > 1) return null;
  const { document, check: checked } = editor.document.getState();
  const expansion = expand(document, editor.registry, checked.types, id);
  return expansion && isAllowed(editor, document, expansion) ? expansion : null;
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
