/** Putting nodes on wires. */
import type { EdgeId, GraphDocument, NodeId } from '../../compiler/document.ts';
import { nodeSize, portOffset, rectOf, snap } from '../canvas/geometry.ts';
import { type Fit, fitNodeOnWire, fitPort, fitWire } from '../fitting/fitting.ts';
import type { Editor, Point } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { inputPorts, NO_WIRES, outputPorts, reach, wiresOf } from '../store/graph-index.ts';
import { always, type Command } from './command.ts';
import { disconnectAll } from './connect-list.ts';
import { addNodeTo, connectPorts } from './graph-edits.ts';
import { placeOperator } from './modules.ts';
import { addNode } from './nodes.ts';

/** Room that wires need between two nodes. */
const GAP = 56;

/** The wire goes through the node; it keeps its place among the members of a variadic port. */
function putOnWire(draft: DocumentDraft, editor: Editor, edge: EdgeId, node: NodeId, { input, output }: Fit) {
  const wire = draft.graph.edges[edge];
  if (!wire || input === null || output === null) return;
  const source = { ...wire.source };
  const target = { ...wire.target };
  connectPorts(draft, editor.registry, { node, port: output }, target);
  connectPorts(draft, editor.registry, source, { node, port: input });
}

/** Moves what is computed from `target` on to the right, where the new node would lie on it. */
function makeRoom(draft: DocumentDraft, editor: Editor, target: NodeId, right: number) {
  const { document } = editor.document.getState();
  const end = document.layout.nodes[target];
  const shift = end ? snap(right + GAP - end.x) : 0;
  if (!end || shift <= 0) return;
  for (const id of reach(document.graph, editor.registry, target, 'down')) {
    const place = draft.layout.nodes[id];
    if (place && place.x >= end.x) place.x += shift;
  }
}

/** Halfway along the wire, with the input at the height of where the wire begins. */
function placeOnWire({ graph, layout }: GraphDocument, editor: Editor, edge: EdgeId, op: string, fit: Fit): Point {
  const wire = graph.edges[edge];
  const record = editor.registry.get(op);
  const { width } = nodeSize(inputPorts(record, NO_WIRES).length, record?.outputs.length ?? 1);
  const source = wire && rectOf({ graph, layout } as GraphDocument, editor.registry, wire.source.node);
  const target = wire && layout.nodes[wire.target.node];
  if (!wire || !source || !target) return { x: 0, y: 0 };
  const from = editor.registry.get(graph.nodes[wire.source.node]?.op ?? '');
  const port = outputPorts(from, wiresOf(graph.edges, wire.source.node)).indexOf(wire.source.port);
  const input = inputPorts(record, NO_WIRES).indexOf(fit.input ?? '');
  const right = source.x + source.width;
  const middle = target.x >= right ? (right + target.x - width) / 2 : right + GAP;
  return {
    x: snap(Math.max(right + GAP, middle)),
    y: snap(source.y + portOffset(Math.max(0, port)) - portOffset(Math.max(0, input))),
  };
}

/** Puts a new node on a wire. One that does not fit is not made. */
export const insertOperator: Command<{ readonly edge: EdgeId; readonly op: string; readonly at?: Point | null }> = {
  id: 'wire.insert-operator',
  label: 'Insert operator on wire',
  group: 'Create',
  enabled: always,
  run(editor, { edge, op, at }) {
    const state = editor.document.getState();
    const wire = state.document.graph.edges[edge];
    const fit = wire && fitWire(state, editor.registry, wire).get(op);
    if (!wire || !fit) return;
    const place = at
      ? { x: snap(at.x - nodeSize(1, 1).width / 2), y: snap(at.y - portOffset(0)) }
      : placeOnWire(state.document, editor, edge, op, fit);
    let id: NodeId = '';
    editor.document.apply(`Insert ${op}`, (draft) => {
      id = addNodeTo(draft, { op, ...place });
      putOnWire(draft, editor, edge, id, fit);
      makeRoom(draft, editor, wire.target.node, place.x + nodeSize(1, 1).width);
    });
    editor.ui.select([id]);
  },
};

/** Puts a drawn node on a wire, where it is now. */
export const insertNode: Command<{ readonly edge: EdgeId; readonly node: NodeId }> = {
  id: 'wire.insert-node',
  label: 'Insert node on wire',
  group: 'Create',
  enabled: always,
  run(editor, { edge, node }) {
    const state = editor.document.getState();
    const wire = state.document.graph.edges[edge];
    const fit = wire && fitNodeOnWire(state, editor.registry, node, wire);
    if (!wire || !fit) return;
    const { x, width } = rectOf(state.document, editor.registry, node);
    editor.document.apply('Insert on wire', (draft) => {
      putOnWire(draft, editor, edge, node, fit);
      makeRoom(draft, editor, wire.target.node, x + width);
    });
  },
};

/** Opens the search for an operator that goes onto the selected wire. */
export const startInsert: Command = {
  id: 'wire.insert',
  label: 'Insert into wire…',
  group: 'Create',
  shortcuts: ['I'],
  enabled: (editor) => editor.ui.getState().selection.edges.length === 1,
  run(editor) {
    const [edge = null] = editor.ui.getState().selection.edges;
    editor.canvas.set({ inserting: edge });
    editor.ui.openSearch();
  },
};

/** Operators that fit what the search was opened for, by name; null where any operator will do. */
export function fittingOperators(editor: Editor): ReadonlyMap<string, Fit> | null {
  const state = editor.document.getState();
  const { inserting } = editor.canvas.getState();
  const { connecting } = editor.ui.getState();
  const wire = inserting === null ? undefined : state.document.graph.edges[inserting];
  if (wire) return fitWire(state, editor.registry, wire);
  return connecting ? fitPort(state, editor.registry, connecting) : null;
}

/** Places what was searched for, wired to what the search was opened for. */
export const placeFitting: Command<{
  readonly op: string;
  readonly at?: Point | null;
  readonly fit?: Fit | undefined;
}> = {
  id: 'create.place-fitting',
  label: 'Place and wire',
  group: 'Create',
  enabled: always,
  run(editor, { op, at, fit }) {
    const { inserting } = editor.canvas.getState();
    editor.canvas.set({ inserting: null });
    if (inserting !== null && fit) return insertOperator.run(editor, { edge: inserting, op });
    if (!fit) return placeOperator.run(editor, { op, at });
    const port = fit.input ?? fit.output ?? undefined;
    return addNode.run(editor, { op, at, port, attributes: fit.attributes });
  },
};

/** Takes off all wires of the selected nodes. */
export const detach: Command = {
  id: 'wire.detach',
  label: 'Cut all wires',
  group: 'Edit',
  enabled: (editor) => wiresOfSelection(editor).length > 0,
  run: (editor) => disconnectAll.run(editor, { edges: wiresOfSelection(editor) }),
};

function wiresOfSelection(editor: Editor): EdgeId[] {
  const { edges } = editor.document.getState().document.graph;
  const found = editor.ui.getState().selection.nodes.flatMap((id) => {
    const { incoming, outgoing } = wiresOf(edges, id);
    return [...incoming, ...outgoing].map((edge) => edge.id);
  });
  return [...new Set(found)];
}
