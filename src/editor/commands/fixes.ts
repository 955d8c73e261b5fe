import type { Edit, Fix } from '../../compiler/diagnostics.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { nodeSize, snap } from '../canvas/geometry.ts';
import { localEdit } from '../modules/local-edit.ts';
import type { Editor, Point } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { sheetDraft } from '../store/sheets.ts';
import { always, type Command } from './command.ts';
import {
  connectPorts,
  insertOnWire,
  removeEdges,
  removeNodes,
  renameNode,
  setAttributeOf,
  setFlagsOf,
} from './graph-edits.ts';

/** Halfway along a wire, a little below it: the wire's ends may leave no room between them. */
function besideWire({ graph, layout }: GraphDocument, target: { node: string; port: string }): Point {
  const wire = Object.values(graph.edges).find(
    (edge) => edge.target.node === target.node && edge.target.port === target.port,
  );
  const to = layout.nodes[target.node] ?? { x: 0, y: 0 };
  const from = layout.nodes[wire?.source.node ?? ''] ?? to;
  const { height } = nodeSize(1, 1);
  return { x: snap((from.x + to.x) / 2), y: snap(Math.max(from.y, to.y) + height + 24) };
}

function applyEdit(draft: DocumentDraft, editor: Editor, edit: Edit) {
  const { registry } = editor;
  switch (edit.kind) {
    case 'set-attribute':
      return setAttributeOf(draft, registry, edit.node, edit.attribute, edit.value);
    case 'insert-on-wire': {
      const { op, attributes, target } = edit;
      const place = besideWire(draft, target);
      return void insertOnWire(draft, registry, target, { op, attributes, ...place });
    }
    case 'remove-edge':
      return removeEdges(draft, registry, [edit.edge]);
    case 'move-wire': {
      const wire = draft.graph.edges[edit.edge];
      if (!wire) return;
      const source = edit.source ?? { ...wire.source };
      const target = edit.target ?? { ...wire.target };
      removeEdges(draft, registry, [edit.edge]);
      return void connectPorts(draft, registry, source, target);
    }
    case 'swap-inputs': {
      for (const { target } of Object.values(draft.graph.edges)) {
        const at = target.node === edit.node ? edit.ports.indexOf(target.port) : -1;
        if (at >= 0) target.port = edit.ports[1 - at] as string;
      }
      return;
    }
    case 'set-operator': {
      const node = draft.graph.nodes[edit.node];
      if (node) node.op = edit.op;
      return;
    }
    case 'remove-attribute':
      delete (draft.graph.nodes[edit.node]?.attributes as Record<string, unknown> | undefined)?.[edit.attribute];
      return;
    case 'remove-node':
      return removeNodes(draft, registry, [edit.node]);
    case 'clear-flags':
      return setFlagsOf(draft, [edit.node], {});
    case 'set-training':
      return void Object.assign(draft.graph.training, edit.options);
    case 'rename':
      return renameNode(draft, edit.node, edit.name);
  }
}

/** All edits of a fix, which are of the flat drawing, as one step. What is inside of a module changes in all instances. */
export const applyFix: Command<{ readonly fix: Fix }> = {
  id: 'problem.fix',
  label: 'Apply fix',
  group: 'Edit',
  enabled: always,
  run(editor, { fix }) {
    const { document } = editor.whole.getState();
    const flat = flatten(document, editor.registry);
    editor.whole.apply(fix.label, (draft) => {
      for (const edit of fix.edits) {
        const local = localEdit(document, flat, edit);
        applyEdit(sheetDraft(draft, local.module), editor, local.edit);
      }
    });
  },
};
