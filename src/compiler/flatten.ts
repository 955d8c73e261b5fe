/**
 * Replaces every instance of a module by the nodes of its definition, named `instance/inner`, and joins the wires that go
 * through ports. The phases see the flat drawing and know nothing of modules.
 */
import { type Diagnostic, diagnostic, type Fix } from './diagnostics.ts';
import type {
  Attributes,
  AttributeValue,
  DocumentEdge,
  DocumentNode,
  EdgeId,
  GraphDocument,
  ModuleDefinition,
  ModuleId,
  NodeId,
  PortRef,
} from './document.ts';
import { definitionOf, MODULE_INPUT, MODULE_OUTPUT, moduleIdOf, PARAMETERS, recordOf } from './modules.ts';
import type { OpRecord, Registry } from './op.ts';
import { checkAttributes } from './phases/resolve/attributes.ts';
import { portKey } from './result.ts';

/** Where something of the flat drawing was drawn: through which instances, and what it is called there. */
export interface Origin<Id = NodeId> {
  readonly path: readonly NodeId[];
  readonly id: Id;
}

export interface FlatDocument {
  /** The same document where there are no modules. */
  readonly document: GraphDocument;
  readonly diagnostics: readonly Diagnostic[];
  /** Nodes that cannot be computed, for reasons that the diagnostics tell. */
  readonly failed: ReadonlySet<NodeId>;
  /** Of nodes and wires inside of instances. A shared parameter was drawn in several; this is the first. */
  readonly nodes: ReadonlyMap<NodeId, Origin>;
  readonly edges: ReadonlyMap<EdgeId, Origin<EdgeId>>;
  /** What stands for outputs of instances and for inputs of modules, by `portKey` of their flat ids; null for nothing. */
  readonly ports: ReadonlyMap<string, PortRef | null>;
  /** The flat id of a node that was drawn inside of these instances. */
  readonly idOf: (path: readonly NodeId[], node: NodeId) => NodeId;
}

/** Drawings beyond it would freeze the page: ten modules of two instances of the next are a thousand nodes, twenty a million. */
const LARGEST = 50_000;

/** The nodes of one instance, or those of the drawing itself. */
interface Scope {
  readonly path: readonly NodeId[];
  /** What ids begin with; empty for the drawing itself. */
  readonly ids: string;
  readonly names: string;
  /** The same for parameters, which instances may share. */
  readonly parameterIds: string;
  readonly parameterNames: string;
  readonly nodes: Readonly<Record<NodeId, DocumentNode>>;
  readonly edges: readonly DocumentEdge[];
  readonly outer: { readonly scope: Scope; readonly instance: DocumentNode } | null;
  /** The modules that contain it, and itself. */
  readonly above: readonly ModuleId[];
  /** What is muted as a whole is muted inside, apart from parameters, which keep their values. */
  readonly muted: boolean;
  /** Attributes that the instance sets. */
  readonly overrides: ReadonlyMap<NodeId, Attributes>;
  readonly inner: Map<NodeId, Scope>;
  /** Wires into instances and outputs of the module, by `portKey`. */
  readonly into: Map<string, DocumentEdge>;
}

class Flattening {
  readonly nodes = new Map<NodeId, DocumentNode>();
  readonly edges = new Map<EdgeId, DocumentEdge>();
  readonly diagnostics: Diagnostic[] = [];
  readonly failed = new Set<NodeId>();
  readonly nodeOrigins = new Map<NodeId, Origin>();
  readonly edgeOrigins = new Map<EdgeId, Origin<EdgeId>>();
  readonly ports = new Map<string, PortRef | null>();
  readonly root: Scope;
  readonly #document: GraphDocument;
  readonly #registry: Registry;
  readonly #kept: [Scope, DocumentNode][] = [];
  /** Loops through ports that are reported already. */
  readonly #loops = new Set<string>();
  #count = 0;

  constructor(document: GraphDocument, registry: Registry) {
    this.#document = document;
    this.#registry = registry;
    const { nodes, edges } = document.graph;
    this.root = this.#scope({ nodes, edges: Object.values(edges) }, null, new Map());
    this.#addNodes(this.root);
    this.#addWires(this.root);
    // Ports that nothing stands for remain, so that what hangs on them is known to wait.
    for (const [scope, node] of this.#kept) this.#addNode(scope, node);
  }

  #record(op: string): OpRecord | undefined {
    return recordOf(this.#document.graph.modules, this.#registry, op);
  }

  #scope(
    { nodes, edges }: Pick<Scope, 'nodes' | 'edges'>,
    outer: Scope['outer'],
    overrides: Scope['overrides'],
    definition?: ModuleDefinition,
  ): Scope {
    const { scope, instance } = outer ?? {};
    const path = scope && instance ? [...scope.path, instance.id] : [];
    const ids = scope && instance ? `${scope.ids}${instance.id}/` : '';
    const names = scope && instance ? `${scope.names}${instance.name}/` : '';
    const shares = definition && instance?.attributes[PARAMETERS] === 'shared';
    const result: Scope = {
      path,
      ids,
      names,
      parameterIds: shares
        ? `module:${definition.id}/`
        : scope && instance
          ? `${scope.parameterIds}${instance.id}/`
          : '',
      parameterNames: shares
        ? `shared/${definition.name}/`
        : scope && instance
          ? `${scope.parameterNames}${instance.name}/`
          : '',
      nodes,
      edges,
      outer,
      above: [...(scope?.above ?? []), ...(definition ? [definition.id] : [])],
      muted: scope?.muted === true || instance?.muted === true,
      overrides,
      inner: new Map(),
      into: new Map(),
    };
    for (const node of Object.values(nodes)) this.#enter(result, node);
    for (const edge of edges) this.#index(result, edge);
    return result;
  }

  /** The node as this instance has it. */
  #own(scope: Scope, node: DocumentNode): DocumentNode {
    const attributes = { ...node.attributes, ...scope.overrides.get(node.id) };
    const named = attributes.parameters;
    // An optimizer inside names parameters as they are called there.
    if (scope.outer && Array.isArray(named) && this.#registry.get(node.op)?.kind === 'optimizer') {
      const inside = Object.values(scope.nodes);
      attributes.parameters = named.map((name) => {
        const found = inside.find((other) => other.name === name);
        return found ? this.#name(scope, found) : name;
      });
      return { ...node, attributes };
    }
    return scope.overrides.has(node.id) ? { ...node, attributes } : node;
  }

  #enter(scope: Scope, drawn: DocumentNode): void {
    const id = moduleIdOf(drawn.op);
    if (id === null) return;
    this.#count++;
    const instance = this.#own(scope, drawn);
    const definition = definitionOf(this.#document.graph.modules, drawn.op);
    const name = scope.names + drawn.name;
    if (!definition) {
      const title = `${name}: the document has no module “${id}”`;
      const cause = 'Its definition was lost or removed. Nothing can be computed from the node.';
      this.#fail(scope, drawn, 'module/unknown', title, cause);
      return;
    }
    if (scope.above.includes(id)) {
      const title = `${name}: the module ${definition.name} contains itself`;
      const cause = 'Its nodes would be replaced without end. Put another module here, or remove the node.';
      this.#fail(scope, drawn, 'module/recursive', title, cause);
      return;
    }
    this.#count += Object.keys(definition.nodes).length;
    if (this.#count > LARGEST) {
      const title = `${name}: the modules make more than ${LARGEST.toLocaleString('en')} nodes`;
      this.#fail(scope, drawn, 'module/size', title, 'Modules within modules multiply. Use fewer instances.');
      return;
    }
    const overrides = new Map<NodeId, Record<string, AttributeValue>>();
    for (const { node, attribute, as } of definition.exposed ?? []) {
      const value = instance.attributes[as];
      if (value !== undefined) overrides.set(node, { ...overrides.get(node), [attribute]: value });
    }
    const inside = { nodes: definition.nodes, edges: Object.values(definition.edges) };
    scope.inner.set(drawn.id, this.#scope(inside, { scope, instance }, overrides, definition));
  }

  #fail(scope: Scope, node: DocumentNode, code: Diagnostic['code'], title: string, cause: string): void {
    const id = this.id(scope, node);
    const fixes: Fix[] = [{ label: 'Remove the node', safety: 'maybe', edits: [{ kind: 'remove-node', node: id }] }];
    this.diagnostics.push(diagnostic(code, { node: id }, { title, cause, fixes }));
    this.failed.add(id);
  }

  #index(scope: Scope, edge: DocumentEdge): void {
    const { node, port } = edge.target;
    const target = scope.nodes[node];
    if (!target || !(scope.inner.has(node) || (scope.outer && target.op === MODULE_OUTPUT))) return;
    const key = portKey(node, port);
    const instance = scope.inner.get(node);
    const record = this.#record(target.op);
    if (instance && !record?.inputs.some(({ name }) => name === port)) {
      const known = record?.inputs.map(({ name }) => name).join(', ') || 'none';
      this.#loose(scope, edge, `the module has no input “${port}”`, `Its inputs: ${known}.`);
    } else if (scope.into.has(key)) {
      const place = { node: this.id(scope, target), port, edge: scope.ids + edge.id };
      const fix: Fix = { label: 'Remove the wire', safety: 'safe', edits: [{ kind: 'remove-edge', edge: place.edge }] };
      const title = `${scope.names}${target.name}: two wires end at “${port}”`;
      const cause = 'An input takes one value. Add them first, or remove one wire.';
      this.diagnostics.push(diagnostic('graph/two-wires', place, { title, cause, fixes: [fix] }));
    } else scope.into.set(key, edge);
  }

  #loose(scope: Scope, edge: DocumentEdge, what: string, cause: string): void {
    const target = scope.nodes[edge.target.node];
    const id = scope.ids + edge.id;
    const place = { edge: id, ...(target && { node: this.id(scope, target), port: edge.target.port }) };
    const title = `${scope.names}${target?.name ?? edge.target.node}: ${what}`;
    const fixes: Fix[] = [{ label: 'Remove the wire', safety: 'safe', edits: [{ kind: 'remove-edge', edge: id }] }];
    this.diagnostics.push(diagnostic('document/dangling-edge', place, { title, cause, fixes }));
    if (target) this.failed.add(place.node as NodeId);
    if (!this.edgeOrigins.has(id) && scope.outer) this.edgeOrigins.set(id, { path: scope.path, id: edge.id });
  }

  id(scope: Scope, node: Pick<DocumentNode, 'id' | 'op'>): NodeId {
    return (this.#registry.get(node.op)?.kind === 'parameter' ? scope.parameterIds : scope.ids) + node.id;
  }

  #name(scope: Scope, node: DocumentNode): string {
    return (this.#registry.get(node.op)?.kind === 'parameter' ? scope.parameterNames : scope.names) + node.name;
  }

  #addNode(scope: Scope, drawn: DocumentNode): void {
    const id = this.id(scope, drawn);
    if (this.nodes.has(id)) return;
    const node = this.#own(scope, drawn);
    if (!scope.outer) {
      this.nodes.set(id, node);
      return;
    }
    const muted = scope.muted && this.#registry.get(node.op)?.kind !== 'parameter';
    this.nodes.set(id, { ...node, id, name: this.#name(scope, node), ...(muted && { muted }) });
    this.nodeOrigins.set(id, { path: scope.path, id: drawn.id });
  }

  #addNodes(scope: Scope): void {
    for (const drawn of Object.values(scope.nodes)) {
      const inner = scope.inner.get(drawn.id);
      const record = this.#registry.get(drawn.op);
      if (inner) {
        this.#checkInstance(scope, drawn);
        this.#addNodes(inner);
      } else if (record?.kind === 'port' && scope.outer) this.#port(scope, drawn);
      else {
        if (record?.kind === 'note' && scope.outer) continue;
        if (record?.kind === 'port') {
          const title = `${drawn.name}: a ${drawn.op} belongs inside of a module`;
          this.#fail(
            scope,
            drawn,
            'module/port',
            title,
            'It stands for what is wired to an instance. Enter a module to add it there.',
          );
        }
        this.#addNode(scope, drawn);
      }
    }
  }

  #checkInstance(scope: Scope, drawn: DocumentNode): void {
    const id = this.id(scope, drawn);
    const instance = { ...this.#own(scope, drawn), id, name: scope.names + drawn.name };
    const record = this.#record(drawn.op);
    if (scope.outer) this.nodeOrigins.set(id, { path: scope.path, id: drawn.id });
    if (!record) return;
    for (const found of checkAttributes(instance, record)) this.diagnostics.push(found);
    for (const { name } of record.outputs) {
      this.ports.set(portKey(id, name), this.#source(scope, { node: drawn.id, port: name }, new Set()));
    }
  }

  #port(scope: Scope, node: DocumentNode): void {
    const { outer } = scope;
    if (!outer) return;
    const id = this.id(scope, node);
    this.nodeOrigins.set(id, { path: scope.path, id: node.id });
    if (node.op !== MODULE_INPUT) {
      if (!scope.into.has(portKey(node.id, 'value'))) this.#kept.push([scope, node]);
      return;
    }
    this.ports.set(portKey(id, 'value'), this.#source(scope, { node: node.id, port: 'value' }, new Set()));
    if (outer.scope.into.has(portKey(outer.instance.id, node.name)) || node.attributes.optional === true) return;
    this.#kept.push([scope, node]);
    this.failed.add(id);
    const instance = this.id(outer.scope, outer.instance);
    const title = `${outer.scope.names}${outer.instance.name}: nothing is wired to “${node.name}”`;
    const cause = `The module needs it: ${node.name} is one of its inputs. Wire something to it, or make the input optional inside.`;
    this.diagnostics.push(diagnostic('graph/missing-input', { node: instance, port: node.name }, { title, cause }));
  }

  #addWires(scope: Scope): void {
    for (const edge of scope.edges) {
      const { node, port } = edge.target;
      const target = scope.nodes[node];
      const isJoined = scope.inner.has(node) || (scope.outer && target?.op === MODULE_OUTPUT);
      if (isJoined || (scope.outer && target && this.#registry.get(target.op)?.kind === 'note')) continue;
      const source = this.#endOf(scope, edge);
      if (!source) continue;
      if (!scope.outer && source === edge.source) {
        this.edges.set(edge.id, edge);
        continue;
      }
      const flat = target ? this.id(scope, target) : scope.ids + node;
      this.edges.set(scope.ids + edge.id, { id: scope.ids + edge.id, source, target: { node: flat, port } });
      if (scope.outer) this.edgeOrigins.set(scope.ids + edge.id, { path: scope.path, id: edge.id });
    }
    for (const inner of scope.inner.values()) this.#addWires(inner);
  }

  /** Where a wire begins in the flat drawing; null where it is left out. */
  #endOf(scope: Scope, edge: DocumentEdge): PortRef | null {
    const { node, port } = edge.source;
    const inner = scope.inner.get(node);
    const record = inner && this.#record(scope.nodes[node]?.op ?? '');
    if (record && !record.outputs.some(({ name }) => name === port)) {
      const known = record.outputs.map(({ name }) => name).join(', ') || 'none';
      this.#loose(
        scope,
        edge,
        `${scope.nodes[node]?.name} has no output “${port}”`,
        `Outputs of the module: ${known}.`,
      );
      return this.#nothing(portKey(scope.ids + node, port));
    }
    return this.#source(scope, edge.source, new Set());
  }

  /** What computes a value, looking through ports; null where an optional input has no wire. */
  #source(scope: Scope, ref: PortRef, seen: Set<string>): PortRef | null {
    const node = scope.nodes[ref.node];
    const key = portKey(scope.ids + ref.node, ref.port);
    if (seen.has(key)) return this.#reportLoop(seen, key);
    seen.add(key);
    const inner = scope.inner.get(ref.node);
    if (node && inner) {
      const output = Object.values(inner.nodes).find(({ op, name }) => op === MODULE_OUTPUT && name === ref.port);
      if (!output) return null;
      const edge = inner.into.get(portKey(output.id, 'value'));
      return edge ? this.#source(inner, edge.source, seen) : { node: this.id(inner, output), port: 'value' };
    }
    const { outer } = scope;
    if (outer && node?.op === MODULE_INPUT) {
      const edge = outer.scope.into.get(portKey(outer.instance.id, node.name));
      if (edge) return this.#source(outer.scope, edge.source, seen);
      return node.attributes.optional === true ? null : { node: this.id(scope, node), port: 'value' };
    }
    if (!outer) return ref;
    return { node: node ? this.id(scope, node) : scope.ids + ref.node, port: ref.port };
  }

  /** Stands for a value that does not exist, which is told already: what reads it waits. */
  #nothing(key: string): PortRef {
    this.nodes.set(key, { id: key, op: MODULE_INPUT, name: key, attributes: {} });
    this.failed.add(key);
    return { node: key, port: 'value' };
  }

  #reportLoop(seen: ReadonlySet<string>, key: string): PortRef {
    const loop = [...seen].sort().join();
    if (this.#loops.has(loop)) return this.#nothing(key);
    this.#loops.add(loop);
    const node = key.slice(0, key.lastIndexOf(':'));
    const title = 'Wires through modules form a loop without anything that computes a value';
    const cause = 'An input of a module leads to its output, and that back to the input.';
    this.diagnostics.push(diagnostic('graph/cycle', { node }, { title, cause }));
    return this.#nothing(key);
  }
}

function untouched(document: GraphDocument): FlatDocument {
  return {
    document,
    diagnostics: [],
    failed: new Set(),
    nodes: new Map(),
    edges: new Map(),
    ports: new Map(),
    idOf: (path, node) => [...path, node].join('/'),
  };
}

function build(document: GraphDocument, registry: Registry): FlatDocument {
  const { modules: _, ...graph } = document.graph;
  const flat = new Flattening(document, registry);
  const idOf = (path: readonly NodeId[], id: NodeId): NodeId => {
    let scope: Scope | undefined = flat.root;
    for (const instance of path) scope = scope?.inner.get(instance);
    const node = scope?.nodes[id];
    return scope && node ? flat.id(scope, node) : [...path, id].join('/');
  };
  return {
    document: {
      ...document,
      graph: { ...graph, nodes: Object.fromEntries(flat.nodes), edges: Object.fromEntries(flat.edges) },
    },
    diagnostics: flat.diagnostics,
    failed: flat.failed,
    nodes: flat.nodeOrigins,
    edges: flat.edgeOrigins,
    ports: flat.ports,
    idOf,
  };
}

const PORT_OPS = new Set([MODULE_INPUT, MODULE_OUTPUT]);
const known = new WeakMap<GraphDocument['graph'], FlatDocument>();

/** The drawing without modules. Of the same graph it is the same object, apart from a new name of the document. */
export function flatten(document: GraphDocument, registry: Registry): FlatDocument {
  const { graph } = document;
  const nodes = Object.values(graph.nodes);
  if (!nodes.some(({ op }) => moduleIdOf(op) !== null || PORT_OPS.has(op))) return untouched(document);
  const found = known.get(graph);
  if (found) {
    if (found.document.name === document.name && found.document.description === document.description) return found;
    return { ...found, document: { ...document, graph: found.document.graph } };
  }
  const result = build(document, registry);
  known.set(graph, result);
  return result;
}
