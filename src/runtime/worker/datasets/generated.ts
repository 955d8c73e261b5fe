/** Data sets made up here, the same on every machine. */

import { RandomState } from '../random.ts';
import type { Columns } from './load.ts';

const CURVE_ROWS = 256;
const POINT_ROWS = 600;

/** x uniform in -1 … 1, y = f(x) + noise. */
function curve(seed: number, f: (x: number) => number, noise: number): Columns {
  const random = new RandomState(seed);
  const x = Float32Array.from({ length: CURVE_ROWS }, () => random.uniform(-1, 1));
  return { x, y: x.map((value) => f(value) + random.normal(0, noise)) };
}

/** Points of two classes in turn, `t` running from 0 to 1 along each, with noise, in random order. */
function points(seed: number, noise: number, place: (t: number, label: number) => [number, number]): Columns {
  const random = new RandomState(seed);
  const order = random.permutation(POINT_ROWS);
  const point = new Float32Array(2 * POINT_ROWS);
  const label = new Int32Array(POINT_ROWS);
  order.forEach((number, row) => {
    const [x, y] = place(Math.floor(number / 2) / (POINT_ROWS / 2 - 1), number % 2);
    label[row] = number % 2;
    point[2 * row] = x + random.normal(0, noise);
    point[2 * row + 1] = y + random.normal(0, noise);
  });
  return { point, label };
}

const polar = (radius: number, angle: number): [number, number] => [radius * Math.cos(angle), radius * Math.sin(angle)];

export const makeLine = () => curve(1, (x) => 2 * x - 1, 0.1);

export const makeSine = () => curve(2, (x) => Math.sin(Math.PI * x), 0.1);

/** Two arms, one turn and a half each. */
export const makeSpirals = () => points(3, 0.02, (t, label) => polar(0.1 + 0.9 * t, 3 * Math.PI * t + Math.PI * label));

/** Two half circles, one hooked into the other. */
export const makeMoons = () =>
  points(4, 0.1, (t, label) => {
    const [x, y] = polar(1, Math.PI * t);
    return label === 0 ? [x, y] : [1 - x, 0.5 - y];
  });

/** One circle within another of twice its radius. */
export const makeCircles = () => points(5, 0.05, (t, label) => polar(label === 0 ? 1 : 0.5, 2 * Math.PI * t));
