import { expect, test } from 'vitest';
import { applyFix } from '../commands/fixes.ts';
import { createTestEditor } from '../commands/test-editor.ts';
import { presetOf, presetSize, setLoop } from './commands.ts';
import { formatDuration, timeLeft } from './time-left.ts';

test('only what differs from the defaults is stored, and one undo takes it back', () => {
  let time = 0;
  const editor = createTestEditor(() => (time += 10_000));
  const training = () => editor.document.getState().document.graph.training;
  const before = training();
  setLoop.run(editor, { group: 'schedule', name: 'kind', value: 'plateau' });
  setLoop.run(editor, { group: 'schedule', name: 'wait', value: 3 });
  setLoop.run(editor, { group: null, name: 'lastBatch', value: 'keep' });
  expect(training()).toEqual({ ...before, lastBatch: 'keep', schedule: { kind: 'plateau', wait: 3 } });
  editor.document.undo();
  expect(training()).toEqual({ ...before, schedule: { kind: 'plateau', wait: 3 } });
  setLoop.run(editor, { group: 'schedule', name: 'kind', value: 'constant' });
  setLoop.run(editor, { group: 'schedule', name: 'wait', value: 10 });
  expect(training()).toEqual(before);
  const { revision } = editor.document.getState();
  setLoop.run(editor, { group: 'schedule', name: 'kind', value: 'constant' });
  expect(editor.document.getState().revision).toBe(revision);
});

test('batch sizes are called by their kind of gradient descent', () => {
  expect(['online', 'minibatch', 'full'].map((preset) => presetSize(preset as 'online', 1500))).toEqual([1, 64, 1500]);
  expect([1, 50, 1500].map((batchSize) => presetOf({ batchSize, seed: 1, shuffle: true, epochs: 0 }, 1500))).toEqual([
    'online',
    'minibatch',
    'full',
  ]);
  expect(presetSize('minibatch', 20)).toBe(20);
});

test('the time that is left', () => {
  expect(timeLeft(400, 1000, 100)).toBe(6);
  expect(timeLeft(400, 1000, null)).toBeNull();
  expect(timeLeft(1200, 1000, 10)).toBe(0);
  expect([0, 6.2, 65, 3725, 400_000].map(formatDuration)).toEqual(['0:00', '0:07', '1:05', '1:02:05', '5 days']);
});

test('a fix sets options of training as one step', () => {
  const editor = createTestEditor();
  const before = editor.document.getState().document;
  const options = { earlyStopping: { rule: 'off', epochs: 4 } } as const;
  applyFix.run(editor, {
    fix: { label: 'Switch early stopping off', safety: 'maybe', edits: [{ kind: 'set-training', options }] },
  });
  expect(editor.document.getState().document.graph.training).toEqual({ ...before.graph.training, ...options });
  editor.document.undo();
  expect(editor.document.getState().document).toEqual(before);
});
