import '@xyflow/react/dist/style.css';
import './canvas.css';
import './access.css';
import {
  ConnectionLineType,
  type FinalConnectionState,
  type NodeChange,
  type OnConnectStart,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
} from '@xyflow/react';
import {
  type DragEvent,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { addNode, moveNodes } from '../commands/nodes.ts';
import { focusPane } from '../commands/panes.ts';
import { connect, connectTo, disconnect, reconnect } from '../commands/wires.ts';
import { openBlob } from '../persistence/documents.ts';
import type { Point } from '../store/create-editor.ts';
import { editor } from '../store/editor.ts';
import { useStale, useUi } from '../store/hooks.ts';
import { ConnectHint } from './ConnectHint.tsx';
import { createConnectionGuard } from './connection.ts';
import { DerivedNode } from './DerivedNode.tsx';
import { DerivedWires } from './DerivedWires.tsx';
import { FlowOverlay } from './FlowOverlay.tsx';
import { selectEdges, selectNodes } from './flow-changes.ts';
import type { FlowEdge } from './flow-edges.ts';
import type { FlowNode } from './flow-nodes.ts';
import { GRID, snap } from './geometry.ts';
import { onPortKey } from './keyboard.ts';
import { Lod } from './Lod.tsx';
import { NoteNode } from './NoteNode.tsx';
import { OpNode } from './OpNode.tsx';
import { Overview } from './Overview.tsx';
import { NOT_MOVED, useFlow } from './use-flow.ts';
import { useView } from './use-view.ts';
import { ArrowHeads, Wire } from './Wire.tsx';

// New objects would make React Flow mount every node anew.
const NODE_TYPES = { op: OpNode, note: NoteNode, derived: DerivedNode };
const EDGE_TYPES = { wire: Wire };
const SNAP: [number, number] = [GRID, GRID];
const MIDDLE_BUTTON = [1];
/** Above so many nodes, those out of sight are not mounted. */
const CULL_ABOVE = 150;
/** The palette drags an operator's name under this type. */
const OPERATOR = 'application/x-wiregrad-op';

/** The canvas: the document as nodes and wires, the layers derived from it, and every gesture that edits it. */
export function Canvas() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  );
}

function isCoarse(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches;
}

function Flow() {
  const root = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useState<ReadonlyMap<NodeId, Point>>(NOT_MOVED);
  const { nodes, edges, wires } = useFlow(moved);
  const guard = useMemo(() => createConnectionGuard(editor, () => root.current), []);
  const forward = useUi((state) => state.layers.forward);
  const connecting = useUi((state) => state.connecting);
  const stale = useStale();
  useView(nodes);

  useEffect(() => {
    if (connecting) guard.begin(connecting);
    else guard.end();
  }, [connecting, guard]);

  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
    selectNodes(editor, changes);
    const moves = changes.filter((change) => change.type === 'position');
    if (moves.length === 0) return;
    const places = moves.flatMap(({ id, position }) =>
      position ? [[id, { x: snap(position.x), y: snap(position.y) }] as const] : [],
    );
    // The document learns of a drag when it ends: one step, and nothing recomputed on the way.
    if (moves.some((change) => change.dragging)) return setMoved((old) => new Map([...old, ...places]));
    setMoved(NOT_MOVED);
    void moveNodes.run(editor, { places: Object.fromEntries(places) });
  }, []);

  const onConnectStart: OnConnectStart = useCallback(
    (_, { nodeId, handleType }) => {
      editor.ui.set({ connecting: null });
      if (nodeId && handleType) guard.begin({ node: nodeId, side: handleType });
    },
    [guard],
  );

  const onConnectEnd = useCallback(
    (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
      guard.end();
      if (state.isValid || !state.fromNode || !state.fromHandle?.id) return;
      dropConnection(event, {
        node: state.fromNode.id,
        port: state.fromHandle.id,
        side: state.fromHandle.type,
      });
    },
    [guard],
  );

  return (
    <section
      ref={root}
      aria-label="Canvas"
      tabIndex={-1}
      className="graph-canvas"
      data-canvas
      data-pane="canvas"
      data-forward={forward ? undefined : 'off'}
      data-stale={stale || undefined}
      onDoubleClick={onDoubleClick}
      onClick={onClick}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onPointerDown={onPointerDown}
      onDragOver={onDragOver}
      onDrop={onDrop}
    >
      <ArrowHeads />
      <ReactFlow<FlowNode, FlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onConnectStart={onConnectStart}
        onConnectEnd={onConnectEnd}
        onReconnect={onReconnect}
        onReconnectEnd={onReconnectEnd}
        isValidConnection={guard.isValid}
        connectOnClick={false}
        connectionLineType={ConnectionLineType.Bezier}
        connectionRadius={28}
        reconnectRadius={12}
        deleteKeyCode={null}
        disableKeyboardA11y
        edgesFocusable={false}
        selectionOnDrag={!isCoarse()}
        panOnDrag={isCoarse() || MIDDLE_BUTTON}
        panOnScroll
        zoomOnDoubleClick={false}
        nodeDragThreshold={2}
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        selectionKeyCode={null}
        selectionMode={SelectionMode.Partial}
        snapToGrid
        snapGrid={SNAP}
        minZoom={0.05}
        maxZoom={4}
        onInit={onInit}
        onlyRenderVisibleElements={nodes.length > CULL_ABOVE}
        elevateEdgesOnSelect={false}
        aria-label="Graph"
        proOptions={{ hideAttribution: true }}
      >
        <DerivedWires {...wires} />
        <Overview />
        <Lod root={root} />
        <FlowOverlay nodes={nodes} edges={edges} />
      </ReactFlow>
      <ConnectHint />
    </section>
  );
}

const onInit = () => editor.view.fit();

const onEdgesChange: (changes: Parameters<typeof selectEdges>[1][number][]) => void = (changes) =>
  selectEdges(editor, changes);

interface Ends {
  readonly source: string | null;
  readonly sourceHandle?: string | null;
  readonly target: string | null;
  readonly targetHandle?: string | null;
}

function endsOf({ source, sourceHandle, target, targetHandle }: Ends) {
  if (!source || !sourceHandle || !target || !targetHandle) return null;
  return { source: { node: source, port: sourceHandle }, target: { node: target, port: targetHandle } };
}

function onConnect(connection: Ends) {
  const ends = endsOf(connection);
  if (ends) void connect.run(editor, ends);
}

function onReconnect(edge: FlowEdge, connection: Ends) {
  const ends = endsOf(connection);
  if (ends) void reconnect.run(editor, { edge: edge.id, ...ends });
}

/** A wire whose end is dropped on nothing is taken off. */
function onReconnectEnd(
  _event: globalThis.MouseEvent | TouchEvent,
  edge: FlowEdge,
  _side: 'source' | 'target',
  state: FinalConnectionState,
) {
  if (!state.isValid && !state.toHandle) void disconnect.run(editor, { edge: edge.id });
}

function pointOf(event: globalThis.MouseEvent | TouchEvent): Point {
  const touch = 'changedTouches' in event ? event.changedTouches[0] : event;
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
}

function nodeAt(element: Element | null): NodeId | undefined {
  const id = element?.closest<HTMLElement>('.react-flow__node')?.dataset.id;
  return id && editor.document.getState().document.graph.nodes[id] ? id : undefined;
}

/** On a node: to its first free port. On the empty canvas: the search, whose operator is wired at once. */
function dropConnection(
  event: globalThis.MouseEvent | TouchEvent,
  from: { readonly node: NodeId; readonly port: string; readonly side: 'source' | 'target' },
) {
  const point = pointOf(event);
  const under = document.elementFromPoint(point.x, point.y);
  const node = nodeAt(under);
  if (node === from.node) return;
  editor.ui.set({ connecting: from });
  if (node) void connectTo.run(editor, { node });
  else if (under?.classList.contains('react-flow__pane')) editor.ui.openSearch(editor.view.toCanvas(point));
  else editor.ui.set({ connecting: null });
}

function onDoubleClick(event: MouseEvent<HTMLElement>) {
  const target = event.target as Element;
  const node = nodeAt(target);
  if (target.closest('.node-name') && node) editor.ui.set({ renaming: node });
  else if (node) editor.ui.showTab('inspect');
  else if (target.classList.contains('react-flow__pane')) {
    editor.ui.openSearch(editor.view.toCanvas({ x: event.clientX, y: event.clientY }));
  }
}

/** Connecting without dragging: click a port, then another port, or a node. */
function onClick(event: MouseEvent<HTMLElement>) {
  const target = event.target as Element;
  const port = target.closest<HTMLElement>('.react-flow__handle');
  const { connecting, dialog } = editor.ui.getState();
  const { nodeid, handleid } = port?.dataset ?? {};
  if (!port || !nodeid || !handleid) {
    // The end of a drag is a click too: with the search open, the connection goes on there.
    if (connecting && !dialog && target.classList.contains('react-flow__pane')) editor.ui.set({ connecting: null });
    return;
  }
  const side = port.classList.contains('source') ? 'source' : 'target';
  const here = { node: nodeid, port: handleid };
  if (!connecting || connecting.side === side) editor.ui.set({ connecting: { ...here, side } });
  else if (side === 'target') void connect.run(editor, { source: connecting, target: here });
  else void connect.run(editor, { source: here, target: connecting });
}

/** Enter selects the node that has the keyboard, or ends a connection at it. Space adds it to the selection. */
function onKeyDown(event: KeyboardEvent<HTMLElement>) {
  const element = event.target as HTMLElement;
  if (onPortKey(event) || !element.classList.contains('react-flow__node')) return;
  const id = element.dataset.id ?? '';
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  if (!nodeAt(element)) return editor.ui.selectDerived(id);
  const { connecting, selection } = editor.ui.getState();
  if (connecting) void connectTo.run(editor, { node: id });
  else if (event.key === 'Enter') {
    editor.ui.select([id]);
    editor.ui.showTab('inspect');
    focusPane('inspector');
  } else {
    const others = selection.nodes.filter((other) => other !== id);
    editor.ui.select(others.length < selection.nodes.length ? others : [...others, id]);
  }
}

/** A click anywhere on the canvas gives it the keyboard; nodes and fields take it themselves. */
function onPointerDown(event: PointerEvent<HTMLElement>) {
  if (!event.currentTarget.contains(document.activeElement)) event.currentTarget.focus({ preventScroll: true });
}

/** Coming to the canvas by keyboard selects the node that is there, so that keys have something to work on. */
function onFocus(event: FocusEvent<HTMLElement>) {
  const element = event.target as HTMLElement;
  if (!element.matches('.react-flow__node:focus-visible') || editor.ui.getState().connecting) return;
  const node = nodeAt(element);
  if (node && !editor.ui.getState().selection.nodes.includes(node)) editor.ui.select([node]);
}

function onDragOver(event: DragEvent<HTMLElement>) {
  const { types } = event.dataTransfer;
  if (!types.includes(OPERATOR) && !types.includes('Files')) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'copy';
}

function onDrop(event: DragEvent<HTMLElement>) {
  const op = event.dataTransfer.getData(OPERATOR);
  const [file] = event.dataTransfer.files;
  if (!op && !file) return;
  event.preventDefault();
  if (op) void addNode.run(editor, { op, at: editor.view.toCanvas({ x: event.clientX, y: event.clientY }) });
  else if (file) void openBlob(editor, file);
}
