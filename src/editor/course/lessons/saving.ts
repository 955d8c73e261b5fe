import { tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';

export const saving: Lesson = {
  id: 'saving',
  title: 'Saving what was learnt',
  chapter: 'Practice',
  summary:
    'Do save the arrays of your parameters, do not save functions: and load them into a network that knows nothing.',
  checkpoints: [
    {
      id: 'learn',
      title: 'Learn something',
      say: 'Train until the loss is below 0.3, and pause.',
      check(facts) {
        const loss = facts.number('nll');
        return (loss !== null && loss < 0.3) || `The loss of the last batch is ${tell(loss)}.`;
      },
      answer: () => {},
      deeds: [300],
    },
    {
      id: 'forget',
      title: 'Save, then forget',
      say: 'Save the weights as a file: *Weights…* in the Wiregrad menu. Then *Reset*.',
      check(facts) {
        const { step } = facts.training;
        const loss = facts.number('nll');
        return (
          (step === 0 && loss !== null && loss > 1.5) ||
          `This is step ${step}. When the file is there, reset: the arrow that turns back.`
        );
      },
      answer: () => {},
      deeds: ['keep', 'reset'],
    },
    {
      id: 'load',
      title: 'Load them',
      say: 'Load the file in the same dialog. Do not train.',
      check(facts) {
        const loss = facts.number('nll');
        return (loss !== null && loss < 1) || `The loss is ${tell(loss)}: this network knows nothing yet.`;
      },
      answer: () => {},
      deeds: ['put back'],
    },
  ],
};
