import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check, compile } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import type { State } from '../../runtime/protocol.ts';
import { Trainer } from '../../runtime/worker/trainer.ts';
import { openDocument } from '../persistence/documents.ts';
import { createEditor, type Editor } from '../store/create-editor.ts';
import { type Penalty, penalizable, regularize } from './regularize.ts';

function network(): GraphDocument {
  return drawing(
    {
      digits: ['Data', {}, { dataset: 'digits' }],
      W1: ['Parameter', {}, { shape: [64, 7] }],
      b1: ['Parameter', {}, { shape: [7] }],
      hidden: ['Gemm', { a: 'digits', b: 'W1', c: 'b1' }],
      tanh: ['Tanh', { x: 'hidden' }],
      W2: ['Parameter', {}, { shape: [7, 10] }],
      logits: ['MatMul', { a: 'tanh', b: 'W2' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'logits', labels: 'digits:y' }],
      frozen: ['Parameter', {}, { shape: [2, 2], trainable: false }],
      sgd: ['SGD', { cost: 'loss' }, { lr: 0 }],
    },
    { training: { batchSize: 50, shuffle: false } },
  );
}

function open(): Editor {
  const editor = createEditor({ registry, check });
  openDocument(editor, network());
  return editor;
}

async function firstLoss(document: GraphDocument): Promise<{ loss: number; state: State }> {
  const { plan, diagnostics } = compile(document, registry);
  if (!plan) throw new Error(diagnostics.map(({ title }) => title).join('; '));
  const trainer = new Trainer({
    emit: () => {},
    readFile: async (path) => new Uint8Array(await readFile(`public/${path}`)),
  });
  await trainer.load(plan, { backend: 'wasm', keep: false });
  const { loss } = await trainer.step(1);
  const state = await trainer.readState();
  await trainer.close();
  return { loss: loss ?? Number.NaN, state };
}

const values = (state: State, ...names: string[]) => names.flatMap((name) => [...(state[name] ?? [])]);
const sum = (all: readonly number[]) => all.reduce((total, value) => total + value, 0);

describe('a penalty', () => {
  const cases: readonly (readonly [Penalty, (weights: readonly number[]) => number])[] = [
    [{ kind: 'l1' }, (all) => sum(all.map(Math.abs))],
    [{ kind: 'l2' }, (all) => sum(all.map((value) => value ** 2))],
    [{ kind: 'p', p: 3 }, (all) => sum(all.map((value) => Math.abs(value) ** 3)) ** (1 / 3)],
  ];

  for (const [penalty, norm] of cases) {
    for (const parameters of [['W1', 'W2'], ['W1']]) {
      test(`${penalty.kind} of ${parameters.join(' and ')} adds λ·R(θ) to the cost, as one step`, async () => {
        const editor = open();
        const before = editor.document.getState().document;
        regularize.run(editor, { penalty, lambda: 0.01, parameters });
        const { document, check: found } = editor.document.getState();
        expect(found.diagnostics.filter(({ severity }) => severity === 'error').map(({ title }) => title)).toEqual([]);
        const [plain, regularized] = [await firstLoss(before), await firstLoss(document)];
        expect(regularized.state.W1).toEqual(plain.state.W1);
        const expected = 0.01 * norm(values(plain.state, ...parameters));
        expect(regularized.loss - plain.loss).toBeCloseTo(expected, 5);
        editor.document.undo();
        expect(editor.document.getState().document.graph).toEqual(before.graph);
      });
    }
  }

  test('is on weights by default, and never on what is not trained', () => {
    const found = penalizable(network(), registry);
    expect(found.map(({ node, isWeight }) => [node.name, isWeight])).toEqual([
      ['W1', true],
      ['b1', false],
      ['W2', true],
    ]);
  });

  test('can be added to another', () => {
    const editor = open();
    regularize.run(editor, { penalty: { kind: 'l1' }, lambda: 0.01, parameters: ['W1'] });
    regularize.run(editor, { penalty: { kind: 'l2' }, lambda: 0.1, parameters: ['W1', 'W2'] });
    const { document, check: found } = editor.document.getState();
    expect(found.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const names = Object.values(document.graph.nodes).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['cost', 'cost2', 'lambda', 'lambda2', 'penalty', 'penalty2']));
  });
});
