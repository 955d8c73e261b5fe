/** Traps that editors of graphs fell into, and that need no browser; e2e/traps.spec.ts lists all of them. */
import { expect, test } from 'vitest';
import digits from '../../examples/digits-mlp.json' with { type: 'json' };
import { drawing } from '../../scripts/drawing.ts';
import { check } from '../compiler/compile.ts';
import type { GraphDocument } from '../compiler/document.ts';
import { exportModel } from '../compiler/export.ts';
import { registry } from '../nodes/registry.ts';
import { createFlowNodes } from './canvas/flow-nodes.ts';
import { beginDrag } from './canvas/gestures/drag.ts';
import { enterModule, leaveModule, makeModule } from './commands/modules.ts';
import { rename, setTraining } from './commands/nodes.ts';
import { idOf } from './commands/test-editor.ts';
import { createEditor, type Editor } from './store/create-editor.ts';

const open = (): Editor =>
  createEditor({ registry, check, document: digits as unknown as GraphDocument, now: () => 0 });

test('a drag that ends later brings no old settings back', () => {
  const editor = open();
  const state = editor.document.getState();
  const makeNodes = createFlowNodes(registry);
  const nodes = makeNodes({ state, selection: [], moved: new Map(), derived: [], selectedDerived: null });
  const tanh = idOf(editor, 'tanh');
  const drag = beginDrag(editor, { ids: [tanh], nodes, sight: { x: 0, y: 0, width: 2000, height: 2000 }, zoom: 1 });
  const held = drag.move(new Map([[tanh, { x: 40, y: 800 }]]), false);
  setTraining.run(editor, { batchSize: 7, seed: 42 });
  rename.run(editor, { node: tanh, name: 'squashed' });
  drag.drop(held, false);
  const { graph, layout } = editor.document.getState().document;
  expect(layout.nodes[tanh]).toEqual(held.places.get(tanh));
  expect(graph.training).toMatchObject({ batchSize: 7, seed: 42 });
  expect(graph.nodes[tanh]?.name).toBe('squashed');
});

test('undo inside of a module, and leaving it, keeps what was done before', () => {
  const editor = open();
  rename.run(editor, { node: idOf(editor, 'loss'), name: 'cost' });
  editor.ui.select(['W1', 'hidden'].map((name) => idOf(editor, name)));
  makeModule.run(editor);
  const made = editor.whole.getState().document;
  enterModule.run(editor);
  rename.run(editor, { node: idOf(editor, 'W1'), name: 'first' });
  rename.run(editor, { node: idOf(editor, 'hidden'), name: 'second' });
  editor.document.undo();
  const names = () => Object.values(editor.document.getState().document.graph.nodes).map(({ name }) => name);
  expect(names()).toEqual(expect.arrayContaining(['first', 'hidden']));
  leaveModule.run(editor);
  expect(names()).toContain('cost');
  expect(editor.document.getState().path).toEqual([]);
  editor.document.undo();
  expect(editor.whole.getState().document).toEqual(made);
});

test('a parameter that nothing uses is no obstacle to an export', () => {
  const document = drawing({
    points: ['Data', {}, { dataset: 'line' }],
    slope: ['Parameter', {}, { shape: [1] }],
    unused: ['Parameter', {}, { shape: [3, 5] }],
    product: ['Mul', { a: 'points:x', b: 'slope' }],
    loss: ['MeanSquaredError', { prediction: 'product', target: 'points:y' }],
    optimizer: ['SGD', { cost: 'loss' }],
    line: ['Output', { value: 'product' }],
  });
  const weights = { slope: new Float32Array(1), unused: new Float32Array(15) };
  for (const kind of ['inference', 'train-step'] as const) {
    const { onnx, diagnostics } = exportModel(document, registry, { kind, weights });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(onnx?.length).toBeGreaterThan(100);
  }
});
