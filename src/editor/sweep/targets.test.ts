import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { registry } from '../../nodes/registry.ts';
import { candidates, withTarget } from './targets.ts';

function network(hidden: readonly [number, number]) {
  const [first, second] = hidden;
  return drawing(
    {
      digits: ['Data', {}, { dataset: 'digits' }],
      W1: ['Parameter', {}, { shape: [64, first] }],
      b1: ['Parameter', {}, { shape: [first], initializer: 'zeros' }],
      h1: ['Gemm', { a: 'digits', b: 'W1', c: 'b1' }],
      a1: ['Tanh', { x: 'h1' }],
      W2: ['Parameter', {}, { shape: [first, second] }],
      h2: ['MatMul', { a: 'a1', b: 'W2' }],
      a2: ['Tanh', { x: 'h2' }],
      W3: ['Parameter', {}, { shape: [second, 10] }],
      logits: ['MatMul', { a: 'a2', b: 'W3' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'logits', labels: 'digits:y' }],
      norm: ['ReduceSumSquare', { x: 'W1' }],
      lambda: ['Constant', {}, { values: [0.001] }],
      penalty: ['Mul', { a: 'norm', b: 'lambda' }],
      cost: ['Add', { a: 'loss', b: 'penalty' }],
      sgd: ['SGD', { cost: 'cost' }, { lr: 0.3 }],
    },
    { training: { batchSize: 50, earlyStopping: { rule: 'epochs' } } },
  );
}

const labelled = (document: ReturnType<typeof network>) =>
  new Map(candidates(document, registry).map((candidate) => [candidate.label, candidate]));

describe('what can be varied', () => {
  test('sizes of hidden layers are found with all shapes they are in', () => {
    const found = [...labelled(network([32, 20])).keys()].filter((label) => label.startsWith('units'));
    expect(found).toEqual(['units: size 32 of W1, b1, W2', 'units: size 20 of W2, W3']);
  });

  test('two layers of one size are told apart, and from the data', () => {
    const all = candidates(network([64, 64]), registry).filter(({ target }) => target.kind === 'size');
    expect(all.map(({ target }) => target)).toEqual([
      {
        kind: 'size',
        axes: [
          { node: 'W1', axis: 1 },
          { node: 'b1', axis: 0 },
          { node: 'W2', axis: 0 },
        ],
      },
      {
        kind: 'size',
        axes: [
          { node: 'W2', axis: 1 },
          { node: 'W3', axis: 0 },
        ],
      },
    ]);
  });

  test('a size changes in all its places', () => {
    const document = network([32, 20]);
    const size = labelled(document).get('units: size 32 of W1, b1, W2');
    const { nodes } = withTarget(document, size?.target ?? { kind: 'size', axes: [] }, 7).graph;
    expect(['W1', 'b1', 'W2', 'W3'].map((id) => nodes[id]?.attributes.shape)).toEqual([
      [64, 7],
      [7],
      [7, 20],
      [20, 10],
    ]);
  });

  test('the learning rate, a constant, and options of training', () => {
    const document = network([32, 20]);
    const found = labelled(document);
    const set = (label: string, value: number) => {
      const candidate = found.get(label);
      if (!candidate) throw new Error(`no ${label} among ${[...found.keys()].join(', ')}`);
      return withTarget(document, candidate.target, value).graph;
    };
    expect(found.get('lr of sgd')?.value).toBe(0.3);
    expect(set('lr of sgd', 0.1).nodes.sgd?.attributes.lr).toBe(0.1);
    expect(found.get('lambda')?.value).toBe(0.001);
    expect(set('lambda', 0.01).nodes.lambda?.attributes.values).toEqual([0.01]);
    expect(set('batch size', 10).training.batchSize).toBe(10);
    expect(set('epochs to wait', 4).training.earlyStopping).toEqual({ rule: 'epochs', epochs: 4 });
    // Of rules that are not in use there is nothing to vary.
    expect(found.has('patience')).toBe(false);
  });
});
