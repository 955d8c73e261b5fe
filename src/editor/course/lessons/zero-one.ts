import type { DocumentNode } from '../../../compiler/document.ts';
import { type Facts, near } from '../facts.ts';
import type { Lesson } from '../lesson.ts';
import { after, minimizer } from './find.ts';

/** The predicted class of each row. */
function prediction(facts: Facts): DocumentNode | undefined {
  return facts.nodes('ArgMax').find(({ id }) => {
    const type = facts.type(id);
    return type?.shape.length === 1 && type.shape[0] === 'batch' && facts.dependsOn(id, 'logits');
  });
}

/** How many rows of the batch are not the class that W = 0 predicts, which is 0. */
function expectedMistakes(facts: Facts): number | null {
  const labels = facts.view('digits', 'y');
  const { batchSize } = facts.document.graph.training;
  return labels && Math.round(batchSize * (1 - (labels.stats[5] ?? 0)));
}

function count(facts: Facts, predicted: DocumentNode): DocumentNode | undefined {
  const expected = expectedMistakes(facts);
  return ['ReduceSum', 'Sub']
    .flatMap((op) => facts.nodes(op))
    .find(({ id }) => {
      const number = facts.number(id);
      const isCount = number !== null && expected !== null && near(number, expected);
      return isCount && facts.dependsOn(id, predicted.id) && facts.dependsOn(id, 'digits');
    });
}

export const zeroOne: Lesson = {
  id: 'zero-one',
  title: 'Counting mistakes',
  chapter: 'Classifiers',
  summary: 'The zero-one loss T.sum(T.neq(T.argmax(p), y)), and why nobody descends on it.',
  checkpoints: [
    {
      id: 'prediction',
      title: 'The predicted class',
      say: 'Add an `ArgMax` of `p`: for each row, the class with the largest probability.',
      check(facts) {
        if (prediction(facts)) return true;
        const [any] = facts.nodes('ArgMax');
        return any
          ? `${any.name} should have one class for each row, i32[batch]. Its axis is the axis of the classes: −1, the last.`
          : 'Add an ArgMax and wire p to it.';
      },
      answer: (pen) => pen.add('y_pred', 'ArgMax', { x: 'p.y' }, { axis: -1 }, [3, 1]),
    },
    {
      id: 'count',
      title: 'Count the wrong ones',
      say: 'Compare it with the labels, output `y` of `digits`, by `Equal`; turn that around with `Not`, make numbers of it with `Cast`, and add them up with `ReduceSum`.',
      check(facts) {
        const predicted = prediction(facts);
        if (!predicted) return 'The ArgMax with one class for each row is gone.';
        if (count(facts, predicted)) return true;
        const equal = after(facts, 'Equal', predicted.id);
        if (!equal || !facts.dependsOn(equal.id, 'digits'))
          return `Equal takes ${predicted.name} and the output y of digits.`;
        const not = after(facts, 'Not', equal.id);
        if (!not) return `${equal.name} is true where the prediction is right. We count the others: Not.`;
        const cast = after(facts, 'Cast', not.id);
        if (!cast) return `True and false cannot be added up. Cast ${not.name} to float32.`;
        return `Add up ${cast.name} with a ReduceSum over all axes.`;
      },
      answer(pen) {
        pen.add('right', 'Equal', { a: 'y_pred.y', b: 'digits.y' }, {}, [4, 2]);
        pen.add('wrong', 'Not', { x: 'right.y' }, {}, [5, 2]);
        pen.add('ones', 'Cast', { x: 'wrong.y' }, { to: 'float32' }, [6, 2]);
        pen.add('zero_one', 'ReduceSum', { x: 'ones.y' }, {}, [7, 2]);
      },
    },
    {
      id: 'flat',
      title: 'Try to minimize it',
      say: 'Wire the count to the `cost` of an `SGD`, and read what *Problems* says.',
      check(facts) {
        const costs = facts.nodes('SGD').flatMap(({ id }) => facts.source(id, 'cost') ?? []);
        const [cost] = costs;
        if (!cost) return 'Add an SGD and wire the number of mistakes to its cost.';
        const isTold = facts.check.diagnostics.some(({ code }) => code.startsWith('gradient/'));
        return isTold || `${cost.name} has a gradient. Wire the number of mistakes instead.`;
      },
      answer: (pen) => pen.add('sgd', 'SGD', { cost: 'zero_one.y' }, {}, [8, 2]),
    },
    {
      id: 'metric',
      title: 'Report it instead',
      say: 'Take the `SGD` away again and hang a `Metric` on the count.',
      check(facts) {
        const predicted = prediction(facts);
        const counted = predicted && count(facts, predicted);
        if (!counted)
          return 'The number of mistakes should be there, and nothing in the way of computing it. Undo takes steps back.';
        if (minimizer(facts, counted.id)) return 'Take the SGD away: it cannot train on this.';
        return after(facts, 'Metric', counted.id) !== undefined || `Wire ${counted.name} to a Metric.`;
      },
      answer(pen) {
        pen.remove('sgd');
        pen.add('mistakes', 'Metric', { value: 'zero_one.y' }, {}, [8, 2]);
      },
    },
  ],
};
