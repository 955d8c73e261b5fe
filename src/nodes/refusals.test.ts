/** What operators on sizes, orders and selections refuse. */
import { expect, test } from 'vitest';
import { f, refusalOf, truth, whole } from '../../scripts/refusals.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import type { TensorType } from '../compiler/types.ts';
import { registry } from './registry.ts';

test.each<[op: string, attributes: IrAttributes, inputs: TensorType[], title: string]>([
  ['IsNaN', {}, [whole(3)], 'x is int32, but x takes float32'],
  ['Mod', {}, [f(3), whole(3)], 'a is float32, but b is int32'],
  ['Mod', {}, [f(3), f(4)], 'a [3] and b [4] do not broadcast'],
  ['Shrink', { lambd: -1 }, [f(3)], 'lambd is -1, but a threshold cannot be below 0'],
  ['Hardmax', { axis: 2 }, [f('n', 3)], 'axis 2 lies outside [n, 3]'],
  ['Shape', {}, [f()], 'x is a single number, which has no sizes'],
  ['Shape', { start: 2, end: 1 }, [f(2, 3)], 'no axis of [2, 3] is left from 2 to 1'],
  ['Range', { delta: 0 }, [], 'a step of 0 never ends'],
  ['Range', { delta: -1 }, [], 'steps of -1 do not lead from 0 to 10'],
  ['Range', { delta: 0.5, dtype: 'int32' }, [], 'delta is 0.5, which is not a whole number'],
  ['Range', { limit: 1e8 }, [], 'a range of 100000000 elements is too large'],
  ['EyeLike', {}, [f(2, 3, 4)], 'x is [2, 3, 4], but a matrix has two axes'],
  ['ConstantOfShape', { shape: [0] }, [], 'Shape [0] has the size “0”'],
  ['ConstantOfShape', { value: 0.5, dtype: 'int32' }, [], 'value is 0.5, which is not a whole number'],
  ['SpaceToDepth', {}, [f(1, 3, 4)], 'x is [1, 3, 4], not images'],
  ['SpaceToDepth', {}, [f(1, 3, 4, 5)], 'axis 3 of [1, 3, 4, 5] does not divide into blocks of 2'],
  ['DimShuffle', { pattern: ['y'] }, [f(3)], '“y” is neither an axis nor x'],
  ['DimShuffle', { pattern: ['0', '2'] }, [f(3)], 'axis 2 lies outside [3]'],
  ['DimShuffle', { pattern: ['0', '-1'] }, [f(3)], 'the pattern names axis 0 twice'],
  ['DimShuffle', { pattern: ['1'] }, [f('n', 3)], 'the pattern drops axis 0 of [n, 3], which has the size n'],
  ['Flip', { axes: [0, -1] }, [f(3)], 'axes [0, -1] name axis 0 twice'],
  ['Flip', { axes: [1] }, [f(3)], 'axis 1 lies outside [3]'],
  ['NonZero', {}, [f()], 'x is a single number, which has no places'],
  ['NonZero', { size: 0 }, [f(3)], 'size is 0, which is not a number of results'],
  ['Compress', {}, [f(3, 4), truth(3, 4)], 'the condition is [3, 4], not a vector'],
  ['Compress', {}, [f(3, 4), truth(4)], 'the condition has 4 elements, but axis 0 of [3, 4] has 3'],
  ['Compress', {}, [f('n', 4), truth(4)], 'the condition has 4 elements, but axis 0 of [n, 4] has n'],
  ['PNorm', { p: 0 }, [f(3)], 'p is 0, but has to be above 0'],
  ['PNorm', { axes: [0, 0] }, [f(3)], 'axes [0, 0] name axis 0 twice'],
  ['ClipByNorm', { max_norm: 0 }, [f(3)], 'max_norm is 0, but has to be above 0'],
  ['Pad', { pads: [-2, -1] }, [f(3)], 'nothing is left of axis 0 of [3]'],
  ['Pad', { pads: [1, 1], axes: [0, 0] }, [f(3)], 'axes [0, 0] name axis 0 twice'],
  ['Pad', { pads: [1, 1], axes: [0], mode: 'wrap' }, [f('n', 3)], 'wrap needs a number for the size n of axis 0'],
  ['Split', { num_outputs: 4 }, [f(5)], 'axis 0 of [5] does not divide into 4 equal parts'],
  [
    'GatherND',
    { batch_dims: 2 },
    [f(2, 3), whole(2, 3, 1)],
    'batch_dims is 2, but [2, 3] and [2, 3, 1] share at most 1 axes',
  ],
  ['GatherND', { batch_dims: 1 }, [f(2, 3), whole(4, 1)], 'axis 0 has the size 2 in x, but 4 in the indices'],
])('%s %j', (op, attributes, types, title) => {
  const ports = registry.get(op)?.inputs.map(({ name }) => name);
  expect(refusalOf(op, types, attributes, ports).failure.title).toBe(title);
});
