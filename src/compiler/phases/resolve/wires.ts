import { type Diagnostic, diagnostic, type Fix } from '../../diagnostics.ts';
import {
  type DocumentEdge,
  type DocumentNode,
  type GraphDocument,
  numberedPort,
  type PortRef,
} from '../../document.ts';
import type { OpRecord, Registry } from '../../op.ts';
import { didYouMean, nearest } from '../../spelling.ts';
import type { ResolvedInput } from '../1-resolve.ts';

function moveFix(edge: DocumentEdge, end: 'source' | 'target', place: PortRef | null): Fix[] {
  if (!place) return [];
  const label = end === 'source' ? `Start the wire at “${place.port}”` : `End the wire at “${place.port}”`;
  return [{ label, safety: 'maybe', edits: [{ kind: 'move-wire', edge: edge.id, [end]: place }] }];
}

/** Safe where the wire could not be meant otherwise. */
function removeFix({ id }: DocumentEdge, others: readonly Fix[] = []): Fix {
  const safety = others.length > 0 ? 'maybe' : 'safe';
  return { label: 'Remove the wire', safety, edits: [{ kind: 'remove-edge', edge: id }] };
}

/** What is wrong with the beginning or the end of a wire; null where both exist. */
export function looseWire(
  edge: DocumentEdge,
  { graph: { nodes } }: GraphDocument,
  registry: Registry,
): Diagnostic | null {
  const [source, target] = [nodes[edge.source.node], nodes[edge.target.node]];
  const record = source && registry.get(source.op);
  const outputs = record?.outputs.map((port) => (port.variadic ? `${port.name}.0` : port.name));
  const variadic = record?.outputs.some(({ name, variadic }) => variadic && name === numberedPort(edge.source.port)[0]);
  // A port of a module that nothing stands for; what is wrong with it is told there.
  const isPort = record?.kind === 'port';
  if (source && target && (!outputs || isPort || variadic || outputs.includes(edge.source.port))) return null;
  const place = { edge: edge.id, ...(target ? { node: target.id, port: edge.target.port } : {}) };
  const report = (title: string, cause: string, moves: readonly Fix[] = []) =>
    diagnostic('document/dangling-edge', place, { title, cause, fixes: [...moves, removeFix(edge, moves)] });
  if (!target) return report(`A wire ends at “${edge.target.node}”, which does not exist`, 'A wire joins two nodes.');
  if (source && record && outputs) {
    const meant = nearest(edge.source.port, outputs) ?? (outputs.length === 1 ? (outputs[0] as string) : null);
    const moved = meant === null ? null : { node: source.id, port: meant };
    return report(
      `${target.name}: ${source.name} has no output “${edge.source.port}”${didYouMean(meant)}`,
      outputs.length > 0 ? `Outputs of ${record.name}: ${outputs.join(', ')}.` : `${record.name} has no outputs.`,
      moveFix(edge, 'source', moved),
    );
  }
  const others = Object.values(nodes).filter(({ id, op }) => id !== target.id && registry.get(op)?.outputs.length);
  const meant = nearest(
    edge.source.node,
    others.map(({ name }) => name),
  );
  const node = others.find(({ name }) => name === meant);
  const ports = (node && registry.get(node.op)?.outputs) ?? [];
  const port = ports.find(({ name }) => name === edge.source.port) ?? ports[0];
  return report(
    `${target.name}: there is no “${edge.source.node}” to wire to “${edge.target.port}”${didYouMean(meant)}`,
    'The wire starts at a node that does not exist.',
    moveFix(edge, 'source', node && port && !port.variadic ? { node: node.id, port: port.name } : null).map((fix) => ({
      ...fix,
      label: `Start the wire at ${node?.name}`,
    })),
  );
}

/** The wires of a node by its input ports, with what is wrong about them; `loose` are ports whose wire is reported already. */
export function connect(
  node: DocumentNode,
  record: OpRecord,
  wires: readonly DocumentEdge[],
  loose: ReadonlySet<string>,
  report: (diagnostic: Diagnostic) => void,
): ResolvedInput[] {
  const byPort = new Map<string, DocumentEdge>();
  const known = new Set(record.inputs.map((port) => port.name));
  /** Ports whose wire is reported already. */
  const told = new Set(loose);
  const freePorts = (): string[] => {
    const ends = new Set([...loose, ...wires.map((edge) => edge.target.port)]);
    return record.inputs
      .map((port) => (port.variadic ? `${port.name}.0` : port.name))
      .filter((port) => !ends.has(port));
  };
  for (const edge of wires) {
    const [base, member] = numberedPort(edge.target.port);
    const variadic = record.inputs.find((port) => port.name === base)?.variadic ?? false;
    const place = { node: node.id, port: edge.target.port, edge: edge.id };
    if (!known.has(base) || variadic !== (member !== null)) {
      const free = freePorts().filter((port) => !told.has(port));
      const required = free.filter((port) => !record.inputs.find(({ name }) => name === port)?.optional);
      const meant = nearest(edge.target.port, free) ?? (required.length === 1 ? (required[0] as string) : null);
      if (meant !== null) told.add(meant);
      const moves = moveFix(edge, 'target', meant === null ? null : { node: node.id, port: meant });
      report(
        diagnostic('document/dangling-edge', place, {
          title: `${node.name}: ${record.name} has no input “${edge.target.port}”${didYouMean(meant)}`,
          cause: `Its inputs: ${record.inputs.map((port) => port.name).join(', ') || 'none'}.`,
          fixes: [...moves, removeFix(edge, moves)],
        }),
      );
    } else if (byPort.has(edge.target.port)) {
      report(
        diagnostic('graph/two-wires', place, {
          title: `${node.name}: two wires end at “${edge.target.port}”`,
          cause: 'An input takes one value. Add them first, or remove one wire.',
          fixes: [removeFix(edge)],
        }),
      );
    } else byPort.set(edge.target.port, edge);
  }

  const inputs: ResolvedInput[] = [];
  for (const port of record.inputs) {
    if (port.variadic) {
      const members = [...byPort.keys()].filter((key) => numberedPort(key)[0] === port.name);
      members.sort((a, b) => (numberedPort(a)[1] ?? 0) - (numberedPort(b)[1] ?? 0));
      for (const key of members) inputs.push({ port: key, source: byPort.get(key)?.source ?? null });
      if (members.length > 0 || port.optional) continue;
    } else {
      const source = byPort.get(port.name)?.source ?? null;
      inputs.push({ port: port.name, source });
      if (source || port.optional) continue;
    }
    if (told.has(port.variadic ? `${port.name}.0` : port.name)) continue;
    report(
      diagnostic(
        'graph/missing-input',
        { node: node.id, port: port.variadic ? `${port.name}.0` : port.name },
        {
          title: `${node.name}: nothing is wired to “${port.name}”`,
          cause: `${record.name} needs it: ${port.doc.replace(/\.$/, '')}.`,
        },
      ),
    );
  }
  return inputs;
}
