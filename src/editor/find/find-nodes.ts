/** Nodes that a query finds, in reading order. */
import type { NodeId } from '../../compiler/document.ts';
import { PROBE_STATS, type ProbeEntry } from '../../compiler/plan.ts';
import { portKey } from '../../compiler/result.ts';
import type { ProbeView } from '../../runtime/telemetry-hub.ts';
import type { Editor } from '../store/create-editor.ts';
import { outputPorts, wiresOf } from '../store/graph-index.ts';
import type { Facts, Query, Stats } from './query.ts';

export interface Values {
  view(node: NodeId, of: ProbeEntry['of']): ProbeView | null;
}

function statsOf(view: ProbeView | null): Stats | null {
  return view && (Object.fromEntries(PROBE_STATS.map((name, at) => [name, view.stats[at] ?? Number.NaN])) as Stats);
}

export function factsOf(editor: Editor, values: Values, id: NodeId): Facts {
  const { document, check } = editor.document.getState();
  const { nodes, edges } = document.graph;
  const node = nodes[id];
  const record = editor.registry.get(node?.op ?? '');
  return {
    op: node?.op ?? '',
    name: node?.name ?? '',
    aliases: record?.aliases ?? [],
    types: outputPorts(record, wiresOf(edges, id)).flatMap((port) => check.types.get(portKey(id, port)) ?? []),
    value: statsOf(values.view(id, 'value')),
    gradient: statsOf(values.view(id, 'gradient')),
  };
}

export function findNodes(editor: Editor, values: Values, query: Query): NodeId[] {
  const { graph, layout } = editor.document.getState().document;
  const place = (id: NodeId) => layout.nodes[id] ?? { x: 0, y: 0 };
  return Object.keys(graph.nodes)
    .filter((id) => query.matches(factsOf(editor, values, id)))
    .sort((a, b) => place(a).x - place(b).x || place(a).y - place(b).y);
}
