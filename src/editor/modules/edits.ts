/** Changes to a draft that make, unpack, copy and remove modules. Each leaves sheets well formed, as graph-edits.ts does. */
import type {
  AttributeValue,
  DocumentNode,
  EdgeId,
  GraphDocument,
  ModuleDefinition,
  ModuleId,
  NodeId,
  Places,
  PortRef,
} from '../../compiler/document.ts';
import { definitionOf, MODULE_INPUT, MODULE_OUTPUT, moduleOp } from '../../compiler/modules.ts';
import type { Registry } from '../../compiler/op.ts';
import { compactMembers, uniqueName } from '../commands/graph-edits.ts';
import type { Point } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';

type Modules = NonNullable<DocumentDraft['graph']['modules']>;
type ModuleDraft = Modules[string];
type NodeDraft = DocumentDraft['graph']['nodes'][string];
type EdgeDraft = DocumentDraft['graph']['edges'][string];

function freshId(prefix: string, taken: object): string {
  for (;;) {
    const id = prefix + Math.random().toString(36).slice(2, 9);
    if (!(id in taken)) return id;
  }
}

function modulesOf(draft: DocumentDraft): Modules {
  draft.graph.modules ??= {};
  return draft.graph.modules;
}

/** Adds a definition under an id of its own and a name that no other module has. */
export function addDefinition(
  draft: DocumentDraft,
  definition: Omit<ModuleDefinition, 'id'>,
  places: Places,
  wanted?: ModuleId,
): ModuleId {
  const modules = modulesOf(draft);
  const id = wanted !== undefined && !(wanted in modules) ? wanted : freshId('m', modules);
  const names = Object.values(modules).map(({ name }) => name);
  modules[id] = { ...definition, id, name: uniqueName(definition.name, names) } as ModuleDraft;
  const all = draft.layout.modules ?? {};
  all[id] = places as Record<NodeId, { x: number; y: number }>;
  draft.layout.modules = all;
  return id;
}

/** Between ports below each other. */
const PORT_ROW = 104;

const refKey = ({ node, port }: PortRef) => `${node}:${port}`;

function grouped(edges: readonly EdgeDraft[]): EdgeDraft[][] {
  const groups = new Map<string, EdgeDraft[]>();
  for (const edge of edges) groups.set(refKey(edge.source), [...(groups.get(refKey(edge.source)) ?? []), edge]);
  return [...groups.values()];
}

const plain = ({ node, port }: PortRef): PortRef => ({ node, port });

/** Names by which optimizers of a sheet know parameters that were moved. */
function renameParameters(draft: DocumentDraft, registry: Registry, names: ReadonlyMap<string, string>) {
  for (const { op, attributes } of Object.values(draft.graph.nodes)) {
    const listed: unknown = (attributes as Record<string, unknown>).parameters;
    if (registry.get(op)?.kind !== 'optimizer' || !Array.isArray(listed)) continue;
    const renamed = listed.map((name) => names.get(name) ?? name);
    if (renamed.some((name, at) => name !== listed[at])) Object.assign(attributes, { parameters: renamed });
  }
}

export interface NewModule {
  readonly nodes: readonly NodeId[];
  /** Of the instance. */
  readonly at: Point;
  /** Where the ports go inside, left and right of the nodes. */
  readonly left: number;
  readonly right: number;
}

/** Moves nodes into a module of their own and puts an instance in their place; crossing wires become ports. */
export function extractModule(draft: DocumentDraft, registry: Registry, { nodes, at, left, right }: NewModule): NodeId {
  const { graph, layout } = draft;
  const chosen = new Set(nodes.filter((id) => graph.nodes[id]));
  const edges = Object.values(graph.edges);
  const entering = grouped(edges.filter(({ source, target }) => !chosen.has(source.node) && chosen.has(target.node)));
  const leaving = grouped(edges.filter(({ source, target }) => chosen.has(source.node) && !chosen.has(target.node)));
  const y = (id: NodeId) => layout.nodes[id]?.y ?? 0;
  entering.sort((a, b) => y(a[0]?.target.node ?? '') - y(b[0]?.target.node ?? ''));
  leaving.sort((a, b) => y(a[0]?.source.node ?? '') - y(b[0]?.source.node ?? ''));

  const inner: Record<NodeId, NodeDraft> = {};
  const wires: Record<EdgeId, EdgeDraft> = {};
  const places: Record<NodeId, Point> = {};
  for (const id of chosen) {
    const node = graph.nodes[id] as NodeDraft;
    inner[id] = { ...node, attributes: { ...node.attributes } } as NodeDraft;
    places[id] = { x: layout.nodes[id]?.x ?? 0, y: y(id) };
  }
  for (const edge of edges) {
    if (!chosen.has(edge.source.node) || !chosen.has(edge.target.node)) continue;
    wires[edge.id] = { id: edge.id, source: plain(edge.source), target: plain(edge.target) };
  }
  const taken = Object.values(inner).map(({ name }) => name);
  /** Ports below each other keep apart, however near the nodes they lead to. */
  const lowest = { [left]: Number.NEGATIVE_INFINITY, [right]: Number.NEGATIVE_INFINITY };
  const addPort = (op: string, wanted: string, order: number, x: number, beside: NodeId): DocumentNode => {
    const id = freshId('n', { ...graph.nodes, ...inner });
    const name = uniqueName(wanted, taken);
    taken.push(name);
    const attributes: Record<string, AttributeValue> = order === 0 ? {} : { order };
    const node = { id, op, name, attributes };
    inner[id] = node as NodeDraft;
    const free = x === left ? clearRow(beside) : y(beside);
    const top = Math.max(free, (lowest[x] ?? 0) + PORT_ROW);
    lowest[x] = top;
    places[id] = { x, y: top };
    return node;
  };
  /** Height from which a wire from the left reaches the node without running behind others. */
  const clearRow = (to: NodeId): number => {
    const isBehind = (id: NodeId) => (places[id]?.x ?? 0) < (places[to]?.x ?? 0);
    const between = [...chosen].filter((id) => isBehind(id) && Math.abs(y(id) - y(to)) < PORT_ROW);
    return Math.min(y(to), ...between.map((id) => y(id) - PORT_ROW));
  };
  const addWire = (source: PortRef, target: PortRef) => {
    const id = freshId('e', wires);
    wires[id] = { id, source, target };
  };

  const inputs = entering.map((group, order) => {
    const [first] = group as [EdgeDraft];
    const port = /^(.*?)(\.\d+)?$/.exec(first.target.port)?.[1] ?? 'x';
    const node = addPort(MODULE_INPUT, entering.length === 1 ? 'x' : port, order, left, first.target.node);
    for (const edge of group) addWire({ node: node.id, port: 'value' }, plain(edge.target));
    return { source: plain(first.source), port: node.name };
  });
  const outputs = leaving.map((group, order) => {
    const [first] = group as [EdgeDraft];
    const wanted = leaving.length === 1 ? 'y' : (graph.nodes[first.source.node]?.name ?? 'y');
    const node = addPort(MODULE_OUTPUT, wanted, order, right, first.source.node);
    addWire(plain(first.source), { node: node.id, port: 'value' });
    return { targets: group.map(({ id, target }) => ({ id, target: plain(target) })), port: node.name };
  });

  const module = addDefinition(draft, { name: 'Module', description: '', nodes: inner, edges: wires }, places);
  const others = Object.values(graph.nodes).flatMap((node) => (chosen.has(node.id) ? [] : [node.name]));
  const name = uniqueName('module', others);
  const instance = freshId('n', graph.nodes);
  for (const edge of edges) {
    if (chosen.has(edge.source.node) || chosen.has(edge.target.node)) delete graph.edges[edge.id];
  }
  for (const id of chosen) {
    delete graph.nodes[id];
    delete layout.nodes[id];
  }
  graph.nodes[instance] = { id: instance, op: moduleOp(module), name, attributes: {} } as NodeDraft;
  layout.nodes[instance] = { x: at.x, y: at.y };
  for (const { source, port } of inputs) {
    const id = freshId('e', graph.edges);
    graph.edges[id] = { id, source, target: { node: instance, port } };
  }
  for (const { targets, port } of outputs) {
    for (const { id, target } of targets) graph.edges[id] = { id, source: { node: instance, port }, target };
  }
  const moved = Object.values(inner).filter(({ op }) => registry.get(op)?.kind === 'parameter');
  renameParameters(draft, registry, new Map(moved.map((node) => [node.name, `${name}/${node.name}`])));
  return instance;
}

/** Puts the nodes of a module where an instance was. `place` gives each its place from that inside. */
export function unpackInstance(
  draft: DocumentDraft,
  registry: Registry,
  id: NodeId,
  place: (inside: Point) => Point,
): NodeId[] {
  const { graph, layout } = draft;
  const instance = graph.nodes[id];
  const definition = definitionOf(graph.modules, instance?.op ?? '');
  if (!instance || !definition) return [];
  const places = layout.modules?.[definition.id] ?? {};
  const inside = Object.values(definition.nodes);
  const isPort = ({ op }: DocumentNode) => op === MODULE_INPUT || op === MODULE_OUTPUT;
  const outer = Object.values(graph.edges);
  const names = Object.values(graph.nodes).flatMap((node) => (node === instance ? [] : [node.name]));
  const copies = new Map<NodeId, NodeId>();
  const renamed = new Map<string, string>();
  const attributesOf = (node: DocumentNode): Record<string, AttributeValue> => {
    const result: Record<string, AttributeValue> = { ...node.attributes };
    for (const { node: owner, attribute, as } of definition.exposed ?? []) {
      const value = (instance.attributes as Record<string, AttributeValue>)[as];
      if (owner === node.id && value !== undefined) result[attribute] = value;
    }
    // The copy shares nothing with the definition.
    for (const [key, value] of Object.entries(result)) if (typeof value === 'object') result[key] = [...value];
    return result;
  };

  /** What a wire inside carries: from a copy, or from outside through a port; null where nothing is wired. */
  const sourceInside = (ref: PortRef, depth: number): PortRef | null => {
    const node = definition.nodes[ref.node];
    if (!node || depth > inside.length) return null;
    if (node.op !== MODULE_INPUT) return { node: copies.get(ref.node) ?? ref.node, port: ref.port };
    const wire = outer.find(({ target }) => target.node === id && target.port === node.name);
    return wire ? sourceOutside(wire.source, depth + 1) : null;
  };
  const sourceOutside = (ref: PortRef, depth: number): PortRef | null => {
    if (ref.node !== id) return plain(ref);
    const output = inside.find(({ op, name }) => op === MODULE_OUTPUT && name === ref.port);
    const wire = Object.values(definition.edges).find(({ target }) => target.node === output?.id);
    return wire ? sourceInside(wire.source, depth) : null;
  };

  for (const node of inside) {
    if (isPort(node)) continue;
    // Says where it was, so that what was trained there goes on here.
    const own = `${id}.${node.id}`;
    const copy = own in graph.nodes ? freshId('n', graph.nodes) : own;
    const name = uniqueName(node.name, names);
    names.push(name);
    copies.set(node.id, copy);
    renamed.set(`${instance.name}/${node.name}`, name);
    const attributes = attributesOf(node);
    graph.nodes[copy] = { ...node, id: copy, name, attributes } as NodeDraft;
    const { x, y } = place(places[node.id] ?? { x: 0, y: 0 });
    layout.nodes[copy] = { x, y };
  }
  const add = (source: PortRef | null, target: PortRef, own?: EdgeId) => {
    if (!source) return;
    const edge = own ?? freshId('e', graph.edges);
    graph.edges[edge] = { id: edge, source, target };
  };
  const touched = new Set<NodeId>(copies.values());
  for (const edge of Object.values(definition.edges)) {
    const target = copies.get(edge.target.node);
    if (target) add(sourceInside(edge.source, 0), { node: target, port: edge.target.port });
  }
  for (const edge of outer) {
    if (edge.source.node !== id && edge.target.node !== id) continue;
    delete graph.edges[edge.id];
    if (edge.target.node === id) continue;
    touched.add(edge.target.node);
    add(sourceOutside(edge.source, 0), plain(edge.target), edge.id);
  }
  delete graph.nodes[id];
  delete layout.nodes[id];
  compactMembers(draft, registry, touched);
  renameParameters(draft, registry, renamed);
  return [...copies.values()];
}

/** Gives an instance a definition of its own. */
export function makeUnique(draft: DocumentDraft, id: NodeId, copyOf: ModuleDefinition, places: Places) {
  const instance = draft.graph.nodes[id];
  if (!instance) return;
  const module = addDefinition(draft, structuredClone(copyOf), structuredClone(places));
  instance.op = moduleOp(module);
}

/** How many nodes of the document are instances of the module. */
export function instanceCount({ graph }: GraphDocument, module: ModuleId): number {
  const op = moduleOp(module);
  const sheets = [graph, ...Object.values(graph.modules ?? {})];
  return sheets.reduce((sum, { nodes }) => sum + Object.values(nodes).filter((node) => node.op === op).length, 0);
}

export function removeDefinition(draft: DocumentDraft, module: ModuleId) {
  if (draft.graph.modules) delete draft.graph.modules[module];
  if (draft.layout.modules) delete draft.layout.modules[module];
  // A document that had modules once is like one that never had.
  if (Object.keys(draft.graph.modules ?? {}).length === 0) delete draft.graph.modules;
  if (Object.keys(draft.layout.modules ?? {}).length === 0) delete draft.layout.modules;
}
