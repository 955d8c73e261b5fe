import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { registry } from '../../nodes/registry.ts';
import { check } from '../compile.ts';
import type { GraphDocument, TrainingOptions } from '../document.ts';
import type { OpRecord } from '../op.ts';

function line(training: Partial<TrainingOptions>, lr = false): GraphDocument {
  return drawing(
    {
      line: ['Data', {}, { dataset: 'line' }],
      slope: ['Parameter', {}, { shape: [1] }],
      prediction: ['Mul', { a: 'line', b: 'slope' }],
      loss: ['MeanSquaredError', { prediction: 'prediction', target: 'line:y' }],
      error: ['Metric', { value: 'loss' }],
      rate: ['Constant', {}, { values: [0.1] }],
      sgd: ['SGD', { cost: 'loss', ...(lr && { lr: 'rate' }) }],
    },
    { training: { batchSize: 8, ...training } },
  );
}

const found = (document: GraphDocument, operators = registry) =>
  check(document, operators).diagnostics.filter(({ code }) => code.startsWith('training/'));

/** With a `line` that has no rows to validate on. */
const withoutValidation = new Map<string, OpRecord>(registry);
const data = registry.get('Data') as OpRecord;
withoutValidation.set('Data', {
  ...data,
  dataset: (...given: Parameters<NonNullable<OpRecord['dataset']>>) => {
    const info = data.dataset?.(...given);
    return info
      ? { ...info, splits: { train: [0, info.rows] as const, validation: [info.rows, info.rows] as const } }
      : null;
  },
});

describe('options of the loop', () => {
  test('that need nothing else are accepted', () => {
    expect(found(line({ validation: { every: 'epoch' }, schedule: { kind: 'cosine' }, lastBatch: 'fill' }))).toEqual(
      [],
    );
    expect(found(line({ earlyStopping: { rule: 'patience' }, validation: { monitor: 'error' } }))).toEqual([]);
  });

  test('that follow a validation split need one', () => {
    const options = { earlyStopping: { rule: 'epochs', epochs: 3 }, best: 'restore' } as const;
    const [problem, ...more] = found(line(options), withoutValidation);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      code: 'training/no-validation',
      severity: 'error',
      title: 'line has no validation split, which early stopping and the choice of the best parameters would follow',
    });
    expect(problem?.fixes.map(({ edits }) => edits)).toEqual([
      [{ kind: 'set-training', options: { earlyStopping: { rule: 'off', epochs: 3 } } }],
      [{ kind: 'set-training', options: { best: 'off' } }],
    ]);
    expect(found(line({}), withoutValidation)).toEqual([]);
  });

  test('that follow a metric need it by its name', () => {
    const [problem] = found(line({ earlyStopping: { rule: 'epochs' }, validation: { monitor: 'eror' } }));
    expect(problem).toMatchObject({
      code: 'training/monitor',
      title: 'Early stopping would follow “eror”, which is no metric. Did you mean “error”?',
    });
    expect(problem?.fixes.map(({ label }) => label)).toEqual(['Follow error', 'Follow loss']);
    expect(found(line({ validation: { monitor: 'eror' } }))).toEqual([]);
  });

  test('that change a learning rate need one that is not computed', () => {
    expect(found(line({ schedule: { kind: 'inverse' } }, true))).toMatchObject([
      { code: 'training/schedule', severity: 'warning', place: { node: 'sgd', port: 'lr' } },
    ]);
    expect(found(line({}, true))).toEqual([]);
  });

  test('a batch with more rows than there are is told', () => {
    const [problem] = found(line({ batchSize: 5000 }));
    expect(problem).toMatchObject({ code: 'training/batch', severity: 'warning' });
    expect(problem?.fixes[0]?.label).toMatch(/^Set the batch size to \d+$/);
    expect(found(line({ batchSize: 5000, lastBatch: 'keep' }))).toEqual([]);
  });
});
