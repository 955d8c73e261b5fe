/** Lends the editor the view of this canvas while it is mounted. */
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { NO_VIEW, type View } from '../store/create-editor.ts';
import { editor } from '../store/editor.ts';
import { fitPadding } from './fit.ts';
import type { FlowNode } from './flow-nodes.ts';

/** A graph of a few nodes is not blown up. */
const MAX_ZOOM = 1.1;
const MIN_ZOOM = 0.05;
/** Until the canvas knows its new size. */
const RESIZE_MS = 60;

/** `nodes` as the flow has them: what was just opened can only be fitted once it is among them. */
export function useView(nodes: readonly FlowNode[]) {
  const flow = useReactFlow<FlowNode>();
  const store = useStoreApi();
  const pendingFit = useRef<(() => void) | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new nodes are what a fit waits for
  useEffect(() => {
    pendingFit.current?.();
    pendingFit.current = null;
  }, [nodes]);

  // A layer that appears is to be seen.
  useEffect(
    () =>
      editor.ui.subscribe(({ layers }, old) => {
        if ((layers.backward && !old.layers.backward) || (layers.update && !old.layers.update)) editor.view.fit();
      }),
    [],
  );

  // The compiler's panel takes room from below; the graph moves into what is left.
  useEffect(
    () =>
      editor.ui.subscribe(({ panels }, old) => {
        if (panels.compiler !== old.panels.compiler) setTimeout(() => editor.view.fit(), RESIZE_MS);
      }),
    [],
  );

  useEffect(() => {
    const duration = () => (editor.ui.getState().motion ? 180 : 0);
    const element = () => store.getState().domNode;
    const view: View = {
      fit(wanted) {
        const some = wanted?.flatMap((id) => flow.getNode(id) ?? []);
        const show = () => {
          const { width, height } = store.getState();
          const bounds = flow.getNodesBounds(some ?? flow.getNodes());
          const sides = Object.entries(fitPadding({ width, height }, bounds, editor.ui.getState().panels.plots));
          const padding = Object.fromEntries(sides.map(([side, room]) => [side, `${room}px`]));
          void flow.fitView({ padding, minZoom: MIN_ZOOM, maxZoom: MAX_ZOOM, nodes: some, duration: duration() });
        };
        pendingFit.current = show;
        // Where nothing changed there are no new nodes to wait for.
        requestAnimationFrame(() => {
          if (pendingFit.current !== show) return;
          pendingFit.current = null;
          show();
        });
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
