/**
 * Replaces every instance of a module by the nodes of its definition, named `instance/inner`, and joins the wires that go
 * through ports. The phases see the flat drawing and know nothing of modules.
 */
import { type Diagnostic, diagnostic, type Edit, type Fix } from './diagnostics.ts';
import type { DocumentEdge, DocumentNode, EdgeId, GraphDocument, NodeId, PortRef } from './document.ts';
import { type Origin, type Scope, Scopes } from './module-scopes.ts';
import { MODULE_INPUT, MODULE_OUTPUT, moduleIdOf, PARAMETERS } from './modules.ts';
import type { Registry } from './op.ts';
import { checkAttributes } from './phases/resolve/attributes.ts';
import { portKey } from './result.ts';

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

/** Writes what is in the scopes as one drawing. */
class Flattening extends Scopes {
  readonly nodes = new Map<NodeId, DocumentNode>();
  readonly edges = new Map<EdgeId, DocumentEdge>();
  readonly nodeOrigins = new Map<NodeId, Origin>();
  readonly ports = new Map<string, PortRef | null>();
  readonly #kept: [Scope, DocumentNode][] = [];
  /** Instances by the shared parameter that they update. */
  readonly #updates = new Map<NodeId, Scope[]>();
  /** Loops through ports that are reported already. */
  readonly #loops = new Set<string>();

  constructor(document: GraphDocument, registry: Registry) {
    super(document, registry);
    this.#addNodes(this.root);
    this.#addWires(this.root);
    // Ports that nothing stands for remain, so that what hangs on them is known to wait.
    for (const [scope, node] of this.#kept) this.#addNode(scope, node);
    for (const [parameter, scopes] of this.#updates) if (scopes.length > 1) this.#reportUpdates(parameter, scopes);
  }

  #addNode(scope: Scope, drawn: DocumentNode): void {
    const id = this.id(scope, drawn);
    if (this.nodes.has(id)) return;
    const node = this.own(scope, drawn);
    if (!scope.outer) {
      this.nodes.set(id, node);
      return;
    }
    const muted = scope.muted && this.registry.get(node.op)?.kind !== 'parameter';
    this.nodes.set(id, { ...node, id, name: this.nameOf(scope, node), ...(muted && { muted }) });
    this.nodeOrigins.set(id, { path: scope.path, id: drawn.id });
  }

  #addNodes(scope: Scope): void {
    for (const drawn of Object.values(scope.nodes)) {
      const inner = scope.inner.get(drawn.id);
      const record = this.registry.get(drawn.op);
      if (inner) {
        this.#checkInstance(scope, drawn);
        this.#addNodes(inner);
      } else if (record?.kind === 'port' && scope.outer) this.#port(scope, drawn);
      else {
        if (record?.kind === 'note' && scope.outer) continue;
        if (record?.kind === 'port') {
          const title = `${drawn.name}: a ${drawn.op} belongs inside of a module`;
          this.fail(
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
    const instance = { ...this.own(scope, drawn), id, name: scope.names + drawn.name };
    const record = this.record(drawn.op);
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
      if (isJoined || (scope.outer && target && this.registry.get(target.op)?.kind === 'note')) continue;
      const source = this.#endOf(scope, edge);
      if (!source) continue;
      if (!scope.outer && source === edge.source) {
        this.edges.set(edge.id, edge);
        continue;
      }
      const flat = target ? this.id(scope, target) : scope.ids + node;
      if (target && port === 'update' && this.#updatedElsewhere(scope, target)) continue;
      this.edges.set(scope.ids + edge.id, { id: scope.ids + edge.id, source, target: { node: flat, port } });
      if (scope.outer) this.edgeOrigins.set(scope.ids + edge.id, { path: scope.path, id: edge.id });
    }
    for (const inner of scope.inner.values()) this.#addWires(inner);
  }

  /** Of the instances that share a parameter the first updates it; that others do so too is reported. */
  #updatedElsewhere(scope: Scope, target: DocumentNode): boolean {
    const { outer } = scope;
    if (!outer || this.registry.get(target.op)?.kind !== 'parameter' || scope.parameterIds === scope.ids) return false;
    const id = this.id(scope, target);
    const scopes = this.#updates.get(id) ?? [];
    if (!scopes.includes(scope)) this.#updates.set(id, [...scopes, scope]);
    return scopes.length > 0 && scopes[0] !== scope;
  }

  #reportUpdates(parameter: NodeId, scopes: readonly Scope[]): void {
    const instances = scopes.flatMap(({ outer }) => outer ?? []);
    const names = instances.map(({ scope, instance }) => scope.names + instance.name);
    const title = `${this.nodes.get(parameter)?.name}: ${names.join(', ')} each update it`;
    const cause =
      'Instances that share a parameter share its value, which after a step can be one only. Let one optimizer outside update it, or give each instance its own.';
    const own = (id: NodeId): Edit => ({ kind: 'set-attribute', node: id, attribute: PARAMETERS, value: 'own' });
    const edits = instances.map(({ scope, instance }) => own(this.id(scope, instance)));
    const fixes: Fix[] = [{ label: 'Give each instance parameters of its own', safety: 'maybe', edits }];
    const evidence = instances.map(({ scope, instance }, at) => {
      return { label: 'updated in', text: names[at] ?? '', node: this.id(scope, instance) };
    });
    const place = { node: parameter, port: 'update' };
    this.diagnostics.push(diagnostic('module/shared-update', place, { title, cause, evidence, fixes }));
  }

  /** Where a wire begins in the flat drawing; null where it is left out. */
  #endOf(scope: Scope, edge: DocumentEdge): PortRef | null {
    const { node, port } = edge.source;
    const inner = scope.inner.get(node);
    const record = inner && this.record(scope.nodes[node]?.op ?? '');
    if (record && !record.outputs.some(({ name }) => name === port)) {
      const known = record.outputs.map(({ name }) => name).join(', ') || 'none';
      this.loose(scope, edge, `${scope.nodes[node]?.name} has no output “${port}”`, `Outputs of the module: ${known}.`);
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
      if (node.bypassed) return this.#throughFirst(scope, node, key, seen);
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

  /** An instance that is bypassed hands its first input on. */
  #throughFirst(scope: Scope, { id, op }: DocumentNode, key: string, seen: Set<string>): PortRef | null {
    const [first] = this.record(op)?.inputs ?? [];
    const edge = first && scope.into.get(portKey(id, first.name));
    return edge ? this.#source(scope, edge.source, seen) : this.#nothing(key);
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
