/** Definitions that go along when instances are copied from one document to another. */
import type { DocumentNode, GraphDocument, ModuleDefinition, ModuleId, Places } from '../../compiler/document.ts';
import { definitionOf, moduleIdOf, moduleOp } from '../../compiler/modules.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { addDefinition } from './edits.ts';

export interface CarriedModules {
  /** Of the document they come from, as `DocumentState.opened` counts them. */
  readonly opened: number;
  /** Those inside come before those they are inside of. */
  readonly definitions: readonly { readonly definition: ModuleDefinition; readonly places: Places }[];
}

/** The modules that nodes are instances of, and those inside of these. */
export function modulesFor(
  { graph, layout }: GraphDocument,
  opened: number,
  nodes: readonly DocumentNode[],
): CarriedModules {
  const found = new Map<ModuleId, CarriedModules['definitions'][number]>();
  const above = new Set<ModuleId>();
  const visit = (node: DocumentNode) => {
    const definition = definitionOf(graph.modules, node.op);
    if (!definition || above.has(definition.id) || found.has(definition.id)) return;
    above.add(definition.id);
    for (const inner of Object.values(definition.nodes)) visit(inner);
    above.delete(definition.id);
    found.set(definition.id, { definition, places: layout.modules?.[definition.id] ?? {} });
  };
  for (const node of nodes) visit(node);
  return { opened, definitions: [...found.values()] };
}

/**
 * Adds what the document lacks. The result gives each operator the one it is called by here. Within the document they come
 * from, instances stay instances of what is there; elsewhere, of a module that is just the same.
 */
export function bringModules(
  draft: DocumentDraft,
  opened: number,
  { opened: from, definitions }: CarriedModules,
): (op: string) => string {
  const ids = new Map<ModuleId, ModuleId>();
  const opOf = (op: string): string => {
    const id = moduleIdOf(op);
    return id === null ? op : moduleOp(ids.get(id) ?? id);
  };
  const content = ({ nodes, edges, exposed }: Omit<ModuleDefinition, 'id'>) => JSON.stringify([nodes, edges, exposed]);
  for (const { definition, places } of definitions) {
    const { id, nodes } = definition;
    const known = draft.graph.modules ?? {};
    if (opened === from && known[id]) continue;
    const inner = Object.fromEntries(Object.values(nodes).map((node) => [node.id, { ...node, op: opOf(node.op) }]));
    const { id: _, ...copy } = { ...definition, nodes: inner };
    const same = Object.values(known).find((other) => content(other) === content(copy));
    ids.set(id, same?.id ?? addDefinition(draft, structuredClone(copy), structuredClone(places), id));
  }
  return opOf;
}
