/** What happens silently is shown, and can be forbidden. */
import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { type DrawnNode, data, loss, probabilities, sgd } from '../../../scripts/mistakes.ts';
import { registry } from '../../nodes/registry.ts';
import { check } from '../compile.ts';

const riddle: Readonly<Record<string, DrawnNode>> = {
  x: ['Constant', {}, { values: [1, 2], shape: [2] }],
  ones: ['Constant', {}, { shape: [3, 1] }],
  sum: ['Add', { a: 'x', b: 'ones' }],
  out: ['Output', { value: 'sum' }],
};

test('the riddle is shown where it is allowed', () => {
  const { diagnostics, badges, types } = check(drawing(riddle), registry);
  expect(diagnostics.filter(({ severity }) => severity !== 'notice')).toEqual([]);
  expect(types.get('sum:y')?.shape).toEqual([3, 2]);
  expect([...badges]).toEqual([['sum', [{ kind: 'broadcast', text: '[2] and [3, 1] → [3, 2]' }]]]);
});

test.each(['one-sided', 'same-rank'] as const)('the riddle is an error where broadcasting is %s', (broadcast) => {
  const { diagnostics } = check(drawing(riddle, { options: { broadcast } }), registry);
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
    'shape/stretched',
  ]);
});

test('a bias is refused only where ranks have to agree', () => {
  const codes = (['any', 'one-sided', 'same-rank'] as const).map((broadcast) => {
    const graph: Readonly<Record<string, DrawnNode>> = {
      ...data,
      c: ['Parameter', {}, { shape: [64] }],
      sum: ['Add', { a: 'digits:x', b: 'c' }],
    };
    return check(drawing(graph, { options: { broadcast } }), registry).diagnostics.flatMap(({ severity, code }) =>
      severity === 'error' ? [code] : [],
    );
  });
  expect(codes).toEqual([[], [], ['shape/stretched']]);
});

test.each<[string, Readonly<Record<string, DrawnNode>>, string]>([
  [
    'stacks of a product',
    {
      a: ['Input', {}, { shape: [4, 1, 2, 3] }],
      b: ['Input', {}, { shape: [5, 3, 2] }],
      y: ['MatMul', { a: 'a', b: 'b' }],
    },
    'broadcast: [4, 1] and [5] → [4, 5]',
  ],
  [
    'a column as bias of Gemm',
    {
      a: ['Input', {}, { shape: [4, 3] }],
      b: ['Input', {}, { shape: [3, 2] }],
      c: ['Input', {}, { shape: [4, 1] }],
      y: ['Gemm', { a: 'a', b: 'b', c: 'c' }],
    },
    'broadcast: [4, 2] and [4, 1] → [4, 2]',
  ],
  [
    'a slope for each column',
    { a: ['Input', {}, { shape: [4, 3] }], s: ['Parameter', {}, { shape: [3] }], y: ['PRelu', { x: 'a', slope: 's' }] },
    'broadcast: [4, 3] and [3] → [4, 3]',
  ],
  [
    'a condition for each row',
    {
      c: ['Input', {}, { shape: [4, 1], dtype: 'bool' }],
      a: ['Input', {}, { shape: [4, 3] }],
      y: ['Where', { condition: 'c', a: 'a', b: 'a' }],
    },
    'broadcast: [4, 1] and [4, 3] and [4, 3] → [4, 3]',
  ],
  [
    'one scale for all elements',
    {
      a: ['Input', {}, { shape: [4, 3] }],
      s: ['Parameter', {}, { shape: [1] }],
      y: ['LayerNormalization', { x: 'a', scale: 's' }],
    },
    'broadcast: [3] and [1] → [3]',
  ],
  [
    'a cast to whole numbers',
    { a: ['Input', {}, { shape: [4] }], y: ['Cast', { x: 'a' }, { to: 'int32' }] },
    'cast: float32 → int32: cut towards zero, no gradient',
  ],
  [
    'a metric that counts',
    { a: ['Input', {}, { shape: [], dtype: 'int32' }], y: ['Metric', { value: 'a' }] },
    'cast: int32 → float32',
  ],
])('%s has a badge', (_, graph, badge) => {
  const { badges } = check(drawing(graph), registry);
  expect(badges.get('y')?.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([badge]);
});

test('what fits as it is has no badge', () => {
  const { badges } = check(drawing({ ...probabilities, loss, sgd }), registry);
  expect([...badges]).toEqual([]);
});
