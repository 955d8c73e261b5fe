/** The learning rate that was set while training, written into the drawing. */
import type { NodeId } from '../../compiler/document.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { Editor } from '../store/create-editor.ts';
import { edgeInto } from '../store/graph-index.ts';
import type { Command } from './command.ts';
import { applyFix } from './fixes.ts';

/** The optimizer whose rate the training panel sets, by its flat id, with the rate that is drawn; null where a wire gives it. */
function drawnRate(editor: Editor): { readonly node: NodeId; readonly rate: number } | null {
  const { graph } = flatten(editor.whole.getState().document, editor.registry).document;
  for (const { id, op, attributes } of Object.values(graph.nodes)) {
    const record = editor.registry.get(op);
    const spec = record?.attributes.lr;
    if (record?.kind !== 'optimizer' || !spec) continue;
    return edgeInto(graph.edges, id, 'lr') ? null : { node: id, rate: Number(attributes.lr ?? spec.default) };
  }
  return null;
}

/** As one step that can be undone. */
export const keepLearningRate: Command = {
  id: 'train.keep-rate',
  label: 'Keep the learning rate in the drawing',
  group: 'Train',
  enabled(editor) {
    const { learningRate } = editor.session.getState();
    const drawn = drawnRate(editor);
    return learningRate !== null && drawn !== null && drawn.rate !== learningRate;
  },
  run(editor) {
    const { learningRate } = editor.session.getState();
    const drawn = drawnRate(editor);
    if (learningRate === null || !drawn) return;
    const edit = { kind: 'set-attribute', node: drawn.node, attribute: 'lr', value: learningRate } as const;
    return applyFix.run(editor, { fix: { label: 'Keep learning rate', safety: 'safe', edits: [edit] } });
  },
};
