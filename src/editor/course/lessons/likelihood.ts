import type { DocumentNode } from '../../../compiler/document.ts';
import { type Facts, near, tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';
import { after, minimizer, using } from './find.ts';

/** ln 10: ten classes guessed at. */
const GUESS = Math.log(10);

function log(facts: Facts): DocumentNode | undefined {
  return after(facts, 'Log', 'p') ?? after(facts, 'LogSoftmax', 'logits');
}

/** Single numbers that depend on the labels and are what guessing costs. */
function losses(facts: Facts): readonly DocumentNode[] {
  return Object.values(facts.document.graph.nodes).filter(({ id }) => {
    const number = facts.number(id);
    return number !== null && near(number, GUESS, 1e-3) && facts.dependsOn(id, 'digits');
  });
}

export const likelihood: Lesson = {
  id: 'likelihood',
  title: 'How likely are the labels?',
  chapter: 'Classifiers',
  summary:
    'The negative log-likelihood, by picking one probability of each row, and by one-hot labels: the same number.',
  checkpoints: [
    {
      id: 'log',
      title: 'Log-probabilities',
      say: 'Add a `Log` of `p`.',
      check: (facts) => log(facts) !== undefined || 'Double-click the canvas, type “log”, and wire p to it.',
      answer: (pen) => pen.add('log_p', 'Log', { x: 'p.y' }, {}, [3, 0]),
    },
    {
      id: 'pick',
      title: 'Pick that of the label',
      say: 'Turn the labels into a column with `Unsqueeze` (axes `1`), and let `GatherElements` (axis `1`) pick these from the log-probabilities.',
      check(facts) {
        const from = log(facts);
        const picked = from && facts.nodes('GatherElements').find(({ id }) => facts.source(id, 'x')?.id === from.id);
        const shape = picked && facts.type(picked.id)?.shape;
        if (shape?.length === 2 && shape[1] === 1) return true;
        if (!picked)
          return 'Wire the log-probabilities to the “x” of a GatherElements, and the column of labels to its “indices”.';
        return 'The result should be a column, f32[batch,1]. Unsqueeze the labels at axis 1, and gather along axis 1.';
      },
      answer(pen) {
        pen.add('column', 'Unsqueeze', { x: 'digits.y' }, { axes: [1] }, [3, 1]);
        pen.add('picked', 'GatherElements', { x: 'log_p.y', indices: 'column.y' }, { axis: 1 }, [4, 0]);
      },
    },
    {
      id: 'nll',
      title: 'The loss',
      say: 'Take the mean (`ReduceMean`) and turn its sign (`Neg`).',
      check(facts) {
        if (losses(facts).some(({ id }) => using(facts, 'GatherElements', 'digits') && facts.dependsOn(id, 'p')))
          return true;
        const mean = using(facts, 'ReduceMean', 'digits');
        return mean
          ? `${mean.name} is ${tell(facts.number(mean.id))}. A likelihood is to be large and a loss small, so the loss is the negative: Neg.`
          : 'ReduceMean without axes makes one number of all.';
      },
      answer(pen) {
        pen.add('mean', 'ReduceMean', { x: 'picked.y' }, {}, [5, 0]);
        pen.add('nll', 'Neg', { x: 'mean.y' }, {}, [6, 0]);
      },
    },
    {
      id: 'onehot',
      title: 'The same with one-hot labels',
      say: 'Make rows of zeros with a single one of the labels: `OneHot`. Multiply by the log-probabilities, sum the classes up (`ReduceSum`, axes `1`), take the mean and turn the sign.',
      check(facts) {
        const hot = after(facts, 'OneHot', 'digits');
        if (!hot) return 'Add a OneHot and wire the output y of digits to it.';
        const found = losses(facts).filter(({ id }) => facts.dependsOn(id, hot.id));
        return (
          found.length > 0 ||
          `Multiply ${hot.name} by the log-probabilities, add the classes up, take the mean, and turn the sign. It should be 2.303 again.`
        );
      },
      answer(pen) {
        pen.add('hot', 'OneHot', { indices: 'digits.y' }, {}, [3, 2]);
        pen.add('product', 'Mul', { a: 'hot.y', b: 'log_p.y' }, {}, [4, 2]);
        pen.add('rows', 'ReduceSum', { x: 'product.y' }, { axes: [1] }, [5, 2]);
        pen.add('mean2', 'ReduceMean', { x: 'rows.y' }, {}, [6, 2]);
        pen.add('cross_entropy', 'Neg', { x: 'mean2.y' }, {}, [7, 2]);
      },
    },
    {
      id: 'train',
      title: 'Descend',
      say: 'Wire the loss to an `SGD` and train until it is below 1.',
      check(facts) {
        const optimizers = facts.nodes('SGD').concat(facts.nodes('Adam'));
        const costs = optimizers.flatMap(({ id }) => facts.source(id, 'cost') ?? []);
        const [cost] = costs.filter(({ id }) => minimizer(facts, id) && facts.dependsOn(id, 'p'));
        if (!cost) return 'Add an SGD and wire one of the two losses to its cost.';
        const { loss } = facts.training;
        return (
          (loss !== null && loss < 1) ||
          `The loss is ${tell(loss)}. A learning rate of 0.5 gets there within 100 steps.`
        );
      },
      answer: (pen) => pen.add('sgd', 'SGD', { cost: 'nll.y' }, { lr: 0.5 }, [7, 0]),
      deeds: [150],
    },
  ],
};
