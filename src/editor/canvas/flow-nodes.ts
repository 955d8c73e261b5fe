/**
 * Nodes as React Flow takes them. A node object is made anew only when something about it changed: React Flow and React
 * compare by identity. Sizes and ports are given and never measured, so wires are right from the first frame on.
 */
import { type Node, type NodeHandle, Position } from '@xyflow/react';
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { NodeId } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import type { Point } from '../store/create-editor.ts';
import { inputPorts, outputPorts, wiresOf } from '../store/graph-index.ts';
import type { DocumentState, UiState } from '../store/types.ts';
import type { PlacedDerived } from './derived-layout.ts';
import { frameSize, isFrame, nodeSize, noteSize, noteText, portOffset } from './geometry.ts';
import { nodeLabel } from './node-label.ts';
import { type NodeRole, roleOf } from './roles.ts';

export type FlowNode = Node<{ readonly role: NodeRole | 'note' }, 'op' | 'note' | 'frame' | 'derived'>;

const DATA = {
  forward: { role: 'forward' },
  backward: { role: 'backward' },
  update: { role: 'update' },
  note: { role: 'note' },
} as const;

function handle(id: string, type: 'source' | 'target', x: number, index: number): NodeHandle {
  const position = type === 'source' ? Position.Right : Position.Left;
  return { id, type, position, x, y: portOffset(index), width: 0, height: 0 };
}

/** What a node has of the document alone: everything but its place and whether it is selected. */
type Body = Pick<FlowNode, 'type' | 'width' | 'height' | 'handles' | 'zIndex' | 'data' | 'ariaLabel'>;

function bodyOf(state: DocumentState, registry: Registry, id: NodeId, problems: readonly Diagnostic[]): Body {
  const { graph } = state.document;
  const node = graph.nodes[id];
  const record = registry.get(node?.op ?? '');
  const ariaLabel = nodeLabel(state, registry, id, problems);
  // What is wrong is told below the node, over its neighbours.
  const zIndex = problems.some((item) => item.severity === 'error') ? 10 : 0;
  if (node && record?.kind === 'note') {
    const isFramed = isFrame(record);
    return {
      type: isFramed ? 'frame' : 'note',
      ...(isFramed ? frameSize(record, node.attributes) : noteSize(noteText(record, node.attributes))),
      handles: [],
      // Behind the wires, and larger frames behind smaller ones.
      zIndex: isFramed ? FRAME_LEVEL - Math.round(frameSize(record, node.attributes).width / 16) : zIndex,
      data: DATA.note,
      ariaLabel,
    };
  }
  const wires = wiresOf(graph.edges, id);
  const inputs = inputPorts(record, wires);
  const outputs = outputPorts(record, wires);
  const size = nodeSize(inputs.length, outputs.length);
  const handles = [
    ...inputs.map((port, index) => handle(port, 'target', 0, index)),
    ...outputs.map((port, index) => handle(port, 'source', size.width, index)),
  ];
  return { type: 'op', ...size, handles, zIndex, data: DATA[roleOf(record)], ariaLabel };
}

function sameBody(a: Body, b: Body): boolean {
  return (
    a.type === b.type &&
    a.data === b.data &&
    a.width === b.width &&
    a.height === b.height &&
    a.zIndex === b.zIndex &&
    a.ariaLabel === b.ariaLabel &&
    a.handles?.length === b.handles?.length &&
    (a.handles ?? []).every((port, index) => port.id === b.handles?.[index]?.id)
  );
}

/** The bodies of all nodes, once a document; those that stayed the same keep their identity. */
function createBodies(registry: Registry): (state: DocumentState) => ReadonlyMap<NodeId, Body> {
  let last: DocumentState | null = null;
  let bodies: ReadonlyMap<NodeId, Body> = new Map();
  return (state) => {
    if (state.check === last?.check && state.document.graph === last.document.graph) return bodies;
    last = state;
    const problems = new Map<NodeId, Diagnostic[]>();
    for (const item of state.check.diagnostics) {
      const { node } = item.place;
      if (node !== undefined) problems.set(node, [...(problems.get(node) ?? []), item]);
    }
    const next = new Map<NodeId, Body>();
    for (const id of Object.keys(state.document.graph.nodes)) {
      const body = bodyOf(state, registry, id, problems.get(id) ?? []);
      const old = bodies.get(id);
      next.set(id, old && sameBody(old, body) ? old : body);
    }
    bodies = next;
    return bodies;
  };
}

function ghostBody({ node, rect }: PlacedDerived): Body {
  return {
    type: 'derived',
    width: rect.width,
    height: rect.height,
    handles: [],
    zIndex: 0,
    data: DATA[node.role],
    ariaLabel: `${node.role === 'backward' ? 'Gradient' : 'Update'}: ${node.title}`,
  };
}

export interface FlowNodeOptions {
  readonly state: DocumentState;
  readonly selection: UiState['selection']['nodes'];
  /** Places of nodes while they are dragged. */
  readonly moved: ReadonlyMap<NodeId, Point>;
  readonly derived: readonly PlacedDerived[];
  readonly selectedDerived: string | null;
}

/** Below the wires even while React Flow lifts it by 1000, because it is selected. */
const FRAME_LEVEL = -1010;

const ORIGIN: Point = { x: 0, y: 0 };

/** Makes the function that keeps the nodes of one canvas. */
export function createFlowNodes(registry: Registry): (options: FlowNodeOptions) => FlowNode[] {
  const bodiesOf = createBodies(registry);
  let kept = new Map<string, { readonly body: Body; readonly node: FlowNode }>();
  return ({ state, selection, moved, derived, selectedDerived }) => {
    const bodies = bodiesOf(state);
    const next: typeof kept = new Map();
    // The canvas is one stop of the Tab key: the selected node, or the first.
    const stop = selection[0] ?? bodies.keys().next().value;

    const keep = (id: string, body: Body, { x, y }: Point, selected: boolean, fixed: boolean): FlowNode => {
      const old = kept.get(id);
      const tabIndex = id === stop ? 0 : -1;
      const isSame =
        old?.body === body &&
        old.node.position.x === x &&
        old.node.position.y === y &&
        old.node.selected === selected &&
        old.node.domAttributes?.tabIndex === tabIndex;
      const entry = isSame ? old : { body, node: makeNode(id, body, { x, y }, selected, fixed, tabIndex) };
      next.set(id, entry);
      return entry.node;
    };

    const selected = new Set(selection);
    const drawn = [...bodies].map(([id, body]) => {
      const place = moved.get(id) ?? state.document.layout.nodes[id] ?? ORIGIN;
      return keep(id, body, place, selected.has(id), false);
    });
    const ghosts = derived.map((item) => {
      const old = kept.get(item.node.id)?.body;
      const body = ghostBody(item);
      return keep(
        item.node.id,
        old && sameBody(old, body) ? old : body,
        item.rect,
        item.node.id === selectedDerived,
        true,
      );
    });
    kept = next;
    return [...drawn, ...ghosts];
  };
}

function makeNode(
  id: string,
  body: Body,
  position: Point,
  selected: boolean,
  fixed: boolean,
  tabIndex: number,
): FlowNode {
  return {
    id,
    ...body,
    position,
    measured: { width: body.width, height: body.height },
    selected,
    draggable: !fixed,
    connectable: !fixed,
    // A marquee can begin on a frame, which is held by its title.
    ...(body.type === 'frame' && {
      selectable: false,
      dragHandle: '.frame-title',
      style: { pointerEvents: 'none' as const },
    }),
    // The nodes are a tree that is walked along its wires: a role that may have the keyboard, and controls inside.
    ariaRole: 'treeitem',
    domAttributes: { tabIndex, 'aria-selected': selected },
  };
}
