import { type Facts, near, tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';
import { derivative, minimizer } from './find.ts';

/** How far w goes along its negative gradient in a step, if its drawn update is that; else what is missing. */
function stepSize(facts: Facts): number | string {
  const gradient = derivative(facts, 'C', 'w');
  if (!gradient) return 'First a Grad: its cost is C, its wrt is w.';
  const next = facts.source('w', 'update');
  if (!next)
    return `Multiply ${gradient.node.name} by a small Constant, subtract that from w, and wire the result to the input “update” of w.`;
  const [now, new_, slope] = [
    facts.numbers('w'),
    facts.numbers(next.id),
    facts.numbers(gradient.node.id, gradient.port),
  ];
  if (!now || !new_ || !slope || new_.length !== now.length)
    return 'The new value of w should have two numbers, as w has.';
  const sizes = now.map((value, at) => (value - (new_[at] ?? 0)) / (slope[at] ?? 1));
  const [size = 0] = sizes;
  if (sizes.some((each) => !near(each, size, 1e-2))) return `${next.name} is not w minus a multiple of its gradient.`;
  if (size < 0) return `${next.name} goes up the slope: subtract, w − α·gradient.`;
  return size > 0 ? size : 'α is 0: w would stay where it is.';
}

const slopeAt = (facts: Facts): number | null => {
  const gradient = derivative(facts, 'C', 'w');
  return gradient ? facts.norm(gradient.node.id) : null;
};

export const descent: Lesson = {
  id: 'descent',
  title: 'Downhill',
  chapter: 'Descent',
  summary: 'Draw w ← w − α ∂C/∂w yourself, roll into a valley, and find that there is a deeper one.',
  checkpoints: [
    {
      id: 'update',
      title: 'Draw the update',
      say: 'Add a `Grad` of `C` by `w`, a `Constant` α of 0.02, and draw $w - \\alpha\\,\\nabla C$. Wire it to the input `update` of `w`.',
      check(facts) {
        const size = stepSize(facts);
        return typeof size === 'string'
          ? size
          : size < 0.2 || `α is ${tell(size)}, too large for this surface. Take 0.02.`;
      },
      answer(pen) {
        pen.add('slope', 'Grad', { cost: 'C.y', 'wrt.0': 'w.value' }, {}, [3, 2]);
        pen.add('alpha', 'Constant', {}, { values: [0.02] }, [3, 3]);
        pen.add('change', 'Mul', { a: 'slope.gradient.0', b: 'alpha.value' }, {}, [4, 3]);
        pen.add('next', 'Sub', { a: 'w.value', b: 'change.y' }, {}, [5, 3]);
        pen.wire('next.y', 'w.update');
      },
    },
    {
      id: 'valley',
      title: 'Roll down',
      say: 'Press *Train*, or `;` for single steps, until the slope is all but zero. Then pause.',
      check(facts) {
        const slope = slopeAt(facts);
        if (facts.training.step === 0) return 'No step was made yet. The round button at the bottom begins.';
        return (slope !== null && slope < 0.01) || `The gradient still has the length ${tell(slope)}.`;
      },
      answer: () => {},
      deeds: [150],
    },
    {
      id: 'deeper',
      title: 'Find the deepest valley',
      say: 'Choose other initial `values` for `w`, so that it ends where `C` is below −0.5. *Reset* (the arrow that turns back) begins again from them.',
      check(facts) {
        const [C, slope] = [facts.number('C'), slopeAt(facts)];
        if (C === null || slope === null) return 'The values are on the way.';
        if (C < -0.5 && slope < 0.01) return true;
        return slope < 0.01
          ? `Here C is ${tell(C)}, at w = [${facts.numbers('w')?.map(tell).join(', ')}]. Try a start on the other side of 0, and reset.`
          : `Still rolling: the gradient has the length ${tell(slope)}.`;
      },
      answer: (pen) => pen.set('w', { values: [-1.5, -0.5] }),
      deeds: ['reset', 150],
    },
    {
      id: 'optimizer',
      title: 'Leave it to an optimizer',
      say: 'Take the wire off the `update` of `w` (select it and press `Delete`), add an `SGD`, and wire `C` to its `cost`.',
      check(facts) {
        if (facts.source('w', 'update'))
          return 'w still has the update that you drew. An update that is drawn goes before an optimizer’s.';
        return minimizer(facts, 'C') !== undefined || 'Wire C to the input “cost” of an SGD.';
      },
      answer(pen) {
        pen.unwire('w.update');
        for (const id of ['slope', 'alpha', 'change', 'next']) pen.remove(id);
        pen.add('sgd', 'SGD', { cost: 'C.y' }, { lr: 0.02 }, [6, 1]);
      },
    },
  ],
};
