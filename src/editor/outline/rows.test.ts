import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import type { DocumentState } from '../store/types.ts';
import { flowOrder, outlineRows, type RowOptions } from './rows.ts';

const state = (document: GraphDocument) => ({ document, check: check(document, registry) }) as DocumentState;
const TREE: RowOptions = { as: 'tree', sort: 'flow', expanded: new Set(), filter: '' };

const model = drawing({
  loss: ['MeanSquaredError', { prediction: 'add', target: 'data:y' }],
  add: ['Add', { a: 'product', b: 'bias' }],
  bias: ['Parameter', {}, { shape: [1] }],
  product: ['Mul', { a: 'data:x', b: 'slope' }],
  slope: ['Parameter', {}, { shape: [1] }],
  data: ['Data', {}, { dataset: 'line' }],
  note: ['Note'],
});

describe('the outline', () => {
  test('reads in the order in which data flows', () => {
    expect(flowOrder(model, registry)).toEqual(['data', 'slope', 'product', 'bias', 'add', 'loss', 'note']);
  });

  test('has every node once, loops and long chains included', () => {
    const loop = drawing({ a: ['Add', { a: 'b', b: 'c' }], b: ['Tanh', { x: 'a' }], c: ['Tanh', { x: 'c' }] });
    expect(flowOrder(loop, registry).sort()).toEqual(['a', 'b', 'c']);
    const chain = drawing(
      Object.fromEntries(
        Array.from({ length: 3000 }, (_, at) => [
          `n${at}`,
          ['Tanh', at > 0 ? { x: `n${at - 1}` } : undefined] as const,
        ]),
      ),
    );
    expect(flowOrder(chain, registry)).toEqual(Array.from({ length: 3000 }, (_, at) => `n${at}`));
  });

  test('opens a node to its ports with their wires', () => {
    const rows = outlineRows(state(model), registry, { ...TREE, expanded: new Set(['add']) });
    const ports = rows.filter((row) => row.kind === 'port');
    expect(ports.map(({ key, wires, position, count }) => `${key} ${wires} ${position}/${count}`)).toEqual([
      'add < a add.a 1/3',
      'add < b add.b 2/3',
      'add > y loss.prediction 3/3',
    ]);
    expect(rows.find(({ key }) => key === 'note')).toMatchObject({ expanded: undefined });
  });

  test('as a table is sorted by what is asked, and filtered by name or operator', () => {
    const names = (options: Partial<RowOptions>) =>
      outlineRows(state(model), registry, { ...TREE, as: 'table', ...options }).map(({ node }) => node);
    expect(names({ sort: 'name' })).toEqual(['add', 'bias', 'data', 'loss', 'note', 'product', 'slope']);
    expect(names({ sort: 'operator', filter: 'param' })).toEqual(['slope', 'bias']);
    const wrong = drawing({ fine: ['Parameter'], alone: ['Tanh'] });
    expect(outlineRows(state(wrong), registry, { ...TREE, as: 'table', sort: 'problems' })[0]).toMatchObject({
      node: 'alone',
    });
  });
});
