import { type Facts, tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';
import { derivative, missingDerivative } from './find.ts';

const SLOPES: Readonly<Record<string, (x: number) => number>> = {
  square: (x) => 2 * x,
  log: (x) => 1 / x,
  inverse: (x) => -1 / x ** 2,
};

/** True where a function has its derivative by x on the canvas, at the x that is there. */
function hasSlope(facts: Facts, of: string): true | string {
  const found = derivative(facts, of, 'x');
  if (!found) return missingDerivative(facts, of, 'x');
  const x = facts.number('x');
  const slope = SLOPES[of];
  if (x === null || !slope) return 'Its value is on the way.';
  const isRight = facts.is(found.node.id, [slope(x)], found.port);
  return (
    isRight ||
    `${found.node.name} is ${tell(facts.number(found.node.id, found.port))}; ${of} at ${tell(x)} should have the slope ${tell(slope(x))}.`
  );
}

export const gradients: Lesson = {
  id: 'gradients',
  title: 'Gradients for free',
  chapter: 'Expressions',
  summary: 'T.grad of x², log x and 1/x: derivatives that nobody worked out.',
  checkpoints: [
    {
      id: 'square',
      title: 'The slope of x²',
      say: 'Add a `Grad`. Wire `square` to its `cost` and `x` to its `wrt` (“with respect to”).',
      check: (facts) => hasSlope(facts, 'square'),
      answer: (pen) => pen.add('dsquare', 'Grad', { cost: 'square.y', 'wrt.0': 'x.value' }, {}, [2, 0]),
    },
    {
      id: 'others',
      title: 'The slopes of log x and 1/x',
      say: 'Do the same for `log` and for `inverse`, with a `Grad` each.',
      check(facts) {
        const [first] = ['log', 'inverse'].map((of) => hasSlope(facts, of)).filter((result) => result !== true);
        return first ?? true;
      },
      answer(pen) {
        pen.add('dlog', 'Grad', { cost: 'log.y', 'wrt.0': 'x.value' }, {}, [2, 1]);
        pen.add('dinverse', 'Grad', { cost: 'inverse.y', 'wrt.0': 'x.value' }, {}, [2, 2]);
      },
    },
    {
      id: 'elsewhere',
      title: 'At another x',
      say: 'Guess the three slopes at $x = 4$, then set the `values` of `x` to 4 and look.',
      check(facts) {
        if (!facts.is('x', [4])) return `x is ${tell(facts.number('x'))}, not 4 yet.`;
        return (
          Object.keys(SLOPES)
            .map((of) => hasSlope(facts, of))
            .find((result) => result !== true) ?? true
        );
      },
      answer: (pen) => pen.set('x', { values: [4] }),
    },
    {
      id: 'again',
      title: 'The slope of the slope',
      say: 'Add one more `Grad`: its `cost` is the gradient of `square`, its `wrt` is `x` again.',
      check(facts) {
        const first = derivative(facts, 'square', 'x');
        if (!first) return missingDerivative(facts, 'square', 'x');
        const second = derivative(facts, first.node.id, 'x');
        if (!second) return `Wire the output of ${first.node.name} to the cost of a new Grad, and x to its wrt.`;
        return (
          facts.is(second.node.id, [2], second.port) ||
          `It is ${tell(facts.number(second.node.id, second.port))}, and should be 2 everywhere.`
        );
      },
      answer: (pen) => pen.add('d2square', 'Grad', { cost: 'dsquare.gradient.0', 'wrt.0': 'x.value' }, {}, [3, 0]),
    },
  ],
};
