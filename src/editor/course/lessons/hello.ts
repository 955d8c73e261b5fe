import type { Facts } from '../facts.ts';
import { tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';

/** The last node of the expression: the one whose value nothing but Output nodes use. */
function resultOf(facts: Facts) {
  return facts.nodes('Add').find(({ id }) => facts.dependsOn(id, 'sum') && facts.dependsOn(id, 'five'));
}

const wanted = (facts: Facts, x: number, y: number): boolean => facts.is('x', [x]) && facts.is('y', [y]);

export const hello: Lesson = {
  id: 'hello',
  title: 'A first function',
  chapter: 'Expressions',
  summary: 'Draw f(x, y) = 3x + 4y + 5 and read its value at ⟨1, 2⟩ and ⟨3, 4⟩.',
  checkpoints: [
    {
      id: 'five',
      title: 'Add the five',
      say: 'Put an `Add` on the canvas and wire `sum` and `five` into it.',
      check(facts) {
        const result = resultOf(facts);
        if (result && wanted(facts, 1, 2)) return facts.is(result.id, [16]) || 'Its value is on the way.';
        if (result) return 'Leave x at 1 and y at 2 until f is right.';
        const added = facts.nodes('Add').find(({ id }) => id !== 'sum');
        if (!added) return 'Double-click the empty canvas, type “add” and press Enter.';
        const missing = ['sum', 'five'].filter((id) => !facts.dependsOn(added.id, id));
        return `Now drag a wire from the right side of ${missing[0]} to an input of ${added.name}.`;
      },
      answer(pen) {
        pen.add('f', 'Add', { a: 'sum.y', b: 'five.value' }, {}, [3, 1]);
        pen.rename('f', 'add');
      },
    },
    {
      id: 'name',
      title: 'Call it f',
      say: 'Rename the new node to `f`.',
      check(facts) {
        const result = resultOf(facts);
        if (result?.name === 'f') return facts.is(result.id, [16]) || `f is ${tell(facts.number(result.id))}, not 16.`;
        return result
          ? `${result.name} is the node that should be called f. Select it and press F2, or edit the name at the top of the Inspect panel.`
          : 'The node that adds sum and five is gone.';
      },
      answer: (pen) => pen.rename('f', 'f'),
    },
    {
      id: 'other',
      title: 'The value at ⟨3, 4⟩',
      say: 'Select `x` and set its `values` to 3 in the *Inspect* panel, then set `y` to 4.',
      check(facts) {
        const result = resultOf(facts);
        if (!result) return 'The node that adds sum and five is gone.';
        if (facts.is(result.id, [30]) && wanted(facts, 3, 4)) return true;
        return `x is ${tell(facts.number('x'))} and y is ${tell(facts.number('y'))}, so f is ${tell(facts.number(result.id))}.`;
      },
      answer(pen) {
        pen.set('x', { values: [3] });
        pen.set('y', { values: [4] });
      },
    },
  ],
};
