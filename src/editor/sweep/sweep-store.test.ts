import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { WorkerInProcess } from '../../../scripts/worker-in-process.ts';
import { check } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { TrainingClient } from '../../runtime/client.ts';
import { openDocument } from '../persistence/documents.ts';
import { runs } from '../runs/runs-store.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';
import { applyValues } from './commands.ts';
import { dotsOf, growsByFactors } from './LossByValue.tsx';
import type { Sweep } from './sweep.ts';
import { cancelSweep, isRunning, startSweep, sweeps } from './sweep-store.ts';

const make = () => new TrainingClient({ base: 'file:///', spawn: () => new WorkerInProcess() });
const axis = {
  target: { kind: 'attribute', node: 'sgd', attribute: 'lr' },
  label: 'lr of sgd',
  values: [0.1, 0.2, 0.4],
} as const;
const sweep: Sweep = { axes: [axis], length: { unit: 'steps', count: 20 } };
const done = () => sweeps.getState().rows.filter(({ result }) => result !== null).length;

let editor: Editor;

beforeEach(() => {
  editor = createEditor({ registry, check });
  const line = drawing(
    {
      line: ['Data', {}, { dataset: 'line' }],
      slope: ['Parameter', {}, { shape: [1] }],
      prediction: ['Mul', { a: 'line', b: 'slope' }],
      loss: ['MeanSquaredError', { prediction: 'prediction', target: 'line:y' }],
      sgd: ['SGD', { cost: 'loss' }, { lr: 0.05 }],
    },
    { training: { batchSize: 8 } },
  );
  openDocument(editor, line);
  runs.setState({ list: [], drawing: null });
});
afterEach(cancelSweep);

describe('a sweep under way', () => {
  test('fills row after row, and keeps each run with what tells it from the others', async () => {
    await startSweep(editor, sweep, make);
    const { rows, at, cancelled } = sweeps.getState();
    expect([done(), at, cancelled]).toEqual([3, null, false]);
    expect(rows.map(({ result }) => result?.steps)).toEqual([20, 20, 20]);
    const kept = runs.getState().list;
    expect(kept.map(({ name, shown }) => [name, shown])).toEqual([
      ['lr of sgd 0.1', false],
      ['lr of sgd 0.2', false],
      ['lr of sgd 0.4', false],
    ]);
    expect(kept[1]?.settings).toContainEqual(['lr of sgd', '0.2']);
    expect(dotsOf(rows).map(({ value }) => value)).toEqual([0.1, 0.2, 0.4]);
  });

  test('is cancelled with what is done, and edits of the drawing do not reach it', async () => {
    const running = startSweep(editor, sweep, make);
    while (done() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    applyValues.run(editor, { sweep, values: [0.3] });
    expect(editor.document.getState().document.graph.nodes.sgd?.attributes.lr).toBe(0.3);
    editor.document.undo();
    expect(editor.document.getState().document.graph.nodes.sgd?.attributes.lr).toBe(0.05);
    expect(isRunning(sweeps.getState())).toBe(true);
    cancelSweep();
    await running;
    expect(sweeps.getState()).toMatchObject({ at: null, cancelled: true });
    expect(done()).toBeLessThan(3);
  });
});

test('an axis of logarithms is for values that grow by factors', () => {
  expect(growsByFactors([0.001, 0.01, 0.1])).toBe(true);
  expect(growsByFactors([8, 16, 32])).toBe(false);
  expect(growsByFactors([0, 10, 1000])).toBe(false);
});
