/** Which operators fit a port or a wire, with the ports to wire and the attributes that make them fit. */
import type { Attributes, DocumentEdge, DocumentNode, NodeId } from '../../compiler/document.ts';
import type { OpRecord, Registry } from '../../compiler/op.ts';
import { portKey } from '../../compiler/result.ts';
import type { TensorType } from '../../compiler/types.ts';
import { inputPorts, NO_WIRES, outputPorts, wiresOf } from '../store/graph-index.ts';
import type { DocumentState } from '../store/types.ts';
import { type Known, possibleOutputs, tryInputs, wantedTypes } from './trial.ts';

/** How a new node is wired. */
export interface Fit {
  /** Its input that takes the value; null where nothing is wired to it. */
  readonly input: string | null;
  /** Its output that is wired onward; null for none. */
  readonly output: string | null;
  readonly attributes?: Attributes;
}

/** A port on the canvas that something is to be wired to. */
export interface PortEnd {
  readonly node: NodeId;
  readonly port: string;
  readonly side: 'source' | 'target';
}

type Find = Pick<Registry, 'get' | 'values'>;

/** Modules are replaced by their nodes before types are known: what they take cannot be asked of them. */
const isUnknown = ({ kind }: OpRecord) => kind === 'module' || kind === 'port';

function typeAt({ check }: DocumentState, { node, port }: { readonly node: NodeId; readonly port: string }): Known {
  return check.types.get(portKey(node, port));
}

const outputsOf = (record: OpRecord) => outputPorts(record, NO_WIRES);

/** The first input that takes a value of this type, and what comes out then. */
function fitInput(
  record: OpRecord,
  attributes: Attributes,
  type: TensorType,
  known: readonly Known[] = [],
  accept?: (outputs: readonly TensorType[]) => boolean,
): string | null {
  const ports = inputPorts(record, NO_WIRES);
  const at = ports.findIndex((_, index) => {
    if (known[index]) return false;
    const row = [...known];
    row[index] = type;
    const answer = tryInputs(record, attributes, row, accept);
    return answer !== null && (answer !== 'attribute' || accept === undefined);
  });
  return ports[at] ?? null;
}

/** What is wired into a node, in the order of its inputs, and which of these a port is. */
function inputsOf(state: DocumentState, registry: Find, node: NodeId, port: string) {
  const { graph } = state.document;
  const record = registry.get(graph.nodes[node]?.op ?? '');
  const wires = wiresOf(graph.edges, node);
  const ports = inputPorts(record, wires);
  const known = ports.map((name): Known => {
    const edge = wires.incoming.find(({ target }) => target.port === name);
    return edge && name !== port ? typeAt(state, edge.source) : undefined;
  });
  return { record, known, at: ports.indexOf(port) };
}

interface Taker {
  /** Types that it would take, likely ones first. */
  readonly wanted: readonly TensorType[];
  readonly accepts: (type: TensorType) => boolean;
}

/** What an input takes beside what is wired to the others; null where it cannot be told. */
function takerOf(state: DocumentState, registry: Find, node: NodeId, port: string): Taker | null {
  const { record, known, at } = inputsOf(state, registry, node, port);
  const drawn = state.document.graph.nodes[node];
  if (!record || !drawn || at < 0 || isUnknown(record)) return null;
  if (record.kind === 'parameter') {
    const own = typeAt(state, { node, port: 'value' });
    if (!own) return null;
    const text = JSON.stringify([own.dtype, own.shape]);
    return { wanted: [own], accepts: ({ dtype, shape }) => JSON.stringify([dtype, shape]) === text };
  }
  const accepts = (type: TensorType) => {
    const row = [...known];
    row[at] = type;
    return tryInputs(record, drawn.attributes, row) !== null;
  };
  return { wanted: wantedTypes(record, drawn.attributes, known, at), accepts };
}

/** A source of values that can be made of a wanted type by its attributes. */
function fitSource(record: OpRecord, { wanted, accepts }: Taker): Fit | null {
  const outputs = outputsOf(record);
  const asked: Attributes[] = [
    ...('shape' in record.attributes
      ? wanted.map(({ shape, dtype }) => ({ shape, ...('dtype' in record.attributes && { dtype }) }))
      : []),
    {},
  ];
  for (const attributes of asked) {
    const types = tryInputs(record, attributes, []);
    if (!types || types === 'attribute') continue;
    const at = types.findIndex(accepts);
    const output = outputs[at];
    if (output) return { input: null, output, ...(attributes.shape && { attributes }) };
  }
  return null;
}

function fitOutput(record: OpRecord, taker: Taker): Fit | null {
  if (record.inputs.every(({ optional }) => optional)) {
    const fit = fitSource(record, taker);
    if (fit) return fit;
  }
  const ports = outputsOf(record);
  for (const outputs of possibleOutputs(record, {}, taker.wanted)) {
    const output = ports[outputs.findIndex(taker.accepts)];
    if (output) return { input: null, output };
  }
  return null;
}

/** Operators that a wire from or to this port can end at, by name. Where its type is not known, all that have such a port. */
export function fitPort(state: DocumentState, registry: Registry, end: PortEnd): ReadonlyMap<string, Fit> {
  const found = new Map<string, Fit>();
  const type = typeAt(state, end);
  const taker = end.side === 'target' ? takerOf(state, registry, end.node, end.port) : null;
  for (const record of registry.values()) {
    if (record.kind === 'port' && state.path.length === 0) continue;
    const [input = null] = inputPorts(record, NO_WIRES);
    const [output = null] = outputsOf(record);
    if (end.side === 'source' && type && record.kind === 'parameter') {
      const attributes = { shape: type.shape };
      const fits = type.dtype === 'float32' && Array.isArray(tryInputs(record, attributes, []));
      if (fits && input !== null) found.set(record.name, { input, output: null, attributes });
    } else if (end.side === 'source') {
      const port = type && !isUnknown(record) ? fitInput(record, {}, type) : input;
      if (port !== null) found.set(record.name, { input: port, output: null });
    } else if (output !== null) {
      const fit = taker && !isUnknown(record) ? fitOutput(record, taker) : { input: null, output };
      if (fit) found.set(record.name, fit);
    }
  }
  return found;
}

/** How a record is put on a wire, with what is wired to its other inputs already; null where it does not fit. */
function fitBetween(
  record: OpRecord,
  node: Pick<DocumentNode, 'attributes'>,
  known: readonly Known[],
  type: Known,
  taker: Taker | null,
): Fit | null {
  const outputs = outputsOf(record);
  if (outputs.length === 0) return null;
  let at = 0;
  const accept = (types: readonly TensorType[]) => {
    at = taker ? types.findIndex(taker.accepts) : 0;
    return at >= 0 && types.length > 0;
  };
  const free = inputPorts(record, NO_WIRES).find((_, index) => !known[index]) ?? null;
  const input = type && !isUnknown(record) ? fitInput(record, node.attributes, type, known, accept) : free;
  const output = outputs[at];
  return input !== null && output ? { input, output } : null;
}

/** Operators that can be put on a wire, by name. */
export function fitWire(state: DocumentState, registry: Registry, edge: DocumentEdge): ReadonlyMap<string, Fit> {
  const found = new Map<string, Fit>();
  const type = typeAt(state, edge.source);
  const taker = takerOf(state, registry, edge.target.node, edge.target.port);
  for (const record of registry.values()) {
    const fit = fitBetween(record, { attributes: {} }, [], type, taker);
    if (fit) found.set(record.name, fit);
  }
  return found;
}

/** How a drawn node can be put on a wire; null where it cannot, or where it is part of that path already. */
export function fitNodeOnWire(state: DocumentState, registry: Registry, id: NodeId, edge: DocumentEdge): Fit | null {
  const { graph } = state.document;
  const node = graph.nodes[id];
  const record = registry.get(node?.op ?? '');
  const { incoming, outgoing } = wiresOf(graph.edges, id);
  if (!node || !record || outgoing.length > 0 || edge.source.node === id || edge.target.node === id) return null;
  const ports = inputPorts(record, NO_WIRES);
  const known = ports.map((port): Known => {
    const wire = incoming.find(({ target }) => target.port === port);
    return wire && typeAt(state, wire.source);
  });
  if (ports.every((_, at) => known[at])) return null;
  const taker = takerOf(state, registry, edge.target.node, edge.target.port);
  return fitBetween(record, node, known, typeAt(state, edge.source), taker);
}
