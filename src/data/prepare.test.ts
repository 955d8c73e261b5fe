import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { file, open, picture } from '../../scripts/data-files.ts';
import type { SplitRecipe } from '../compiler/datasets.ts';
import { parseTable } from './csv.ts';
import { type DatasetPlan, prepare } from './prepare.ts';
import { divide } from './splits.ts';
import { classWarnings, suggestPlan } from './suggest.ts';
import { previewOf } from './summary.ts';
import type { Table } from './table.ts';

const FORMAT = { delimiter: ',', header: true, decimal: '.' } as const;
const table = (text: string): Table => parseTable('a.csv', text, FORMAT);
const SOURCE = { kind: 'text', text: '', format: FORMAT } as const;
const plan = (of: Table, change: Partial<DatasetPlan> = {}): DatasetPlan => ({
  ...suggestPlan(previewOf(of), SOURCE),
  ...change,
});
const IN_ORDER: SplitRecipe = { train: 0.5, validation: 0.25, test: 0.25, seed: 0, shuffle: false, stratify: false };

const POINTS = table('a,b,kind\n1,10,no\n2,20,yes\n3,30,no\n6,40,yes\n9,0,yes\n9,0,no\n7,7,no\n8,8,yes\n');

describe('columns', () => {
  test('features side by side, classes by name', () => {
    const { info, columns } = prepare(POINTS, plan(POINTS, { normalize: { kind: 'none' }, splits: IN_ORDER }));
    expect(info).toEqual({
      rows: 8,
      columns: [
        { name: 'features', dtype: 'float32', shape: [2] },
        { name: 'kind', dtype: 'int32', shape: [], classes: 2, names: ['no', 'yes'] },
      ],
      splits: { train: [0, 4], validation: [4, 6], test: [6, 8] },
    });
    expect([...(columns.features ?? [])]).toEqual([1, 10, 2, 20, 3, 30, 6, 40, 9, 0, 9, 0, 7, 7, 8, 8]);
    expect(columns.kind).toEqual(Int32Array.of(0, 1, 0, 1, 1, 0, 0, 1));
  });

  test('labels as rows with a one', () => {
    const { info, columns } = prepare(POINTS, plan(POINTS, { labels: 'one-hot', splits: IN_ORDER }));
    expect(info.columns[1]).toEqual({ name: 'kind', dtype: 'float32', shape: [2], names: ['no', 'yes'] });
    expect(columns.kind?.slice(0, 4)).toEqual(Float32Array.of(1, 0, 0, 1));
  });

  test('an amount as a label, a class as a feature, no label at all', () => {
    const columns = [
      { name: 'a', role: 'label' },
      { name: 'b', role: 'ignored' },
      { name: 'kind', role: 'feature', classes: ['yes', 'no'] },
    ] as const;
    const made = prepare(POINTS, plan(POINTS, { columns, splits: IN_ORDER }));
    expect(made.info.columns).toEqual([
      { name: 'kind', dtype: 'float32', shape: [2] },
      { name: 'a', dtype: 'float32', shape: [1] },
    ]);
    expect(made.columns.kind?.slice(0, 4)).toEqual(Float32Array.of(0, 1, 1, 0));
    expect(made.columns.a?.slice(0, 4)).toEqual(Float32Array.of(1, 2, 3, 6));
    const alone = prepare(POINTS, plan(POINTS, { columns: columns.slice(1), splits: IN_ORDER }));
    expect(alone.info.columns).toHaveLength(1);
  });

  test('pictures keep their shape', async () => {
    const { table: pets } = await open([
      file('a/1.png', picture(2, 2, 255)),
      file('a/2.png', picture(2, 2, 51)),
      file('b/1.png', picture(2, 2, 0)),
      file('b/2.png', picture(2, 2, 0)),
    ]);
    const suggested = suggestPlan(previewOf(pets), {
      kind: 'pictures',
      file: { name: '', size: 0, hash: '' },
      format: { height: 2, width: 2, channels: 1 },
    });
    expect(suggested.normalize).toEqual({ kind: 'divide', by: 255 });
    const { info, columns } = prepare(pets, { ...suggested, splits: IN_ORDER });
    expect(info.columns[0]).toEqual({ name: 'pixels', dtype: 'float32', shape: [4], image: [2, 2] });
    expect(columns.pixels).toEqual(Float32Array.from([1, 1, 1, 1, 0.2, 0.2, 0.2, 0.2, 0, 0, 0, 0, 0, 0, 0, 0]));
  });
});

describe('normalization looks at training rows alone', () => {
  const made = (normalize: DatasetPlan['normalize']) =>
    prepare(POINTS, plan(POINTS, { normalize, splits: IN_ORDER })).columns.features;

  test('standardize', () => {
    // Training rows have a = 1, 2, 3, 6: mean 3, variance 3.5; b = 10 … 40: mean 25, variance 125.
    const [a, b] = [Math.sqrt(3.5), Math.sqrt(125)];
    expect([...(made({ kind: 'standardize' })?.slice(0, 10) ?? [])].map((value) => value.toFixed(5))).toEqual(
      [-2 / a, -15 / b, -1 / a, -5 / b, 0, 5 / b, 3 / a, 15 / b, 6 / a, -25 / b].map((value) => value.toFixed(5)),
    );
  });

  test('least to most', () => {
    expect([...(made({ kind: 'min-max' })?.slice(0, 10) ?? [])].map((value) => value.toFixed(5))).toEqual(
      [0, 0, 0.2, 1 / 3, 0.4, 2 / 3, 1, 1, 1.6, -1 / 3].map((value) => value.toFixed(5)),
    );
  });

  test('columns that never change become 0', () => {
    const flat = table('a,y\n5,1\n5,2\n5,3\n5,4\n');
    const { columns } = prepare(flat, plan(flat, { splits: IN_ORDER, normalize: { kind: 'standardize' } }));
    expect(columns.a).toEqual(new Float32Array(4));
  });

  test('whatever the other rows are, the statistics stay (property)', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const kinds = fc.constantFrom('standardize', 'min-max');
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 8, maxLength: 40 }),
        fc.array(value, { minLength: 40, maxLength: 40 }),
        kinds,
        (first, others, kind) => {
          const rows = (tail: readonly number[]) => {
            const { train } = division.splits;
            const numbers = first.map((number, row) =>
              division.order.indexOf(row) < train[1] ? number : (tail[row] ?? 0),
            );
            return table(`a,y\n${numbers.map((number) => `${number},0.5`).join('\n')}\n`);
          };
          const splits = { ...IN_ORDER, shuffle: true, seed: 3 };
          const division = divide(Int32Array.from(first.keys()), splits, null);
          const columns = [
            { name: 'a', role: 'feature' },
            { name: 'y', role: 'label' },
          ] as const;
          const recipe: DatasetPlan = { columns, missing: 'refuse', labels: 'index', normalize: { kind }, splits };
          const [one, two] = [prepare(rows(first), recipe), prepare(rows(others), recipe)];
          const [from, to] = one.info.splits.train;
          expect(one.columns.a?.slice(from, to)).toEqual(two.columns.a?.slice(from, to));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('splits (properties)', () => {
  const shares = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }))
    .map((parts) => parts.map((part) => part / parts.reduce((sum, each) => sum + each, 0)));
  const any = fc.record({ shares, seed: fc.nat(), shuffle: fc.boolean(), stratify: fc.boolean() });
  const recipeOf = ({
    shares: [train = 0, validation = 0, test = 0],
    ...rest
  }: {
    shares: number[];
    seed: number;
    shuffle: boolean;
    stratify: boolean;
  }): SplitRecipe => ({ train, validation, test, ...rest });

  test('have every row once, and the same rows for the same seed', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 100, max: 300 }), (drawn, count) => {
        const rows = Int32Array.from({ length: count }, (_, at) => 2 * at);
        const { order, splits } = divide(
          rows,
          recipeOf(drawn),
          rows.map((row) => row % 5),
        );
        expect(order.toSorted()).toEqual(rows);
        const ranges = [splits.train, splits.validation, ...(splits.test ? [splits.test] : [])];
        expect(ranges.map(([from]) => from)).toEqual([0, ...ranges.slice(0, -1).map(([, to]) => to)]);
        expect(ranges.at(-1)?.[1]).toBe(count);
        expect(
          divide(
            rows,
            recipeOf(drawn),
            rows.map((row) => row % 5),
          ).order,
        ).toEqual(order);
      }),
      { numRuns: 100 },
    );
  });

  test('have their share of each class, within one row', () => {
    fc.assert(
      fc.property(any, fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 100, maxLength: 300 }), (drawn, kinds) => {
        const classes = Int32Array.from(kinds);
        const recipe = { ...recipeOf(drawn), stratify: true };
        const { order, splits } = divide(Int32Array.from(kinds.keys()), recipe, classes);
        for (const name of ['train', 'validation', 'test'] as const) {
          const [from, to] = splits[name] ?? [0, 0];
          for (const kind of new Set(kinds)) {
            const all = kinds.filter((each) => each === kind).length;
            const here = order.slice(from, to).filter((row) => classes[row] === kind).length;
            expect(Math.abs(here - all * recipe[name])).toBeLessThan(1);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('another seed draws other rows', () => {
    const rows = Int32Array.from({ length: 100 }, (_, at) => at);
    const drawn = (seed: number) => divide(rows, { ...IN_ORDER, shuffle: true, seed }, null).order;
    expect(drawn(1)).not.toEqual(drawn(2));
    expect(drawn(1)).not.toEqual(rows);
  });
});

describe('cells without a number', () => {
  const holes = table('a,b,kind\n1,2,no\n,2,no\n3,abc,yes\n4,5,\n5,5,no\n5,6,yes\n5,7,yes\n9,9,no\n');
  const recipe = plan(holes, {
    columns: [
      { name: 'a', role: 'feature' },
      { name: 'b', role: 'feature' },
      { name: 'kind', role: 'label', classes: ['no', 'yes'] },
    ],
    normalize: { kind: 'none' },
    splits: IN_ORDER,
  });

  test('are refused with row and column', () => {
    const refuse = (columns: DatasetPlan['columns']) => () => prepare(holes, { ...recipe, columns });
    expect(refuse(recipe.columns)).toThrow('a.csv, row 3, column “a”: there is no value');
    expect(refuse(recipe.columns.slice(1))).toThrow('a.csv, row 4, column “b”: “abc” is no number');
    const [a, , kind] = recipe.columns;
    if (!a || !kind) throw new Error('three columns');
    expect(refuse([kind, { ...a, role: 'ignored' }, { name: 'b', role: 'ignored' }])).toThrow('has no feature');
    expect(
      refuse([
        { ...kind, classes: ['no', 'Yes'] },
        { name: 'a', role: 'feature' },
      ]),
    ).toThrow('a.csv, row 3');
  });

  test('leave their rows out', () => {
    const made = prepare(holes, { ...recipe, missing: 'drop' });
    expect(made.info.rows).toBe(5);
    expect(made.dropped).toBe(3);
  });

  test('get the mean of the training rows, save for labels', () => {
    const made = prepare(holes, { ...recipe, missing: 'mean' });
    expect(made.info.rows).toBe(7);
    // Training rows: 1, none and 3 of a; 2, 2 and none of b.
    expect([...(made.columns.features?.slice(0, 8) ?? [])]).toEqual([1, 2, 2, 2, 3, 2, 5, 5]);
  });

  test('rows of another length are refused, or left out', () => {
    const ragged = table('a,kind\n1,no\n2,yes,3\n4,no\n5,yes\n6,no\n7,yes\n8,no\n9,no\n');
    expect(() => prepare(ragged, plan(ragged))).toThrow(
      'a.csv, row 3 has 3 cells, but the header has 2. It is the only such row',
    );
    expect(prepare(ragged, plan(ragged, { missing: 'drop', splits: IN_ORDER })).info.rows).toBe(7);
  });

  test('all of them', () => {
    const none = table('a,y\nx,1\ny,2\n');
    const columns = [
      { name: 'a', role: 'feature' },
      { name: 'y', role: 'label' },
    ] as const;
    expect(() => prepare(none, plan(none, { columns, missing: 'drop' }))).toThrow('a.csv has no row that can be used');
  });
});

test('classes that are not listed are named with their row', () => {
  const columns = [
    { name: 'a', role: 'feature' },
    { name: 'kind', role: 'label', classes: ['no'] },
  ] as const;
  expect(() => prepare(POINTS, plan(POINTS, { columns }))).toThrow('a.csv, row 3, column “kind”: “yes” is no class');
});

test('too few rows to divide', () => {
  const two = table('a,y\n1,1\n2,2\n');
  const columns = [
    { name: 'a', role: 'feature' },
    { name: 'y', role: 'label' },
  ] as const;
  expect(() => prepare(two, plan(two, { columns, splits: IN_ORDER }))).toThrow('2 rows leave none for');
});

test('rows of other splits that training has too are counted', () => {
  expect(prepare(POINTS, plan(POINTS, { splits: IN_ORDER })).repeated).toBe(0);
  const copies = table(`a,y\n${'1,2\n'.repeat(8)}`);
  const columns = [
    { name: 'a', role: 'feature' },
    { name: 'y', role: 'label' },
  ] as const;
  expect(prepare(copies, plan(copies, { columns, splits: IN_ORDER })).repeated).toBe(4);
});

describe('what a table is likely meant for', () => {
  const rows = (make: (at: number) => string) => Array.from({ length: 30 }, (_, at) => make(at)).join('\n');
  const roles = (text: string) =>
    Object.fromEntries(
      suggestPlan(previewOf(table(text)), SOURCE).columns.map(({ name, role, classes }) => [
        name,
        [role, classes?.length ?? 0],
      ]),
    );

  test.each([
    [
      'text at the end',
      `id,w,h,kind\n${rows((at) => `${at},${at / 7},${at / 3},${'ab'[at % 2]}`)}`,
      { id: ['ignored', 0], w: ['feature', 0], h: ['feature', 0], kind: ['label', 2] },
    ],
    [
      'a column called label',
      `label,p1,p2\n${rows((at) => `${at % 10},${at},${at % 4}`)}`,
      { label: ['label', 10], p1: ['feature', 0], p2: ['feature', 0] },
    ],
    [
      'an amount',
      `size,town,price\n${rows((at) => `${at},${'xyz'[at % 3]},${at * 1.5}`)}`,
      { size: ['feature', 0], town: ['feature', 3], price: ['label', 0] },
    ],
    [
      'remarks',
      `size,remark,target\n${rows((at) => `${at},remark ${at},${at * 1.5}`)}`,
      { size: ['feature', 0], remark: ['ignored', 0], target: ['label', 0] },
    ],
  ])('%s', (_, text, wanted) => {
    expect(roles(text)).toEqual(wanted);
  });

  test('classes written in two ways, and by mistake, are told', () => {
    const [, kind] = previewOf(table('a,kind\n1,yes\n2,Yes\n3,yes\n4,no\n5,no\n6,mo\n')).columns;
    expect(kind && classWarnings(kind)).toEqual([
      '“Yes” (1) and “yes” (2) are two classes of “kind”. Are they meant to be one?',
      '“Yes”, “mo” of “kind” have a single row. Is that a mistake in writing?',
    ]);
  });
});

test('the preview has statistics, the first rows and what is odd', () => {
  const { columns, head, flaws, places } = previewOf(table('a,b\n1,x\n2,y\n3,x\nn/a,x\n5\n'));
  expect(columns[0]).toMatchObject({
    missing: 1,
    bad: 0,
    odd: ['row 5 has no value'],
    numbers: { min: 1, max: 5, mean: 2.75, whole: true },
  });
  expect(columns[1]?.classes).toEqual([
    { text: 'x', count: 3 },
    { text: 'y', count: 1 },
  ]);
  expect(head[3]).toEqual(['n/a', 'x']);
  expect(places[0]).toBe('row 2');
  expect(flaws).toEqual({ count: 1, first: ['row 6 has 1 cell, but the header has 2'] });
});
