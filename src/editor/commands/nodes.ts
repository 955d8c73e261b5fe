import type { AttributeValue, GraphDocument, NodeId, PortRef, TrainingOptions } from '../../compiler/document.ts';
import type { OpRecord, Registry } from '../../compiler/op.ts';
import { freeSpot, isFrame, nodeSize, rectOf, snap } from '../canvas/geometry.ts';
import { withFrameContents } from '../frames/contents.ts';
import type { Point } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { edgeInto, inputPorts, NO_WIRES, outputPorts, wiresOf } from '../store/graph-index.ts';
import type { HistoryPolicy, UiState } from '../store/types.ts';
import { always, type Command, hasSelection } from './command.ts';
import { addNodeTo, connectPorts, removeEdges, removeNodes, renameNode, setAttributeOf } from './graph-edits.ts';

type Connecting = NonNullable<UiState['connecting']>;

function rects(document: GraphDocument, registry: Registry) {
  // What lies on a frame belongs there.
  const ids = Object.keys(document.graph.nodes).filter(
    (id) => !isFrame(registry.get(document.graph.nodes[id]?.op ?? '')),
  );
  return ids.map((id) => rectOf(document, registry, id));
}

/** The first input without a wire, else the first. */
export function firstFreeInput(document: GraphDocument, registry: Registry, node: NodeId): string | null {
  const record = registry.get(document.graph.nodes[node]?.op ?? '');
  const ports = inputPorts(record, wiresOf(document.graph.edges, node));
  return ports.find((port) => !edgeInto(document.graph.edges, node, port)) ?? ports[0] ?? null;
}

/** Wires a new node to the port a connection began at. */
function connectNew(
  draft: DocumentDraft,
  registry: Registry,
  id: NodeId,
  record: OpRecord | undefined,
  from: Connecting,
  port: string | undefined,
) {
  const end: PortRef = { node: from.node, port: from.port };
  const input = port ?? inputPorts(record, NO_WIRES)[0];
  const output = port ?? outputPorts(record, NO_WIRES)[0];
  if (from.side === 'source' && input) connectPorts(draft, registry, end, { node: id, port: input });
  if (from.side === 'target' && output) connectPorts(draft, registry, { node: id, port: output }, end);
}

export interface AddNodeArgs {
  readonly op: string;
  /** Middle of the new node; near the middle of the view if left out. */
  readonly at?: Point | null;
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>> | undefined;
  /** Where a connection that is being drawn ends; the first port if left out. */
  readonly port?: string | undefined;
}

/** Adds a node and selects it. A connection that is being drawn ends at it. */
export const addNode: Command<AddNodeArgs> = {
  id: 'node.add',
  label: 'Add node',
  group: 'Create',
  enabled: always,
  run(editor, { op, at, name, attributes, port }) {
    const { registry } = editor;
    const record = registry.get(op);
    const { document } = editor.document.getState();
    const { connecting } = editor.ui.getState();
    const size = nodeSize(inputPorts(record, NO_WIRES).length, record?.outputs.length ?? 1);
    const place = freeSpot(at ?? editor.view.center(), size, rects(document, registry));
    let id: NodeId = '';
    editor.document.apply(`Add ${op}`, (draft) => {
      id = addNodeTo(draft, { op, name, attributes, ...place });
      if (connecting) connectNew(draft, registry, id, record, connecting, port);
    });
    editor.ui.set({ connecting: null });
    editor.ui.select([id]);
  },
};

export const deleteSelection: Command = {
  id: 'edit.delete',
  label: 'Delete',
  group: 'Edit',
  shortcuts: ['Delete', 'Backspace'],
  enabled: (editor) => hasSelection(editor) || editor.ui.getState().selection.edges.length > 0,
  run(editor) {
    const { nodes, edges } = editor.ui.getState().selection;
    editor.document.apply(nodes.length > 0 ? 'Delete' : 'Delete wire', (draft) => {
      removeNodes(draft, editor.registry, nodes);
      removeEdges(draft, editor.registry, edges);
    });
  },
};

export const deleteNode: Command<{ readonly node: NodeId }> = {
  id: 'node.delete',
  label: 'Delete node',
  group: 'Edit',
  enabled: always,
  run(editor, { node }) {
    editor.document.apply('Delete', (draft) => removeNodes(draft, editor.registry, [node]));
  },
};

export const rename: Command<{ readonly node: NodeId; readonly name: string }> = {
  id: 'node.rename',
  label: 'Rename node',
  group: 'Edit',
  enabled: always,
  run(editor, { node, name }) {
    editor.document.apply('Rename', (draft) => renameNode(draft, node, name));
  },
};

/** Opens the name of the selected node for typing. */
export const startRename: Command = {
  id: 'node.start-rename',
  label: 'Rename',
  group: 'Edit',
  shortcuts: ['F2'],
  enabled: (editor) => editor.ui.getState().selection.nodes.length === 1,
  run(editor) {
    editor.ui.set({ renaming: editor.ui.getState().selection.nodes[0] ?? null });
  },
};

export interface SetAttributeArgs {
  readonly node: NodeId;
  readonly attribute: string;
  readonly value: AttributeValue;
  /** `merge`, the default, makes typing one step. */
  readonly policy?: HistoryPolicy;
}

export const setAttribute: Command<SetAttributeArgs> = {
  id: 'node.set-attribute',
  label: 'Set attribute',
  group: 'Edit',
  enabled: always,
  run(editor, { node, attribute, value, policy = 'merge' }) {
    const name = editor.document.getState().document.graph.nodes[node]?.name ?? node;
    const recipe = (draft: DocumentDraft) => setAttributeOf(draft, editor.registry, node, attribute, value);
    editor.document.apply(`Set ${attribute} of ${name}`, recipe, policy);
  },
};

export const setTraining: Command<Partial<TrainingOptions>> = {
  id: 'document.set-training',
  label: 'Set training options',
  group: 'Edit',
  enabled: always,
  run(editor, options) {
    const label = `Set ${Object.keys(options).join(', ')}`;
    editor.document.apply(label, (draft) => void Object.assign(draft.graph.training, options), 'merge');
  },
};

export const renameDocument: Command<{ readonly name: string }> = {
  id: 'document.rename',
  label: 'Rename document',
  group: 'File',
  enabled: always,
  run(editor, { name }) {
    const wanted = name.trim();
    if (wanted === '') return;
    editor.document.apply(
      'Rename document',
      (draft) => {
        if (draft.name !== wanted) draft.name = wanted;
      },
      'merge',
    );
  },
};

/** Top left corners, by node. */
export const moveNodes: Command<{ readonly places: Readonly<Record<NodeId, Point>>; readonly policy?: HistoryPolicy }> =
  {
    id: 'node.move',
    label: 'Move',
    group: 'Arrange',
    enabled: always,
    run(editor, { places, policy }) {
      const recipe = (draft: DocumentDraft) => {
        for (const [id, { x, y }] of Object.entries(places)) {
          const old = draft.layout.nodes[id];
          if (draft.graph.nodes[id] && (old?.x !== x || old?.y !== y)) draft.layout.nodes[id] = { x, y };
        }
      };
      editor.document.apply('Move', recipe, policy);
    },
  };

function nudge(direction: string, dx: number, dy: number, big: boolean): Command {
  const step = big ? 64 : 16;
  return {
    id: `node.nudge-${direction}${big ? '-far' : ''}`,
    label: `Move ${direction}${big ? ' by much' : ''}`,
    group: 'Arrange',
    shortcuts: [`Alt+${big ? 'Shift+' : ''}Arrow${direction.charAt(0).toUpperCase()}${direction.slice(1)}`],
    enabled: hasSelection,
    run(editor) {
      const { layout } = editor.document.getState().document;
      const places: Record<NodeId, Point> = {};
      for (const id of withFrameContents(editor, editor.ui.getState().selection.nodes)) {
        const { x, y } = layout.nodes[id] ?? { x: 0, y: 0 };
        places[id] = { x: snap(x + dx * step), y: snap(y + dy * step) };
      }
      moveNodes.run(editor, { places, policy: 'merge' });
    },
  };
}

export const nudges: readonly Command[] = [false, true].flatMap((big) => [
  nudge('left', -1, 0, big),
  nudge('right', 1, 0, big),
  nudge('up', 0, -1, big),
  nudge('down', 0, 1, big),
]);
