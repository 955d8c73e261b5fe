/** The path on which a gradient got lost, of the problem that is looked at. */
import type { Diagnostic } from '../../compiler/diagnostics.ts';
import type { NodeId } from '../../compiler/document.ts';

export interface Highlight {
  readonly path: ReadonlySet<NodeId>;
  /** Nodes of the path that let no gradient through. */
  readonly obstacles: ReadonlySet<NodeId>;
  /** Wires of the path, by `stepKey`. */
  readonly steps: ReadonlySet<string>;
  /** The node of the path that is looked at. */
  readonly at?: NodeId | null;
}

export function problemKey({ code, place, title }: Diagnostic): string {
  return JSON.stringify([code, place, title]);
}

export function stepKey(source: NodeId, target: NodeId): string {
  return `${source} > ${target}`;
}

/** Of the problem that was chosen, else of the first of the only selected node. */
export function highlightOf(
  diagnostics: readonly Diagnostic[],
  chosen: string | null,
  selection: readonly NodeId[],
): Highlight | null {
  const found = diagnostics.filter(({ place }) => place.path && place.path.length > 0);
  const [only] = selection.length === 1 ? selection : [];
  const problem =
    chosen === null
      ? found.find(({ place }) => only !== undefined && place.node === only)
      : found.find((item) => problemKey(item) === chosen);
  const { path } = problem?.place ?? {};
  if (!problem || !path) return null;
  return {
    path: new Set(path),
    obstacles: new Set(
      problem.evidence.flatMap(({ node }) => (node !== undefined && path.includes(node) ? [node] : [])),
    ),
    steps: new Set(path.slice(1).map((node, at) => stepKey(path[at] as NodeId, node))),
  };
}
