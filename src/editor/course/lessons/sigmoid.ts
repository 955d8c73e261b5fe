import { type Facts, near, tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';
import { after, derivative, missingDerivative } from './find.ts';

/** The gradient of `cost` by x and by y, or what is missing for it. */
function slopes(facts: Facts, cost: string): readonly [number, number] | string {
  const found = ['x', 'y'].map((variable) => {
    const one = derivative(facts, cost, variable);
    return one ? facts.number(one.node.id, one.port) : missingDerivative(facts, cost, variable);
  });
  const [byX, byY] = found;
  if (typeof byX === 'number' && typeof byY === 'number') return [byX, byY];
  return found.find((each) => typeof each === 'string') ?? 'The values are on the way.';
}

export const sigmoid: Lesson = {
  id: 'sigmoid',
  title: 'Through a sigmoid',
  chapter: 'Expressions',
  summary: 'The gradient of foo = 3x + 4y + 5, and of sigmoid(foo): a neuron, and why it can stop learning.',
  checkpoints: [
    {
      id: 'linear',
      title: 'The gradient of foo',
      say: 'Add one `Grad` with `foo` as its `cost`, and wire both `x` and `y` to `wrt`.',
      check(facts) {
        const found = slopes(facts, 'foo');
        if (typeof found === 'string') return found;
        return (near(found[0], 3) && near(found[1], 4)) || `It is ⟨${found.map(tell).join(', ')}⟩.`;
      },
      answer: (pen) => pen.add('dfoo', 'Grad', { cost: 'foo.y', 'wrt.0': 'x.value', 'wrt.1': 'y.value' }, {}, [4, 0]),
    },
    {
      id: 'sigmoid',
      title: 'The gradient of sigmoid(foo)',
      say: 'Add a `Sigmoid` of `foo`, and a `Grad` of it with respect to `x` and `y`.',
      check(facts) {
        const neuron = after(facts, 'Sigmoid', 'foo');
        if (!neuron) return 'Add a Sigmoid and wire foo to it.';
        const found = slopes(facts, neuron.id);
        if (typeof found === 'string') return found;
        const s = facts.number(neuron.id) ?? Number.NaN;
        const isRight = near(found[0], 3 * s * (1 - s)) && near(found[1], 4 * s * (1 - s));
        return isRight || `It is ⟨${found.map(tell).join(', ')}⟩ at s = ${tell(s)}.`;
      },
      answer(pen) {
        pen.add('s', 'Sigmoid', { x: 'foo.y' }, {}, [4, 2]);
        pen.add('ds', 'Grad', { cost: 's.y', 'wrt.0': 'x.value', 'wrt.1': 'y.value' }, {}, [5, 1]);
      },
    },
    {
      id: 'saturated',
      title: 'Where it is flat',
      say: 'Set `x` to 1 and `y` to 2, as in the first lesson, and watch the two gradients.',
      check(facts) {
        if (!facts.is('x', [1]) || !facts.is('y', [2])) {
          return `x is ${tell(facts.number('x'))} and y is ${tell(facts.number('y'))}.`;
        }
        const neuron = after(facts, 'Sigmoid', 'foo');
        const found = neuron ? slopes(facts, neuron.id) : 'The sigmoid of foo is gone.';
        if (typeof found === 'string') return found;
        return Math.max(...found.map(Math.abs)) < 1e-5 || 'The gradient of the sigmoid should all but vanish.';
      },
      answer(pen) {
        pen.set('x', { values: [1] });
        pen.set('y', { values: [2] });
      },
    },
  ],
};
