/** Code that was edited becomes the document, as one edit that undo takes back. */

import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type {
  DocumentEdge,
  DocumentNode,
  GraphDocument,
  ModuleDefinition,
  NodeId,
  Places,
} from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import { readCode } from '../../symbolic/code/read.ts';
import { placeMissing } from '../canvas/place-missing.ts';
import type { Editor } from '../store/create-editor.ts';

interface Sheet {
  readonly nodes: Readonly<Record<NodeId, DocumentNode>>;
  readonly edges: Readonly<Record<string, DocumentEdge>>;
}

/** The new sheet with the ids that nodes and wires of the same names have in the old one. */
function withOldIds(fresh: Sheet, old: Sheet): Sheet {
  const idOf = new Map(Object.values(old.nodes).map(({ id, name }) => [name, id]));
  const taken = new Set(Object.values(fresh.nodes).flatMap(({ name }) => idOf.get(name) ?? []));
  const translated = new Map<NodeId, NodeId>();
  for (const { id, name } of Object.values(fresh.nodes)) {
    let own = idOf.get(name) ?? id;
    while (!idOf.has(name) && taken.has(own)) own = `${own}_`;
    taken.add(own);
    translated.set(id, own);
  }
  const idNow = (id: NodeId) => translated.get(id) ?? id;
  const wire = ({ source, target }: DocumentEdge) => JSON.stringify([source, target]);
  const wires = new Map(Object.values(old.edges).map((edge) => [wire(edge), edge.id]));
  const used = new Set(Object.keys(old.edges));
  const nodes = Object.values(fresh.nodes).map((node) => [idNow(node.id), { ...node, id: idNow(node.id) }]);
  const edges = Object.values(fresh.edges).map((edge) => {
    const source = { ...edge.source, node: idNow(edge.source.node) };
    const target = { ...edge.target, node: idNow(edge.target.node) };
    let id = wires.get(wire({ id: '', source, target })) ?? edge.id;
    while (!wires.has(wire({ id: '', source, target })) && used.has(id)) id = `${id}_`;
    used.add(id);
    return [id, { id, source, target }];
  });
  return { nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) };
}

function modulesWithOldIds(fresh: GraphDocument['graph']['modules'], old: GraphDocument['graph']['modules']) {
  return Object.fromEntries(
    Object.values(fresh ?? {}).map((definition): readonly [string, ModuleDefinition] => {
      const before = old?.[definition.id];
      if (!before) return [definition.id, definition];
      const sheet = withOldIds(definition, before);
      const names = new Map(Object.values(sheet.nodes).map(({ id, name }) => [name, id]));
      const exposed = definition.exposed?.map((each) => ({ ...each, node: names.get(each.node) ?? each.node }));
      return [definition.id, { ...definition, ...sheet, ...(exposed && { exposed }) }];
    }),
  );
}

/** What `fresh` says, in the ids and the places of `old`. */
export function reconcileDocument(fresh: GraphDocument, old: GraphDocument): GraphDocument {
  const { modules: freshModules, ...graph } = fresh.graph;
  const sheet = withOldIds(graph, old.graph);
  const modules = freshModules && modulesWithOldIds(freshModules, old.graph.modules);
  const places: Places = Object.fromEntries(Object.entries(old.layout.nodes).filter(([id]) => id in sheet.nodes));
  return {
    ...old,
    name: fresh.name,
    description: fresh.description,
    graph: { ...graph, ...sheet, ...(modules && { modules }) },
    layout: { ...old.layout, nodes: places },
  };
}

/** Replaces what differs and nothing else, so that undo and the journal hold the edit alone. */
function assign(target: Record<string, unknown>, source: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(target)) if (!(key in source)) delete target[key];
  for (const [key, value] of Object.entries(source)) {
    const before = target[key];
    const nested =
      typeof before === 'object' &&
      before !== null &&
      !Array.isArray(before) &&
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value);
    if (nested) assign(before as Record<string, unknown>, value as Record<string, unknown>);
    else if (JSON.stringify(before) !== JSON.stringify(value)) target[key] = value;
  }
}

export interface Applied {
  /** Empty where the code became the document. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where in the text the first mistake is. */
  readonly at: number;
}

/** Makes the code the document, or says what is wrong with it; then nothing changes. */
export function applyCode(editor: Editor, code: string): Applied {
  const { document, diagnostics, at } = readCode(code);
  if (!document) return { diagnostics, at };
  const old = editor.whole.getState().document;
  const next = placeMissing(reconcileDocument(document, old), editor.registry);
  const checked = readDocument(JSON.parse(JSON.stringify(next)));
  if (!checked.document) return { diagnostics: checked.diagnostics, at };
  editor.whole.apply('Edit code', (draft) => assign(draft as never, next as never), 'merge');
  return { diagnostics: [], at };
}
