import { expect, test } from 'vitest';
import { setBroadcast, setRewrite, toggleRewrites } from './language.ts';
import { createTestEditor } from './test-editor.ts';

function setUp() {
  const editor = createTestEditor();
  return { editor, options: () => editor.document.getState().document.graph.options };
}

test('rewrites are switched one by one, and only what differs from the default is stored', () => {
  const { editor, options } = setUp();
  setRewrite.run(editor, { rule: 'log of softmax', enabled: false });
  setRewrite.run(editor, { rule: 'fold constants', enabled: false });
  expect(options()).toEqual({ disabledRewrites: ['fold constants', 'log of softmax'] });
  setRewrite.run(editor, { rule: 'log of softmax', enabled: true });
  setRewrite.run(editor, { rule: 'fold constants', enabled: true });
  expect(options()).toBeUndefined();
  editor.document.undo();
  expect(options()).toEqual({ disabledRewrites: ['fold constants'] });
});

test('all rewrites come back as they were', () => {
  const { editor, options } = setUp();
  setRewrite.run(editor, { rule: 'fold constants', enabled: false });
  toggleRewrites.run(editor);
  expect(options()?.disabledRewrites).toContain('*');
  toggleRewrites.run(editor);
  expect(options()).toEqual({ disabledRewrites: ['fold constants'] });
});

test('broadcasting is an option of the document, and undoable', () => {
  const { editor, options } = setUp();
  setBroadcast.run(editor, { rule: 'same-rank' });
  expect(options()).toEqual({ broadcast: 'same-rank' });
  setBroadcast.run(editor, { rule: 'same-rank' });
  editor.document.undo();
  expect(options()).toBeUndefined();
  expect(editor.document.getState().undoLabel).toBeNull();
});
