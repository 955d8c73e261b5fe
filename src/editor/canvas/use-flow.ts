/** The document, the derived layers and the selection as React Flow takes them. */
import { useMemo, useState } from 'react';
import type { NodeId } from '../../compiler/document.ts';
import type { Point } from '../store/create-editor.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useSession, useUi } from '../store/hooks.ts';
import { layoutDerived } from './derived-layout.ts';
import { derivedWires } from './derived-wires.ts';
import { createFlowEdges } from './flow-edges.ts';
import { createFlowNodes } from './flow-nodes.ts';
import { type Rect, rectOf } from './geometry.ts';

/** No node is being dragged. */
export const NOT_MOVED: ReadonlyMap<NodeId, Point> = new Map();

const { registry } = editor;

export function useFlow(moved: ReadonlyMap<NodeId, Point>) {
  const state = useDocumentState((value) => value);
  const selection = useUi((value) => value.selection);
  const selectedDerived = useUi((value) => value.selectedDerived);
  const layers = useUi((value) => value.layers);
  const derived = useSession((value) => value.derived);
  const [makeNodes] = useState(() => createFlowNodes(registry));
  const [makeEdges] = useState(() => createFlowEdges(registry));

  const hasGhosts = derived.nodes.length > 0;
  const rects = useMemo(() => {
    const result = new Map<NodeId, Rect>();
    if (!hasGhosts) return result;
    for (const [id, node] of Object.entries(state.document.graph.nodes)) {
      if (registry.get(node.op)?.kind === 'note') continue;
      result.set(id, { ...rectOf(state.document, registry, id), ...moved.get(id) });
    }
    return result;
  }, [state.document, moved, hasGhosts]);
  const ghosts = useMemo(() => layoutDerived(derived, rects, layers), [derived, rects, layers]);
  const wires = useMemo(() => derivedWires(derived, ghosts, rects, layers), [derived, ghosts, rects, layers]);
  const nodes = useMemo(
    () => makeNodes({ state, selection: selection.nodes, moved, derived: ghosts, selectedDerived }),
    [makeNodes, state, selection.nodes, moved, ghosts, selectedDerived],
  );
  const edges = useMemo(
    () => makeEdges({ state, selection: selection.edges, nodes }),
    [makeEdges, state, selection.edges, nodes],
  );
  return { nodes, edges, wires };
}
