import { type Facts, near, tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';

const schedule = ({ document }: Facts) => document.graph.training.schedule ?? {};
const initial = (facts: Facts): number => Number(facts.attribute('sgd', 'lr'));

export const schedules: Lesson = {
  id: 'schedules',
  title: 'Slowing down',
  chapter: 'Networks',
  summary: 'η/(1 + d·epoch), and halving on a plateau until a 1024th is left.',
  checkpoints: [
    {
      id: 'inverse',
      title: 'A little slower in each epoch',
      say: 'In the *Train* tab choose the *schedule* η₀ / (1 + d · epoch), with a *decay d* of 0.1. Train for five epochs or more.',
      check(facts) {
        const { kind = 'constant', decay = 0.001 } = schedule(facts);
        if (kind !== 'inverse') return 'The schedule is below the learning rate in the Train tab.';
        if (decay !== 0.1) return `The decay is ${decay}: with 0.1 there is something to see within a few epochs.`;
        const { learningRate, epoch } = facts.training;
        if (learningRate === null || epoch < 5) return `This is epoch ${epoch}. Train on.`;
        return learningRate < initial(facts) / 1.3 || `The learning rate is ${tell(learningRate)}.`;
      },
      answer: (pen) => pen.training({ schedule: { kind: 'inverse', decay: 0.1 } }),
      deeds: [200],
    },
    {
      id: 'plateau',
      title: 'Halve on a plateau',
      say: 'Set the *schedule* to *fall on a plateau*, *after* 2 *epochs*; the factor is ½ and the floor 1/1024. Reset, and train until it stops.',
      check(facts) {
        const { kind = 'constant', wait = 10, factor = 0.5, floor = 1 / 1024 } = schedule(facts);
        if (kind !== 'plateau') return 'Choose “fall on a plateau” as the schedule.';
        if (wait > 2) return `It waits ${wait} epochs. Two are enough here.`;
        if (!near(factor, 0.5) || !near(floor, 1 / 1024, 1e-6))
          return 'The tutorial halves (factor 0.5) until a 1024th is left (floor 1/1024).';
        const { finished, running, learningRate } = facts.training;
        if (!finished)
          return running
            ? `The learning rate is ${tell(learningRate)}. It goes on until a 1024th is left.`
            : 'Train until it stops by itself.';
        return (
          (learningRate !== null && learningRate <= (initial(facts) * 1.01) / 1024) ||
          `The learning rate only came down to ${tell(learningRate)}.`
        );
      },
      answer: (pen) => pen.training({ schedule: { kind: 'plateau', wait: 2 } }),
      deeds: ['reset', 'train'],
    },
  ],
};
