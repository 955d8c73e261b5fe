import type { DocumentEdge, DocumentNode, NodeId, Places } from '../document.ts';

const COLUMN = 260;
const ROW = 130;

/** Nodes in columns by how far they are from the inputs; sources beside what they feed. The editor lays out finer. */
export function arrange(
  nodes: Readonly<Record<NodeId, DocumentNode>>,
  edges: Readonly<Record<string, DocumentEdge>>,
): Places {
  const depth = new Map<NodeId, number>();
  const users = new Map<NodeId, NodeId[]>();
  const waiting = new Map<NodeId, number>(Object.keys(nodes).map((id) => [id, 0]));
  for (const { source, target } of Object.values(edges)) {
    const list = users.get(source.node);
    if (list) list.push(target.node);
    else users.set(source.node, [target.node]);
    waiting.set(target.node, (waiting.get(target.node) ?? 0) + 1);
  }
  const ready = [...waiting].filter(([, count]) => count === 0).map(([id]) => id);
  for (let at = 0; at < ready.length; at++) {
    const id = ready[at] as NodeId;
    const own = depth.get(id) ?? 0;
    depth.set(id, own);
    for (const user of users.get(id) ?? []) {
      depth.set(user, Math.max(depth.get(user) ?? 0, own + 1));
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  for (const id of ready) {
    if (nodes[id]?.op !== 'Parameter' && nodes[id]?.op !== 'Constant') continue;
    const first = (users.get(id) ?? []).reduce(
      (least, user) => Math.min(least, depth.get(user) ?? 0),
      Number.POSITIVE_INFINITY,
    );
    if (Number.isFinite(first)) depth.set(id, Math.max(0, first - 1));
  }
  const rows = new Map<number, number>();
  return Object.fromEntries(
    ready.map((id) => {
      const column = depth.get(id) ?? 0;
      const row = rows.get(column) ?? 0;
      rows.set(column, row + 1);
      return [id, { x: column * COLUMN, y: row * ROW }];
    }),
  );
}
