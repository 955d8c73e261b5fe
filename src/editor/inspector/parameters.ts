import { bindDim, sizeOf } from '../../compiler/dims.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import type { Registry } from '../../compiler/op.ts';
import { type CheckResult, portKey } from '../../compiler/result.ts';

/** How many numbers training can change. Parameters without a type yet count as none. */
export function countParameters(document: GraphDocument, registry: Registry, check: CheckResult): number {
  let total = 0;
  for (const node of Object.values(document.graph.nodes)) {
    const record = registry.get(node.op);
    const port = record?.outputs[0];
    if (record?.kind !== 'parameter' || !port || node.attributes.trainable === false) continue;
    const type = check.types.get(portKey(node.id, port.name));
    total += type ? Number(bindDim(sizeOf(type.shape), {})) || 0 : 0;
  }
  return total;
}
