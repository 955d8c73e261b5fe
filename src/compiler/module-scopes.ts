/** What is inside of what: a scope for the drawing and one for every instance of a module, and what is wrong with them. */
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
} from './document.ts';
import { definitionOf, MODULE_OUTPUT, moduleIdOf, PARAMETERS, recordOf } from './modules.ts';
import type { OpRecord, Registry } from './op.ts';
import { portKey } from './result.ts';

/** Where something of the flat drawing was drawn: through which instances, and what it is called there. */
export interface Origin<Id = NodeId> {
  readonly path: readonly NodeId[];
  readonly id: Id;
}

/** Drawings beyond it would freeze the page: ten modules of two instances of the next are a thousand nodes, twenty a million. */
const LARGEST = 50_000;

/** The nodes of one instance, or those of the drawing itself. */
export interface Scope {
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
  /** What is muted or bypassed as a whole is muted inside, apart from parameters, which keep their values. */
  readonly muted: boolean;
  /** Attributes that the instance sets. */
  readonly overrides: ReadonlyMap<NodeId, Attributes>;
  readonly inner: Map<NodeId, Scope>;
  /** Wires into instances and outputs of the module, by `portKey`. */
  readonly into: Map<string, DocumentEdge>;
}

export class Scopes {
  readonly root: Scope;
  readonly diagnostics: Diagnostic[] = [];
  readonly failed = new Set<NodeId>();
  readonly edgeOrigins = new Map<EdgeId, Origin<EdgeId>>();
  protected readonly document: GraphDocument;
  protected readonly registry: Registry;
  #count = 0;

  constructor(document: GraphDocument, registry: Registry) {
    this.document = document;
    this.registry = registry;
    const { nodes, edges } = document.graph;
    this.root = this.#scope({ nodes, edges: Object.values(edges) }, null, new Map());
  }

  record(op: string): OpRecord | undefined {
    return recordOf(this.document.graph.modules, this.registry, op);
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
      muted: scope?.muted === true || instance?.muted === true || instance?.bypassed === true,
      overrides,
      inner: new Map(),
      into: new Map(),
    };
    for (const node of Object.values(nodes)) this.#enter(result, node);
    for (const edge of edges) this.#index(result, edge);
    return result;
  }

  /** The node as this instance has it. */
  own(scope: Scope, node: DocumentNode): DocumentNode {
    const attributes = { ...node.attributes, ...scope.overrides.get(node.id) };
    const named = attributes.parameters;
    // An optimizer inside names parameters as they are called there.
    if (scope.outer && Array.isArray(named) && this.registry.get(node.op)?.kind === 'optimizer') {
      const inside = Object.values(scope.nodes);
      attributes.parameters = named.map((name) => {
        const found = inside.find((other) => other.name === name);
        return found ? this.nameOf(scope, found) : name;
      });
      return { ...node, attributes };
    }
    // So does a parameter whose generator goes on from another's.
    const before = attributes.after;
    if (scope.outer && typeof before === 'string' && this.registry.get(node.op)?.kind === 'parameter') {
      const found = Object.values(scope.nodes).find((other) => other.name === before);
      if (found) return { ...node, attributes: { ...attributes, after: this.nameOf(scope, found) } };
    }
    return scope.overrides.has(node.id) ? { ...node, attributes } : node;
  }

  #enter(scope: Scope, drawn: DocumentNode): void {
    const id = moduleIdOf(drawn.op);
    if (id === null) return;
    this.#count++;
    const instance = this.own(scope, drawn);
    const definition = definitionOf(this.document.graph.modules, drawn.op);
    const name = scope.names + drawn.name;
    if (!definition) {
      const title = `${name}: the document has no module “${id}”`;
      const cause = 'Its definition was lost or removed. Nothing can be computed from the node.';
      this.fail(scope, drawn, 'module/unknown', title, cause);
      return;
    }
    if (scope.above.includes(id)) {
      const title = `${name}: the module ${definition.name} contains itself`;
      const cause = 'Its nodes would be replaced without end. Put another module here, or remove the node.';
      this.fail(scope, drawn, 'module/recursive', title, cause);
      return;
    }
    this.#count += Object.keys(definition.nodes).length;
    if (this.#count > LARGEST) {
      const title = `${name}: the modules make more than ${LARGEST.toLocaleString('en')} nodes`;
      this.fail(scope, drawn, 'module/size', title, 'Modules within modules multiply. Use fewer instances.');
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

  fail(scope: Scope, node: DocumentNode, code: Diagnostic['code'], title: string, cause: string): void {
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
    const record = this.record(target.op);
    if (instance && !record?.inputs.some(({ name }) => name === port)) {
      const known = record?.inputs.map(({ name }) => name).join(', ') || 'none';
      this.loose(scope, edge, `the module has no input “${port}”`, `Its inputs: ${known}.`);
    } else if (scope.into.has(key)) {
      const place = { node: this.id(scope, target), port, edge: scope.ids + edge.id };
      const fix: Fix = { label: 'Remove the wire', safety: 'safe', edits: [{ kind: 'remove-edge', edge: place.edge }] };
      const title = `${scope.names}${target.name}: two wires end at “${port}”`;
      const cause = 'An input takes one value. Add them first, or remove one wire.';
      this.diagnostics.push(diagnostic('graph/two-wires', place, { title, cause, fixes: [fix] }));
    } else scope.into.set(key, edge);
  }

  loose(scope: Scope, edge: DocumentEdge, what: string, cause: string): void {
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
    return (this.registry.get(node.op)?.kind === 'parameter' ? scope.parameterIds : scope.ids) + node.id;
  }

  nameOf(scope: Scope, node: DocumentNode): string {
    return (this.registry.get(node.op)?.kind === 'parameter' ? scope.parameterNames : scope.names) + node.name;
  }
}
