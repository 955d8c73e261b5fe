import { useStoreApi } from '@xyflow/react';
import { type PointerEvent, useCallback } from 'react';
import { disconnectAll } from '../../commands/connect-list.ts';
import type { Point } from '../../store/create-editor.ts';
import { editor } from '../../store/editor.ts';
import type { FlowNode } from '../flow-nodes.ts';
import { wirePoints, wiresAcross } from '../wire-points.ts';
import { clearFeedback, feedback } from './feedback.ts';

const RIGHT = 2;

/** Cutting wires: a line drawn across them with the right button and Ctrl or ⌘. */
export function useCut() {
  const store = useStoreApi<FlowNode>();
  return useCallback(
    (event: PointerEvent<HTMLElement>) => {
      if (event.button !== RIGHT || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      event.stopPropagation();
      const line: Point[] = [editor.view.toCanvas({ x: event.clientX, y: event.clientY })];
      const follow = ({ clientX, clientY }: globalThis.PointerEvent) => {
        line.push(editor.view.toCanvas({ x: clientX, y: clientY }));
        feedback.setState({ cut: [...line] });
      };
      const stop = (ending: Event) => {
        window.removeEventListener('pointermove', follow);
        window.removeEventListener('pointerup', stop);
        window.removeEventListener('pointercancel', stop);
        clearFeedback();
        if (ending.type === 'pointercancel') return;
        const edges = Object.values(editor.document.getState().document.graph.edges);
        void disconnectAll.run(editor, { edges: wiresAcross(wirePoints(edges, store.getState().nodes), line) });
      };
      window.addEventListener('pointermove', follow);
      window.addEventListener('pointerup', stop);
      window.addEventListener('pointercancel', stop);
    },
    [store],
  );
}
