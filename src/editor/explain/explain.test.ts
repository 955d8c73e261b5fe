import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { registry } from '../../nodes/registry.ts';
import { elementName, largestOf, parseElement, termsOf } from './elements.ts';
import { valueKey, Ways } from './paths.ts';

const branching = drawing({
  w: ['Parameter', {}, { shape: [2] }],
  square: ['Mul', { a: 'w', b: 'w' }],
  double: ['Add', { a: 'w', b: 'w' }],
  aside: ['Neg', { x: 'w' }],
  sum: ['Add', { a: 'square', b: 'double' }],
  cost: ['ReduceSum', { x: 'sum' }],
  sgd: ['SGD', { cost: 'cost' }],
});
const w = { node: 'w', port: 'value' };
const nodes = (path: readonly { node: string }[] | null | undefined) => path?.map(({ node }) => node);

test('a way leads to the cost, through the user that was chosen', () => {
  const ways = Ways.in(branching.graph, registry);
  expect(nodes(ways?.path(w))).toEqual(['w', 'square', 'sum', 'cost']);
  expect(nodes(ways?.path(w, { [valueKey(w)]: 'double' }))).toEqual(['w', 'double', 'sum', 'cost']);
  // What the cost does not need is no branch.
  expect(ways?.branches(w).map(({ node }) => node)).toEqual(['square', 'double']);
  expect(ways?.path({ node: 'aside', port: 'y' })).toBeNull();
});

test('where nothing is minimized there is no way', () => {
  expect(Ways.in(drawing({ w: ['Parameter', {}, { shape: [2] }] }).graph, registry)).toBeNull();
});

test('elements have names', () => {
  expect(elementName(45, [4, 17])).toBe('[2, 11]');
  expect(elementName(0, [])).toBe('[]');
  expect(parseElement('[2, 11]', [4, 17])).toBe(45);
  expect(parseElement('2 11', [4, 17])).toBe(45);
  expect(parseElement('[4, 0]', [4, 17])).toBeNull();
  expect(parseElement('[1]', [4, 17])).toBeNull();
});

test('terms are the largest products, and the rest adds up', () => {
  expect(largestOf([1, -5, 3])).toBe(1);
  const { terms, others, rest } = termsOf([1, 2, 3, 4], [1, 0, -2, 0.5], 2);
  expect(terms.map(({ element, product }) => [element, product])).toEqual([
    [2, -6],
    [3, 2],
  ]);
  expect([others, rest]).toEqual([1, 1]);
});
