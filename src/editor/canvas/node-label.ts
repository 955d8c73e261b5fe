/** Nodes in words, for those who hear the graph. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { NodeId } from '../../compiler/document.ts';
import { operatorTitle } from '../../compiler/modules.ts';
import type { Badge, Registry } from '../../compiler/op.ts';
import { leftOut } from '../../compiler/phases/resolve/flags.ts';
import { portKey } from '../../compiler/result.ts';
import type { TensorType } from '../../compiler/types.ts';
import { gradientName } from '../store/gradient-names.ts';
import { outputPorts, wiresOf } from '../store/graph-index.ts';
import type { DocumentState } from '../store/types.ts';

function spokenType({ dtype, shape }: TensorType): string {
  return shape.length === 0 ? `${dtype} scalar` : `${dtype} ${shape.join('×')}`;
}

const BADGE = { broadcast: 'Broadcasts', cast: 'Casts' } as const;

/** `Broadcasts [2] and [3, 1] → [3, 2]` */
export function badgeText({ kind, text }: Badge): string {
  return `${BADGE[kind]} ${text}`;
}

/** `MatMul ‘hidden’, 2 inputs, output float32 batch×64, error: …` */
export function nodeLabel(
  { document, check }: DocumentState,
  registry: Registry,
  id: NodeId,
  problems: readonly Diagnostic[],
): string {
  const node = document.graph.nodes[id];
  if (!node) return '';
  const wires = wiresOf(document.graph.edges, id);
  const types = outputPorts(registry.get(node.op), wires).flatMap((port) => {
    const type = check.types.get(portKey(id, port));
    const gradient = gradientName(document.graph, registry, { node: id, port });
    return type ? [`${gradient ? `${gradient} ` : ''}${spokenType(type)}`] : [];
  });
  const count = wires.incoming.length;
  return [
    `${operatorTitle(registry.get(node.op), node.op)} ‘${node.name}’`,
    count > 0 ? `${count} ${count === 1 ? 'input' : 'inputs'}` : '',
    types.length > 0 ? `output ${types.join(', ')}` : '',
    ...(check.badges.get(id) ?? []).map(badgeText),
    check.blocked.has(id) ? 'waits for an error further up' : '',
    node.muted
      ? 'muted'
      : leftOut(document.graph, registry).has(id)
        ? 'left out, because something it needs is muted'
        : '',
    node.bypassed ? 'bypassed' : '',
    ...problems.map((item) => `${item.severity}: ${item.title}`),
  ]
    .filter(Boolean)
    .join(', ');
}
