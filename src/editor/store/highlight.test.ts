import { expect, test } from 'vitest';
import { diagnostic } from '../../compiler/diagnostics.ts';
import { highlightOf, problemKey, stepKey } from './highlight.ts';

const lost = diagnostic(
  'gradient/zero',
  { node: 'W', path: ['W', 'mul', 'round', 'loss'] },
  {
    title: 'The gradient is lost',
    evidence: [
      { label: 'round', text: 'flat', node: 'round' },
      { label: 'elsewhere', text: 'not on the path', node: 'other' },
    ],
  },
);
const alsoLost = diagnostic('gradient/zero', { node: 'W', path: ['W', 'sign'] }, { title: 'Lost elsewhere' });
const plain = diagnostic('shape/matmul', { node: 'mul' }, { title: 'Sizes differ' });
const all = [plain, lost, alsoLost];

test('the path of the chosen problem, its wires and its obstacles', () => {
  const found = highlightOf(all, problemKey(lost), []);
  expect([...(found?.path ?? [])]).toEqual(['W', 'mul', 'round', 'loss']);
  expect([...(found?.obstacles ?? [])]).toEqual(['round']);
  expect([...(found?.steps ?? [])]).toEqual([stepKey('W', 'mul'), stepKey('mul', 'round'), stepKey('round', 'loss')]);
  expect([...(highlightOf(all, problemKey(alsoLost), ['W'])?.path ?? [])]).toEqual(['W', 'sign']);
});

test('without a chosen one, that of the only selected node', () => {
  expect(highlightOf(all, null, ['W'])?.path.has('round')).toBe(true);
  expect(highlightOf(all, null, ['W', 'mul'])).toBeNull();
  expect(highlightOf(all, null, ['mul'])).toBeNull();
  expect(highlightOf(all, null, [])).toBeNull();
});

test('a problem that was repaired leaves nothing', () => {
  expect(highlightOf([plain], problemKey(lost), ['W'])).toBeNull();
});
