import type { GraphDocument } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import { completeAttributes, type Registry } from '../../compiler/op.ts';
import type { DatasetInfo } from '../../compiler/plan.ts';

/** The data set that a document trains on; null where it reads none. */
export function datasetOf(document: GraphDocument, registry: Registry): DatasetInfo | null {
  for (const node of Object.values(flatten(document, registry).document.graph.nodes)) {
    const record = registry.get(node.op);
    const info = record?.dataset?.(completeAttributes(record, node.attributes), document.graph.datasets);
    if (info) return info;
  }
  return null;
}

/** Of its training split; null where it reads no data. */
export function trainingRows(document: GraphDocument, registry: Registry): number | null {
  const [from, to] = datasetOf(document, registry)?.splits.train ?? [0, 0];
  return to > from ? to - from : null;
}
