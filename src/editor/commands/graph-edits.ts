/**
 * Changes to a draft that commands are made of. Each leaves the drawing well formed: wires end at existing nodes, an
 * input has one wire, names are unique, and the members of a variadic port are numbered without holes.
 */
import type { AttributeValue, EdgeId, NodeId, PortRef } from '../../compiler/document.ts';
import type { Expansion } from '../../compiler/expand.ts';
import type { OpRecord, Registry } from '../../compiler/op.ts';
import type { Point } from '../store/create-editor.ts';
import type { DocumentDraft } from '../store/document-store.ts';
import { memberIndex, portSpec } from '../store/graph-index.ts';

function freshId(prefix: string, taken: Readonly<Record<string, unknown>>): string {
  for (;;) {
    const id = prefix + Math.random().toString(36).slice(2, 9);
    if (!(id in taken)) return id;
  }
}

/** `hidden`, then `hidden2`, `hidden3`, … */
export function uniqueName(wanted: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  if (!names.has(wanted)) return wanted;
  const stem = wanted.replace(/\d+$/, '') || wanted;
  for (let number = 2; ; number++) if (!names.has(`${stem}${number}`)) return `${stem}${number}`;
}

function namesIn(draft: DocumentDraft, except?: NodeId): string[] {
  return Object.values(draft.graph.nodes).flatMap((node) => (node.id === except ? [] : [node.name]));
}

export interface NewNode extends Point {
  readonly op: string;
  /** Made unique; the operator's name in lower case if left out. */
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly muted?: boolean;
  readonly bypassed?: boolean;
}

type NodeDraft = DocumentDraft['graph']['nodes'][string];

export function addNodeTo(draft: DocumentDraft, { op, name, attributes = {}, muted, bypassed, x, y }: NewNode): NodeId {
  const id = freshId('n', draft.graph.nodes);
  draft.graph.nodes[id] = {
    id,
    op,
    name: uniqueName(name ?? op.toLowerCase(), namesIn(draft)),
    attributes: structuredClone(attributes) as Record<string, AttributeValue & {}>,
    ...(muted && { muted }),
    ...(bypassed && { bypassed }),
  } as NodeDraft;
  draft.layout.nodes[id] = { x, y };
  return id;
}

/** An empty name, or the one it has, changes nothing. */
export function renameNode(draft: DocumentDraft, id: NodeId, name: string) {
  const node = draft.graph.nodes[id];
  const wanted = name.trim();
  if (!node || wanted === '' || wanted === node.name) return;
  const before = node.name;
  node.name = uniqueName(wanted, namesIn(draft, id));
  // Parameters name the one whose generator goes on in theirs.
  for (const { op, attributes } of Object.values(draft.graph.nodes)) {
    if (op === 'Parameter' && attributes.after === before) attributes.after = node.name;
  }
}

/** Attributes are stored only where they differ from the operator's defaults. */
export function setAttributeOf(
  draft: DocumentDraft,
  registry: Registry,
  id: NodeId,
  attribute: string,
  value: AttributeValue,
) {
  const node = draft.graph.nodes[id];
  if (!node) return;
  const standard = registry.get(node.op)?.attributes[attribute]?.default;
  const attributes: Record<string, unknown> = node.attributes;
  if (JSON.stringify(standard) === JSON.stringify(value)) delete attributes[attribute];
  else if (JSON.stringify(attributes[attribute]) !== JSON.stringify(value)) attributes[attribute] = value;
}

/** Nodes are muted, bypassed, or neither; only what holds is stored. */
export function setFlagsOf(
  draft: DocumentDraft,
  ids: readonly NodeId[],
  { muted = false, bypassed = false }: Pick<NewNode, 'muted' | 'bypassed'>,
) {
  for (const id of ids) {
    const node = draft.graph.nodes[id];
    if (!node) continue;
    if (muted) node.muted = true;
    else delete node.muted;
    if (bypassed) node.bypassed = true;
    else delete node.bypassed;
  }
}

type EdgeDraft = DocumentDraft['graph']['edges'][string];

function renumber(edges: readonly EdgeDraft[], name: string, numbers: ReadonlyMap<number, number>) {
  for (const edge of edges) {
    const number = numbers.get(memberIndex(edge.target.port, name) ?? -1);
    const port = `${name}.${number}`;
    if (number !== undefined && edge.target.port !== port) edge.target.port = port;
  }
}

/**
 * Outputs that go with the members of a variadic input (Grad's gradients with its variables) follow their new numbers;
 * wires from outputs that are gone go too. Returns the nodes these led to.
 */
function renumberOutputs(
  draft: DocumentDraft,
  node: NodeId,
  name: string,
  numbers: ReadonlyMap<number, number>,
): NodeId[] {
  const loose: NodeId[] = [];
  for (const edge of Object.values(draft.graph.edges)) {
    const index = edge.source.node === node ? memberIndex(edge.source.port, name) : null;
    if (index === null) continue;
    const number = numbers.get(index);
    if (number === undefined) {
      loose.push(edge.target.node);
      delete draft.graph.edges[edge.id];
    } else if (number !== index) edge.source.port = `${name}.${number}`;
  }
  return loose;
}

/** The variadic input and output of the nodes that have one. */
function variadicPorts(draft: DocumentDraft, registry: Registry, nodes: Iterable<NodeId>) {
  return [...nodes].flatMap((node) => {
    const record = registry.get(draft.graph.nodes[node]?.op ?? '');
    const input = record?.inputs.find((spec) => spec.variadic)?.name;
    const output = record?.outputs.find((spec) => spec.variadic)?.name;
    return input === undefined ? [] : [{ node, input, output }];
  });
}

/** Numbers the members of the nodes' variadic ports 0, 1, … in their order. */
export function compactMembers(draft: DocumentDraft, registry: Registry, nodes: Iterable<NodeId>) {
  const loose: NodeId[] = [];
  for (const { node, input, output } of variadicPorts(draft, registry, nodes)) {
    const edges = Object.values(draft.graph.edges).filter((edge) => edge.target.node === node);
    const present = edges.flatMap((edge) => memberIndex(edge.target.port, input) ?? []).sort((a, b) => a - b);
    const numbers = new Map(present.map((old, index) => [old, index]));
    renumber(edges, input, numbers);
    // The first output is there before any input is wired.
    if (present.length === 0) numbers.set(0, 0);
    if (output !== undefined) loose.push(...renumberOutputs(draft, node, output, numbers));
  }
  if (loose.length > 0) compactMembers(draft, registry, new Set(loose));
}

/** A variadic port by its bare name stands for the first free member. */
function targetPort(draft: DocumentDraft, record: OpRecord | undefined, target: PortRef): string {
  const spec = record?.inputs.find((port) => port.variadic && port.name === target.port);
  if (!spec) return target.port;
  const members = Object.values(draft.graph.edges).filter(
    (edge) => edge.target.node === target.node && memberIndex(edge.target.port, spec.name) !== null,
  );
  return `${spec.name}.${members.length}`;
}

/** Adds a wire as it is given; whoever calls this compacts the target's members. */
/** Node and port alone: what else an end of a connection knows is not part of the document. */
const endOf = ({ node, port }: PortRef): PortRef => ({ node, port });

export function addEdgeTo(draft: DocumentDraft, source: PortRef, target: PortRef): EdgeId {
  const id = freshId('e', draft.graph.edges);
  draft.graph.edges[id] = { id, source: endOf(source), target: endOf(target) };
  return id;
}

/** Operators that are unknown may have any port. */
function hasPort(record: OpRecord | undefined, side: 'inputs' | 'outputs', port: string): boolean {
  return !record || portSpec(record[side], port) !== undefined;
}

/** Adds a wire; one that ended at the same input gives way. Null where it exists already or an end does not. */
export function connectPorts(
  draft: DocumentDraft,
  registry: Registry,
  source: PortRef,
  target: PortRef,
): EdgeId | null {
  const { nodes, edges } = draft.graph;
  const node = nodes[target.node];
  const from = nodes[source.node];
  if (!node || !from) return null;
  const record = registry.get(node.op);
  const port = targetPort(draft, record, target);
  if (!hasPort(record, 'inputs', port) || !hasPort(registry.get(from.op), 'outputs', source.port)) return null;
  for (const edge of Object.values(edges)) {
    if (edge.target.node !== target.node || edge.target.port !== port) continue;
    if (edge.source.node === source.node && edge.source.port === source.port) return null;
    delete edges[edge.id];
  }
  const id = addEdgeTo(draft, source, { node: target.node, port });
  compactMembers(draft, registry, [target.node]);
  return id;
}

export function removeEdges(draft: DocumentDraft, registry: Registry, ids: readonly EdgeId[]) {
  const touched = new Set<NodeId>();
  for (const id of ids) {
    const edge = draft.graph.edges[id];
    if (!edge) continue;
    touched.add(edge.target.node);
    delete draft.graph.edges[id];
  }
  if (touched.size > 0) compactMembers(draft, registry, touched);
}

export function removeNodes(draft: DocumentDraft, registry: Registry, ids: readonly NodeId[]) {
  const gone = new Set(ids);
  const loose = Object.values(draft.graph.edges).filter(
    (edge) => gone.has(edge.source.node) || gone.has(edge.target.node),
  );
  for (const id of gone) {
    delete draft.graph.nodes[id];
    delete draft.layout.nodes[id];
  }
  removeEdges(
    draft,
    registry,
    loose.map((edge) => edge.id),
  );
}

/** Takes a node out and puts its parts in; `places` are those of the parts, and of nodes that make room. */
export function replaceByParts(
  draft: DocumentDraft,
  { node, loose, nodes, edges }: Expansion,
  places: Readonly<Record<NodeId, Point>>,
) {
  for (const id of loose) delete draft.graph.edges[id];
  delete draft.graph.nodes[node];
  delete draft.layout.nodes[node];
  for (const part of nodes) draft.graph.nodes[part.id] = part as NodeDraft;
  for (const edge of edges) draft.graph.edges[edge.id] = edge;
  for (const [id, { x, y }] of Object.entries(places)) draft.layout.nodes[id] = { x, y };
}

/** Puts a one-input operator on the wire that ends at `target`; without such a wire nothing happens. */
export function insertOnWire(draft: DocumentDraft, registry: Registry, target: PortRef, node: NewNode): NodeId | null {
  const wire = Object.values(draft.graph.edges).find(
    (edge) => edge.target.node === target.node && edge.target.port === target.port,
  );
  const record = registry.get(node.op);
  const input = record?.inputs[0];
  const output = record?.outputs[0];
  if (!wire || !input || !output) return null;
  const source = { ...wire.source };
  const id = addNodeTo(draft, node);
  // The old wire is replaced in place, so a variadic port keeps the order of its members.
  connectPorts(draft, registry, { node: id, port: output.name }, { node: target.node, port: target.port });
  connectPorts(draft, registry, source, { node: id, port: input.name });
  return id;
}
