import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { editor } from '../store/editor.ts';
import { type FlowEdge, labelBox, rectOfNode, wireRoute } from './flow-edges.ts';
import type { FlowNode } from './flow-nodes.ts';
import { createParticles, makeStream, type Scene } from './flow-particles.ts';
import { painter } from './painter-instance.ts';

interface FlowOverlayProps {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

function makeScene({ nodes, edges }: FlowOverlayProps): Scene {
  const drawn = editor.document.getState().document.graph.edges;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const moving = edges.flatMap(({ id, data }) => {
    const edge = drawn[id];
    const way = edge && wireRoute(edge, byId);
    return way && data && !data.wrong ? [{ ...way, ...data }] : [];
  });
  return {
    streams: moving.map(({ route, role }) => makeStream(route, role)),
    covers: [
      ...nodes.map(rectOfNode),
      ...moving.flatMap(({ route, label }) => (label === null ? [] : [labelBox(route, label)])),
    ],
  };
}

/** The canvas that flow along wires is painted on, over all nodes and out of the pointer's way. */
export function FlowOverlay({ nodes, edges }: FlowOverlayProps) {
  const flow = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  // Made when it is first painted: while nothing runs, dragging pays nothing for it.
  const scene = useRef<() => Scene>(() => makeScene({ nodes: [], edges: [] }));
  useEffect(() => {
    let made: Scene | null = null;
    scene.current = () => {
      made ??= makeScene({ nodes, edges });
      return made;
    };
  }, [nodes, edges]);
  useEffect(() => {
    const remove = painter.addLayer(
      createParticles({
        element: () => canvas.current,
        isActive: () => editor.session.getState().phase === 'running' && editor.ui.getState().motion,
        scene: () => scene.current(),
        viewport: () => {
          const [x, y, zoom] = flow.getState().transform;
          return { x, y, zoom };
        },
      }),
    );
    const stops = [
      editor.session.subscribe((state, old) => state.phase !== old.phase && painter.refresh()),
      editor.ui.subscribe((state, old) => state.motion !== old.motion && painter.refresh()),
    ];
    return () => {
      remove();
      for (const stop of stops) stop();
    };
  }, [flow]);
  return <canvas ref={canvas} className="flow-overlay" />;
}
