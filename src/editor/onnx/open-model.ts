/** ONNX models from files as drawings. */
import { type Diagnostic, diagnostic } from '../../compiler/diagnostics.ts';
import type { DocumentNode, GraphDocument } from '../../compiler/document.ts';
import type { ImportResult } from '../../compiler/import/import.ts';
import { layeredPlaces } from '../commands/layout.ts';
import { openDocument, reportProblems } from '../persistence/documents.ts';
import type { Editor } from '../store/create-editor.ts';

export const isModelFile = ({ name }: File): boolean => /\.onnx$/i.test(name);

/** Weights of so many elements are kept in the drawing, where they are saved and shared with it. */
const KEPT = 50_000;
/** Larger drawings keep the columns that they are imported with: layers take too long. */
const LAID_OUT = 1500;

/** Parameters that begin with the weights of the model. */
function withWeights(document: GraphDocument, { weights }: ImportResult): GraphDocument {
  const nodes = Object.entries(document.graph.nodes).map(([id, node]): [string, DocumentNode] => {
    const values = node.op === 'Parameter' ? weights[node.name] : undefined;
    if (!values) return [id, node];
    return [id, { ...node, attributes: { ...node.attributes, initializer: 'values', values: Array.from(values) } }];
  });
  return { ...document, graph: { ...document.graph, nodes: Object.fromEntries(nodes) } };
}

function aboutWeights({ weights }: ImportResult): { readonly kept: boolean; readonly said: readonly Diagnostic[] } {
  const all = Object.values(weights);
  const count = all.reduce((sum, { length }) => sum + length, 0);
  // JSON has no infinite numbers.
  const kept = count <= KEPT && all.every((values) => values.every(Number.isFinite));
  if (kept) return { kept, said: [] };
  const title = `The drawing does not hold the ${count.toLocaleString('en')} weights of the model`;
  const cause =
    'Drawings keep small weights only. Once there is something to train, load them with “Load weights from a file…”, from the model itself.';
  return { kept, said: [diagnostic('onnx/weights', {}, { severity: 'notice', title, cause })] };
}

/** Opens a model as a new drawing, laid out, with what is to be said of it; where it cannot be read the open drawing stays. */
export async function openModel(editor: Editor, file: File): Promise<boolean> {
  const { importModel } = await import('../../compiler/import/import.ts');
  const name = file.name.replace(/\.onnx$/i, '');
  const imported = importModel(new Uint8Array(await file.arrayBuffer()), editor.registry, { name });
  const { document, diagnostics } = imported;
  if (!document) {
    reportProblems(editor, 'onnx/', diagnostics);
    editor.ui.showTab('problems');
    return false;
  }
  const { kept, said } = aboutWeights(imported);
  const drawn = kept ? withWeights(document, imported) : document;
  const ids = Object.keys(drawn.graph.nodes);
  const nodes = ids.length <= LAID_OUT ? await layeredPlaces(drawn, editor.registry, ids) : drawn.layout.nodes;
  openDocument(editor, { ...drawn, layout: { ...drawn.layout, nodes } });
  const found = [...diagnostics, ...said];
  reportProblems(editor, 'onnx/', found);
  if (found.length > 0) editor.ui.showTab('problems');
  return true;
}
