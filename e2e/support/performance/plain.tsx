/** React Flow with its own nodes and nothing else: what the canvas is compared with. */
import '@xyflow/react/dist/style.css';
import {
  type Edge,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useEdgesState,
  useNodesState,
  useReactFlow,
} from '@xyflow/react';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { drag, pan, settled } from './gestures.ts';
import { places, wires } from './graph.ts';

const NODES: Node[] = places.map(({ id, x, y }) => ({ id, position: { x, y }, data: { label: id } }));
const EDGES: Edge[] = wires.map(({ source, target }, at) => ({ id: `e${at}`, source, target }));

function Plain() {
  const [nodes, setNodes, onNodesChange] = useNodesState<Node>([]);
  const [edges, setEdges, onEdgesChange] = useEdgesState<Edge>([]);
  const flow = useReactFlow();
  useEffect(() => {
    window.bench = {
      async open() {
        const begun = performance.now();
        setNodes(NODES);
        setEdges(EDGES);
        await settled();
        return performance.now() - begun;
      },
      lookAt: (x, y, zoom) => void flow.setCenter(x, y, { zoom }),
      pan,
      drag,
    };
  }, [flow, setNodes, setEdges]);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      panOnScroll
      minZoom={0.05}
    />
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root');
createRoot(root).render(
  <ReactFlowProvider>
    <Plain />
  </ReactFlowProvider>,
);
