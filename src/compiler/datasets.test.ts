import { describe, expect, test } from 'vitest';
import { drawing, messages } from '../../scripts/drawing.ts';
import { registry } from '../nodes/registry.ts';
import { check, compile, compileProbe } from './compile.ts';
import { type DatasetRecipe, recipeKey } from './datasets.ts';
import type { GraphDocument } from './document.ts';
import { parseDocument, printDocument, readDocument } from './document-parse.ts';

const RECIPE: DatasetRecipe = {
  source: {
    kind: 'table',
    file: { name: 'flowers.csv', size: 3000, hash: 'abc' },
    format: { delimiter: ',', header: true, decimal: '.' },
  },
  columns: [
    { name: 'width', role: 'feature' },
    { name: 'height', role: 'feature' },
    { name: 'remark', role: 'ignored' },
    { name: 'kind', role: 'label', classes: ['rose', 'tulip'] },
  ],
  missing: 'refuse',
  labels: 'index',
  normalize: { kind: 'standardize' },
  splits: { train: 0.8, validation: 0.1, test: 0.1, seed: 1, shuffle: true, stratify: true },
  info: {
    rows: 100,
    columns: [
      { name: 'features', dtype: 'float32', shape: [2] },
      { name: 'kind', dtype: 'int32', shape: [], classes: 2, names: ['rose', 'tulip'] },
    ],
    splits: { train: [0, 80], validation: [80, 90], test: [90, 100] },
  },
};

/** A classifier of the data set `flowers`. */
function classifier(
  nodes: Parameters<typeof drawing>[0] = {},
  datasets: GraphDocument['graph']['datasets'] = { flowers: RECIPE },
  training: GraphDocument['graph']['training'] = { batchSize: 8, seed: 1, shuffle: true, epochs: 0 },
): GraphDocument {
  const made = drawing(
    {
      data: ['Data', {}, { dataset: 'flowers' }],
      W: ['Parameter', {}, { shape: [2, 2] }],
      scores: ['MatMul', { a: 'data:x', b: 'W' }],
      loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'data:y' }],
      sgd: ['SGD', { cost: 'loss' }],
      ...nodes,
    },
    { training },
  );
  return { ...made, graph: { ...made.graph, ...(datasets && { datasets }) } };
}

describe('a data set of the document', () => {
  test('gives Data nodes their types, and the plan its columns and splits', () => {
    const document = classifier();
    expect(messages(document)).toEqual([]);
    expect(check(document, registry).types.get('data:x')?.shape).toEqual(['batch', 2]);
    const { plan } = compile(document, registry);
    expect(plan?.splits).toEqual(RECIPE.info.splits);
    expect(plan?.columns).toEqual([
      {
        id: 'flowers.features',
        dataset: 'flowers',
        column: 'features',
        key: recipeKey(RECIPE),
        dtype: 'float32',
        shape: [100, 2],
      },
      { id: 'flowers.kind', dataset: 'flowers', column: 'kind', key: recipeKey(RECIPE), dtype: 'int32', shape: [100] },
    ]);
    expect(plan?.classes).toEqual({ 'flowers.kind': 2 });
  });

  test('comes before a built-in one of the same name', () => {
    const document = classifier({ data: ['Data', {}, { dataset: 'iris' }] }, { iris: RECIPE });
    expect(check(document, registry).types.get('data:x')?.shape).toEqual(['batch', 2]);
  });

  test('that does not exist is asked for by its likely name', () => {
    expect(messages(classifier({ data: ['Data', {}, { dataset: 'flower' }] }))).toEqual([
      'data/unknown data: data: There is no data set “flower”. Did you mean “flowers”?',
    ]);
  });

  test('without labels has no y', () => {
    const [x] = RECIPE.info.columns;
    const alone: DatasetRecipe = { ...RECIPE, info: { ...RECIPE.info, columns: x ? [x] : [] } };
    expect(messages(classifier({}, { flowers: alone }))).toEqual([
      'data/column data: flowers has no labels, so data has no y, which loss takes',
    ]);
    const unread = classifier({ loss: ['ReduceMean', { x: 'scores' }] }, { flowers: alone });
    expect(messages(unread)).toEqual([]);
  });

  test('survives saving, and a kind that is not known does too', () => {
    const foreign = { source: { kind: 'database', address: 'somewhere' }, columns: 3 };
    const document = classifier({}, { flowers: RECIPE, later: foreign });
    expect(parseDocument(printDocument(document)).document).toEqual(document);
    expect(messages(classifier({}, { flowers: foreign }))).toEqual([
      'data/unknown data: data: This version cannot read data sets like “flowers”',
    ]);
  });

  test('has the same key whatever it is called, and another for other numbers', () => {
    const { info: _, ...plain } = RECIPE;
    expect(recipeKey({ ...plain })).toBe(recipeKey(RECIPE));
    const changes: Partial<DatasetRecipe>[] = [
      { labels: 'one-hot' },
      { normalize: { kind: 'none' } },
      { splits: { ...RECIPE.splits, seed: 2 } },
      { missing: 'drop' },
      { columns: RECIPE.columns.slice(1) },
      { source: { kind: 'built-in', name: 'iris' } },
    ];
    const keys = changes.map((change) => recipeKey({ ...RECIPE, ...change }));
    expect(new Set([recipeKey(RECIPE), ...keys]).size).toBe(1 + changes.length);
  });
});

test.each([
  ['source', { source: 3 }, 'graph.datasets.d.source is not an object'],
  ['file', { source: { ...RECIPE.source, file: {} } }, 'graph.datasets.d.source.file.name is not text'],
  [
    'role',
    { columns: [{ name: 'a', role: 'target' }] },
    'graph.datasets.d.columns[0].role is not feature or label or ignored',
  ],
  ['shares', { splits: { ...RECIPE.splits, test: 0.5 } }, 'graph.datasets.d.splits is not shares with the sum 1'],
  ['divisor', { normalize: { kind: 'divide', by: 0 } }, 'graph.datasets.d.normalize.by is not a number other than 0'],
  [
    'range',
    { info: { ...RECIPE.info, splits: { ...RECIPE.info.splits, test: [90, 101] } } },
    'graph.datasets.d.info.splits.test is not a range of the 100 rows',
  ],
  [
    'points',
    { source: { kind: 'points', points: [1, 2] } },
    'graph.datasets.d.source.points is not a list of x, y and class',
  ],
])('a recipe with a wrong %s is refused with its place', (_, change, title) => {
  const document = classifier({}, { d: { ...RECIPE, ...change } as DatasetRecipe });
  expect(readDocument(document).diagnostics.map((found) => found.title)).toEqual([title]);
});

describe('rows that judge a model', () => {
  const test_ = ['Data', {}, { dataset: 'flowers', split: 'test' }] as const;

  test('have no part in a gradient', () => {
    const [found] = check(classifier({ data: test_ }), registry).diagnostics;
    expect(found).toMatchObject({
      code: 'data/split',
      severity: 'error',
      title: 'sgd would learn from test rows, which data reads',
      place: { node: 'data', path: ['data', 'loss', 'sgd'] },
      fixes: [{ label: 'Read training rows in data' }],
    });
  });

  test('have no part in a drawn update', () => {
    const document = classifier({
      held: ['Data', {}, { dataset: 'flowers', split: 'validation' }],
      mean: ['ReduceMean', { x: 'held:x' }, { keepdims: false }],
      b: ['Parameter', { update: 'mean' }, { shape: [], trainable: false }],
    });
    expect(messages(document)).toEqual(['data/split held: b would learn from validation rows, which held reads']);
  });

  const metrics = {
    held: test_,
    far: ['ReduceMean', { x: 'held:x' }, { keepdims: false }],
    drift: ['Metric', { value: 'far' }],
    mean: ['Metric', { value: 'loss' }],
  } as const;

  test('are for metrics, which are computed on that split alone and never watched', () => {
    const document = classifier(metrics);
    expect(messages(document)).toEqual([]);
    expect(compile(document, registry).plan?.metricSplits).toEqual({ drift: 'test' });
    const probe = compileProbe(document, registry, ['held', 'far', 'loss']);
    expect(new Set(probe?.entries.map(({ node }) => node))).toEqual(new Set(['loss']));
  });

  test('of two splits do not meet in one metric', () => {
    const document = classifier({
      ...metrics,
      other: ['Data', {}, { dataset: 'flowers', split: 'validation' }],
      near: ['ReduceMean', { x: 'other:x' }, { keepdims: false }],
      gap: ['Sub', { a: 'far', b: 'near' }],
      drift: ['Metric', { value: 'gap' }],
    });
    expect(messages(document)).toEqual([expect.stringContaining('data/split drift: drift compares')]);
  });

  test('do not decide when training stops', () => {
    const training = { batchSize: 8, seed: 1, shuffle: true, epochs: 0, validation: { monitor: 'drift' } } as const;
    const own = { flowers: RECIPE };
    expect(messages(classifier(metrics, own, training))).toEqual([]);
    expect(
      messages(classifier(metrics, own, { ...training, earlyStopping: { rule: 'epochs' }, best: 'restore' })),
    ).toEqual([
      'data/split drift: drift is of the test split, but early stopping and the choice of the best parameters would follow it',
    ]);
  });

  test('have to be there', () => {
    const { test: _, ...splits } = RECIPE.info.splits;
    const document = classifier(metrics, { flowers: { ...RECIPE, info: { ...RECIPE.info, splits } } });
    expect(messages(document, ['warning'])).toContainEqual(
      'data/split held: flowers has no test split, so what held reads is never computed',
    );
  });
});
