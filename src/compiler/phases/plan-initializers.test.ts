import { describe, expect, it, test } from 'vitest';
import { drawing, messages } from '../../../scripts/drawing.ts';
import { registry } from '../../nodes/registry.ts';
import { programOf } from '../compile.ts';
import type { AttributeValue } from '../document.ts';
import type { Initializer } from '../plan.ts';
import { planInitializers } from './plan-initializers.ts';

type Drawn = Parameters<typeof drawing>[0];

function planned(drawn: Drawn): Record<string, Initializer> {
  const program = programOf(drawing(drawn), registry);
  return Object.fromEntries(planInitializers(program, 1));
}

/** What a weight of this shape begins as, read by the operator under test. */
function reading(
  [op, inputs, attributes]: Drawn[string],
  shape: readonly number[],
  initializer: string,
  more: Readonly<Record<string, AttributeValue>> = {},
): Initializer {
  return planned({
    x: ['Input', {}, { shape: op.startsWith('Conv') ? ['batch', 3, 12, 12] : ['batch', 5] }],
    W: ['Parameter', {}, { shape, initializer, seed: 7, ...more }],
    y: [op, inputs, attributes ?? {}],
  }).W as Initializer;
}

const dense: Drawn[string] = ['MatMul', { a: 'x', b: 'W' }];
const uniform = (bound: number) => ({ kind: 'uniform', low: -bound, high: bound, seed: 7 });
const normal = (std: number) => ({ kind: 'normal', mean: 0, std, seed: 7 });

describe('rules', () => {
  it.each([
    ['fan_in_uniform', uniform(1 / Math.sqrt(5))],
    ['glorot_uniform', uniform(Math.sqrt(6 / 12))],
    ['glorot_uniform_sigmoid', uniform(4 * Math.sqrt(6 / 12))],
    ['glorot_normal', normal(Math.sqrt(2 / 12))],
    ['he_uniform', uniform(Math.sqrt(6 / 5))],
    ['he_normal', normal(Math.sqrt(2 / 5))],
    ['lecun_normal', normal(Math.sqrt(1 / 5))],
    ['orthogonal', { kind: 'orthogonal', gain: 1, seed: 7 }],
    ['identity', { kind: 'identity', gain: 1 }],
  ])('%s of a matrix [5, 7]', (initializer, expected) => {
    expect(reading(dense, [5, 7], initializer)).toEqual(expected);
  });

  test('uniform need not be symmetric', () => {
    expect(reading(dense, [5, 7], 'uniform', { low: -0.5, high: 0.25 })).toMatchObject({ low: -0.5, high: 0.25 });
  });
});

describe('fans', () => {
  const fanIn = (node: Drawn[string], shape: readonly number[]) => {
    const initializer = reading(node, shape, 'fan_in_uniform');
    return initializer.kind === 'uniform' ? Math.round(1 / initializer.high ** 2) : null;
  };

  it.each<[string, Drawn[string], number[], number]>([
    ['a matrix [in, out]', dense, [5, 7], 5],
    ['Gemm', ['Gemm', { a: 'x', b: 'W' }], [5, 7], 5],
    ['Gemm with transB, [out, in]', ['Gemm', { a: 'x', b: 'W' }, { transB: true }], [7, 5], 5],
    ['a matrix on the left, [out, in]', ['MatMul', { a: 'W', b: 'x' }], [7, 5], 5],
    ['filters [M, C, h, w]', ['Conv', { x: 'x', w: 'W' }], [2, 3, 9, 9], 3 * 9 * 9],
    ['filters of a transposed convolution [C, M, h, w]', ['ConvTranspose', { x: 'x', w: 'W' }], [3, 2, 4, 4], 3 * 16],
    ['recurrent weights [1, hidden, in]', ['RNN', { x: 'x', w: 'W', r: 'R' }], [1, 8, 5], 5],
    ['a vector', ['Add', { a: 'x', b: 'W' }], [5], 5],
  ])('of %s', (_, node, shape, expected) => {
    expect(fanIn(node, shape)).toBe(expected);
  });
});

describe('a generator that goes on', () => {
  const random = (after: string, shape: number[] = [2, 3], initializer = 'uniform'): Drawn[string] => [
    'Parameter',
    {},
    { shape, initializer, ...(after && { after }), ...(after ? {} : { seed: 23455 }) },
  ];

  test('draws what its predecessors leave, whatever the order of the nodes', () => {
    const { b, V, W } = planned({
      V: random('b', [4, 2], 'normal'),
      b: random('W', [2]),
      W: random('', [2, 3, 9, 9]),
    });
    expect(W).toEqual({ kind: 'uniform', low: -0.1, high: 0.1, seed: 23455 });
    expect(b).toMatchObject({ seed: 23455, before: [{ law: 'uniform', count: 486 }] });
    expect(V).toMatchObject({ kind: 'normal', seed: 23455, before: [{ law: 'uniform', count: 488 }] });
  });

  test('counts normals apart', () => {
    const { c } = planned({ a: random(''), b: random('a', [5], 'normal'), c: random('b') });
    expect(c).toMatchObject({
      before: [
        { law: 'uniform', count: 6 },
        { law: 'normal', count: 5 },
      ],
    });
  });

  test('inside of a module follows the parameter of the same instance', () => {
    const inner = drawing({ W: random(''), b: random('W', [3]) }).graph;
    const outer = drawing({ one: ['module:m'], two: ['module:m'] });
    const modules = { m: { id: 'm', name: 'M', description: '', nodes: inner.nodes, edges: inner.edges } };
    const program = programOf({ ...outer, graph: { ...outer.graph, modules } }, registry);
    const [initializers, names] = [planInitializers(program, 1), program.parameters.map(({ node }) => node)];
    const second = names.find(({ name }) => name === 'two/b');
    expect(initializers.get(second?.id ?? '')).toMatchObject({ before: [{ law: 'uniform', count: 6 }] });
  });

  it.each<[string, Drawn, string]>([
    [
      'a name that is not there',
      { weights: random(''), b: random('weigths') },
      'b: there is no parameter “weigths”. Did you mean “weights”?',
    ],
    ['one that draws nothing', { z: random('', [2], 'zeros'), b: random('z') }, 'b: z draws no random numbers'],
    ['a circle', { a: random('b'), b: random('a') }, 'a: the generator would have to follow itself'],
    ['itself', { a: random('a') }, 'a: the generator would have to follow itself'],
  ])('refuses %s', (_, drawn, message) => {
    expect(messages(drawing(drawn))[0]).toContain(message);
  });
});

test('an initializer that the shape does not allow', () => {
  const drawn = (shape: number[], initializer: string) =>
    messages(drawing({ W: ['Parameter', {}, { shape, initializer }] }));
  expect(drawn([3], 'identity')).toEqual(['attribute/invalid W: W: the shape [3] cannot begin as identity']);
  expect(drawn([3], 'orthogonal')).toEqual(['attribute/invalid W: W: the shape [3] cannot begin as orthogonal']);
  expect(drawn([3, 3], 'identity')).toEqual([]);
});
