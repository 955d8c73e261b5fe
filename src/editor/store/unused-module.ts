/**
 * A module that nothing uses is entered as if the drawing had one instance of it, called by its operator, with nothing
 * wired to it. It is never saved, compiled or trained; it gives the sheet inside what types and problems can be known.
 */
import type { GraphDocument, NodeId } from '../../compiler/document.ts';
import { definitionOf } from '../../compiler/modules.ts';
import type { CheckResult } from '../../compiler/result.ts';

const documents = new WeakMap<GraphDocument['graph'], Map<NodeId, GraphDocument>>();
const checks = new WeakMap<GraphDocument, CheckResult>();

/** The document with that instance alone; null where the path leads through nodes that are there. */
export function asIfUsed(document: GraphDocument, [first]: readonly NodeId[]): GraphDocument | null {
  const { graph } = document;
  if (first === undefined || graph.nodes[first] || !definitionOf(graph.modules, first)) return null;
  const known = documents.get(graph) ?? new Map<NodeId, GraphDocument>();
  documents.set(graph, known);
  const instance = { id: first, op: first, name: first, attributes: {} };
  const found = known.get(first) ?? { ...document, graph: { ...graph, nodes: { [first]: instance }, edges: {} } };
  known.set(first, found);
  return found;
}

/** What a check says of it. Fixes would be of nodes that are not in the document. */
export function checkAsIfUsed(document: GraphDocument, check: (document: GraphDocument) => CheckResult): CheckResult {
  const known = checks.get(document);
  if (known) return known;
  const result = check(document);
  const diagnostics = result.diagnostics.filter(({ place }) => place.node !== undefined);
  const found = { ...result, diagnostics: diagnostics.map((each) => ({ ...each, fixes: [] })) };
  checks.set(document, found);
  return found;
}
