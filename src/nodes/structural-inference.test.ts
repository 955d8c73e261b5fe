/** What products, windows, shapes and indices refuse, and the fixes they offer. */
import { expect, test } from 'vitest';
import type { DiagnosticCode } from '../compiler/diagnostics.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { completeAttributes, type InferFailure } from '../compiler/op.ts';
import { type TensorType, tensor } from '../compiler/types.ts';
import { registry } from './registry.ts';

const f = (...shape: (number | string)[]): TensorType => tensor('float32', shape);
const index = (...shape: (number | string)[]): TensorType => tensor('int32', shape);

interface Refusal {
  readonly code: DiagnosticCode;
  readonly failure: InferFailure;
}

function refusal(op: string, attributes: IrAttributes, inputs: readonly TensorType[]): Refusal {
  const record = registry.get(op);
  if (!record) throw new Error(op);
  let found: Refusal | undefined;
  try {
    record.infer({
      inputs,
      attributes: completeAttributes(record, attributes),
      badge: () => {},
      broadcasts: () => {},
      nameOf: (input) => ['left', 'right', 'third'][input] ?? `input ${input}`,
      fail: (code, failure) => {
        found = { code, failure };
        throw new Error(failure.title);
      },
    });
  } catch (error) {
    if (!found) throw error;
  }
  if (!found) throw new Error(`${op} accepts this`);
  return found;
}

type RefusalCase = readonly [
  op: string,
  attributes: IrAttributes,
  inputs: readonly TensorType[],
  code: DiagnosticCode,
  title: string,
  more?: { readonly fixes?: readonly string[]; readonly conflict?: InferFailure['conflict'] },
];

const REFUSED: readonly RefusalCase[] = [
  [
    'MatMul',
    {},
    [f('batch', 784), f(10, 784)],
    'shape/matmul',
    'left [batch, 784] × right [10, 784]: inner sizes 784 and 10 differ',
    {
      fixes: ['Transpose b'],
      conflict: [
        [0, 1],
        [1, 0],
      ],
    },
  ],
  [
    'MatMul',
    {},
    [f(784, 'batch'), f(784, 10)],
    'shape/matmul',
    'left [784, batch] × right [784, 10]: inner sizes batch and 784 differ',
    { fixes: ['Transpose a'] },
  ],
  [
    'MatMul',
    {},
    [f('batch', 1, 28, 28), f(784, 10)],
    'shape/matmul',
    'left [batch, 1, 28, 28] × right [784, 10]: inner sizes 28 and 784 differ',
    { fixes: ['Flatten a to [batch, 784]'] },
  ],
  ['MatMul', {}, [f(), f(3, 2)], 'shape/rank', 'left is a scalar'],
  ['MatMul', {}, [f(2, 3, 4), f(5, 4, 2)], 'shape/broadcast', 'stacks of matrices [2] and [5] do not broadcast'],
  [
    'MatMul',
    {},
    [index(2, 3), f(3, 2)],
    'type/dtype',
    'left is int32, but a takes float32',
    { fixes: ['Cast to float32'] },
  ],
  [
    'Gemm',
    {},
    [f('batch', 4), f(3, 4)],
    'shape/matmul',
    'left [batch, 4] × right [3, 4]: inner sizes 4 and 3 differ',
    { fixes: ['Set transB'] },
  ],
  [
    'Gemm',
    {},
    [f('batch', 1, 28, 28), f(784, 10)],
    'shape/rank',
    'left has shape [batch, 1, 28, 28], not that of a matrix',
    { fixes: ['Flatten a to a matrix'] },
  ],
  [
    'Gemm',
    {},
    [f('batch', 4), f(4, 3), f(4)],
    'shape/broadcast',
    'third [4] does not broadcast to the product [batch, 3]',
    {
      conflict: [
        [2, 0],
        [1, 1],
      ],
    },
  ],
  [
    'Conv',
    {},
    [f('batch', 784), f(8, 1, 5, 5)],
    'shape/rank',
    'left has shape [batch, 784], not that of images',
    { fixes: ['Reshape x to [batch, 1, 28, 28]'] },
  ],
  [
    'Conv',
    {},
    [f('batch', 6, 9, 9), f(4, 3, 3, 3)],
    'shape/mismatch',
    'the images have 6 channels, the kernels 3',
    {
      fixes: ['Split into 2 groups'],
      conflict: [
        [0, 1, 3],
        [1, 1, 6],
      ],
    },
  ],
  ['Conv', { group: 3 }, [f(1, 6, 9, 9), f(4, 2, 3, 3)], 'attribute/invalid', '4 channels do not split into 3 groups'],
  [
    'Conv',
    {},
    [f(1, 1, 'height', 9), f(4, 1, 3, 3)],
    'shape/symbolic',
    'axis 2 of left has the size height, which is not a number',
  ],
  [
    'Conv',
    {},
    [f(1, 1, 3, 9), f(4, 1, 5, 5)],
    'shape/window',
    'a window of 5 does not fit into 3 along axis 2',
    { fixes: ['Pad so that the output keeps its size'], conflict: [[0, 2]] },
  ],
  [
    'Conv',
    {},
    [f(1, 1, 9, 9), f(4, 1, 3, 3), f(3)],
    'shape/mismatch',
    'the bias [3] has to be [4], one value a filter',
    { conflict: [[2, 0, 4]] },
  ],
  ['Conv', {}, [f(1, 1, 9, 9), f(4, 1, 3)], 'shape/rank', 'right has 3 axes and left 4'],
  [
    'Conv',
    { strides: [2] },
    [f(1, 1, 9, 9), f(4, 1, 3, 3)],
    'attribute/invalid',
    'strides has 1 entries for 2 spatial axes',
  ],
  ['Conv', { pads: [0, 0, -1, 0] }, [f(1, 1, 9, 9), f(4, 1, 3, 3)], 'attribute/invalid', 'pads has the entry -1'],
  [
    'Conv',
    { kernel_shape: [5, 5] },
    [f(1, 1, 9, 9), f(4, 1, 3, 3)],
    'attribute/invalid',
    'kernel_shape is 5×5, but right holds kernels of 3×3',
    { fixes: ['Take the size from right'] },
  ],
  ['ConvTranspose', {}, [f(1, 2, 4, 4), f(3, 2, 2, 2)], 'shape/mismatch', 'the images have 2 channels, the kernels 3'],
  [
    'ConvTranspose',
    { output_padding: [1, 1] },
    [f(1, 2, 4, 4), f(2, 2, 2, 2)],
    'attribute/invalid',
    'output_padding [1, 1] does not fit strides []',
  ],
  [
    'MaxPool',
    { kernel_shape: [3] },
    [f(1, 1, 9, 9)],
    'attribute/invalid',
    'kernel_shape has 1 entries for 2 spatial axes',
  ],
  [
    'MaxPool',
    { pads: [2, 0, 0, 0] },
    [f(1, 1, 9, 9)],
    'shape/window',
    'with these pads a window lies wholly outside the image along axis 2',
  ],
  [
    'Reshape',
    { shape: [0, 780] },
    [f('batch', 1, 28, 28)],
    'shape/reshape',
    '[batch, 1, 28, 28] has 784*batch elements, [batch, 780] has 780*batch',
    { fixes: ['Set shape to [0, 784]'] },
  ],
  [
    'Reshape',
    { shape: [-1, 5] },
    [f(3, 4)],
    'shape/reshape',
    'the 12 elements of [3, 4] do not split into groups of 5',
  ],
  ['Einsum', { equation: '..ij->ij' }, [f(2, 3)], 'attribute/invalid', '..ij->ij is not an equation'],
  ['Einsum', { equation: '...i...' }, [f(2, 3)], 'attribute/invalid', '...i... is not an equation'],
  ['Einsum', {}, [f(2, 3)], 'attribute/invalid', 'the equation has 2 terms, but 1 inputs are wired'],
  ['Einsum', { equation: 'ij->ii' }, [f(3, 3)], 'attribute/invalid', 'ii repeats a letter'],
  ['Einsum', { equation: 'ii->i' }, [f(2, 3)], 'shape/mismatch', 'i is 2 in left, but 3 in left'],
  ['Einsum', { equation: 'ijk...' }, [f(2, 3)], 'shape/rank', 'left is [2, 3], but its term, ijk..., has 3 letters'],
  [
    'Einsum',
    { equation: '...,...' },
    [f(2, 3), f(4, 3)],
    'shape/broadcast',
    'an axis of the dots is 2 in left, but 4 in right',
  ],
  ['Einsum', { equation: 'ij->k' }, [f(2, 3)], 'attribute/invalid', 'no input has the axis k of the result'],
  ['Einsum', { equation: 'ij->i' }, [f(2, 3, 4)], 'shape/rank', 'left is [2, 3, 4], but its term, ij, has 2 letters'],
  [
    'Einsum',
    {},
    [f('batch', 3), f(4, 5)],
    'shape/mismatch',
    'j is 3 in left, but 4 in right',
    {
      conflict: [
        [0, 1],
        [1, 0],
      ],
    },
  ],
  ['Trilu', {}, [f('batch')], 'shape/rank', 'left is [batch], but a matrix has two axes'],
  ['DepthToSpace', {}, [f('batch', 8, 4)], 'shape/rank', 'left is [batch, 8, 4], not images'],
  [
    'DepthToSpace',
    { blocksize: 3 },
    [f('batch', 8, 4, 4)],
    'shape/mismatch',
    '8 channels do not make blocks of 3×3',
    { conflict: [[0, 1]] },
  ],
  [
    'TopK',
    { k: 5 },
    [f('batch', 3)],
    'attribute/invalid',
    'k is 5, but axis 1 of [batch, 3] has 3 elements',
    { fixes: ['Set k to 3'], conflict: [[0, 1]] },
  ],
  [
    'TopK',
    { k: 65 },
    [f('batch', 100)],
    'attribute/invalid',
    'k is 65, but has to be from 1 to 64',
    { fixes: ['Set k to 64'] },
  ],
  [
    'TopK',
    { axis: 0 },
    [f('batch', 3)],
    'shape/symbolic',
    'axis 0 of left has the size batch, which is not a number',
    { conflict: [[0, 0]] },
  ],
  ['Reshape', { shape: [-1, -1] }, [f(3, 4)], 'attribute/invalid', 'only one size can be -1'],
  ['Reshape', { shape: [1, 0, 0] }, [f(3, 4)], 'attribute/invalid', '0 copies axis 2, but [3, 4] has none'],
  ['Transpose', { perm: [0, 0] }, [f(3, 4)], 'attribute/invalid', '[0, 0] is not an order of the 2 axes of [3, 4]'],
  ['Squeeze', { axes: [0] }, [f('batch', 1)], 'shape/axis', 'axis 0 of [batch, 1] has the size batch, not 1'],
  ['Unsqueeze', { axes: [4] }, [f(3)], 'shape/axis', 'axes [4] are not 1 axes of a result with 2'],
  ['Flatten', { axis: 3 }, [f(3, 4)], 'shape/axis', 'axis 3 lies outside [3, 4]'],
  [
    'Expand',
    { shape: [4, 5] },
    [f(3, 1)],
    'shape/broadcast',
    '[3, 1] does not broadcast to [4, 5]',
    { conflict: [[0, 0]] },
  ],
  [
    'Concat',
    {},
    [f('batch', 3), f('batch', 4)],
    'shape/mismatch',
    '[batch, 3] and [batch, 4] do not join along axis 0',
    { fixes: ['Join along axis 1'] },
  ],
  ['Concat', {}, [f(3), f(3, 1)], 'shape/rank', '[3] and [3, 1] do not join along axis 0'],
  [
    'Split',
    { split: [2, 2] },
    [f(5, 3)],
    'shape/mismatch',
    'the parts [2, 2] make 4, but axis 0 of [5, 3] has 5',
    { fixes: ['Set split to [2, 3]'] },
  ],
  ['Split', {}, [f('batch', 3)], 'shape/mismatch', 'axis 0 of [batch, 3] does not divide into 2 equal parts'],
  ['Slice', { starts: [0], ends: [5] }, [f('batch')], 'shape/symbolic', 'how much is left of axis 0 depends on batch'],
  ['Slice', { starts: [3], ends: [3] }, [f(5)], 'attribute/invalid', 'nothing is left of axis 0 of [5] from 3 to 3'],
  ['Slice', { starts: [1], ends: [] }, [f(5)], 'attribute/invalid', '1 starts, but 0 ends'],
  ['Pad', { pads: [1, 1] }, [f(5, 5)], 'attribute/invalid', '2 pads for 2 axes'],
  [
    'Pad',
    { pads: [5, 0], mode: 'reflect' },
    [f(5)],
    'attribute/invalid',
    '5 elements cannot be reflected from an axis of 5',
  ],
  [
    'Tile',
    { repeats: [2] },
    [f(5, 5)],
    'attribute/invalid',
    'repeats [2] are not a number of copies for each axis of [5, 5]',
  ],
  ['Gather', {}, [f(5), f(2)], 'type/dtype', 'right is float32, but indices takes int32', { fixes: ['Cast to int32'] }],
  ['Gather', { axis: 2 }, [f(5), index(2)], 'shape/axis', 'axis 2 lies outside [5]'],
  [
    'GatherElements',
    { axis: 1 },
    [f('batch', 3), index(5, 1)],
    'shape/mismatch',
    'axis 0 has 5 indices, but batch elements',
  ],
  ['GatherND', {}, [f(5), index(4, 2)], 'shape/rank', 'rows of 2 indices do not point into [5]'],
  ['ScatterElements', {}, [f(5), index(2), f(3)], 'shape/mismatch', 'indices [2], but updates [3]'],
  [
    'RNN',
    {},
    [f('n', 3), f(1, 5, 3), f(1, 5, 5)],
    'shape/rank',
    'left is [n, 3], but x has 3 axes, [seq, batch, input]',
  ],
  [
    'RNN',
    {},
    [f(7, 'n', 3), f(5, 3), f(1, 5, 5)],
    'shape/rank',
    'right is [5, 3], but w has 3 axes, [directions, hidden, input]',
    { fixes: ['Unsqueeze w to [1, 5, 3]'] },
  ],
  [
    'GRU',
    {},
    [f(7, 'n', 3), f(1, 3, 15), f(1, 15, 5)],
    'shape/mismatch',
    'right is [1, 3, 15], but w has to be [1, 15, 3]',
    {
      fixes: ['Transpose the matrices of w'],
      conflict: [
        [2, 2],
        [1, 1, 15],
      ],
    },
  ],
  [
    'LSTM',
    {},
    [f('n', 7, 3), f(1, 20, 3), f(1, 20, 5)],
    'shape/symbolic',
    'the number of steps, n, has to be a number',
    { fixes: ['Set layout to 1'] },
  ],
  ['LSTM', {}, [f(300, 'n', 3), f(1, 20, 3), f(1, 20, 5)], 'shape/limit', '300 steps are too many', { fixes: [] }],
  [
    'LSTM',
    { hidden_size: 4 },
    [f(7, 'n', 3), f(1, 20, 3), f(1, 20, 5)],
    'shape/mismatch',
    'hidden_size is 4, but third is [1, 20, 5]',
    { fixes: ['Take the 5 units of third'] },
  ],
  [
    'LSTM',
    { direction: 'bidirectional' },
    [f(7, 'n', 3), f(2, 20, 3), f(1, 20, 5)],
    'shape/mismatch',
    'third is [1, 20, 5], but r has to be [2, 20, 5]',
    { conflict: [[2, 0, 2]] },
  ],
  [
    'RNN',
    {},
    [f(7, 'n', 3), f(1, 5, 3), f(1, 5, 5), f(1, 5)],
    'shape/mismatch',
    'input 3 is [1, 5], but b has to be [1, 10]',
  ],
  ['Attention', {}, [f('n', 3, 8), f('n', 2, 5, 4), f('n', 2, 5, 4)], 'shape/rank', 'left has 3 axes, but right has 4'],
  [
    'Attention',
    { q_num_heads: 3 },
    [f('n', 3, 8), f('n', 5, 8), f('n', 5, 8)],
    'shape/mismatch',
    'the 8 features of left do not divide into 3 heads',
    { fixes: ['Set q_num_heads to 2'] },
  ],
  [
    'Attention',
    { q_num_heads: 2 },
    [f('n', 3, 8), f('n', 5, 12), f('n', 5, 12)],
    'shape/mismatch',
    'queries have 4 elements a head, but keys have 6',
    {
      conflict: [
        [0, 2],
        [1, 2],
      ],
    },
  ],
  [
    'Attention',
    {},
    [f('n', 4), f('n', 4), f('n', 4)],
    'shape/rank',
    'left is [n, 4], but q is [batch, heads, rows, size], or [batch, rows, heads*size]',
  ],
  [
    'Attention',
    { is_causal: true },
    [f(2, 't', 4), f(2, 't', 4), f(2, 't', 4)],
    'shape/symbolic',
    'is_causal needs numbers of queries and keys that are known',
  ],
  [
    'Attention',
    {},
    [f('n', 6, 3, 4), f('n', 4, 5, 4), f('n', 4, 5, 4)],
    'shape/mismatch',
    '6 heads of queries do not share 4 heads of keys evenly',
  ],
  [
    'Attention',
    {},
    [f('n', 2, 3, 4), f('n', 2, 5, 4), f('n', 2, 5, 4), f(5, 3)],
    'shape/broadcast',
    'input 3 is [5, 3], which does not broadcast to the scores [n, 2, 3, 5]',
    { fixes: ['Transpose attn_mask to [3, 5]'] },
  ],
  [
    'CosineEmbeddingLoss',
    {},
    [f('n', 8), f('n', 8), f('n', 1)],
    'shape/mismatch',
    'third is [n, 1], but pairs of vectors are [n]',
    { fixes: ['Squeeze third'] },
  ],
  ['CosineEmbeddingLoss', {}, [f('n', 8), f('n', 7), f('n')], 'shape/mismatch', 'left is [n, 8], but right is [n, 7]'],
  ['CosineSimilarity', { axis: 2 }, [f('n', 8), f('n', 8)], 'shape/axis', 'axis 2 lies outside [n, 8]'],
  [
    'HuberLoss',
    { delta: 0 },
    [f('n'), f('n')],
    'attribute/invalid',
    'delta is 0, but has to be above 0',
    { fixes: ['Set delta to 1'] },
  ],
  [
    'KLDivergence',
    { reduction: 'batchmean' },
    [f(), f()],
    'shape/rank',
    'left is a scalar, and has no batch to take the mean of',
    { fixes: ['Set reduction to mean'] },
  ],
  ['MultiMarginLoss', {}, [f('n', 3), f('n')], 'type/dtype', 'right is float32, but labels are class numbers, int32'],
];

test.each(REFUSED.map((each) => ({ each, name: each[4] })))('$name', ({ each }) => {
  const [op, attributes, inputs, code, title, more = {}] = each;
  const { code: found, failure } = refusal(op, attributes, inputs);
  expect({ code: found, title: failure.title }).toEqual({ code, title });
  if (more.fixes) expect(failure.fixes?.map((fix) => fix.label)).toEqual(more.fixes);
  if (more.conflict) expect(failure.conflict).toEqual(more.conflict);
});
