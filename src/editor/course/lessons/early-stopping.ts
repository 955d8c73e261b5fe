import type { Facts } from '../facts.ts';
import type { Lesson } from '../lesson.ts';

type Loop = Facts['document']['graph']['training'];

const rule = ({ document }: Facts): NonNullable<Loop['earlyStopping']> => document.graph.training.earlyStopping ?? {};

/** Whether training stopped before anybody stopped it. */
function stopped({ training }: Facts): true | string {
  if (training.finished) return true;
  return training.running
    ? 'It goes on until the rule stops it.'
    : 'Press Train and let it stop by itself. The pace can be raised.';
}

export const earlyStopping: Lesson = {
  id: 'early-stopping',
  title: 'When to stop',
  chapter: 'Networks',
  summary: 'No improvement in n epochs, or patience that grows: validation decides when learning ends.',
  checkpoints: [
    {
      id: 'epochs',
      title: 'No improvement in n',
      say: 'In the *Train* tab set *stop early* to *no new best*, with 3 *epochs*. Train until it stops.',
      check(facts) {
        const { rule: kind = 'off', epochs = 10 } = rule(facts);
        if (kind !== 'epochs')
          return 'Set “stop early” to “no new best”: it is under Validation and early stopping in the Train tab.';
        return epochs <= 3 ? stopped(facts) : `It waits ${epochs} epochs: set it to 3.`;
      },
      answer: (pen) => pen.training({ earlyStopping: { rule: 'epochs', epochs: 3 } }),
      deeds: ['reset', 'train'],
    },
    {
      id: 'patience',
      title: 'Patience',
      say: 'Now set *stop early* to *out of patience*, with a *patience* of 200 steps; increase and threshold stay as in the tutorial. Reset and train until it stops.',
      check(facts) {
        const { rule: kind = 'off', patience = 5000, patienceIncrease = 2, improvementThreshold = 0.995 } = rule(facts);
        if (kind !== 'patience') return 'Set “stop early” to “out of patience”.';
        if (patience > 200) return `It makes ${patience} steps regardless: set patience to 200.`;
        if (patienceIncrease !== 2 || improvementThreshold !== 0.995)
          return 'The tutorial has an increase of 2 and a threshold of 0.995.';
        return stopped(facts);
      },
      answer: (pen) => pen.training({ earlyStopping: { rule: 'patience', patience: 200 } }),
      deeds: ['reset', 'train'],
    },
    {
      id: 'best',
      title: 'Keep the best',
      say: 'Set *best weights* to *restore at the end*: training ends with the parameters that were best on the validation split.',
      check(facts) {
        const { best = 'off' } = facts.document.graph.training;
        return best === 'restore' || 'Choose “restore at the end” as “best weights” in the Train tab.';
      },
      answer: (pen) => pen.training({ best: 'restore' }),
    },
  ],
};
