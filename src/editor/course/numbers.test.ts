/** The numbers that the tutorials print, or that follow from what they ask for. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LessonRunner } from '../../../scripts/lesson-runner.ts';
import { loadDataset } from '../../runtime/worker/datasets/load.ts';
import { initialValues } from '../../runtime/worker/initializers.ts';
import type { Facts } from './facts.ts';
import { lessons } from './lessons.ts';

let runner: LessonRunner;
beforeEach(() => {
  runner = new LessonRunner();
});
afterEach(() => runner.close());

/** After the answer to a checkpoint. */
async function after(id: string, checkpoint: string): Promise<Facts> {
  const lesson = lessons.find((each) => each.id === id);
  const at = lesson?.checkpoints.findIndex((each) => each.id === checkpoint) ?? -1;
  if (!lesson || at < 0) throw new Error(`There is no ${id}/${checkpoint}`);
  return runner.answer(lesson, at);
}

test('hello: 16 and 30', async () => {
  expect((await after('hello', 'name')).number('f')).toBe(16);
  expect((await after('hello', 'other')).number('f')).toBe(30);
});

test('broadcasting: three rows of 2 and 3', async () => {
  const facts = await after('broadcasting', 'sum');
  expect(facts.type('c')?.shape).toEqual([3, 2]);
  expect(facts.numbers('c')).toEqual([2, 3, 2, 3, 2, 3]);
});

test('gradients: 2x, 1/x and −1/x²', async () => {
  const slopes = (facts: Facts) => ['dsquare', 'dlog', 'dinverse'].map((id) => facts.number(id));
  expect(slopes(await after('gradients', 'others'))).toEqual([4, 0.5, -0.25]);
  const facts = await after('gradients', 'again');
  expect(slopes(facts)).toEqual([8, 0.25, -0.0625]);
  expect(facts.number('d2square')).toBe(2);
});

test('sigmoid: ⟨3, 4⟩, and 3s(1 − s), 4s(1 − s)', async () => {
  const both = (facts: Facts, id: string) => [0, 1].map((at) => facts.number(id, `gradient.${at}`));
  const facts = await after('sigmoid', 'sigmoid');
  expect(both(facts, 'dfoo')).toEqual([3, 4]);
  expect(facts.number('s')).toBe(0.5);
  expect(both(facts, 'ds')).toEqual([0.75, 1]);
  const s = 1 / (1 + Math.exp(-16));
  const [byX, byY] = both(await after('sigmoid', 'saturated'), 'ds');
  // 1 − s has few digits in float32.
  expect(byX).toBeCloseTo(3 * s * (1 - s), 6);
  expect(byY).toBeCloseTo(4 * s * (1 - s), 6);
});

test('evaluate: squares, their gradient, and what is positive', async () => {
  const facts = await after('evaluate', 'mask');
  expect(facts.numbers('fx')).toEqual([4, 9, 0]);
  expect(facts.numbers('gradient')).toEqual([4, 6, 0]);
  expect(facts.numbers('kept')).toEqual([2, 3]);
});

test('descent: the nearest valley, and the deepest', async () => {
  // The roots of 4w(w² − 1) + 0.3 beside 1 and −1.
  const [near, far] = [0.9601, -1.0355];
  const height = (w: number) => 2 * ((w * w - 1) ** 2 + 0.3 * w);
  for (const [checkpoint, w] of [
    ['valley', near],
    ['deeper', far],
  ] as const) {
    const facts = await after('descent', checkpoint);
    for (const number of facts.numbers('w') ?? []) expect(number).toBeCloseTo(w, 3);
    expect(facts.number('C')).toBeCloseTo(height(w), 4);
  }
});

test('shared: the third batch, sliced and gathered', async () => {
  const facts = await after('shared', 'labels');
  expect(facts.numbers('x_train')).toEqual([80, 90, 100, 110]);
  expect(facts.numbers('x_batch')).toEqual([80, 90, 100, 110]);
  expect(facts.numbers('y_batch')).toEqual([1, 4, 3, 5]);
});

test('likelihood: ten equal guesses cost ln 10, by either way of picking', async () => {
  const facts = await after('likelihood', 'onehot');
  expect(facts.number('nll')).toBeCloseTo(Math.log(10), 5);
  expect(facts.number('cross_entropy')).toBeCloseTo(Math.log(10), 5);
});

test('random filters answer edges and not even places', async () => {
  const { pixels } = await loadDataset('photograph', async (path) => new Uint8Array(await readFile(`public/${path}`)));
  const [height, width, size] = [639, 516, 9];
  const bound = 1 / Math.sqrt(3 * size * size);
  const draw = { kind: 'uniform', low: -bound, high: bound, seed: 23455 } as const;
  const weights = initialValues(draw, [2, 3, size, size]);
  const answers: { contrast: number; answer: number }[] = [];
  for (let row = 0; row + size <= height; row += 13) {
    for (let column = 0; column + size <= width; column += 13) {
      const values = Array.from({ length: 3 * size * size }, (_, at) => {
        const [channel, y, x] = [Math.floor(at / (size * size)), Math.floor(at / size) % size, at % size];
        return pixels?.[(channel * height + row + y) * width + column + x] as number;
      });
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const contrast = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      for (const filter of [0, 1]) {
        const own = weights.subarray(filter * values.length, (filter + 1) * values.length);
        // What an even place of this brightness would make is taken off.
        const answer = values.reduce((sum, value, at) => sum + (value - mean) * (own[at] as number), 0);

        answers.push({ contrast, answer: Math.abs(answer) });
      }
    }
  }
  answers.sort((a, b) => a.contrast - b.contrast);
  const tenth = Math.floor(answers.length / 10);
  const average = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const even = average(answers.slice(0, tenth).map(({ answer }) => answer));
  const edges = average(answers.slice(-tenth).map(({ answer }) => answer));
  expect(edges).toBeGreaterThan(5 * even);
});
