import { type NodeChange, type OnNodeDrag, useStoreApi } from '@xyflow/react';
import { useCallback, useRef } from 'react';
import type { NodeId } from '../../../compiler/document.ts';
import type { Point } from '../../store/create-editor.ts';
import { editor } from '../../store/editor.ts';
import { selectNodes } from '../flow-changes.ts';
import type { FlowNode } from '../flow-nodes.ts';
import { NOT_MOVED } from '../use-flow.ts';
import { beginDrag, type Drag, type Held } from './drag.ts';
import { clearFeedback, feedback } from './feedback.ts';
import { markWire } from './mark-wire.ts';

/** Dragging nodes: with Alt copies of them. The document learns of a drag when it ends. */
export function useDrag(setMoved: (moved: ReadonlyMap<NodeId, Point>) => void) {
  const store = useStoreApi<FlowNode>();
  const drag = useRef<Drag | null>(null);
  const held = useRef<Held | null>(null);
  const copying = useRef(false);

  const onNodeDragStart: OnNodeDrag<FlowNode> = useCallback(
    (event, _, dragged) => {
      const { nodes, transform, width, height, domNode } = store.getState();
      const [x, y, zoom] = transform;
      const sight = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
      drag.current = beginDrag(editor, { ids: dragged.map(({ id }) => id), nodes, sight, zoom });
      held.current = null;
      copying.current = event.altKey;
      domNode?.toggleAttribute('data-copying', event.altKey);
    },
    [store],
  );

  const onNodeDrag: OnNodeDrag<FlowNode> = useCallback(
    (event) => {
      if (copying.current === event.altKey) return;
      copying.current = event.altKey;
      store.getState().domNode?.toggleAttribute('data-copying', event.altKey);
    },
    [store],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      selectNodes(editor, changes);
      const moves = changes.filter((change) => change.type === 'position');
      if (moves.length === 0) return;
      const raw = new Map(moves.flatMap(({ id, position }) => (position ? [[id, position] as const] : [])));
      const { domNode } = store.getState();
      if (moves.some(({ dragging }) => dragging)) {
        held.current = drag.current?.move(raw, copying.current) ?? { places: raw, guides: [], wire: null };
        const { places, guides, wire } = held.current;
        const copies = copying.current;
        markWire(domNode, copies ? null : wire);
        setMoved(copies ? NOT_MOVED : places);
        const ghosts = copies ? (drag.current?.rectsAt(places) ?? []) : [];
        if (guides.length + ghosts.length > 0) feedback.setState({ guides, ghosts });
        else clearFeedback();
        return;
      }
      const last = held.current;
      markWire(domNode, null);
      domNode?.removeAttribute('data-copying');
      clearFeedback();
      setMoved(NOT_MOVED);
      if (last) drag.current?.drop(last, copying.current);
      drag.current = null;
      held.current = null;
      copying.current = false;
    },
    [setMoved, store],
  );

  return { onNodeDragStart, onNodeDrag, onNodesChange };
}
