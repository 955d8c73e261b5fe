/** Lends the editor the view of this canvas while it is mounted. */
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { NO_VIEW, type View } from '../store/create-editor.ts';
import { editor } from '../store/editor.ts';
import type { FlowNode } from './flow-nodes.ts';

/** Room for the transport bar below, and for wires that swing out at the sides. */
const PADDING = { top: '40px', right: '48px', bottom: '112px', left: '48px' } as const;

/** A graph of a few nodes is not blown up. */
const MAX_ZOOM = 1.1;

export const FIT_OPTIONS = { padding: PADDING, maxZoom: MAX_ZOOM, minZoom: 0.05 };

export function useView() {
  const flow = useReactFlow<FlowNode>();
  const store = useStoreApi();
  useEffect(() => {
    const duration = () => (editor.ui.getState().motion ? 180 : 0);
    const element = () => store.getState().domNode;
    const view: View = {
      fit(nodes) {
        const some = nodes?.map((id) => ({ id }));
        // What was just opened or added reaches the flow with the next frame.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => void flow.fitView({ ...FIT_OPTIONS, nodes: some, duration: duration() })),
        );
      },
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: duration() }),
      center() {
        const box = element()?.getBoundingClientRect();
        if (!box) return { x: 0, y: 0 };
        return flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
      },
      toCanvas: (point) => flow.screenToFlowPosition(point, { snapToGrid: false }),
      focus(node) {
        const target = node ? `.react-flow__node[data-id="${CSS.escape(node)}"]` : '.react-flow__node[tabindex="0"]';
        requestAnimationFrame(() => element()?.querySelector<HTMLElement>(target)?.focus({ preventScroll: true }));
      },
    };
    editor.view = view;
    return () => {
      if (editor.view === view) editor.view = NO_VIEW;
    };
  }, [flow, store]);
}
