/**
 * The sheet that is open: the drawing itself, or the inside of one of its modules in the form of a document. Canvas,
 * commands and panels work on a sheet and need not know which; edits inside of a module change its definition, and with it
 * all instances. What is shown there is that of the instance it was entered through.
 */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { GraphDocument, ModuleDefinition, ModuleId, NodeId, Places } from '../../compiler/document.ts';
import type { FlatDocument } from '../../compiler/flatten.ts';
import { definitionOf } from '../../compiler/modules.ts';
import type { CheckResult, DerivedEdge, DerivedGraph, DerivedNode } from '../../compiler/result.ts';
import type { DocumentDraft } from './document-store.ts';

export type Path = readonly NodeId[];

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

/** The definitions that a path leads into, as far as it leads anywhere. */
export function definitionsAlong({ graph }: GraphDocument, path: Path): readonly ModuleDefinition[] {
  const found: ModuleDefinition[] = [];
  let { nodes } = graph;
  for (const id of path) {
    // What nothing uses is entered by its own name.
    const op = nodes[id]?.op ?? (found.length === 0 ? id : '');
    const definition = definitionOf(graph.modules, op);
    if (!definition || found.includes(definition)) break;
    found.push(definition);
    nodes = definition.nodes;
  }
  return found;
}

const NO_PLACES: Places = {};
const graphs = new WeakMap<GraphDocument['graph'], Map<ModuleId, GraphDocument['graph']>>();
const documents = new WeakMap<GraphDocument, Map<ModuleId, GraphDocument>>();

function keep<K extends object, T>(cache: WeakMap<K, Map<ModuleId, T>>, key: K, id: ModuleId, make: () => T): T {
  const known = cache.get(key) ?? new Map<ModuleId, T>();
  cache.set(key, known);
  const found = known.get(id) ?? make();
  known.set(id, found);
  return found;
}

/** The inside of a module; of the same document it is the same object. */
export function sheetOf(whole: GraphDocument, definition: ModuleDefinition | undefined): GraphDocument {
  if (!definition) return whole;
  const { id, nodes, edges } = definition;
  const graph = keep(graphs, whole.graph, id, () => ({ ...whole.graph, nodes, edges }));
  const places = whole.layout.modules?.[id] ?? NO_PLACES;
  return keep(documents, whole, id, () => ({ ...whole, graph, layout: { ...whole.layout, nodes: places } }));
}

/** A part of a draft of which some properties are those of other parts. */
function withParts<T extends object>(draft: T, parts: Readonly<Record<string, () => object>>): T {
  const partOf = (key: string | symbol) =>
    typeof key === 'string' && Object.hasOwn(parts, key) ? parts[key] : undefined;
  return new Proxy(draft, {
    get: (target, key) => partOf(key)?.() ?? Reflect.get(target, key),
    set(target, key, value) {
      const part = partOf(key)?.();
      if (!part) return Reflect.set(target, key, value);
      for (const name of Object.keys(part)) if (!(name in value)) Reflect.deleteProperty(part, name);
      Object.assign(part, value);
      return true;
    },
  });
}

/** The draft of a document as one of the module's sheet. */
export function sheetDraft(draft: DocumentDraft, module: ModuleId | undefined): DocumentDraft {
  const definition = module === undefined ? undefined : draft.graph.modules?.[module];
  if (module === undefined || !definition) return draft;
  const places = () => {
    const all = draft.layout.modules ?? {};
    draft.layout.modules = all;
    const own = all[module] ?? {};
    all[module] = own;
    return draft.layout.modules[module] as object;
  };
  const graph = withParts(draft.graph, { nodes: () => definition.nodes, edges: () => definition.edges });
  const layout = withParts(draft.layout, { nodes: places });
  return withParts(draft, { graph: () => graph, layout: () => layout });
}

/** What a flat id is called on the sheet: the node itself, or the instance it lies in; null where it lies elsewhere. */
export type Locator = (flat: NodeId) => { readonly node: NodeId; readonly inside: boolean } | null;

export function locator(flat: FlatDocument, path: Path, sheet: GraphDocument): Locator {
  // Shared parameters were drawn in several sheets.
  const own = new Map(path.length === 0 ? [] : Object.keys(sheet.graph.nodes).map((id) => [flat.idOf(path, id), id]));
  return (id) => {
    const here = own.get(id);
    if (here !== undefined) return { node: here, inside: false };
    const origin = flat.nodes.get(id) ?? { path: [], id };
    if (origin.path.length < path.length || !path.every((step, at) => step === origin.path[at])) return null;
    const instance = origin.path[path.length];
    return instance === undefined ? { node: origin.id, inside: false } : { node: instance, inside: true };
  };
}

/** A diagnostic as the sheet shows it; null for those of other places. Fixes keep their flat ids. */
export function localDiagnostic(found: Diagnostic, flat: FlatDocument, path: Path, locate: Locator): Diagnostic | null {
  const { node, edge, path: way, ...place } = found.place;
  const at = node === undefined ? null : locate(node);
  if (node !== undefined && !at) return null;
  const wire = edge === undefined ? undefined : (flat.edges.get(edge) ?? { path: [], id: edge });
  const hasWire = wire && samePath(wire.path, path);
  const along = way?.flatMap((id) => locate(id)?.node ?? []);
  return {
    ...found,
    place: {
      // A port or an attribute of a node inside is none of the instance.
      ...(at?.inside ? {} : place),
      ...(at && { node: at.node }),
      ...(hasWire && { edge: wire.id }),
      ...(along && { path: [...new Set(along)] }),
    },
    evidence: found.evidence.map((item) => {
      if (item.node === undefined) return item;
      const { node: where, ...rest } = item;
      const local = locate(where)?.node;
      return local === undefined ? rest : { ...rest, node: local };
    }),
  };
}

/** What a check says of the sheet, in the ids of its nodes. */
export function sheetCheck(check: CheckResult, flat: FlatDocument, path: Path, sheet: GraphDocument): CheckResult {
  if (flat.nodes.size === 0 && path.length === 0) return check;
  const locate = locator(flat, path, sheet);
  const here = (id: NodeId): NodeId | null => {
    const found = locate(id);
    return found && !found.inside ? found.node : null;
  };
  const byNode = <T>(entries: Iterable<readonly [NodeId, T]>): [NodeId, T][] =>
    [...entries].flatMap(([id, value]) => {
      const node = here(id);
      return node === null ? [] : [[node, value] as [NodeId, T]];
    });
  const types = [...check.types].flatMap(([key, type]) => {
    const end = key.lastIndexOf(':');
    const node = here(key.slice(0, end));
    return node === null ? [] : [[node + key.slice(end), type] as const];
  });
  return {
    diagnostics: check.diagnostics.flatMap((found) => localDiagnostic(found, flat, path, locate) ?? []),
    types: new Map(types),
    blocked: new Set([...check.blocked].flatMap((id) => locate(id)?.node ?? [])),
    badges: new Map(byNode(check.badges)),
    cost: check.cost === null ? null : (locate(check.cost)?.node ?? null),
    updates: new Map(byNode(check.updates)),
  };
}

/** The derived layers of the sheet: what is derived inside of an instance is one node there. */
export function sheetDerived(
  derived: DerivedGraph,
  flat: FlatDocument,
  path: Path,
  sheet: GraphDocument,
): DerivedGraph {
  if (flat.nodes.size === 0 && path.length === 0) return derived;
  const locate = locator(flat, path, sheet);
  const idOf = new Map<string, string>();
  const nodes = new Map<string, DerivedNode>();
  for (const node of derived.nodes) {
    const at = locate(node.of);
    if (!at) continue;
    const id = `${node.role}:${at.node}`;
    idOf.set(node.id, id);
    const before = nodes.get(id);
    const name = sheet.graph.nodes[at.node]?.name ?? at.node;
    const own = flat.document.graph.nodes[node.of]?.name ?? '';
    const inside = node.role === 'backward' ? `∂ ${name}` : `update ${name}`;
    const title = at.inside ? inside : node.title.replace(own, () => name);
    const equations = [...(before?.equations ?? []), ...node.equations];
    nodes.set(id, { ...node, id, of: at.node, title, type: at.inside ? null : node.type, equations });
  }
  const edges = new Map<string, DerivedEdge>();
  for (const { source, target, role } of derived.edges) {
    // Updates lead to drawn parameters, which may lie inside of the same instance.
    const [from, to] = [source, target].map((end) => idOf.get(end) ?? locate(end)?.node);
    if (from === undefined || to === undefined || from === to) continue;
    const id = `${from}→${to}`;
    edges.set(id, { id, source: from, target: to, role });
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
