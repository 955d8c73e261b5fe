import { tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';
import { using } from './find.ts';

export const lenet: Lesson = {
  id: 'lenet',
  title: 'LeNet',
  chapter: 'Images',
  summary: 'Two layers of learnt filters and a classifier on top: the network that read cheques.',
  errors: ['shape/matmul'],
  checkpoints: [
    {
      id: 'size',
      title: 'How many features?',
      say: 'Look at the shape of `features` and correct the `shape` of `W`, so that the error goes away.',
      check(facts) {
        const [error] = facts.errors;
        return error === undefined || `The compiler says: ${error}.`;
      },
      answer: (pen) => pen.set('W', { shape: [1152, 10] }),
    },
    {
      id: 'second',
      title: 'A second layer of filters',
      say: 'Between `pool1` and `features` insert a `Conv` with 12 filters (a `Parameter` of shape `12, 8, 5, 5`), a `Tanh` and a `MaxPool`. `W` has to follow.',
      check(facts) {
        const [first, second] = facts.nodes('Conv');
        if (!first || !second) return 'Add a Conv, wire pool1 to its x and a Parameter of shape 12, 8, 5, 5 to its w.';
        const pool = facts.nodes('MaxPool').find(({ id }) => id !== 'pool1');
        if (!pool) return 'After the Conv come a Tanh and a MaxPool.';
        if (!facts.dependsOn('features', pool.id)) return `Wire ${pool.name} to features.`;
        const [error] = facts.errors;
        if (error !== undefined) return `The compiler says: ${error}.`;
        return (
          facts.type('features')?.shape[1] === 192 ||
          `There should be 12 · 4 · 4 = 192 features, not ${facts.type('features')?.shape[1]}.`
        );
      },
      answer(pen) {
        pen.add('filters2', 'Parameter', {}, { shape: [12, 8, 5, 5] }, [3, 1]);
        pen.add('conv2', 'Conv', { x: 'pool1.y', w: 'filters2.value' }, {}, [4, 0]);
        pen.add('tanh2', 'Tanh', { x: 'conv2.y' }, {}, [5, 0]);
        pen.add('pool2', 'MaxPool', { x: 'tanh2.y' }, {}, [6, 0]);
        pen.wire('pool2.y', 'features.x');
        pen.set('W', { shape: [192, 10] });
      },
    },
    {
      id: 'train',
      title: 'Read digits',
      say: 'Train until nine of ten validation digits are read right. An epoch is enough.',
      check(facts) {
        if (!using(facts, 'Tanh', 'filters2') && facts.nodes('Conv').length < 2)
          return 'The second layer of filters is gone.';
        const { accuracy } = facts.training.metrics;
        return (
          (accuracy !== undefined && accuracy >= 0.9) ||
          `Accuracy is ${tell(accuracy)}. Train on: this takes a minute without a graphics card.`
        );
      },
      answer: () => {},
      deeds: [125],
    },
  ],
};
