/** Edits of fixes name nodes of the flat drawing; these are the same edits where the nodes were drawn. */
import type { Edit } from '../../compiler/diagnostics.ts';
import type { EdgeId, GraphDocument, ModuleId, NodeId, PortRef } from '../../compiler/document.ts';
import type { FlatDocument } from '../../compiler/flatten.ts';
import { definitionsAlong } from '../store/sheets.ts';

export interface LocalEdit {
  /** The module whose sheet is edited; undefined for the drawing itself. */
  readonly module: ModuleId | undefined;
  readonly edit: Edit;
}

/** The node an edit is at, or the wire. */
function placeOf(edit: Edit): { readonly node?: NodeId; readonly edge?: EdgeId } {
  if (edit.kind === 'insert-on-wire') return { node: edit.target.node };
  if (edit.kind === 'set-training') return {};
  return 'edge' in edit ? { edge: edit.edge } : { node: edit.node };
}

/** What an instance exposes is set there and not in the module. */
function exposedEdit(document: GraphDocument, path: readonly NodeId[], edit: Edit): LocalEdit | null {
  const definitions = definitionsAlong(document, path);
  let at = path.length;
  let local = edit;
  while (at > 0 && (local.kind === 'set-attribute' || local.kind === 'remove-attribute')) {
    const { node, attribute } = local;
    const exposed = definitions[at - 1]?.exposed?.find((item) => item.node === node && item.attribute === attribute);
    if (!exposed) break;
    at--;
    local = { ...local, node: path[at] as NodeId, attribute: exposed.as };
  }
  return at === path.length ? null : { module: definitions[at - 1]?.id, edit: local };
}

export function localEdit(document: GraphDocument, flat: FlatDocument, edit: Edit): LocalEdit {
  const { node, edge } = placeOf(edit);
  const origin = node === undefined ? flat.edges.get(edge ?? '') : flat.nodes.get(node);
  if (!origin || edit.kind === 'set-training') return { module: undefined, edit };
  const { path } = origin;
  const nodeId = (id: NodeId): NodeId => flat.nodes.get(id)?.id ?? id;
  const end = (ref: PortRef): PortRef => ({ ...ref, node: nodeId(ref.node) });
  const module = definitionsAlong(document, path).at(-1)?.id;
  switch (edit.kind) {
    case 'insert-on-wire':
      return { module, edit: { ...edit, target: end(edit.target) } };
    case 'remove-edge':
      return { module, edit: { ...edit, edge: origin.id as EdgeId } };
    case 'move-wire': {
      const ends = {
        ...(edit.source && { source: end(edit.source) }),
        ...(edit.target && { target: end(edit.target) }),
      };
      return { module, edit: { ...edit, edge: origin.id as EdgeId, ...ends } };
    }
    case 'rename':
      // Names of the flat drawing begin with those of the instances.
      return { module, edit: { ...edit, node: origin.id as NodeId, name: edit.name.split('/').at(-1) ?? edit.name } };
    default: {
      const local = { ...edit, node: origin.id as NodeId };
      return exposedEdit(document, path, local) ?? { module, edit: local };
    }
  }
}
