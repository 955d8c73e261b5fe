import { describe, expect, test } from 'vitest';
import { registry } from '../../nodes/registry.ts';
import { commands } from '../commands/all.ts';
import { byCategory, searchCommands, searchOperators } from './search.ts';

const offered = [...registry.values()].filter((record) => !record.internal);
const names = (query: string) => searchOperators(registry, query).map(({ record }) => record.name);

describe('searchOperators', () => {
  test.each([
    ['dot', 'MatMul'],
    ['T.grad', 'Grad'],
    ['shared', 'Parameter'],
    ['relu', 'Relu'],
    ['ReLU', 'Relu'],
    ['matm', 'MatMul'],
    ['mtml', 'MatMul'],
  ])('%s finds %s first', (query, name) => {
    expect(names(query)[0]).toBe(name);
  });

  test('says which alias matched, and none where the name did', () => {
    expect(searchOperators(registry, 'dot')[0]).toMatchObject({ alias: 'dot' });
    expect(searchOperators(registry, 'matmul')[0]).toMatchObject({ alias: null });
  });

  test('finds the members of a category', () => {
    expect(names('optimizer')).toEqual(expect.arrayContaining(['SGD', 'Adam']));
  });

  test('finds everything for nothing, and nothing for nonsense', () => {
    expect(names(' ')).toHaveLength(offered.length);
    expect(names('qqzzx')).toEqual([]);
  });
});

test('every operator has a place in the palette', () => {
  const placed = byCategory(registry.values()).flatMap(([, records]) => records);
  expect(placed).toHaveLength(offered.length);
});

test('commands are found by the beginnings of their words', () => {
  const labels = (query: string) => searchCommands(commands, query).map(({ label }) => label);
  expect(labels('expand')).toEqual(['Expand into basic operators']);
  expect(labels('basic op')).toEqual(['Expand into basic operators']);
  expect(labels('compiler')).toEqual(['Compiler']);
  expect(labels('xpand')).toEqual([]);
  expect(labels('e')).toEqual([]);
});
