import { tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';
import { after, minimizer } from './find.ts';

export const logistic: Lesson = {
  id: 'logistic',
  title: 'Logistic regression on MNIST',
  chapter: 'Classifiers',
  summary: 'The exercise of the lecture: softmax, negative log-likelihood, minibatches, exactly one epoch.',
  checkpoints: [
    {
      id: 'model',
      title: 'Model and cost',
      say: 'Wire `logits` and the labels (output `y` of `mnist`) to a `SoftmaxCrossEntropyLoss`, and its `loss` to an `SGD` with a learning rate of 0.13.',
      check(facts) {
        const loss = after(facts, 'SoftmaxCrossEntropyLoss', 'logits');
        if (!loss) return 'Add a SoftmaxCrossEntropyLoss. It takes the logits as they are: the softmax is part of it.';
        if (facts.sourcePort(loss.id, 'labels') !== 'y') return `The labels of ${loss.name} are the output y of mnist.`;
        const sgd = minimizer(facts, loss.id);
        if (!sgd) return `Wire ${loss.name} to the cost of an SGD.`;
        return (
          facts.attribute(sgd.id, 'lr') === 0.13 ||
          `The learning rate of ${sgd.name} is ${facts.attribute(sgd.id, 'lr')}.`
        );
      },
      answer(pen) {
        pen.add('loss', 'SoftmaxCrossEntropyLoss', { logits: 'logits.y', labels: 'mnist.y' }, {}, [2, 0]);
        pen.add('sgd', 'SGD', { cost: 'loss.loss' }, { lr: 0.13 }, [3, 0]);
      },
    },
    {
      id: 'epoch',
      title: 'One epoch',
      say: 'In the *Train* tab set *batch size* to 20 and *epochs* to 1, so that training stops by itself. Then train.',
      check(facts) {
        const { batchSize, epochs } = facts.document.graph.training;
        if (batchSize !== 20 || epochs !== 1) return `The batch size is ${batchSize}, and epochs is ${epochs}.`;
        const { epoch, step, metrics, running } = facts.training;
        if (epoch < 1) return `Step ${step} of 400. A faster pace can be chosen beside the button.`;
        if (running) return 'Training is about to stop.';
        const { error } = metrics;
        if (epoch > 1) return 'That was more than one epoch. Reset, and train again.';
        return (error !== undefined && error < 0.13) || `The error on the validation rows is ${tell(error)}.`;
      },
      answer: (pen) => pen.training({ batchSize: 20, epochs: 1 }),
      deeds: ['reset', 400],
    },
    {
      id: 'predict',
      title: 'A second function',
      say: 'Add an `Output` of `y_pred`: the function that predicts.',
      check(facts) {
        const output = after(facts, 'Output', 'y_pred');
        return output !== undefined || 'Add an Output and wire y_pred to it.';
      },
      answer: (pen) => pen.add('digit', 'Output', { value: 'y_pred.y' }, {}, [3, 1]),
    },
  ],
};
