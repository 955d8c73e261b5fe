import type { DocumentNode } from '../../../compiler/document.ts';
import { type Facts, tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';

/** What is minimized: the loss with something added to it. */
function total(facts: Facts): DocumentNode | undefined {
  const cost = facts.source('sgd', 'cost');
  return cost && facts.dependsOn(cost.id, 'nll') ? cost : undefined;
}

/** Whether the cost has a term that one of these makes of W. */
function hasTerm(facts: Facts, cost: NonNullable<ReturnType<typeof total>>, ops: readonly string[]): boolean {
  const terms = ops
    .flatMap((op) => facts.nodes(op))
    .filter(({ id }) => facts.dependsOn(id, 'W') && !facts.dependsOn(id, 'digits'));
  return terms.some(({ id }) => facts.dependsOn(cost.id, id));
}

const SQUARES = ['ReduceSumSquare', 'ReduceL2', 'PNorm', 'Pow', 'Mul'];

export const regularization: Lesson = {
  id: 'regularization',
  title: 'Small weights',
  chapter: 'Classifiers',
  summary: 'Add λ₂ Σ W² and λ₁ Σ |W| to the loss, and watch the weights shrink.',
  checkpoints: [
    {
      id: 'before',
      title: 'Without',
      say: 'Train to step 600 and note the length of `W` (*norm* in the *Inspect* tab when it is selected).',
      check(facts) {
        const { step } = facts.training;
        return step >= 600 || `This is step ${step}. The pace beside the button can be raised.`;
      },
      answer: () => {},
      deeds: [600],
    },
    {
      id: 'l2',
      title: 'Add the squares',
      say: 'Draw `nll` + λ₂ · Σ W² with `ReduceSumSquare`, a `Constant` λ₂ of 0.05, `Mul` and `Add`, and minimize that instead.',
      check(facts) {
        const cost = total(facts);
        if (!cost) return 'The cost of sgd should be a sum of nll and the penalty.';
        if (!hasTerm(facts, cost, SQUARES))
          return 'The penalty should be made of W: ReduceSumSquare adds up the squares of all its elements.';
        const [nll, now] = [facts.number('nll'), facts.number(cost.id)];
        if (nll === null || now === null) return 'The values are on the way.';
        return now > nll || `${cost.name} is ${tell(now)}, nll is ${tell(nll)}: the penalty should add to it.`;
      },
      answer(pen) {
        pen.add('L2_sqr', 'ReduceSumSquare', { x: 'W.value' }, {}, [2, 2]);
        pen.add('lambda_2', 'Constant', {}, { values: [0.05] }, [2, 3]);
        pen.add('penalty', 'Mul', { a: 'L2_sqr.y', b: 'lambda_2.value' }, {}, [3, 2]);
        pen.add('cost', 'Add', { a: 'nll.loss', b: 'penalty.y' }, {}, [4, 1]);
        pen.wire('cost.y', 'sgd.cost');
      },
    },
    {
      id: 'shrunk',
      title: 'Train on',
      say: 'Train on until the length of `W` is below 4.',
      check(facts) {
        const cost = total(facts);
        if (!cost || !hasTerm(facts, cost, SQUARES)) return 'The penalty of squares is gone from the cost.';
        const norm = facts.norm('W');
        return (
          (norm !== null && norm < 4) ||
          `The length of W is ${tell(norm)}. Train on; if it does not fall, λ₂ is too small.`
        );
      },
      answer: () => {},
      deeds: [600],
    },
    {
      id: 'l1',
      title: 'Absolute values',
      say: 'Penalize Σ |W| as well, or instead: `ReduceL1`, with a λ₁ of 0.001.',
      check(facts) {
        const cost = total(facts);
        if (!cost) return 'The cost of sgd should be a sum of nll and the penalty.';
        return (
          hasTerm(facts, cost, ['ReduceL1', 'Abs', 'MeanAbsoluteError']) ||
          'ReduceL1 adds up the absolute values of W. Multiply it by λ₁ and add it to the cost.'
        );
      },
      answer(pen) {
        pen.add('L1', 'ReduceL1', { x: 'W.value' }, {}, [2, 4]);
        pen.add('lambda_1', 'Constant', {}, { values: [0.001] }, [2, 5]);
        pen.add('penalty1', 'Mul', { a: 'L1.y', b: 'lambda_1.value' }, {}, [3, 4]);
        pen.add('cost2', 'Add', { a: 'cost.y', b: 'penalty1.y' }, {}, [5, 2]);
        pen.wire('cost2.y', 'sgd.cost');
      },
    },
  ],
};
