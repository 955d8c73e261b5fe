/** Replaces a drawn composite by the operators that its lowering consists of. */
import { bindFunction } from './bind.ts';
import { Builder, CONSTANT } from './builder.ts';
import { type Dim, isDim } from './dims.ts';
import {
  type AttributeValue,
  type DocumentEdge,
  type DocumentNode,
  type EdgeId,
  type GraphDocument,
  type NodeId,
  numberedPort,
  type PortRef,
} from './document.ts';
import { type Equation, isTensorData, printFunction, type Value } from './ir.ts';
import { completeAttributes, type OpRecord, portNames, type Registry } from './op.ts';
import { mergeEqual } from './phases/4-rewrite.ts';
import { type CheckResult, portKey } from './result.ts';
import { bindType, sameType, type TensorData } from './types.ts';

/** What becomes of a drawing when one of its nodes is expanded. */
export interface Expansion {
  readonly node: NodeId;
  /** Wires that ended at the node. */
  readonly loose: readonly EdgeId[];
  readonly nodes: readonly DocumentNode[];
  /** Wires into and among the new nodes, and those that began at the node, with their new beginning. */
  readonly edges: readonly DocumentEdge[];
}

/** Constants of more different elements have no place in a drawing. */
const LARGEST_CONSTANT = 4096;

/** A size that is not known yet has no node of its own: it is the sum of as many ones. */
class DrawingBuilder extends Builder {
  override dimSize(dim: Dim): Value {
    return typeof dim === 'number' ? this.scalar(dim) : this.reduceSum(this.full([dim], 1), []);
  }
}

interface Operands {
  readonly x: readonly (Value | null)[];
  /** Where the values come from. */
  readonly sources: ReadonlyMap<Value, PortRef>;
  readonly y: readonly Value[];
}

/** The node's inputs and outputs as values; null where one is not typed. */
function operandsOf(
  b: Builder,
  { graph }: GraphDocument,
  record: OpRecord,
  types: CheckResult['types'],
  id: NodeId,
): Operands | null {
  const wires = Object.values(graph.edges).filter(({ target }) => target.node === id);
  const members = wires.flatMap(({ target }) => numberedPort(target.port)[1] ?? []);
  const variadic = record.inputs.some((spec) => spec.variadic);
  const count = variadic ? record.inputs.length + Math.max(-1, ...members) : record.inputs.length;
  const sources = new Map<Value, PortRef>();
  const x: (Value | null)[] = [];
  for (const [at, port] of portNames(record.inputs, count).entries()) {
    const source = wires.find(({ target }) => target.port === port)?.source;
    const type = source && types.get(portKey(source.node, source.port));
    const isNeeded = source !== undefined || !record.inputs[Math.min(at, record.inputs.length - 1)]?.optional;
    if (isNeeded && !type) return null;
    const value = type ? b.value(type) : null;
    if (value && source) sources.set(value, source);
    x.push(value);
  }
  const outputs = [...types.keys()].filter((key) => key.startsWith(`${id}:`)).length;
  const y = portNames(record.outputs, outputs).flatMap((port) => {
    const type = types.get(portKey(id, port));
    return type ? [b.value(type)] : [];
  });
  return y.length > 0 ? { x, sources, y } : null;
}

/** Equations that `results` need, without what a lowering writes twice, which is drawn once. */
function tidied(b: Builder, results: readonly Value[]) {
  const outputs = results.map((value) => ({ value, target: { kind: 'probe', name: '' } as const }));
  const fn = mergeEqual({ name: '', inputs: b.inputs, equations: b.equations, outputs }, b.registry);
  return { equations: fn.equations, results: fn.outputs.map(({ value }) => value) };
}

/** A literal as the attributes of a Constant node; null where they cannot say it. */
function literal({ dtype, shape, data }: TensorData): Record<string, AttributeValue> | null {
  const values = Array.from(data as ArrayLike<number | bigint>, Number);
  const filled = values.every((value) => value === values[0]) ? values.slice(0, 1) : values;
  if (dtype === 'int64' || filled.length === 0 || filled.length > LARGEST_CONSTANT) return null;
  if (!filled.every(Number.isFinite)) return null;
  return { values: filled, shape, dtype };
}

function isSize(dim: unknown): boolean {
  return typeof dim === 'number' ? Number.isInteger(dim) : isDim(String(dim));
}

/** The attributes of an equation that are not the record's defaults; null where a drawing cannot have them. */
function drawnAttributes(record: OpRecord, { attributes }: Equation): Record<string, AttributeValue> | null {
  const result: Record<string, AttributeValue> = {};
  for (const [name, spec] of Object.entries(record.attributes)) {
    const value = attributes[name];
    if (value === undefined || isTensorData(value)) return null;
    const items: readonly unknown[] = typeof value === 'object' ? value : [value];
    // A lowering that expects numbers makes nonsense of sizes that are named.
    const isSound =
      spec.type === 'shape'
        ? items.every(isSize)
        : items.every((item) => typeof item !== 'number' || Number.isFinite(item));
    if (!isSound) return null;
    if (JSON.stringify(value) !== JSON.stringify(spec.default)) result[name] = value;
  }
  return result;
}

/** The node an equation becomes, without its name; null where there is none. */
function drawn(eq: Equation, from: OpRecord, registry: Registry): Omit<DocumentNode, 'id' | 'name'> | null {
  const { value } = eq.attributes;
  if (eq.op === CONSTANT && isTensorData(value)) {
    const attributes = literal(value);
    return attributes && { op: CONSTANT, attributes };
  }
  const record = registry.get(eq.op);
  if (!record || record.internal || record.random || record === from) return null;
  const attributes = drawnAttributes(record, eq);
  return attributes && { op: eq.op, attributes };
}

/** A name or id that is not taken yet; it is from now on. */
function claim(taken: Set<string>, wanted: string, next: (number: number) => string): string {
  let free = wanted;
  for (let number = 2; taken.has(free); number++) free = next(number);
  taken.add(free);
  return free;
}

type Lowering = Pick<Parameters<NonNullable<OpRecord['lower']>>[0], 'x' | 'y' | 'attributes'>;

/** A lowering as text, with the named sizes replaced by numbers before or after it. */
function boundText(registry: Registry, record: OpRecord, { x, y, attributes }: Lowering, first: boolean): string {
  const names = x.flatMap((value) => value?.type.shape.join(' ').match(/[A-Za-z_]\w*/g) ?? []);
  // Any sizes do that no operator has by itself.
  const dims = Object.fromEntries([...new Set(names)].map((name, at) => [name, 13 + 4 * at]));
  const b = new Builder(registry);
  const own = (value: Value): Value => b.value(first ? bindType(value.type, dims) : value.type);
  const operands = x.map((value) => value && own(value));
  const inputs = operands.flatMap((value) =>
    value ? [{ value, source: { kind: 'feed', node: '', name: '' } as const }] : [],
  );
  const results = record.lower?.({ b, x: operands, y: y.map(own), attributes }) ?? [];
  const outputs = results.map((value) => ({ value, target: { kind: 'probe', name: '' } as const }));
  const fn = { name: '', inputs, equations: b.equations, outputs };
  return printFunction(bindFunction(fn, dims, registry));
}

/**
 * The results of the lowering, written with named sizes. Lowerings run with all sizes bound, and some need the numbers: null
 * where that shows.
 */
function lowered(b: Builder, record: OpRecord, operands: Lowering): Value[] | null {
  const { y } = operands;
  try {
    const same = boundText(b.registry, record, operands, true) === boundText(b.registry, record, operands, false);
    const results = same ? (record.lower?.({ ...operands, b }) ?? []) : [];
    const fits = y.every(({ type }, at) => results[at] && sameType(results[at].type, type));
    return fits ? results.slice(0, y.length) : null;
  } catch {
    return null;
  }
}

/** Whether anything can come of expanding the operator, whatever it is applied to. */
export function isComposite(record: OpRecord): boolean {
  const { kind = 'operator', lower, random, inference, internal } = record;
  return kind === 'operator' && lower !== undefined && !random && !inference && !internal;
}

/**
 * Draws the lowering of a node with the same values and gradients. Null where it has none that can be drawn: operators with
 * a kernel, those that lower to themselves, to operators that only the compiler writes or to nothing at all, and those whose
 * lowering needs numbers where the drawing has named sizes.
 */
export function expand(
  document: GraphDocument,
  registry: Registry,
  types: CheckResult['types'],
  id: NodeId,
): Expansion | null {
  const { graph } = document;
  const node = graph.nodes[id];
  const record = registry.get(node?.op ?? '');
  if (!node || !record || !isComposite(record)) return null;
  const b = new DrawingBuilder(registry);
  const operands = operandsOf(b, document, record, types, id);
  const found =
    operands && lowered(b, record, { ...operands, attributes: completeAttributes(record, node.attributes) });
  if (!found) return null;
  const { equations, results } = tidied(b, found);
  const ends = new Map(operands.sources);
  // What passes a value on changes its gradient, or is there to be named.
  if (results.some((result) => ends.has(result))) return null;

  const ids = new Set(Object.keys(graph.nodes));
  const wires = new Set(Object.keys(graph.edges));
  const names = new Set(Object.values(graph.nodes).flatMap((other) => (other === node ? [] : [other.name])));
  const nodes: DocumentNode[] = [];
  const edges: DocumentEdge[] = [];
  for (const eq of equations) {
    const part = drawn(eq, record, registry);
    if (!part) return null;
    // What computes the result takes over the name, and with it what is known by that.
    const stem = eq.outputs.includes(results[0] as Value) ? node.name : `${node.name}_${eq.op.toLowerCase()}`;
    const own = claim(ids, `${id}_${nodes.length + 1}`, (number) => `${id}_${nodes.length + 1}_${number}`);
    nodes.push({ id: own, name: claim(names, stem, (number) => `${stem}${number}`), ...part });
    const spec = registry.get(part.op) as OpRecord;
    const ports = portNames(spec.inputs, eq.inputs.length);
    for (const [at, input] of eq.inputs.entries()) {
      const source = input && ends.get(input);
      if (!source) continue;
      const edge = claim(wires, `${own}_${at}`, (number) => `${own}_${at}_${number}`);
      edges.push({ id: edge, source, target: { node: own, port: ports[at] as string } });
    }
    for (const [at, port] of portNames(spec.outputs, eq.outputs.length).entries()) {
      ends.set(eq.outputs[at] as Value, { node: own, port });
    }
  }
  const outputs = portNames(record.outputs, results.length);
  for (const edge of Object.values(graph.edges)) {
    if (edge.source.node !== id) continue;
    const source = ends.get(results[outputs.indexOf(edge.source.port)] as Value);
    if (source) edges.push({ ...edge, source });
  }
  const loose = Object.values(graph.edges).flatMap(({ id: edge, target }) => (target.node === id ? [edge] : []));
  return { node: id, loose, nodes, edges };
}

/** The drawing with a node replaced by what it was expanded into; places of new nodes are those of the node. */
export function withExpansion(document: GraphDocument, { node, loose, nodes, edges }: Expansion): GraphDocument {
  const { graph, layout } = document;
  const gone = new Set(loose);
  const kept = Object.values(graph.nodes).filter((other) => other.id !== node);
  const wires = new Map(Object.values(graph.edges).flatMap((edge) => (gone.has(edge.id) ? [] : [[edge.id, edge]])));
  for (const edge of edges) wires.set(edge.id, edge);
  const { [node]: place = { x: 0, y: 0 }, ...places } = layout.nodes;
  return {
    ...document,
    graph: {
      ...graph,
      nodes: Object.fromEntries([...kept, ...nodes].map((each) => [each.id, each])),
      edges: Object.fromEntries(wires),
    },
    layout: { nodes: { ...places, ...Object.fromEntries(nodes.map((each) => [each.id, place])) } },
  };
}
