/** All lessons, in the order of the course. */
import type { Lesson } from './lesson.ts';
import { broadcasting } from './lessons/broadcasting.ts';
import { convolution } from './lessons/convolution.ts';
import { debugging } from './lessons/debugging.ts';
import { descent } from './lessons/descent.ts';
import { earlyStopping } from './lessons/early-stopping.ts';
import { evaluate } from './lessons/evaluate.ts';
import { gradients } from './lessons/gradients.ts';
import { hello } from './lessons/hello.ts';
import { lenet } from './lessons/lenet.ts';
import { likelihood } from './lessons/likelihood.ts';
import { logistic } from './lessons/logistic.ts';
import { minibatch } from './lessons/minibatch.ts';
import { mlp } from './lessons/mlp.ts';
import { regularization } from './lessons/regularization.ts';
import { saving } from './lessons/saving.ts';
import { schedules } from './lessons/schedules.ts';
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
  regularization,
  mlp,
  earlyStopping,
  schedules,
  convolution,
  lenet,
  saving,
  debugging,
];

export function findLesson(id: string): Lesson | undefined {
  return lessons.find((lesson) => lesson.id === id);
}
