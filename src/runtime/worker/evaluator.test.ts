import { expect, test } from 'vitest';
import { testPlan } from '../../../scripts/test-plan.ts';
import { Evaluator } from './evaluator.ts';
import type { TrainingSession } from './session.ts';

test('a metric of one split is told of that split alone', async () => {
  const splits = { train: [0, 1500], validation: [1500, 1700], test: [1700, 1797] } as const;
  const plan = { ...testPlan({ splits }), metricSplits: { error: 'test' as const } };
  const values = { loss: Float32Array.of(1), error: Float32Array.of(2) };
  const open: TrainingSession['open'] = async () => ({
    run: async (batches) => batches.map(() => values),
    close: async () => {},
  });
  const evaluator = new Evaluator(plan, plan.graphs.wasm, { open } as TrainingSession);
  expect(await evaluator.run('validation')).toMatchObject({ loss: 1, metrics: {} });
  expect(await evaluator.run('test')).toMatchObject({ loss: 1, metrics: { error: 2 } });
});
