/** The graphs that ship with the editor; each is a file of examples/, loaded when it is asked for. */
import type { GraphDocument } from '../../compiler/document.ts';

const FILES = import.meta.glob<GraphDocument>('../../../examples/*.json', { import: 'default' });

/** From the simplest to the largest; others follow by name. */
const ORDER = ['line-fit', 'two-spirals', 'digits-mlp', 'mnist-logistic-regression', 'mnist-lenet'];

const loaders = new Map(
  Object.entries(FILES)
    .map(([path, load]) => [path.replace(/^.*\/|\.json$/g, ''), load] as const)
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b)),
);

export const exampleNames: readonly string[] = [...loaders.keys()];

/** The document, or null if there is no example of this name. */
export async function loadExample(name: string): Promise<GraphDocument | null> {
  return (await loaders.get(name)?.()) ?? null;
}

function rank(name: string): number {
  const at = ORDER.indexOf(name);
  return at < 0 ? ORDER.length : at;
}
