import type { Facts } from '../facts.ts';
import type { Lesson } from '../lesson.ts';

const ROWS = 192;

function trainedWith(facts: Facts, size: number, until: number): true | string {
  const { batchSize } = facts.document.graph.training;
  if (batchSize !== size) return `The batch size is ${batchSize}. Set it to ${size} in the Train tab on the right.`;
  const { step } = facts.training;
  return step >= until || `Train on, to step ${until}. This is step ${step}.`;
}

export const minibatch: Lesson = {
  id: 'minibatch',
  title: 'All rows, one row, some rows',
  chapter: 'Descent',
  summary: 'Gradient descent, stochastic gradient descent and minibatches on the same line: see what each does.',
  checkpoints: [
    {
      id: 'all',
      title: 'Gradient descent',
      say: `In the *Train* tab choose *All rows*: a *batch size* of ${ROWS}, which is all there is to train on. Train to step 60.`,
      check: (facts) => trainedWith(facts, ROWS, 60),
      answer: (pen) => pen.training({ batchSize: ROWS }),
      deeds: [60],
    },
    {
      id: 'one',
      title: 'Stochastic gradient descent',
      say: 'Now *Online*: a *batch size* of 1. Train on to step 300 and look at the curve.',
      check: (facts) => trainedWith(facts, 1, 300),
      answer: (pen) => pen.training({ batchSize: 1 }),
      deeds: [240],
    },
    {
      id: 'some',
      title: 'Minibatches',
      say: 'And a *batch size* of 16. Train on to step 600.',
      check: (facts) => trainedWith(facts, 16, 600),
      answer: (pen) => pen.training({ batchSize: 16 }),
      deeds: [300],
    },
  ],
};
