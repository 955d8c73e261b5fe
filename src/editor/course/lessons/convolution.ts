import type { DocumentNode } from '../../../compiler/document.ts';
import type { Facts } from '../facts.ts';
import type { Lesson } from '../lesson.ts';
import { after, using } from './find.ts';

const MAPS = [2, 631, 508];
const POOLED = [2, 315, 254];

/** Whether a value has these sizes, for each picture. */
function isOf(facts: Facts, id: string, sizes: readonly number[]): boolean {
  const [, ...own] = facts.type(id)?.shape ?? [];
  return own.length === sizes.length && own.every((size, at) => size === sizes[at]);
}

function convolved(facts: Facts): DocumentNode | undefined {
  return facts
    .nodes('Conv')
    .find(({ id }) => facts.source(id, 'x')?.id === 'photograph' && facts.source(id, 'w')?.id === 'W');
}

export const convolution: Lesson = {
  id: 'convolution',
  title: 'Filters over a photograph',
  chapter: 'Images',
  summary: 'A convolution with random weights finds edges. Pooling keeps what it found on a quarter of the pixels.',
  checkpoints: [
    {
      id: 'conv',
      title: 'Convolve',
      say: 'Add a `Conv`: `photograph` to its `x`, the filters `W` to its `w`.',
      check(facts) {
        const conv = convolved(facts);
        return conv
          ? isOf(facts, conv.id, MAPS) || 'It should be f32[batch,2,631,508].'
          : 'Double-click the canvas and type “conv”. Its input b stays free.';
      },
      answer: (pen) => pen.add('conv_out', 'Conv', { x: 'photograph.x', w: 'W.value' }, {}, [1, 0]),
    },
    {
      id: 'flip',
      title: 'As Theano does it',
      say: 'Select the `Conv` and switch on `flip`.',
      check(facts) {
        const conv = convolved(facts);
        if (!conv) return 'The Conv of photograph and W is gone.';
        return facts.attribute(conv.id, 'flip') === true || `Flip of ${conv.name} is off.`;
      },
      answer: (pen) => pen.set('conv_out', { flip: true }),
    },
    {
      id: 'maps',
      title: 'Bias and sigmoid',
      say: 'Give `b` the shape to be added to maps: a `DimShuffle` with the pattern `x, 0, x, x`. `Add` it, and take the `Sigmoid`.',
      check(facts) {
        const conv = convolved(facts);
        if (!conv) return 'The Conv of photograph and W is gone.';
        const shuffled = after(facts, 'DimShuffle', 'b');
        if (!shuffled) return 'Add a DimShuffle and wire b to it.';
        const [error] = facts.errors;
        if (error !== undefined) return `The compiler says: ${error}.`;
        if (facts.type(shuffled.id)?.shape.join() !== '1,2,1,1')
          return `The pattern of ${shuffled.name} should be x, 0, x, x: new axes around axis 0.`;
        const sigmoid = using(facts, 'Sigmoid', conv.id, shuffled.id);
        return (
          (sigmoid && isOf(facts, sigmoid.id, MAPS)) ||
          `Add ${shuffled.name} to ${conv.name}, and the sum goes into a Sigmoid.`
        );
      },
      answer(pen) {
        pen.add('b_maps', 'DimShuffle', { x: 'b.value' }, { pattern: ['x', '0', 'x', 'x'] }, [1, 2]);
        pen.add('shifted', 'Add', { a: 'conv_out.y', b: 'b_maps.y' }, {}, [2, 0]);
        pen.add('filtered', 'Sigmoid', { x: 'shifted.y' }, {}, [3, 0]);
      },
    },
    {
      id: 'pool',
      title: 'Pool',
      say: 'Take the largest of each 2 × 2 pixels of the convolution, with `MaxPool`; then the same bias and a sigmoid.',
      check(facts) {
        const conv = convolved(facts);
        const pool = conv && after(facts, 'MaxPool', conv.id);
        if (!pool) return 'Add a MaxPool and wire the convolution, before its bias, to it.';
        if (!isOf(facts, pool.id, POOLED))
          return `${pool.name} should be f32[batch,2,315,254]: windows of 2, 2 with strides of 2, 2.`;
        const sigmoid = using(facts, 'Sigmoid', pool.id, 'b');
        return (
          (sigmoid && isOf(facts, sigmoid.id, POOLED)) ||
          `Add the reshaped b to ${pool.name}, and take the Sigmoid of the sum.`
        );
      },
      answer(pen) {
        pen.add('pooled_out', 'MaxPool', { x: 'conv_out.y' }, {}, [2, 1]);
        pen.add('shifted2', 'Add', { a: 'pooled_out.y', b: 'b_maps.y' }, {}, [3, 1]);
        pen.add('pooled', 'Sigmoid', { x: 'shifted2.y' }, {}, [4, 1]);
      },
    },
  ],
};
