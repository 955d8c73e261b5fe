/** Wires of instances follow the ports of their module when these are renamed or removed. */
import type { ModuleId, NodeId } from '../../compiler/document.ts';
import { MODULE_INPUT, MODULE_OUTPUT, moduleOp } from '../../compiler/modules.ts';
import type { DocumentDraft } from './document-store.ts';

type Nodes = DocumentDraft['graph']['nodes'];
type Edges = DocumentDraft['graph']['edges'];
type Names = ReadonlyMap<NodeId, { readonly op: string; readonly name: string }>;

export function portNames(draft: DocumentDraft, module: ModuleId): Names {
  const nodes = Object.values(draft.graph.modules?.[module]?.nodes ?? {});
  const ports = nodes.filter(({ op }) => op === MODULE_INPUT || op === MODULE_OUTPUT);
  return new Map(ports.map(({ id, op, name }) => [id, { op, name }]));
}

/** The drawing and the insides of all modules. */
function allSheets({ graph }: DocumentDraft): { readonly nodes: Nodes; readonly edges: Edges }[] {
  return [graph, ...Object.values(graph.modules ?? {})];
}

export function followPorts(draft: DocumentDraft, module: ModuleId, before: Names) {
  const after = portNames(draft, module);
  const inputs = new Map<string, string | null>();
  const outputs = new Map<string, string | null>();
  for (const [id, { op, name }] of before) {
    const now = after.get(id)?.name ?? null;
    if (now !== name) (op === MODULE_INPUT ? inputs : outputs).set(name, now);
  }
  const { exposed, nodes } = draft.graph.modules?.[module] ?? {};
  if (exposed?.some(({ node }) => !nodes?.[node])) {
    exposed.splice(0, exposed.length, ...exposed.filter(({ node }) => nodes?.[node]));
  }
  if (inputs.size === 0 && outputs.size === 0) return;
  const op = moduleOp(module);
  for (const sheet of allSheets(draft)) {
    for (const [id, { source, target }] of Object.entries(sheet.edges)) {
      const to = sheet.nodes[target.node]?.op === op ? inputs.get(target.port) : undefined;
      const from = sheet.nodes[source.node]?.op === op ? outputs.get(source.port) : undefined;
      if (to === null || from === null) delete sheet.edges[id];
      if (typeof to === 'string') target.port = to;
      if (typeof from === 'string') source.port = from;
    }
  }
}
