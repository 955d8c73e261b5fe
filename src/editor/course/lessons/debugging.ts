import { type Facts, tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';

/** What the drawing should keep being about. */
const isWhole = (facts: Facts): boolean => {
  const cost = facts.source('sgd', 'cost');
  return cost !== undefined && facts.dependsOn(cost.id, 'digits') && facts.dependsOn(cost.id, 'W');
};

const GONE = 'The cost of sgd should still depend on digits and W.';

export const debugging: Lesson = {
  id: 'debugging',
  title: 'A page full of mistakes',
  chapter: 'Practice',
  summary:
    'Operands in the wrong order, a cost that is no number, a missing minus, steps too long: repair what a tutorial prints.',
  errors: ['shape/matmul'],
  checkpoints: [
    {
      id: 'order',
      title: 'W times x',
      say: '`scores` multiplies `W` by the pictures. Read its message and repair it, by hand or with the fix that is offered.',
      check(facts) {
        const shape = facts.type('scores')?.shape.join();
        if (shape === 'batch,10') return true;
        const found = facts.check.diagnostics.find(({ place }) => place.node === 'scores');
        return found
          ? `${found.title}. A row of pixels times W is what is meant.`
          : 'scores should have ten numbers for each picture: f32[batch,10].';
      },
      answer(pen) {
        pen.wire('digits.x', 'scores.a');
        pen.wire('W.value', 'scores.b');
      },
    },
    {
      id: 'scalar',
      title: 'A cost is one number',
      say: 'Now `sgd` complains. Make one number of `likely`, its mean.',
      check(facts) {
        if (!isWhole(facts)) return GONE;
        const cost = facts.source('sgd', 'cost');
        if (cost && facts.type(cost.id)?.shape.length === 0) return true;
        return `A ReduceMean on the wire into sgd does it: ${cost?.name} has many numbers.`;
      },
      answer(pen) {
        pen.add('mean', 'ReduceMean', { x: 'likely.y' }, {}, [6, 0]);
        pen.wire('mean.y', 'sgd.cost');
      },
    },
    {
      id: 'sign',
      title: 'Up or down?',
      say: 'There is no error any more, but a warning. Follow it.',
      check(facts) {
        if (!isWhole(facts)) return GONE;
        const [error] = facts.errors;
        if (error !== undefined) return `The compiler says: ${error}.`;
        const cost = facts.source('sgd', 'cost');
        const value = cost ? facts.number(cost.id) : null;
        return (
          (value !== null && value > 0) ||
          `${cost?.name} is ${tell(value)}, a mean of log-probabilities. sgd makes it smaller, that is, the labels less likely: turn its sign with Neg.`
        );
      },
      answer(pen) {
        pen.add('nll', 'Neg', { x: 'mean.y' }, {}, [6, 1]);
        pen.wire('nll.y', 'sgd.cost');
      },
    },
    {
      id: 'rate',
      title: 'Steps that are too long',
      say: 'Train. If the loss jumps about or becomes no number, make the learning rate of `sgd` smaller, reset, and get the loss below 1.',
      check(facts) {
        if (!isWhole(facts)) return GONE;
        const { loss, step } = facts.training;
        const lr = Number(facts.attribute('sgd', 'lr'));
        if (step < 50) return `This is step ${step}. Train to step 50 at least.`;
        if (loss === null || !(loss < 1)) return `The loss is ${tell(loss)}, with a learning rate of ${lr}.`;
        return (
          lr <= 2 || `The learning rate is ${lr}, which is much for numbers of this size. Try one of 1, 0.1 and 0.01.`
        );
      },
      answer: (pen) => pen.set('sgd', { lr: 0.5 }),
      deeds: ['reset', 150],
    },
  ],
};
