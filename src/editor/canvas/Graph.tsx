import {
  ConnectionLineType,
  type FinalConnectionState,
  type OnConnectStart,
  ReactFlow,
  SelectionMode,
  useStoreApi,
} from '@xyflow/react';
import { type RefObject, useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand/react';
import { editor } from '../store/editor.ts';
import { useUi } from '../store/hooks.ts';
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
import { useDrag } from './gestures/use-drag.ts';
import { dropConnection, onConnect, onReconnect, onReconnectEnd } from './gestures/wiring.ts';
import { Lod } from './Lod.tsx';
import { level } from './level.ts';
import { Minimap } from './Minimap.tsx';
import { NoteNode } from './NoteNode.tsx';
import { OpNode } from './OpNode.tsx';
import { useFlow } from './use-flow.ts';
import { useMoved } from './use-moved.ts';
import { useView } from './use-view.ts';
import { Wire } from './Wire.tsx';
import { ZoomControls } from './ZoomControls.tsx';

// New objects would make React Flow mount every node anew.
const NODE_TYPES = { op: OpNode, note: NoteNode, frame: FrameNode, derived: DerivedNode };
const EDGE_TYPES = { wire: Wire };
const SNAP: [number, number] = [GRID, GRID];
const MIDDLE_BUTTON = [1];
const MORE_KEYS = ['Shift', 'Meta', 'Control'];
const PRO_OPTIONS = { hideAttribution: true };
/** Above so many nodes, those out of sight are not mounted. */
const CULL_ABOVE = 150;
/** Unless most are in sight: panning such graphs mounts and drops nothing then. Of more nodes than these, any that need not be are not. */
const CULL_ALWAYS = 2000;

function isCoarse(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches;
}

/**
 * Sizes and ports are given with the nodes (flow-nodes.ts). React Flow would measure them all the same, find no ports where
 * nodes are drawn too small to have any, and drop their wires. It asks for this function once, before it first renders.
 */
function useGivenSizes() {
  const store = useStoreApi();
  useState(() => store.setState({ updateNodeInternals: () => {} }));
}

interface GraphProps {
  /** The canvas around it. */
  readonly root: RefObject<HTMLElement | null>;
}

/** What React Flow shows. Each frame of a drag renders this component, so that nothing is in it that has no part in drags. */
export function Graph({ root }: GraphProps) {
  useGivenSizes();
  const { moved, setMoved, glide } = useMoved();
  const { nodes, edges, wires } = useFlow(moved);
  const guard = useMemo(() => createConnectionGuard(editor, () => root.current), [root]);
  const connecting = useUi((state) => state.connecting);
  useView(nodes, glide);

  useEffect(() => {
    if (connecting) guard.begin(connecting);
    else guard.end();
  }, [connecting, guard]);

  const { onNodesChange, onNodeDragStart, onNodeDrag } = useDrag(setMoved);
  const whole = useStore(level, (state) => state.whole);
  const minimap = useStore(editor.canvas, (state) => state.minimap);
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
      multiSelectionKeyCode={MORE_KEYS}
      selectionKeyCode={null}
      selectionMode={SelectionMode.Partial}
      snapToGrid
      snapGrid={SNAP}
      minZoom={0.05}
      maxZoom={4}
      onInit={onInit}
      onlyRenderVisibleElements={nodes.length > (whole ? CULL_ALWAYS : CULL_ABOVE)}
      elevateEdgesOnSelect={false}
      aria-label="Graph"
      proOptions={PRO_OPTIONS}
    >
      <DerivedWires {...wires} />
      <GestureLines />
      {minimap && <Minimap nodes={nodes} />}
      <ZoomControls />
      <Lod root={root} />
      <FlowOverlay nodes={nodes} edges={edges} />
    </ReactFlow>
  );
}

const onInit = () => editor.view.fit();

const onEdgesChange: (changes: Parameters<typeof selectEdges>[1][number][]) => void = (changes) =>
  selectEdges(editor, changes);
