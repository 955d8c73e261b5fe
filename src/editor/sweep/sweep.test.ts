import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { WorkerInProcess } from '../../../scripts/worker-in-process.ts';
import type { TrainingOptions } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import { TrainingClient } from '../../runtime/client.ts';
import { gridOf, runVariation, type Sweep, type SweepResult, spaced } from './sweep.ts';

let client: TrainingClient;

beforeEach(() => {
  client = new TrainingClient({ base: 'file:///', spawn: () => new WorkerInProcess() });
});
afterEach(() => client.dispose());

function regression(training: Partial<TrainingOptions> = {}) {
  return drawing(
    {
      digits: ['Data', {}, { dataset: 'digits' }],
      W: ['Parameter', {}, { shape: [64, 10] }],
      logits: ['MatMul', { a: 'digits', b: 'W' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'logits', labels: 'digits:y' }],
      sgd: ['SGD', { cost: 'loss' }, { lr: 0.3 }],
    },
    { training: { batchSize: 50, ...training } },
  );
}

const LR = {
  target: { kind: 'attribute', node: 'sgd', attribute: 'lr' },
  label: 'lr of sgd',
  values: [0.01, 0.5],
} as const;

async function run(
  document: ReturnType<typeof regression>,
  sweep: Sweep,
  values: readonly number[],
): Promise<SweepResult> {
  const result = await runVariation(client, registry, document, sweep, values);
  if ('problem' in result) throw new Error(result.problem);
  return result;
}

describe('a sweep', () => {
  test('trains each variation from the same beginning, to the same results again', async () => {
    const sweep: Sweep = { axes: [LR], length: { unit: 'epochs', count: 2 } };
    const [slow, fast] = [await run(regression(), sweep, [0.01]), await run(regression(), sweep, [0.5])];
    expect([slow.steps, slow.why, slow.values]).toEqual([60, 'epochs', [0.01]]);
    expect(fast.validation).toBeLessThan(slow.validation ?? 0);
    expect(fast.curves.training.y[0]).toBe(slow.curves.training.y[0]);
    expect([...slow.curves.validation.x]).toEqual([0, 30, 60]);
    expect(slow.best).toEqual({ step: 60, value: slow.validation });
    const again = await run(regression(), sweep, [0.01]);
    expect(again.curves).toEqual(slow.curves);
  });

  test('of steps makes so many; of epochs it ends where training stops early', async () => {
    const stopping = regression({ earlyStopping: { rule: 'patience', patience: 10, patienceIncrease: 1 } });
    expect(await run(stopping, { axes: [LR], length: { unit: 'steps', count: 35 } }, [0.5])).toMatchObject({
      steps: 35,
    });
    const ended = await run(stopping, { axes: [LR], length: { unit: 'epochs', count: 50 } }, [0.5]);
    expect([ended.steps, ended.why]).toEqual([11, 'early']);
  });

  test('says what is wrong with a variation', async () => {
    const axis = { target: { kind: 'training', group: null, name: 'batchSize' }, label: '', values: [] } as const;
    const wrong = { target: { kind: 'size', axes: [{ node: 'W', axis: 0 }] }, label: '', values: [] } as const;
    const sweep: Sweep = { axes: [axis, wrong], length: { unit: 'steps', count: 1 } };
    expect(await runVariation(client, registry, regression(), sweep, [50, 63])).toMatchObject({
      values: [50, 63],
      problem: expect.stringContaining('63'),
    });
  });
});

describe('values', () => {
  test('are a grid', () => {
    const axis = (values: number[]) => ({ ...LR, values });
    expect(gridOf([axis([1, 2]), axis([3, 4])])).toEqual([
      [1, 3],
      [1, 4],
      [2, 3],
      [2, 4],
    ]);
  });

  test('are spaced evenly, by their logarithms or not', () => {
    expect(spaced(0.001, 1, 4, true, false)).toEqual([0.001, 0.01, 0.1, 1]);
    expect(spaced(1, 10, 4, false, false)).toEqual([1, 4, 7, 10]);
    expect(spaced(4, 64, 5, true, true)).toEqual([4, 8, 16, 32, 64]);
    expect(spaced(1, 3, 5, false, true)).toEqual([1, 2, 3]);
    expect(spaced(5, 9, 1, false, false)).toEqual([5]);
  });
});
