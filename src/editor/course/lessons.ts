/** All lessons, in the order of the course. */
import type { Lesson } from './lesson.ts';
import { broadcasting } from './lessons/broadcasting.ts';
import { descent } from './lessons/descent.ts';
import { evaluate } from './lessons/evaluate.ts';
import { gradients } from './lessons/gradients.ts';
import { hello } from './lessons/hello.ts';
import { likelihood } from './lessons/likelihood.ts';
import { logistic } from './lessons/logistic.ts';
import { minibatch } from './lessons/minibatch.ts';
import { shared } from './lessons/shared.ts';
import { sigmoid } from './lessons/sigmoid.ts';
import { zeroOne } from './lessons/zero-one.ts';

export const lessons: readonly Lesson[] = [
  hello,
  broadcasting,
  gradients,
  sigmoid,
  evaluate,
  descent,
  minibatch,
  shared,
  zeroOne,
  likelihood,
  logistic,
];

export function findLesson(id: string): Lesson | undefined {
  return lessons.find((lesson) => lesson.id === id);
}
