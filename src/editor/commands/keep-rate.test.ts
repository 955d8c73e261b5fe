import { expect, test } from 'vitest';
import digits from '../../../examples/digits-mlp.json' with { type: 'json' };
import { check } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor } from '../store/create-editor.ts';
import { keepLearningRate } from './keep-rate.ts';
import { makeModule } from './modules.ts';
import { idOf } from './test-editor.ts';

test('a rate set while training comes into the drawing as one step, inside of a module too', () => {
  const editor = createEditor({ registry, check, document: digits as unknown as GraphDocument, now: () => 0 });
  expect(keepLearningRate.enabled(editor)).toBe(false);
  editor.session.set({ learningRate: 0.05 });
  expect(keepLearningRate.enabled(editor)).toBe(false);
  editor.session.set({ learningRate: 0.02 });
  const before = editor.whole.getState().document;
  keepLearningRate.run(editor);
  expect(before.graph.nodes.optimizer?.attributes.lr).toBe(0.05);
  expect(editor.whole.getState().document.graph.nodes.optimizer?.attributes.lr).toBe(0.02);
  expect(keepLearningRate.enabled(editor)).toBe(false);
  editor.document.undo();
  expect(editor.whole.getState().document).toEqual(before);

  editor.ui.select([idOf(editor, 'optimizer')]);
  makeModule.run(editor);
  keepLearningRate.run(editor);
  const [module] = Object.values(editor.whole.getState().document.graph.modules ?? {});
  expect(module?.nodes.optimizer?.attributes.lr).toBe(0.02);
});
