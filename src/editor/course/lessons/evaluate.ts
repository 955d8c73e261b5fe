import type { Lesson } from '../lesson.ts';
import { after, derivative, missingDerivative } from './find.ts';

export const evaluate: Lesson = {
  id: 'evaluate',
  title: 'Evaluating, and picking elements',
  chapter: 'Expressions',
  summary: 'fx.eval({vx: [2, 3, 0]}), the gradient of a vector’s sum, and what stands for x[x > 0].',
  checkpoints: [
    {
      id: 'squares',
      title: 'Evaluate at [2, 3, 0]',
      say: 'Select `vx` and set its `values` to `2, 3, 0`.',
      check: (facts) => facts.is('fx', [4, 9, 0]) || `fx is [${facts.numbers('fx')?.join(', ') ?? 'not known yet'}].`,
      answer: (pen) => pen.set('vx', { values: [2, 3, 0] }),
    },
    {
      id: 'sum',
      title: 'One number, and its gradient',
      say: 'Add a `ReduceSum` of `fx`, and a `Grad` of the sum with respect to `vx`.',
      check(facts) {
        const sum = after(facts, 'ReduceSum', 'fx');
        if (!sum) return 'A gradient is the slope of one number, so first sum the elements of fx: ReduceSum does it.';
        const found = derivative(facts, sum.id, 'vx');
        if (!found) return missingDerivative(facts, sum.id, 'vx');
        return (
          facts.is(found.node.id, [4, 6, 0], found.port) ||
          'The gradient of a sum of squares is twice the vector: [4, 6, 0].'
        );
      },
      answer(pen) {
        pen.add('total', 'ReduceSum', { x: 'fx.y' }, {}, [2, 0]);
        pen.add('gradient', 'Grad', { cost: 'total.y', 'wrt.0': 'vx.value' }, {}, [3, 0]);
      },
    },
    {
      id: 'mask',
      title: 'Keep what is above zero',
      say: 'Compare `vx` with `zero` by a `Greater`, and let a `Compress` of `vx` take the result as its `condition`. Set its `size` to 2.',
      check(facts) {
        const greater = facts
          .nodes('Greater')
          .find(({ id }) => facts.source(id, 'a')?.id === 'vx' && facts.source(id, 'b')?.id === 'zero');
        if (!greater) return 'Greater asks whether a > b: wire vx to a and zero to b.';
        const kept = facts.nodes('Compress').find(({ id }) => facts.source(id, 'condition')?.id === greater.id);
        if (!kept) return 'Wire the answer of Greater to the input “condition” of a Compress, and vx to its “x”.';
        return (
          facts.is(kept.id, [2, 3]) ||
          'The result should be [2, 3]. Compress has room for as many elements as its size says.'
        );
      },
      answer(pen) {
        pen.add('positive', 'Greater', { a: 'vx.value', b: 'zero.value' }, {}, [1, 2]);
        pen.add('kept', 'Compress', { x: 'vx.value', condition: 'positive.y' }, { size: 2 }, [2, 2]);
      },
    },
  ],
};
