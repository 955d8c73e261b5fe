import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import { printDocument, readDocument } from '../../compiler/document-parse.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor } from '../store/create-editor.ts';
import { breakAnywhere, breakpointsOf, changeBreakpoint, switchBreakpoints, toggleBreakpoint } from './commands.ts';
import { describeHit } from './words.ts';

const document = drawing({
  w: ['Parameter', {}, { shape: [2] }],
  y: ['Tanh', { x: 'w' }],
  cost: ['ReduceSum', { x: 'y' }],
  sgd: ['SGD', { cost: 'cost' }],
});
const open = () => createEditor({ registry, check, document });

test('breakpoints belong to the drawing: they can be undone, and nothing of training is compiled anew', () => {
  const editor = open();
  const { graph } = editor.whole.getState().document;
  expect(toggleBreakpoint.enabled(editor)).toBe(false);
  editor.ui.select(['y']);
  void toggleBreakpoint.run(editor);
  expect(breakpointsOf(editor)).toEqual({ break1: { when: 'nan', at: { node: 'y', port: 'y' } } });
  expect(editor.whole.getState().document.graph).toBe(graph);
  expect(editor.whole.getState().revision).toBe(0);
  editor.whole.undo();
  expect(editor.whole.getState().document.layout.breakpoints).toBeUndefined();
  editor.whole.redo();
  void toggleBreakpoint.run(editor);
  expect(editor.whole.getState().document.layout.breakpoints).toBeUndefined();
});

test('they are saved and read again, and what is none is refused', () => {
  const editor = open();
  void breakAnywhere.run(editor);
  editor.ui.select([], ['cost.x']);
  void toggleBreakpoint.run(editor);
  void changeBreakpoint.run(editor, { id: 'break2', change: { when: 'value-above', limit: 3 } });
  void switchBreakpoints.run(editor);
  const saved = JSON.parse(printDocument(editor.whole.getState().document));
  const read = readDocument(saved);
  expect(read.document?.layout.breakpoints).toEqual({
    break1: { when: 'nan', disabled: true },
    break2: { when: 'value-above', at: { node: 'y', port: 'y' }, limit: 3, disabled: true },
  });
  saved.layout.breakpoints.break1.when = 'never';
  expect(readDocument(saved).diagnostics[0]?.title).toContain('layout.breakpoints.break1.when is not nan or');
});

test('where training paused is told in words', () => {
  const tensor = { node: 'y', port: 'y', of: 'value', shape: [2, 3] } as const;
  const told = (hit: object, limit = 0) => describeHit({ id: 'b', step: 12, ...hit } as never, limit, (node) => node);
  expect(told({ when: 'nan', tensor, index: 4, value: Number.NaN })).toEqual({
    title: 'Paused before step 12',
    text: 'y[1,1] is NaN.',
  });
  const gradient = { ...tensor, of: 'gradient' };
  expect(told({ when: 'gradient-above', tensor: gradient, index: 0, value: -7 }, 5).text).toBe(
    'The gradient at y[0,0] is −7.000, beyond ±5.00.',
  );
  expect(told({ when: 'gradient-zero', tensor: gradient, index: 0, value: 0 }).text).toBe(
    'The gradient of y is zero in all its 6 elements.',
  );
  expect(told({ when: 'loss-rises', tensor: null, index: null, value: 3, losses: [1, 2, 3] })).toEqual({
    title: 'Paused after step 12',
    text: 'The loss rose 2 times in a row: 1.00 → 2.00 → 3.00.',
  });
});
