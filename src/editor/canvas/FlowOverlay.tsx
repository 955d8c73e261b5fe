import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { editor } from '../store/editor.ts';
import { createParticles, type Stream } from './flow-particles.ts';
import type { Rect } from './geometry.ts';
import { painter } from './painter-instance.ts';

interface FlowOverlayProps {
  readonly streams: readonly Stream[];
  readonly nodes: readonly Rect[];
}

/** The canvas that flow along wires is painted on, over all nodes and out of the pointer's way. */
export function FlowOverlay(props: FlowOverlayProps) {
  const flow = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  const current = useRef(props);
  current.current = props;
  useEffect(() => {
    const remove = painter.addLayer(
      createParticles({
        element: () => canvas.current,
        isActive: () => editor.session.getState().phase === 'running' && editor.ui.getState().motion,
        streams: () => current.current.streams,
        nodes: () => current.current.nodes,
        viewport: () => {
          const [x, y, zoom] = flow.getState().transform;
          return { x, y, zoom };
        },
      }),
    );
    const wake = () => painter.refresh();
    const stops = [
      editor.session.subscribe((state, old) => state.phase !== old.phase && wake()),
      editor.ui.subscribe((state, old) => state.motion !== old.motion && wake()),
    ];
    return () => {
      remove();
      for (const stop of stops) stop();
    };
  }, [flow]);
  return <canvas ref={canvas} className="flow-overlay" />;
}
