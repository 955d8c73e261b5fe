import { expect, test } from 'vitest';
import { confusionOf, predictedClass } from './confusion.ts';

test('rows are counted by what they are and what they are taken for', () => {
  const random = (seed: number) => Math.abs(Math.sin(seed * 12.9898) * 43758.5453) % 1;
  const [rows, classes] = [200, 4];
  const scores = Float32Array.from({ length: rows * classes }, (_, at) => random(at));
  const labels = Int32Array.from({ length: rows }, (_, at) => Math.floor(random(at + 7777) * classes));
  const { counts, right, wrong } = confusionOf({ scores, width: classes, labels, classes, threshold: 0 });
  for (let is = 0; is < classes; is++) {
    for (let taken = 0; taken < classes; taken++) {
      let count = 0;
      for (let row = 0; row < rows; row++) {
        const own = [...scores.subarray(row * classes, (row + 1) * classes)];
        if (labels[row] === is && own.indexOf(Math.max(...own)) === taken) count++;
      }
      expect(counts[is * classes + taken]).toBe(count);
    }
  }
  expect(right + wrong.length).toBe(rows);
  expect(wrong.every(({ at, is, taken }) => labels[at] === is && is !== taken)).toBe(true);
});

test('a single score decides between two classes by its threshold', () => {
  const classOf = (score: number, threshold: number) => predictedClass({ scores: [score], width: 1, threshold }, 0);
  expect([classOf(0.3, 0.5), classOf(0.7, 0.5), classOf(-1, 0), classOf(1, 0)]).toEqual([0, 1, 0, 1]);
});
