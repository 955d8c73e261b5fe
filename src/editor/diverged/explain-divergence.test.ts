import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import { flatten } from '../../compiler/flatten.ts';
import type { Trace, TracedValue } from '../../compiler/questions/trace.ts';
import { registry } from '../../nodes/registry.ts';
import { makeModule } from '../commands/modules.ts';
import { showProblem } from '../commands/view.ts';
import { createEditor } from '../store/create-editor.ts';
import { problemsOfSheet } from '../store/runtime-problems.ts';
import { explainDivergence, findCulprit, findElement } from './explain-divergence.ts';

const traced = (node: string, op: string, role: TracedValue['role'], from: number[], at: number): TracedValue => ({
  node,
  op,
  role,
  from,
  range: { offset: 3 * at, length: 3 },
});

const document = drawing({
  w: ['Parameter', {}, { shape: [2] }],
  p: ['Softmax', { x: 'w' }, { axis: -1 }],
  log: ['Log', { x: 'p' }],
  cost: ['ReduceSum', { x: 'log' }],
  sgd: ['SGD', { cost: 'cost' }, { lr: 0.5 }],
});
const trace = {
  values: [
    traced('w', 'parameter', 'input', [], 0),
    traced('p', 'Softmax', 'forward', [0], 1),
    traced('log', 'Log', 'forward', [1], 2),
  ],
} as unknown as Trace;
const frame = (step: number, ...numbers: number[]) => ({ step, numbers: Float32Array.from(numbers) });

test('the first value that is not finite is to blame, with the ranges of what it got', () => {
  const fine = frame(3, -1, 1, 0, 0, 1, 0, -2, 0, 0);
  const bad = frame(4, -9, 9, 0, 0, 1, 0, Number.NEGATIVE_INFINITY, 0, Number.NaN);
  const culprit = findCulprit(trace, [fine, bad]);
  expect(culprit).toMatchObject({ step: 4, value: { node: 'log' }, inputs: [{ low: 0, high: 1 }] });
  const found = explainDivergence(document, registry, culprit, { title: 'The loss became NaN.', rate: 0.5 });
  expect(found.title).toBe('log gives a number that is not finite, in step 4');
  expect(found.place.node).toBe('log');
  expect(found.evidence).toEqual([{ label: 'p', text: '0 to 1.00', node: 'p' }]);
  expect(found.fixes.map(({ label }) => label)).toEqual([
    'Make p and log one LogSoftmax',
    'Clip x of log to at least 0.000001',
    'Lower the learning rate from 0.5 to 0.05',
  ]);
});

test('the first element that is not finite is named, with its value', () => {
  const whole = { ...trace, whole: { offset: 9, length: 4, shape: [2, 2] } } as unknown as Trace;
  const numbers = [-9, 9, 0, 0, 1, 0, Number.NEGATIVE_INFINITY, 0, Number.NaN, -1, -2, Number.NEGATIVE_INFINITY, -3];
  const frames = [frame(4, ...numbers)];
  const element = findElement(whole, frames, 4);
  expect(element).toEqual({ name: '[1, 0]', value: Number.NEGATIVE_INFINITY });
  const culprit = findCulprit(whole, frames);
  if (!culprit || !element) throw new Error('nothing was found');
  const found = explainDivergence(document, registry, { ...culprit, element }, { title: 'The end.', rate: 0.5 });
  expect(found.cause).toContain('Its element [1, 0] is −∞.');
  expect(findElement(whole, frames, 5)).toBeUndefined();
});

test('without a trace the loss is reported as it is', () => {
  expect(findCulprit(trace, [])).toBeNull();
  const found = explainDivergence(document, registry, null, { title: 'The loss became NaN.', rate: null });
  expect(found).toMatchObject({ title: 'The loss became NaN.', place: {} });
  expect(found.fixes.map(({ label }) => label)).toEqual(['Lower the learning rate from 0.5 to 0.05']);
});

test('a value inside of a module is told by its way, marks the instance, and leads inside', () => {
  const editor = createEditor({ registry, check, document, now: () => 0 });
  editor.ui.select(['p', 'log']);
  makeModule.run(editor);
  const [instance = ''] = editor.ui.getState().selection.nodes;
  const inside = `${instance}/log`;
  const culprit = {
    step: 4,
    value: traced(inside, 'Log', 'forward', [], 0),
    inputs: [{ value: traced(`${instance}/p`, 'Softmax', 'forward', [], 1), low: 0, high: 1 }],
  };
  const flat = flatten(editor.whole.getState().document, editor.registry).document;
  const found = explainDivergence(flat, editor.registry, culprit, { title: 'The loss became NaN.', rate: 0.5 });
  expect(found.title).toBe('module/log gives a number that is not finite, in step 4');
  expect(found.evidence[0]?.label).toBe('module/p');
  editor.session.set({ problems: [found] });
  const { problems } = editor.session.getState();
  expect(problemsOfSheet(editor, problems).map(({ place }) => place.node)).toEqual([instance]);
  void showProblem.run(editor, { problem: found });
  expect(editor.document.getState().path).toEqual([instance]);
  expect(editor.ui.getState().selection.nodes).toEqual(['log']);
  expect(problemsOfSheet(editor, problems).map(({ place }) => place.node)).toEqual(['log']);
});
