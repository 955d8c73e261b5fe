import { readFileSync } from 'node:fs';
import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { corrupted } from '../../scripts/corrupt-bytes.ts';
import { GraphProtoSchema, ModelProtoSchema, TensorProtoSchema } from '../compiler/onnx/onnx_pb.ts';
import { FormatError, type StoredTensor } from '../formats/tensor.ts';
import { conversion, matchWeights, type Slot, unusedTensors, weightValues } from './match.ts';
import { readWeightFile, WEIGHT_FORMATS, type WeightFile, writeWeightFile } from './weight-file.ts';

const tensor = (
  shape: number[],
  values: readonly number[],
  dtype: 'float32' | 'float64' = 'float32',
): StoredTensor => ({
  dtype,
  shape,
  data: dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values),
});
const holding = (tensors: Record<string, StoredTensor>): WeightFile => ({
  tensors: new Map(Object.entries(tensors)),
  metadata: {},
});
const slot = (id: string, shape: number[]): Slot => ({ id, kind: 'parameter', shape });

function onnxModel(): Uint8Array {
  const initializer = [
    create(TensorProtoSchema, { name: 'W', dataType: 1, dims: [1n, 2n], floatData: [1, 2] }),
    create(TensorProtoSchema, { name: 'h', dataType: 10, dims: [1n], rawData: Uint8Array.of(0, 0x3c) }),
    create(TensorProtoSchema, { name: 'axes', dataType: 7, dims: [2n], int64Data: [3n, -1n] }),
    create(TensorProtoSchema, { name: 'text', dataType: 8, dims: [1n], stringData: [Uint8Array.of(65)] }),
  ];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: create(GraphProtoSchema, { initializer }) }));
}

describe('files', () => {
  const file: WeightFile = {
    tensors: new Map([
      ['block1/W', tensor([2, 2], [1, 2, 3, 4])],
      ['W.momentum_buffer', tensor([1], [0.5])],
    ]),
    metadata: { step: '1234' },
  };

  it.each(WEIGHT_FORMATS)('are told apart by their content: %s', (format) => {
    expect(readWeightFile(writeWeightFile(file, format), 'w.bin')).toEqual(file);
  });

  test('a single array is called after its file', () => {
    const bytes = new Uint8Array(readFileSync('fixtures/weights/version-1.npy'));
    expect([...readWeightFile(bytes, 'W1.npy').tensors.keys()]).toEqual(['W1']);
  });

  test('initializers of an ONNX model are weights', () => {
    const { tensors } = readWeightFile(onnxModel(), 'model.onnx');
    expect([...tensors.keys()]).toEqual(['W', 'h', 'axes']);
    expect(tensors.get('W')).toEqual(tensor([1, 2], [1, 2]));
    expect(tensors.get('h')).toEqual({ dtype: 'float16', shape: [1], data: Float32Array.of(1) });
    expect([...(tensors.get('axes')?.data ?? [])]).toEqual([3, -1]);
  });

  test('anything else is refused', () => {
    expect(() => readWeightFile(new TextEncoder().encode('hello world, no weights here'), 'a.txt')).toThrow(
      FormatError,
    );
    expect(() => readWeightFile(new Uint8Array(), 'empty')).toThrow(FormatError);
  });

  test('damaged files are refused with a sentence', () => {
    for (const bytes of [onnxModel(), ...WEIGHT_FORMATS.map((format) => writeWeightFile(file, format))]) {
      fc.assert(
        fc.property(corrupted(bytes), (damaged) => {
          try {
            readWeightFile(damaged, 'w');
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
        }),
        { numRuns: 500 },
      );
    }
  });
});

describe('matching', () => {
  const match = (needed: Slot, file: WeightFile) => matchWeights([needed], file)[0];

  test('name and shape', () => {
    const found = match(slot('W', [2, 3]), holding({ W: tensor([2, 3], [1, 2, 3, 4, 5, 6]) }));
    expect(found).toMatchObject({ chosen: { name: 'W', fit: 'same' }, suggested: null, found: null });
  });

  test('a matrix the other way round is suggested, not taken', () => {
    const found = match(slot('W', [2, 3]), holding({ W: tensor([3, 2], [1, 2, 3, 4, 5, 6]) }));
    expect(found).toMatchObject({ chosen: null, suggested: { name: 'W', fit: 'transposed' } });
  });

  test('a square matrix is taken as it is, and can be chosen the other way round', () => {
    const found = match(slot('W', [2, 2]), holding({ W: tensor([2, 2], [1, 2, 3, 4]) }));
    expect(found?.chosen).toEqual({ name: 'W', fit: 'same' });
    expect(found?.choices).toEqual([
      { name: 'W', fit: 'same' },
      { name: 'W', fit: 'transposed' },
    ]);
  });

  test('axes of size one come and go', () => {
    expect(match(slot('b', [5]), holding({ b: tensor([1, 5], [1, 2, 3, 4, 5]) }))?.suggested?.fit).toBe('reshaped');
  });

  test('a tensor of another shape is told with its shape', () => {
    const found = match(slot('W', [2, 3]), holding({ W: tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) }));
    expect(found).toMatchObject({ chosen: null, suggested: null, found: [2, 4], choices: [] });
  });

  test('near names are suggested before others that fit', () => {
    const file = holding({ other: tensor([1], [1]), 'Weight.1': tensor([1], [2]), far: tensor([2], [3, 4]) });
    const found = match(slot('weight1', [1]), file);
    expect(found?.suggested).toEqual({ name: 'Weight.1', fit: 'same' });
    expect(found?.choices.map(({ name }) => name)).toEqual(['Weight.1', 'other']);
  });

  test('the only tensor that fits is suggested whatever its name', () => {
    const file = holding({
      'fc.weight': tensor([10, 64], new Array<number>(640).fill(0)),
      'fc.bias': tensor([10], []),
    });
    const found = match(slot('W', [64, 10]), file);
    expect(found?.suggested).toEqual({ name: 'fc.weight', fit: 'transposed' });
  });

  test('what another parameter is called is not offered for this one', () => {
    const file = holding({ a: tensor([1], [1]) });
    const [, b] = matchWeights([slot('a', [1]), slot('b', [1])], file);
    expect(b).toMatchObject({ chosen: null, choices: [], suggested: null });
  });

  test('state of an optimizer is taken by its own name alone', () => {
    const state: Slot = { id: 'W.momentum_buffer', kind: 'slot', shape: [1] };
    expect(match(state, holding({ weight: tensor([1], [1]) }))).toMatchObject({ choices: [], suggested: null });
    expect(match(state, holding({ 'W.momentum_buffer': tensor([1], [1]) }))?.chosen?.fit).toBe('same');
  });

  test('the rest of the file is unused', () => {
    const file = holding({ a: tensor([1], [1]), b: tensor([1], [1]) });
    expect(unusedTensors(file, [{ name: 'a', fit: 'same' }, null])).toEqual(['b']);
  });
});

describe('values', () => {
  test('are transposed, rounded and widened', () => {
    expect([...weightValues(tensor([2, 3], [1, 2, 3, 4, 5, 6]), 'transposed')]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...weightValues(tensor([1], [0.1], 'float64'), 'same')]).toEqual([Math.fround(0.1)]);
    expect([...weightValues({ dtype: 'int64', shape: [1], data: BigInt64Array.of(-3n) }, 'reshaped')]).toEqual([-3]);
  });

  test('transposing twice is nothing', () => {
    const matrices = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
      .chain(([rows, columns]) =>
        fc
          .float32Array({ minLength: rows * columns, maxLength: rows * columns, noNaN: true })
          .map((data) => ({ rows, columns, data })),
      );
    fc.assert(
      fc.property(matrices, ({ rows, columns, data }) => {
        const once = weightValues({ dtype: 'float32', shape: [rows, columns], data }, 'transposed');
        expect(weightValues({ dtype: 'float32', shape: [columns, rows], data: once }, 'transposed')).toEqual(data);
      }),
    );
  });

  test('come with a note where they are not what was stored', () => {
    expect(conversion(tensor([1], [1]))).toBeNull();
    expect(conversion(tensor([1], [1], 'float64'))).toBe('rounded from float64');
    expect(conversion({ dtype: 'bfloat16', shape: [1], data: Float32Array.of(1) })).toBe('converted from bfloat16');
    expect(conversion(tensor([2], [1, Number.NaN]))).toBe('not all of its numbers are finite');
  });
});
