/** Data sets that go along when Data nodes are copied from one document to another. */
import type { DocumentDatasets } from '../../compiler/datasets.ts';
import type { DocumentNode, GraphDocument } from '../../compiler/document.ts';
import { uniqueName } from '../commands/graph-edits.ts';
import type { DocumentDraft } from '../store/document-store.ts';

/** The document's data sets that nodes read. */
export function datasetsFor({ graph }: GraphDocument, nodes: readonly DocumentNode[]): DocumentDatasets {
  const names = new Set(nodes.map((node) => node.attributes.dataset));
  return Object.fromEntries(Object.entries(graph.datasets ?? {}).filter(([name]) => names.has(name)));
}

/** Adds what the document lacks. The result gives each node the name that its data set has here. */
export function bringDatasets(
  draft: DocumentDraft,
  carried: DocumentDatasets,
): <T extends Pick<DocumentNode, 'attributes'>>(node: T) => T {
  const names = new Map<string, string>();
  for (const [name, recipe] of Object.entries(carried)) {
    const known: DocumentDatasets = (draft.graph.datasets ?? {}) as DocumentDatasets;
    if (JSON.stringify(known[name]) === JSON.stringify(recipe)) continue;
    const free = uniqueName(name, Object.keys(known));
    draft.graph.datasets = { ...known, [free]: structuredClone(recipe) } as typeof draft.graph.datasets & object;
    names.set(name, free);
  }
  return (node) => {
    const { dataset } = node.attributes;
    const name = names.get(String(dataset));
    return name === undefined ? node : { ...node, attributes: { ...node.attributes, dataset: name } };
  };
}
