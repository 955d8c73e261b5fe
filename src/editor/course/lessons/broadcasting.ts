import type { Lesson } from '../lesson.ts';
import { using } from './find.ts';

const RESULT = [2, 3, 2, 3, 2, 3];

export const broadcasting: Lesson = {
  id: 'broadcasting',
  title: 'The riddle of the shapes',
  chapter: 'Expressions',
  summary: 'What is np.array([1, 2]) + np.ones((3, 1))? See it happen, then forbid it.',
  checkpoints: [
    {
      id: 'sum',
      title: 'Add a and b',
      say: 'Draw an `Add` of `a` and `b`.',
      check(facts) {
        const sum = using(facts, 'Add', 'a', 'b');
        if (!sum) return 'Double-click the canvas and type “add”; then wire a and b to its two inputs.';
        return facts.is(sum.id, RESULT) || 'Leave a at [1, 2] with the shape [2], and b at ones with the shape [3, 1].';
      },
      answer: (pen) => pen.add('c', 'Add', { a: 'a.value', b: 'b.value' }, {}, [1, 0]),
    },
    {
      id: 'strict',
      title: 'Forbid it',
      say: 'Open the *Compiler* panel (`Shift+I`), go to *Language*, and set *Broadcasting* to *One-sided*.',
      check(facts) {
        const rule = facts.document.graph.options?.broadcast ?? 'any';
        if (rule === 'any')
          return 'The rule is still “Any”. It is in the Compiler panel, which the Wiregrad menu opens too.';
        return facts.errors.length > 0 || 'Nothing is refused: is the sum of a and b still there?';
      },
      answer: (pen) => pen.options({ broadcast: 'one-sided' }),
    },
    {
      id: 'explicit',
      title: 'Say what you mean',
      say: 'Keep the rule, and make the drawing legal: `Expand` one of the two to `3, 2` before the sum.',
      check(facts) {
        if ((facts.document.graph.options?.broadcast ?? 'any') === 'any') return 'Leave the rule at “One-sided”.';
        const [error] = facts.errors;
        if (error !== undefined)
          return `The compiler says: ${error}. An Expand with the shape 3, 2 between b and the sum does it.`;
        const sum = using(facts, 'Add', 'a', 'b');
        return (sum && facts.is(sum.id, RESULT)) || 'The sum should be the six numbers it was before.';
      },
      answer(pen) {
        pen.add('wide', 'Expand', { x: 'b.value' }, { shape: [3, 2] }, [1, 1]);
        pen.wire('wide.y', 'c.b');
      },
    },
  ],
};
