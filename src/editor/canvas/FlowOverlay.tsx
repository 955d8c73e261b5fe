import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { editor } from '../store/editor.ts';
import { type FlowEdge, labelBox, rectOfNode, wireRoute } from './flow-edges.ts';
import type { FlowNode } from './flow-nodes.ts';
import { createParticles, makeStream, type Scene, type Stream, VISIBLE_ZOOM } from './flow-particles.ts';
import type { Rect } from './geometry.ts';
import { painter } from './painter-instance.ts';

interface FlowOverlayProps {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

const NO_SCENE: Scene = { streams: [], covers: [] };

interface Moving {
  readonly edge: FlowEdge;
  readonly source: FlowNode | undefined;
  readonly target: FlowNode | undefined;
  readonly stream: Stream;
  /** Of its label. */
  readonly cover: readonly Rect[];
}

/** Makes scenes; wires between nodes that stayed where they were are kept. */
function createScenes(): (props: FlowOverlayProps) => Scene {
  let kept = new Map<string, Moving>();
  return ({ nodes, edges }) => {
    const drawn = editor.document.getState().document.graph.edges;
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const next: typeof kept = new Map();
    for (const edge of edges) {
      const { id, data } = edge;
      const [source, target] = [byId.get(edge.source), byId.get(edge.target)];
      const old = kept.get(id);
      if (old && old.edge === edge && old.source === source && old.target === target) {
        next.set(id, old);
        continue;
      }
      const end = drawn[id];
      const way = end && data && !data.wrong ? wireRoute(end, byId) : null;
      if (!way || !data) continue;
      const cover = data.label === null ? [] : [labelBox(way.route, data.label)];
      next.set(id, { edge, source, target, stream: makeStream(way.route, data.role), cover });
    }
    kept = next;
    const moving = [...next.values()];
    return {
      streams: moving.map(({ stream }) => stream),
      covers: [...nodes.map(rectOfNode), ...moving.flatMap(({ cover }) => cover)],
    };
  };
}

/** The canvas that flow along wires is painted on, over all nodes and out of the pointer's way. */
export function FlowOverlay({ nodes, edges }: FlowOverlayProps) {
  const flow = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  // Made when it is first painted: while nothing runs, dragging pays nothing for it.
  const scene = useRef<() => Scene>(() => NO_SCENE);
  const [makeScene] = useState(createScenes);
  useEffect(() => {
    let made: Scene | null = null;
    scene.current = () => {
      made ??= makeScene({ nodes, edges });
      return made;
    };
  }, [nodes, edges, makeScene]);
  useEffect(() => {
    const remove = painter.addLayer(
      createParticles({
        element: () => canvas.current,
        isActive: () =>
          editor.session.getState().phase === 'running' &&
          editor.ui.getState().motion &&
          flow.getState().transform[2] >= VISIBLE_ZOOM,
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
