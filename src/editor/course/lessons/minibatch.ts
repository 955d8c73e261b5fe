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
      say: `In the *Train* tab set *batch size* to ${ROWS}, which is all rows there are to train on. Train to step 60.`,
      check: (facts) => trainedWith(facts, ROWS, 60),
      answer: (pen) => pen.training({ batchSize: ROWS }),
      deeds: [60],
    },
    {
      id: 'one',
      title: 'Stochastic gradient descent',
      say: 'Now a *batch size* of 1. Train on to step 300 and look at the curve.',
      check: (facts) => trainedWith(facts, 1, 300),
      answer: (pen) => pen.training({ batchSize: 1 }),
      deeds: [240],
    },
    {
      id: 'some',
      title: 'Minibatches',
      say: 'And 16 rows a step. Train on to step 600.',
      check: (facts) => trainedWith(facts, 16, 600),
      answer: (pen) => pen.training({ batchSize: 16 }),
      deeds: [300],
    },
  ],
};
