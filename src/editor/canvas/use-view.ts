/** Lends the editor the view of this canvas while it is mounted. */
import { getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import { focusFind } from '../find/focus-find.ts';
import { NO_VIEW, type Point, type View } from '../store/create-editor.ts';
import { editor } from '../store/editor.ts';
import { fitPadding } from './fit.ts';
import { rectOfNode } from './flow-edges.ts';
import type { FlowNode } from './flow-nodes.ts';
import { boundsOf, type Rect, rectOf } from './geometry.ts';
import { coversOf, cyclePort, panToSee } from './keyboard.ts';

/** A graph of a few nodes is not blown up. */
const MAX_ZOOM = 1.1;
const MIN_ZOOM = 0.05;
/** Until the canvas knows its new size. */
const RESIZE_MS = 60;

/** `nodes` as the flow has them: what was just opened can only be fitted once it is among them. */
export function useView(nodes: readonly FlowNode[], glide: View['glide']) {
  const flow = useReactFlow<FlowNode>();
  const store = useStoreApi();
  const pendingFit = useRef<(() => void) | null>(null);
  /** The document that was fitted last. */
  const seen = useRef(-1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new nodes are what a fit waits for
  useEffect(() => {
    pendingFit.current?.();
    pendingFit.current = null;
  }, [nodes]);

  const isEmpty = nodes.length === 0;
  useEffect(() => {
    const tree = store.getState().domNode?.querySelector('.react-flow__nodes');
    // Wires are told with the nodes they join.
    store.getState().domNode?.querySelector('.react-flow__edges')?.setAttribute('aria-hidden', 'true');
    const attributes = { role: 'tree', 'aria-label': 'Nodes', 'aria-multiselectable': 'true' };
    for (const [name, value] of Object.entries(attributes)) {
      // A tree without items is none.
      if (isEmpty) tree?.removeAttribute(name);
      else tree?.setAttribute(name, value);
    }
  }, [isEmpty, store]);

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
    const boxOf = () => element()?.getBoundingClientRect();
    const pointer = followPointer(element);
    /** Pans where a node that has the keyboard is out of sight or covered. */
    const keepInSight = (id: NodeId) => {
      const node = flow.getNode(id);
      const root = element();
      if (!node || !root) return;
      const zoom = flow.getZoom();
      const size = { width: (node.width ?? 0) * zoom, height: (node.height ?? 0) * zoom };
      const box = root.getBoundingClientRect();
      const padding = fitPadding(box, flow.getNodesBounds(flow.getNodes()), editor.ui.getState().panels.plots);
      const pan = panToSee({ ...flow.flowToScreenPosition(node.position), ...size }, box, coversOf(root), padding);
      const { x, y } = flow.getViewport();
      if (pan) void flow.setViewport({ x: x + pan.x, y: y + pan.y, zoom }, { duration: duration() });
    };
    const onFocusIn = ({ target }: FocusEvent) => {
      const node = target instanceof Element ? target.closest<HTMLElement>('.react-flow__node')?.dataset.id : undefined;
      if (node && target instanceof Element && target.matches(':focus-visible')) keepInSight(node);
    };
    const listening = element();
    listening?.addEventListener('focusin', onFocusIn);
    const view: View = {
      fit(wanted) {
        const some = wanted?.flatMap((id) => flow.getNode(id) ?? []);
        const show = () => {
          const { width, height } = store.getState();
          const bounds = boundsOf((some ?? flow.getNodes()).map(rectAtRest));
          if (!bounds) return;
          const sides = Object.entries(fitPadding({ width, height }, bounds, editor.ui.getState().panels.plots));
          const padding = Object.fromEntries(sides.map(([side, room]) => [side, `${room}px`]));
          const viewport = getViewportForBounds(bounds, width, height, MIN_ZOOM, MAX_ZOOM, padding);
          const { opened } = editor.document.getState();
          // Another drawing is not come to gliding: what would be on the way is not what was seen before.
          const length = opened === seen.current ? duration() : 0;
          seen.current = opened;
          void flow.setViewport(viewport, { ...(length > 0 && { duration: length }) });
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
        const box = boxOf();
        if (!box) return { x: 0, y: 0 };
        return flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
      },
      toCanvas: (point) => flow.screenToFlowPosition(point, { snapToGrid: false }),
      toPage: (point) => flow.flowToScreenPosition(point),
      cursor() {
        const point = pointer.last();
        return point && flow.screenToFlowPosition(point, { snapToGrid: false });
      },
      look: () => ({ ...view.center(), zoom: flow.getZoom() }),
      lookAt({ x, y, zoom }, atOnce = false) {
        // Where nothing moves, a transition of no length would still take a frame.
        const length = atOnce ? 0 : duration();
        void flow.setCenter(x, y, { zoom, ...(length > 0 && { duration: length }) });
      },
      glide,
      openMenu({ nodes: [node], edges: [edge] }) {
        const of = (kind: string, id: string) =>
          element()?.querySelector(`.react-flow__${kind}[data-id="${CSS.escape(id)}"]`);
        const active = element()?.contains(document.activeElement) ? document.activeElement : null;
        const port = active?.closest('.react-flow__handle');
        const target = port ?? (node ? of('node', node) : edge ? of('edge', edge) : null) ?? element();
        const box = target?.getBoundingClientRect();
        if (!target || !box) return;
        const point = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
        target.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...point }));
      },
      focusFind,
      focus(node) {
        if (node) keepInSight(node);
        const target = node ? `.react-flow__node[data-id="${CSS.escape(node)}"]` : '.react-flow__node[tabindex="0"]';
        const tryFocus = (frames: number) =>
          requestAnimationFrame(() => {
            const found = element()?.querySelector<HTMLElement>(target);
            if (found) found.focus({ preventScroll: true });
            // A node out of sight is mounted only once it has come in.
            else if (frames > 0) tryFocus(frames - 1);
          });
        tryFocus(20);
      },
      focusPort: (step) => cyclePort(element(), step),
    };
    editor.view = view;
    return () => {
      pointer.stop();
      listening?.removeEventListener('focusin', onFocusIn);
      if (editor.view === view) editor.view = NO_VIEW;
    };
  }, [flow, store, glide]);
}

/** Where a node belongs, even while it is still on its way there. */
function rectAtRest(node: FlowNode): Rect {
  const { document } = editor.document.getState();
  return document.graph.nodes[node.id] ? rectOf(document, editor.registry, node.id) : rectOfNode(node);
}

/** Where the mouse was last seen on the canvas; null once it left. */
function followPointer(element: () => HTMLElement | null) {
  let last: Point | null = null;
  const follow = (event: PointerEvent) => {
    const isOver = event.target instanceof Node && element()?.contains(event.target);
    if (event.pointerType === 'mouse') last = isOver ? { x: event.clientX, y: event.clientY } : null;
  };
  window.addEventListener('pointermove', follow, { passive: true });
  return { last: () => last, stop: () => window.removeEventListener('pointermove', follow) };
}
