import { useStoreApi } from '@xyflow/react';
import { type RefObject, useLayoutEffect } from 'react';
import { rectOfNode } from './flow-edges.ts';
import type { FlowNode } from './flow-nodes.ts';
import { boundsOf, type Rect } from './geometry.ts';
import { level } from './level.ts';

/** Above the first share of the graph in sight it counts as the whole, until less than the second is. */
const WHOLE = 0.5;
const PART = 0.3;

type FlowState = ReturnType<ReturnType<typeof useStoreApi<FlowNode>>['getState']>;

/** Makes the function that says which share of the graph's area is in sight. */
function createShare() {
  let nodes: readonly FlowNode[] = [];
  let bounds: Rect | null = null;
  return (state: FlowState): number => {
    if (state.nodes !== nodes) {
      nodes = state.nodes;
      bounds = boundsOf(nodes.map(rectOfNode));
    }
    if (!bounds) return 0;
    const [x, y, zoom] = state.transform;
    const across = Math.min(bounds.x + bounds.width, (state.width - x) / zoom) - Math.max(bounds.x, -x / zoom);
    const down = Math.min(bounds.y + bounds.height, (state.height - y) / zoom) - Math.max(bounds.y, -y / zoom);
    return (Math.max(0, across) * Math.max(0, down)) / (bounds.width * bounds.height);
  };
}

/**
 * Level of detail as an attribute of the canvas: `block` below 0.4, `node` below 0.8, `full` above. It is known before React
 * draws what has come into sight, so that nothing is made that is dropped at once.
 */
export function Lod({ root }: { readonly root: RefObject<HTMLElement | null> }) {
  const flow = useStoreApi<FlowNode>();
  useLayoutEffect(() => {
    const shareOf = createShare();
    const apply = (state: FlowState) => {
      const [, , zoom] = state.transform;
      const block = zoom < 0.4;
      const now = level.getState();
      const whole = shareOf(state) > (now.whole ? PART : WHOLE);
      if (now.block !== block || now.whole !== whole) level.setState({ block, whole });
      // So small, the ends of wires cannot be taken hold of, and there are many.
      if (flow.getState().edgesReconnectable === block) flow.setState({ edgesReconnectable: !block });
      const detail = block ? 'block' : zoom < 0.8 ? 'node' : 'full';
      if (root.current && root.current.dataset.lod !== detail) root.current.dataset.lod = detail;
    };
    apply(flow.getState());
    return flow.subscribe(apply);
  }, [flow, root]);
  return null;
}
