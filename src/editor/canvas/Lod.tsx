import { useStoreApi } from '@xyflow/react';
import { type RefObject, useLayoutEffect } from 'react';
import { level } from './level.ts';

/**
 * Level of detail as an attribute of the canvas: `block` below 0.4, `node` below 0.8, `full` above. It is known before React
 * draws what has come into sight, so that nothing is made that is dropped at once.
 */
export function Lod({ root }: { readonly root: RefObject<HTMLElement | null> }) {
  const flow = useStoreApi();
  useLayoutEffect(() => {
    const apply = ({ transform }: { readonly transform: readonly [number, number, number] }) => {
      const [, , zoom] = transform;
      const block = zoom < 0.4;
      if (level.getState().block !== block) level.setState({ block });
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
