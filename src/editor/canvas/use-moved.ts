/** Places of nodes that are not those of the document: while they are dragged, and while they glide to where they belong. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import type { Point } from '../store/create-editor.ts';
import { editor } from '../store/editor.ts';
import { NOT_MOVED } from './use-flow.ts';

const GLIDE_MS = 160;
/** More nodes than these jump: each frame of a glide renders them all. */
const GLIDING = 300;

const ease = (t: number) => 1 - (1 - t) ** 3;

export function useMoved() {
  const [moved, setMoved] = useState<ReadonlyMap<NodeId, Point>>(NOT_MOVED);
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  /** Called before the document changes; the places are those of before. */
  const glide = useCallback((from: Readonly<Record<NodeId, Point>>) => {
    const starts = Object.entries(from);
    cancelAnimationFrame(frame.current);
    if (!editor.ui.getState().motion || starts.length === 0 || starts.length > GLIDING) return;
    setMoved(new Map(starts));
    const begun = performance.now();
    const step = () => {
      const t = (performance.now() - begun) / GLIDE_MS;
      if (t >= 1) return setMoved(NOT_MOVED);
      const { nodes } = editor.document.getState().document.layout;
      const between = ({ x, y }: Point, to: Point) => ({ x: x + (to.x - x) * ease(t), y: y + (to.y - y) * ease(t) });
      setMoved(new Map(starts.flatMap(([id, start]) => (nodes[id] ? [[id, between(start, nodes[id])] as const] : []))));
      frame.current = requestAnimationFrame(step);
    };
    frame.current = requestAnimationFrame(step);
  }, []);

  return { moved, setMoved, glide };
}
