/** Automatic layout in layers from left to right, by ELK. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { boundsOf, portOffset, rectOf, sizeOf, snap } from '../canvas/geometry.ts';
import type { Point } from '../store/create-editor.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';
import { always, type Command } from './command.ts';
import { layoutEngine } from './layout-engine.ts';
import { moveNodes } from './nodes.ts';

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.spacing.nodeNodeBetweenLayers': '104',
  'elk.spacing.nodeNode': '32',
  'elk.layered.spacing.edgeNodeBetweenLayers': '24',
  'elk.spacing.edgeNode': '24',
};

function elkNode(document: GraphDocument, registry: Registry, id: NodeId): ElkNode {
  const record = registry.get(document.graph.nodes[id]?.op ?? '');
  const wires = wiresOf(document.graph.edges, id);
  const size = sizeOf(document, registry, id);
  const port = (side: 'WEST' | 'EAST', x: number) => (name: string, index: number) => ({
    id: `${id}:${side}:${name}`,
    x,
    y: portOffset(index),
    width: 0,
    height: 0,
    layoutOptions: { 'elk.port.side': side },
  });
  return {
    id,
    ...size,
    ports: [
      ...inputPorts(record, wires).map(port('WEST', 0)),
      ...outputPorts(record, wires).map(port('EAST', size.width)),
    ],
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
  };
}

/** New places for these nodes; the group's top left corner stays where it was. */
export async function layeredPlaces(
  document: GraphDocument,
  registry: Registry,
  ids: readonly NodeId[],
): Promise<Record<NodeId, Point>> {
  const chosen = new Set(ids);
  const edges = Object.values(document.graph.edges).filter(
    ({ source, target }) => chosen.has(source.node) && chosen.has(target.node),
  );
  const elk = await layoutEngine();
  const result = await elk.layout({
    id: 'root',
    layoutOptions: OPTIONS,
    children: ids.map((id) => elkNode(document, registry, id)),
    edges: edges.map(({ id, source, target }) => ({
      id,
      sources: [`${source.node}:EAST:${source.port}`],
      targets: [`${target.node}:WEST:${target.port}`],
    })),
  });
  const children = result.children ?? [];
  const before = boundsOf(ids.map((id) => rectOf(document, registry, id)));
  const after = boundsOf(children.map(({ x = 0, y = 0, width = 0, height = 0 }) => ({ x, y, width, height })));
  const dx = (before?.x ?? 0) - (after?.x ?? 0);
  const dy = (before?.y ?? 0) - (after?.y ?? 0);
  return Object.fromEntries(children.map(({ id, x = 0, y = 0 }) => [id, { x: snap(x + dx), y: snap(y + dy) }]));
}

/** Lays out the selection, or everything where less than two nodes are selected. Notes stay where they are. */
export const tidy: Command = {
  id: 'arrange.tidy',
  label: 'Tidy layout',
  group: 'Arrange',
  shortcuts: ['L'],
  enabled: always,
  async run(editor) {
    const { document } = editor.document.getState();
    const { nodes } = editor.ui.getState().selection;
    const wanted = nodes.length > 1 ? nodes : Object.keys(document.graph.nodes);
    const ids = wanted.filter((id) => editor.registry.get(document.graph.nodes[id]?.op ?? '')?.kind !== 'note');
    const places = await layeredPlaces(document, editor.registry, ids);
    if (editor.document.getState().document.graph !== document.graph) return;
    const before = editor.document.getState().document.layout.nodes;
    editor.view.glide(Object.fromEntries(ids.flatMap((id) => (before[id] ? [[id, before[id]]] : []))));
    moveNodes.run(editor, { places });
    if (wanted !== nodes) editor.view.fit();
  },
};
