import type { Lesson } from '../lesson.ts';
import { using } from './find.ts';

const THIRD = [80, 90, 100, 110];

export const shared: Lesson = {
  id: 'shared',
  title: 'Data that stays on the device',
  chapter: 'Descent',
  summary:
    'Shared variables and x[i*B : (i+1)*B]: how a batch is cut out inside the graph, and labels become integers.',
  checkpoints: [
    {
      id: 'third',
      title: 'The third minibatch',
      say: 'The `Slice` takes the rows 0 to 4, the first batch. Change its `starts` and `ends` to `2*B` and `3*B`.',
      check(facts) {
        const found = facts.nodes('Slice').some(({ id }) => facts.is(id, THIRD));
        return found || 'With B = 4 the third batch begins at row 8 and ends before row 12.';
      },
      answer: (pen) => pen.set('x_train', { starts: [8], ends: [12] }),
    },
    {
      id: 'symbolic',
      title: 'By a symbolic index',
      say: 'Compute the row numbers from `i` and `B`: multiply them, add a `Range` of 4 (`int32`), and let a `Gather` take these rows of `shared_x`.',
      check(facts) {
        const gather = using(facts, 'Gather', 'shared_x', 'i', 'B');
        const start = using(facts, 'Mul', 'i', 'B');
        if (!start) return 'Begin with a Mul of i and B: the first row of batch i.';
        if (!gather)
          return `Add a Range (limit 4, dtype int32) to ${start.name}, and wire the sum to the “indices” of a Gather, and shared_x to its “x”.`;
        return (
          facts.is(gather.id, THIRD) ||
          `${gather.name} should be the four numbers of the third batch. Does the Range go from 0 to 4?`
        );
      },
      answer(pen) {
        pen.add('first', 'Mul', { a: 'i.value', b: 'B.value' }, {}, [1, 2]);
        pen.add('offsets', 'Range', {}, { limit: 4, dtype: 'int32' }, [1, 3]);
        pen.add('rows', 'Add', { a: 'first.y', b: 'offsets.y' }, {}, [2, 2]);
        pen.add('x_batch', 'Gather', { x: 'shared_x.value', indices: 'rows.y' }, {}, [3, 1]);
      },
    },
    {
      id: 'labels',
      title: 'Labels are integers',
      say: '`shared_y` holds labels as floats. `Cast` it to `int32`, and `Gather` the same rows of the result.',
      check(facts) {
        const cast = facts.nodes('Cast').find(({ id }) => facts.source(id, 'x')?.id === 'shared_y');
        if (!cast) return 'Add a Cast and wire shared_y to it.';
        if (facts.type(cast.id)?.dtype !== 'int32') return `Set the attribute “to” of ${cast.name} to int32.`;
        const gather = using(facts, 'Gather', cast.id, 'i', 'B');
        if (!gather) return `Wire ${cast.name} to the “x” of a Gather, and the row numbers to its “indices”.`;
        return facts.is(gather.id, [1, 4, 3, 5]) || 'The labels of the third batch are 1, 4, 3 and 5.';
      },
      answer(pen) {
        pen.add('y_int', 'Cast', { x: 'shared_y.value' }, { to: 'int32' }, [1, 4]);
        pen.add('y_batch', 'Gather', { x: 'y_int.y', indices: 'rows.y' }, {}, [3, 3]);
      },
    },
  ],
};
