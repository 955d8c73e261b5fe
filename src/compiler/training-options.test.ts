import { describe, expect, test } from 'vitest';
import { drawing } from '../../scripts/drawing.ts';
import { registry } from '../nodes/registry.ts';
import { compile } from './compile.ts';
import { DEFAULT_TRAINING } from './document.ts';
import { parseDocument, printDocument, readDocument } from './document-parse.ts';
import { DEFAULT_LOOP, loopOptions } from './training-options.ts';

const withTraining = (training: object) => {
  const document = drawing({});
  return { ...document, graph: { ...document.graph, training: { ...DEFAULT_TRAINING, ...training } } };
};

describe('options of the training loop', () => {
  test('of the tutorials are the defaults', () => {
    expect(DEFAULT_LOOP).toMatchObject({
      lastBatch: 'drop',
      best: 'off',
      validation: { every: 'time', monitor: 'loss', goal: 'smaller' },
      earlyStopping: { rule: 'off', epochs: 10, patience: 5000, patienceIncrease: 2, improvementThreshold: 0.995 },
      schedule: { kind: 'constant', decay: 0.001, factor: 0.5, floor: 1 / 1024, stopAtFloor: true },
    });
  });

  test('are saved as they are chosen, and nothing else is', () => {
    const plain = withTraining({});
    expect(parseDocument(printDocument(plain)).document).toEqual(plain);
    const chosen = withTraining({ lastBatch: 'keep', schedule: { kind: 'plateau', wait: 3 } });
    const { document } = parseDocument(printDocument(chosen));
    expect(document).toEqual(chosen);
    expect(loopOptions(chosen.graph.training).schedule).toEqual({ ...DEFAULT_LOOP.schedule, kind: 'plateau', wait: 3 });
  });

  test.each([
    [{ lastBatch: 'some' }, 'graph.training.lastBatch has to be one of drop, keep, fill'],
    [{ earlyStopping: { patience: 0 } }, 'graph.training.earlyStopping.patience has to be at least 1'],
    [{ schedule: { decay: 'fast' } }, 'graph.training.schedule.decay has to be a number'],
    [{ validation: [] }, 'graph.training.validation is not an object'],
  ])('that are wrong are named: %j', (training, title) => {
    const { document, diagnostics } = readDocument(withTraining(training));
    expect(document).toBeNull();
    expect(diagnostics.map((found) => found.title)).toEqual([title]);
  });

  test('come with the plan, and ask for a second graph where a smaller batch is kept', () => {
    const planOf = (lastBatch: 'keep' | 'fill', batchSize: number) => {
      const document = drawing(
        {
          digits: ['Data', {}, { dataset: 'digits' }],
          W: ['Parameter', {}, { shape: [64, 10] }],
          logits: ['MatMul', { a: 'digits', b: 'W' }],
          loss: ['SoftmaxCrossEntropyLoss', { logits: 'logits', labels: 'digits:y' }],
          sgd: ['SGD', { cost: 'loss' }],
        },
        { training: { batchSize, lastBatch } },
      );
      return compile(document, registry).plan;
    };
    expect(planOf('keep', 64)?.graphs.wasm.rest?.batch).toBe(1500 % 64);
    expect(planOf('keep', 50)?.graphs.wasm.rest).toBeNull();
    expect(planOf('fill', 64)?.graphs.webgpu.rest).toBeNull();
  });
});
