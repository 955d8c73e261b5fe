import { memo, useEffect, useRef } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import type { StripVariant } from './painter.ts';
import { painter } from './painter-instance.ts';

interface StripProps {
  readonly node: NodeId;
  /** Output port; null for the node's first. */
  readonly port: string | null;
  readonly variant: StripVariant;
}

/** The living part of a node. React mounts the canvas; the painter alone draws on it. */
export const Strip = memo(function Strip({ node, port, variant }: StripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current) return;
    return painter.register({ element: canvas.current, node, port, variant });
  }, [node, port, variant]);
  return <canvas ref={canvas} className="node-strip" />;
});
