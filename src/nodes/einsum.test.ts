/** Einsum against sums written out element by element. */
import { expect, test } from 'vitest';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import { type TensorData, tensor } from '../compiler/types.ts';
import { f32 } from './common.ts';
import { registry } from './registry.ts';

const sizeOf = (shape: readonly number[]) => shape.reduce((size, dim) => size * dim, 1);

/** The element of a tensor at these places along its axes; an axis of size 1 stands for any. */
function elementAt({ shape, data }: TensorData, places: readonly number[]): number {
  return Number(data[places.reduce((at, place, axis) => at * (shape[axis] ?? 1) + (shape[axis] === 1 ? 0 : place), 0)]);
}

/** The sum over all letters, for an equation whose dots are spelled out in letters already. */
function sumByLetters(equation: string, operands: readonly TensorData[]): number[] {
  const [left = '', result = ''] = equation.split('->');
  const terms = left.split(',');
  const sizes = new Map<string, number>();
  terms.forEach((term, at) => {
    [...term].forEach((letter, axis) => {
      sizes.set(letter, Math.max(sizes.get(letter) ?? 1, operands[at]?.shape[axis] ?? 1));
    });
  });
  const letters = [...sizes.keys()];
  const sums = new Array<number>(sizeOf([...result].map((letter) => sizes.get(letter) ?? 1))).fill(0);
  for (let step = 0; step < sizeOf([...sizes.values()]); step++) {
    const place = new Map<string, number>();
    letters.reduce((rest, letter) => {
      const size = sizes.get(letter) ?? 1;
      place.set(letter, rest % size);
      return Math.floor(rest / size);
    }, step);
    const factor = (term: string, at: number) =>
      elementAt(
        operands[at] as TensorData,
        [...term].map((letter) => place.get(letter) ?? 0),
      );
    const product = terms.reduce((value, term, at) => value * factor(term, at), 1);
    const at = [...result].reduce((index, letter) => index * (sizes.get(letter) ?? 1) + (place.get(letter) ?? 0), 0);
    sums[at] = (sums[at] ?? 0) + product;
  }
  return sums;
}

test.each<[equation: string, spelledOut: string, shapes: number[][]]>([
  [
    'ij,jk->ik',
    'ij,jk->ik',
    [
      [2, 3],
      [3, 5],
    ],
  ],
  ['ii', 'ii->', [[5, 5]]],
  ['ii->i', 'ii->i', [[5, 5]]],
  ['ijij->ji', 'ijij->ji', [[2, 3, 2, 3]]],
  ['iji->j', 'iji->j', [[3, 2, 3]]],
  [
    'iii,ij->ji',
    'iii,ij->ji',
    [
      [3, 3, 3],
      [3, 5],
    ],
  ],
  [
    '...ij,...jk',
    'xyij,yjk->xyik',
    [
      [2, 7, 3, 5],
      [7, 5, 2],
    ],
  ],
  [
    '...ij,...jk->...ki',
    'xyij,xyjk->xyki',
    [
      [2, 1, 3, 5],
      [1, 7, 5, 2],
    ],
  ],
  ['i...,...->...i', 'ixy,y->xyi', [[2, 3, 5], [5]]],
  [
    '...i,...i->i',
    'xi,xi->i',
    [
      [2, 3],
      [1, 3],
    ],
  ],
  ['...,...->...', 'x,x->x', [[1], [1]]],
  ['...ii->...i', 'xyii->xyi', [[2, 3, 5, 5]]],
  [
    'B...a,aB->...',
    'Bxya,aB->xy',
    [
      [2, 3, 5, 7],
      [7, 2],
    ],
  ],
  ['ba', 'ba->ab', [[2, 3]]],
  [',i->i', ',i->i', [[], [3]]],
  [
    'ij,jk,kl,lm->im',
    'ij,jk,kl,lm->im',
    [
      [2, 3],
      [3, 5],
      [5, 2],
      [2, 7],
    ],
  ],
])('%s', async (equation, spelledOut, shapes) => {
  const operands = shapes.map((shape, at) => f32(scattered(sizeOf(shape), at), shape));
  const b = new Builder(registry);
  const feeds = Object.fromEntries(operands.map((data, at) => [`x${at}`, data]));
  const inputs = operands.map(({ shape }, at) =>
    b.input(tensor('float32', shape), { kind: 'feed', node: `x${at}`, name: `x${at}` }),
  );
  const [result] = await runFunction(finish(b, [b.emit('Einsum', inputs, { equation })]), registry, feeds);
  const expected = sumByLetters(spelledOut, operands);
  const found = Array.from(result?.data ?? [], Number);
  expect(found).toHaveLength(expected.length);
  // Sums of up to 100 products below 1.
  expected.forEach((value, at) => void expect(found[at], `element ${at}`).toBeCloseTo(value, 5));
});
