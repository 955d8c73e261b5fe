import { useStore } from '@xyflow/react';
import { type RefObject, useEffect } from 'react';

/**
 * Level of detail as an attribute of the canvas: `block` below 0.4, `node` below 0.8, `full` above. Styles hide what
 * cannot be read, so that crossing a limit renders no node.
 */
export function Lod({ root }: { readonly root: RefObject<HTMLElement | null> }) {
  const isBlock = useStore((state) => state.transform[2] < 0.4);
  const isNode = useStore((state) => state.transform[2] < 0.8);
  useEffect(() => {
    if (root.current) root.current.dataset.lod = isBlock ? 'block' : isNode ? 'node' : 'full';
  }, [root, isBlock, isNode]);
  return null;
}
