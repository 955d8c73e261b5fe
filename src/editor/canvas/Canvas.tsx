import '@xyflow/react/dist/style.css';
import './canvas.css';
import './gestures/gestures.css';
import './access.css';
import {
  ConnectionLineType,
  type FinalConnectionState,
  type OnConnectStart,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
} from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand/react';
import { FindBar } from '../find/FindBar.tsx';
import { editor } from '../store/editor.ts';
import { useStale, useUi } from '../store/hooks.ts';
import { Breadcrumb } from './Breadcrumb.tsx';
import { CanvasMenu } from './CanvasMenu.tsx';
import { ConnectHint } from './ConnectHint.tsx';
import { createConnectionGuard } from './connection.ts';
import { DerivedNode } from './DerivedNode.tsx';
import { DerivedWires } from './DerivedWires.tsx';
import { FlowOverlay } from './FlowOverlay.tsx';
import { FrameNode } from './FrameNode.tsx';
import { selectEdges } from './flow-changes.ts';
import type { FlowEdge } from './flow-edges.ts';
import type { FlowNode } from './flow-nodes.ts';
import { GestureLines } from './GestureLines.tsx';
import { GRID } from './geometry.ts';
import { onClick, onDoubleClick, onFocus, onKeyDown, onPointerDown } from './gestures/clicks.ts';
import { onDragOver, onDrop } from './gestures/drop.ts';
import { forgetSpace, onSpaceDown, onSpaceUp } from './gestures/space-tap.ts';
import { useCut } from './gestures/use-cut.ts';
import { useDrag } from './gestures/use-drag.ts';
import { dropConnection, onConnect, onReconnect, onReconnectEnd } from './gestures/wiring.ts';
import { Lod } from './Lod.tsx';
import { NoteNode } from './NoteNode.tsx';
import { OpNode } from './OpNode.tsx';
import { Overview } from './Overview.tsx';
import { useFlow } from './use-flow.ts';
import { useMoved } from './use-moved.ts';
import { useView } from './use-view.ts';
import { ArrowHeads, Wire } from './Wire.tsx';

// New objects would make React Flow mount every node anew.
const NODE_TYPES = { op: OpNode, note: NoteNode, frame: FrameNode, derived: DerivedNode };
const EDGE_TYPES = { wire: Wire };
const SNAP: [number, number] = [GRID, GRID];
const MIDDLE_BUTTON = [1];
/** Above so many nodes, those out of sight are not mounted. */
const CULL_ABOVE = 150;

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
  const { moved, setMoved, glide } = useMoved();
  const { nodes, edges, wires } = useFlow(moved);
  const guard = useMemo(() => createConnectionGuard(editor, () => root.current), []);
  const forward = useUi((state) => state.layers.forward);
  const connecting = useUi((state) => state.connecting);
  const stale = useStale();
  useView(nodes, glide);

  useEffect(() => {
    if (connecting) guard.begin(connecting);
    else guard.end();
  }, [connecting, guard]);

  const { onNodesChange, onNodeDragStart, onNodeDrag } = useDrag(setMoved);
  const onCut = useCut();
  const isMouse = useStore(editor.canvas, (state) => state.pointer === 'mouse');

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
    <CanvasMenu>
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
        onKeyDownCapture={onSpaceDown}
        onKeyUp={onSpaceUp}
        onPointerDownCapture={onCut}
        onPointerDown={onPointerDown}
        onPointerUp={forgetSpace}
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
          onNodeDragStart={onNodeDragStart}
          onNodeDrag={onNodeDrag}
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
          panOnScroll={!isMouse}
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
          <GestureLines />
          <Overview nodes={nodes} />
          <Lod root={root} />
          <FlowOverlay nodes={nodes} edges={edges} />
        </ReactFlow>
        <ConnectHint />
        <Breadcrumb />
        <FindBar />
      </section>
    </CanvasMenu>
  );
}

const onInit = () => editor.view.fit();

const onEdgesChange: (changes: Parameters<typeof selectEdges>[1][number][]) => void = (changes) =>
  selectEdges(editor, changes);
