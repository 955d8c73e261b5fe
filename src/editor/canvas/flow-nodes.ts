/**
 * Nodes as React Flow takes them. A node object is made anew only when something about it changed: React Flow and React
 * compare by identity. Sizes and ports are given and never measured, so wires are right from the first frame on.
 */
import { type Node, type NodeHandle, Position } from '@xyflow/react';
import type { NodeId } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import type { Point } from '../store/create-editor.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';
import type { DocumentState, UiState } from '../store/types.ts';
import type { PlacedDerived } from './derived-layout.ts';
import { nodeSize, noteSize, noteText, portOffset, type Size } from './geometry.ts';
import { nodeLabel } from './node-label.ts';
import { type NodeRole, roleOf } from './roles.ts';

export type FlowNode = Node<{ readonly role: NodeRole | 'note' }, 'op' | 'note' | 'derived'>;

const DATA = {
  forward: { role: 'forward' },
  backward: { role: 'backward' },
  update: { role: 'update' },
  note: { role: 'note' },
} as const;

interface Shape {
  readonly size: Size;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function shapeOf({ document }: DocumentState, registry: Registry, id: NodeId): Shape {
  const node = document.graph.nodes[id];
  const record = registry.get(node?.op ?? '');
  if (node && record?.kind === 'note') {
    return { size: noteSize(noteText(record, node.attributes)), inputs: [], outputs: [] };
  }
  const wires = wiresOf(document.graph.edges, id);
  const inputs = inputPorts(record, wires);
  const outputs = outputPorts(record, wires);
  return { size: nodeSize(inputs.length, outputs.length), inputs, outputs };
}

function handle(id: string, type: 'source' | 'target', x: number, index: number): NodeHandle {
  const position = type === 'source' ? Position.Right : Position.Left;
  return { id, type, position, x, y: portOffset(index), width: 0, height: 0 };
}

export interface FlowNodeOptions {
  readonly state: DocumentState;
  readonly registry: Registry;
  readonly selection: UiState['selection']['nodes'];
  /** Places of nodes while they are dragged. */
  readonly moved: ReadonlyMap<NodeId, Point>;
  readonly derived: readonly PlacedDerived[];
  readonly selectedDerived: string | null;
}

/** Makes the function that keeps the nodes of one canvas. */
export function createFlowNodes(): (options: FlowNodeOptions) => FlowNode[] {
  let cache = new Map<string, { readonly key: string; readonly node: FlowNode }>();
  return ({ state, registry, selection, moved, derived, selectedDerived }) => {
    const selected = new Set(selection);
    const next: typeof cache = new Map();
    const keep = (id: string, key: string, make: () => FlowNode): FlowNode => {
      const old = cache.get(id);
      const entry = old?.key === key ? old : { key, node: make() };
      next.set(id, entry);
      return entry.node;
    };
    const { graph, layout } = state.document;
    const ids = Object.keys(graph.nodes);
    // What is wrong is told below the node, over its neighbours.
    const wrong = new Set(
      state.check.diagnostics.flatMap((item) => (item.severity === 'error' ? (item.place.node ?? []) : [])),
    );
    // The canvas is one stop of the Tab key: the selected node, or the first.
    const stop = selection[0] ?? ids[0];
    const drawn = ids.map((id) => {
      const place = moved.get(id) ?? layout.nodes[id] ?? { x: 0, y: 0 };
      const record = registry.get(graph.nodes[id]?.op ?? '');
      const { size, inputs, outputs } = shapeOf(state, registry, id);
      const ariaLabel = nodeLabel(state, registry, id);
      const isNote = record?.kind === 'note';
      const role = isNote ? 'note' : roleOf(record);
      const chosen = selected.has(id);
      const key = [
        role,
        place.x,
        place.y,
        size.width,
        size.height,
        chosen,
        id === stop,
        inputs,
        outputs,
        ariaLabel,
      ].join();
      return keep(id, key, () => ({
        id,
        type: isNote ? 'note' : 'op',
        position: { x: place.x, y: place.y },
        ...size,
        measured: size,
        handles: [
          ...inputs.map((port, index) => handle(port, 'target', 0, index)),
          ...outputs.map((port, index) => handle(port, 'source', size.width, index)),
        ],
        selected: chosen,
        zIndex: wrong.has(id) ? 10 : 0,
        data: DATA[role],
        ariaLabel,
        domAttributes: { tabIndex: id === stop ? 0 : -1 },
      }));
    });
    const ghosts = derived.map(({ node, rect }) => {
      const chosen = node.id === selectedDerived;
      const key = [rect.x, rect.y, rect.width, rect.height, chosen, node.title].join();
      return keep(node.id, key, () => ({
        id: node.id,
        type: 'derived',
        position: { x: rect.x, y: rect.y },
        width: rect.width,
        height: rect.height,
        measured: { width: rect.width, height: rect.height },
        handles: [],
        selected: chosen,
        draggable: false,
        connectable: false,
        data: DATA[node.role],
        ariaLabel: `${node.role === 'backward' ? 'Gradient' : 'Update'}: ${node.title}`,
        domAttributes: { tabIndex: -1 },
      }));
    });
    cache = next;
    return [...drawn, ...ghosts];
  };
}
