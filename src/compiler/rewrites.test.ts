/** Rewriting changes no result: every example's training step gives the same state and loss with rules on and off. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawing } from '../../scripts/drawing.ts';
import { scattered } from '../../scripts/gradient-check.ts';
import { type Feeds, runModel } from '../../scripts/run-onnx.ts';
import { registry } from '../nodes/registry.ts';
import { programOf } from './compile.ts';
import type { GraphDocument } from './document.ts';
import { parseDocument } from './document-parse.ts';
import { rewrite, rewriteOptions } from './phases/4-rewrite.ts';
import { emit } from './phases/6-emit.ts';
import { buildTrain } from './phases/functions/train.ts';
import type { GraphInput } from './plan.ts';
import { compileReport, REWRITE_NAMES } from './report.ts';
import { tensorData } from './types.ts';

const BATCH = 6;

/** Labels stay below 2, which every example has classes for; floats are positive, as second moments have to be. */
function feed({ dtype, shape }: GraphInput, at: number) {
  const numbers = scattered(
    shape.reduce((size, dim) => size * dim, 1),
    at,
  );
  return tensorData(
    dtype,
    shape,
    dtype === 'float32' ? numbers.map((x) => 0.05 + 0.2 * Math.abs(x)) : numbers.map((x) => (x > 0 ? 1 : 0)),
  );
}

async function step(document: GraphDocument, disabled: readonly string[]): Promise<readonly (readonly number[])[]> {
  const given = { ...document, graph: { ...document.graph, options: { disabledRewrites: disabled } } };
  const rewrites = rewriteOptions(given);
  const { fn } = buildTrain(programOf(given, registry), { fuseLearningRate: true, rewrites });
  const plan = emit(rewrite(fn, registry, rewrites), registry, { dims: { batch: BATCH }, data: 'batch', rewrites });
  const feeds: Feeds = Object.fromEntries(plan.inputs.map((input, at) => [input.name, feed(input, at)]));
  const [results = []] = await runModel(plan, [feeds]);
  return results.map(({ data }) => Array.from(data, Number));
}

function example(file: string): GraphDocument {
  const { document } = parseDocument(readFileSync(`examples/${file}`, 'utf8'));
  if (!document) throw new Error(file);
  return document;
}

function expectEqual(left: readonly (readonly number[])[], right: readonly (readonly number[])[]): void {
  expect(left.length).toBe(right.length);
  left.forEach((values, output) => {
    values.forEach((value, at) => {
      const other = right[output]?.[at] ?? Number.NaN;
      if (!(Math.abs(value - other) <= 1e-5 + 1e-4 * Math.abs(other)))
        expect.fail(`${output}[${at}]: ${value}, ${other}`);
    });
  });
}

const files = readdirSync('examples').filter((file) => file.endsWith('.json'));

test.each(files)('%s with all rewrites and with none', async (file) => {
  const document = example(file);
  expectEqual(await step(document, []), await step(document, ['*']));
});

describe('each rewrite alone', () => {
  test.each(Object.values(REWRITE_NAMES).flat())('without “%s”', async (name) => {
    for (const file of ['digits-mlp.json', 'line-fit.json']) {
      const document = example(file);
      expectEqual(await step(document, []), await step(document, [name]));
    }
  });
});

/** A drawing in which every kind of rewrite finds something. */
const wasteful = drawing({
  data: ['Data', {}, { dataset: 'digits' }],
  W: ['Parameter', {}, { shape: [64, 10], initializer: 'glorot_uniform' }],
  b: ['Parameter', {}, { shape: [10] }],
  turned: ['Transpose', { x: 'W' }, { perm: [1, 0] }],
  back: ['Transpose', { x: 'turned' }, { perm: [1, 0] }],
  product: ['MatMul', { a: 'data:x', b: 'back' }],
  again: ['MatMul', { a: 'data:x', b: 'back' }],
  both: ['Add', { a: 'product', b: 'again' }],
  scores: ['Add', { a: 'both', b: 'b' }],
  p: ['Softmax', { x: 'scores' }],
  logp: ['Log', { x: 'p' }],
  loss: ['NegativeLogLikelihoodLoss', { logProbabilities: 'logp', labels: 'data:y' }],
  sgd: ['SGD', { cost: 'loss' }],
});

test('the report lists every rewrite with before, after and the node', () => {
  const report = compileReport(wasteful, registry);
  const lines = report?.rewrites.map(
    ({ stage, rule, node, before, after }) => `${stage}, ${node}, ${rule}: ${before} → ${after}`,
  );
  expect(lines).toContain('before differentiation, logp, log of softmax: Log(Softmax(a)) → LogSoftmax(a)');
  expect(lines).toContain('after differentiation, back, join transposes: Transpose(Transpose(a)) → a');
  expect(lines).toContain(
    'after differentiation, again, merge equal expressions: MatMul(a, b) → computed once, for product',
  );

  const off = { ...wasteful, graph: { ...wasteful.graph, options: { disabledRewrites: ['*'] } } };
  expect(compileReport(off, registry)?.rewrites).toEqual([]);
});
