/** Where a wire that begins at a port may end, the likeliest first: what lists of ports offer instead of dragging. */
import type { NodeId } from '../../compiler/document.ts';
import type { PortSpec, Registry } from '../../compiler/op.ts';
import { portKey } from '../../compiler/result.ts';
import type { TensorType } from '../../compiler/types.ts';
import { inputPorts, outputPorts, portSpec, wiresOf } from '../store/graph-index.ts';
import type { DocumentState, UiState } from '../store/types.ts';
import { forbiddenNodes } from './wires.ts';

export type PortEnd = NonNullable<UiState['connecting']>;

/** `open` waits for a wire, `free` may have one, `wired` has one, which a new one takes the place of. */
export type PortUse = 'open' | 'free' | 'wired';

export interface PortChoice extends PortEnd {
  readonly use: PortUse;
  /** Of an output; of an input, that of what comes in. */
  readonly type: TensorType | undefined;
}

type State = Pick<DocumentState, 'document' | 'check'>;

const RANK: Readonly<Record<PortUse, number>> = { open: 0, free: 1, wired: 2 };

function inputsOf({ document: { graph }, check }: State, registry: Registry, id: NodeId): PortChoice[] {
  const record = registry.get(graph.nodes[id]?.op ?? '');
  const wires = wiresOf(graph.edges, id);
  return inputPorts(record, wires).map((port) => {
    const wire = wires.incoming.find((edge) => edge.target.port === port);
    const spec = record && portSpec(record.inputs, port);
    const use = wire ? 'wired' : spec?.optional || spec?.variadic ? 'free' : 'open';
    const type = wire && check.types.get(portKey(wire.source.node, wire.source.port));
    return { node: id, port, side: 'target', use, type };
  });
}

function outputsOf({ document: { graph }, check }: State, registry: Registry, id: NodeId): PortChoice[] {
  const wires = wiresOf(graph.edges, id);
  return outputPorts(registry.get(graph.nodes[id]?.op ?? ''), wires).map((port) => {
    const use = wires.outgoing.some((edge) => edge.source.port === port) ? 'wired' : 'free';
    return { node: id, port, side: 'source', use, type: check.types.get(portKey(id, port)) };
  });
}

/** Outputs, then inputs, as they are drawn. */
export function portsOf(state: State, registry: Registry, id: NodeId): PortChoice[] {
  return [...outputsOf(state, registry, id), ...inputsOf(state, registry, id)];
}

/** A dtype that is not known yet is no reason against a wire. */
function takes(spec: PortSpec | undefined, type: TensorType | undefined): boolean {
  return !spec?.dtypes || !type || spec.dtypes.includes(type.dtype);
}

/** Ports that a wire from (or to) this one may lead to without closing a loop, of a dtype that is taken. */
export function compatiblePorts(state: State, registry: Registry, from: PortEnd): PortChoice[] {
  const { graph } = state.document;
  const forbidden = forbiddenNodes(state.document, registry, from);
  const spec = (node: NodeId, port: string) => {
    const record = registry.get(graph.nodes[node]?.op ?? '');
    return record && portSpec(record.inputs, port);
  };
  const isParameter = (node: NodeId) => registry.get(graph.nodes[node]?.op ?? '')?.kind === 'parameter';
  const own = portsOf(state, registry, from.node).find(({ port, side }) => port === from.port && side === from.side);
  const isJoined = (source: PortEnd, target: PortEnd) =>
    wiresOf(graph.edges, target.node).incoming.some(
      (edge) =>
        edge.target.port === target.port && edge.source.node === source.node && edge.source.port === source.port,
    );
  const found = Object.keys(graph.nodes).flatMap((id) => {
    if (from.side === 'source') {
      if (forbidden.has(id) && !isParameter(id)) return [];
      return inputsOf(state, registry, id).filter((to) => takes(spec(id, to.port), own?.type) && !isJoined(from, to));
    }
    if (forbidden.has(id) && !isParameter(from.node)) return [];
    return outputsOf(state, registry, id).filter(
      (to) => takes(spec(from.node, from.port), to.type) && !isJoined(to, from),
    );
  });
  return from.side === 'source' ? found.sort((a, b) => RANK[a.use] - RANK[b.use]) : found;
}
