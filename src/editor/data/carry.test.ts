import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import type { DatasetRecipe } from '../../compiler/datasets.ts';
import { emptyDocument, type GraphDocument } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import { copy, pasteCopy } from '../commands/clipboard.ts';
import { createEditor } from '../store/create-editor.ts';

const recipe = (seed: number): DatasetRecipe => ({
  source: { kind: 'points', points: [0, 0, 0, 1, 1, 1] },
  columns: [],
  missing: 'refuse',
  labels: 'index',
  normalize: { kind: 'none' },
  splits: { train: 0.5, validation: 0.5, test: 0, seed, shuffle: true, stratify: false },
  info: {
    rows: 2,
    columns: [{ name: 'features', dtype: 'float32', shape: [2] }],
    splits: { train: [0, 1], validation: [1, 2] },
  },
});

const withData = (seed: number): GraphDocument => {
  const made = drawing({ data: ['Data', {}, { dataset: 'mine' }] });
  return { ...made, graph: { ...made.graph, datasets: { mine: recipe(seed), other: recipe(9) } } };
};

/** What there is after a copied Data node of `withData(1)` was pasted into a document. */
function pastedInto(document: GraphDocument) {
  const editor = createEditor({ registry, check, document: withData(1) });
  editor.ui.select(['data']);
  void copy.run(editor);
  editor.document.load(document);
  void pasteCopy.run(editor);
  const { graph } = editor.document.getState().document;
  const [pasted] = editor.ui.getState().selection.nodes;
  return { datasets: graph.datasets, reads: graph.nodes[pasted ?? '']?.attributes.dataset, editor };
}

test('the data set of a copied node comes along, and leaves with the paste', () => {
  const { datasets, reads, editor } = pastedInto(emptyDocument());
  expect(datasets).toEqual({ mine: recipe(1) });
  expect(reads).toBe('mine');
  editor.document.undo();
  expect(editor.document.getState().document).toEqual(emptyDocument());
});

test('one that is there already is read; another of its name stays', () => {
  expect(pastedInto(withData(1))).toMatchObject({ datasets: withData(1).graph.datasets, reads: 'mine' });
  expect(pastedInto(withData(2))).toMatchObject({
    datasets: { mine: recipe(2), other: recipe(9), mine2: recipe(1) },
    reads: 'mine2',
  });
});
