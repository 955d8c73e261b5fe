import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corrupted } from '../../scripts/corrupt-bytes.ts';
import { readNpy, writeNpy } from './npy.ts';
import { readNpz, writeNpz } from './npz.ts';
import { FormatError, type StoredArray, type StoredDType, type StoredTensor } from './tensor.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(`fixtures/weights/${name}`));

/** Makes a .npy file with any header, so that broken ones can be written too. */
function npy(header: string, data: readonly number[] = []): Uint8Array {
  const text = `\x93NUMPY\x01\x00${String.fromCharCode(header.length & 255, header.length >> 8)}${header}`;
  return Uint8Array.from([...Array.from(text, (letter) => letter.charCodeAt(0)), ...data]);
}

const floats = { noNaN: true, noDefaultInfinity: true };
const ELEMENTS: Record<StoredDType, fc.Arbitrary<number | bigint>> = {
  bool: fc.constantFrom(0, 1),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint8: fc.nat(255),
  uint16: fc.nat(65535),
  uint32: fc.nat(2 ** 32 - 1),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  float16: fc.integer({ min: -2048, max: 2048 }).map((n) => n / 64),
  bfloat16: fc.integer({ min: -256, max: 256 }).map((n) => n / 16),
  float32: fc.float(floats),
  float64: fc.double(floats),
};
const ARRAYS: Record<StoredDType, { from(values: never): StoredArray }> = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
};
const NUMPY_DTYPES = (Object.keys(ELEMENTS) as StoredDType[]).filter((dtype) => dtype !== 'bfloat16');

const tensors: fc.Arbitrary<StoredTensor> = fc
  .tuple(fc.constantFrom(...NUMPY_DTYPES), fc.array(fc.nat(4), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const size = shape.reduce((product, dim) => product * dim, 1);
    return fc
      .array(ELEMENTS[dtype], { minLength: size, maxLength: size })
      .map((values) => ({ dtype, shape, data: ARRAYS[dtype].from(values as never) }));
  });

describe('files of NumPy', () => {
  const arrays = readNpz(fixture('numpy.npz'));
  const plain = (name: string) => Array.from(arrays.get(name)?.data ?? [], Number);

  it.each([
    ['f2', 'float16', [2, 3], -0.84716796875],
    ['f4', 'float32', [2, 3], -0.847383439540863],
    ['f8', 'float64', [2, 3], -0.8473834212520857],
    ['f8_big', 'float64', [2, 3], -0.8473834212520857],
    ['i1', 'int8', [3], -128],
    ['i2', 'int16', [2], -32768],
    ['i2_big', 'int16', [2], -2],
    ['i4', 'int32', [2, 1], -5],
    ['i8', 'int64', [2], -(2 ** 62)],
    ['u1', 'uint8', [2], 0],
    ['u2', 'uint16', [1], 65535],
    ['u4', 'uint32', [1], 2 ** 32 - 1],
    ['u8', 'uint64', [1], 2 ** 64],
    ['bool', 'bool', [3], 1],
    ['scalar', 'float32', [], 2.5],
  ] as const)('reads %s', (name, dtype, shape, first) => {
    expect(arrays.get(name)).toMatchObject({ dtype, shape });
    expect(plain(name)[0]).toBe(first);
  });

  it('reads all that np.savez wrote, in its order', () => {
    expect([...arrays.keys()].slice(0, 5)).toEqual(['f2', 'f4', 'f8', 'f8_big', 'f4_fortran']);
    expect(arrays.get('empty')).toEqual({ dtype: 'float32', shape: [0, 4], data: new Float32Array() });
  });

  it('turns Fortran order into row-major order', () => {
    const values = plain('f4_fortran');
    expect(arrays.get('f4_fortran')?.shape).toEqual([2, 3, 5]);
    expect(values.slice(0, 3)).toEqual([0.0022409274242818356, -0.8558977246284485, -0.46312204003334045]);
    expect(values[5]).toBe(0.6074780821800232);
    expect(values[15]).toBe(0.9002590179443359);
    expect(values[29]).toBe(0.6758359670639038);
  });

  it('reads compressed archives and names with slashes', () => {
    const compressed = readNpz(fixture('numpy-compressed.npz'));
    expect(compressed.get('W')?.data).toEqual(Float32Array.from({ length: 600 }, (_, at) => at));
    expect(compressed.get('block1/b')?.data).toEqual(Float64Array.of(0, 1, 2, 3));
  });

  it.each([1, 2, 3])('reads version %i of the format', (version) => {
    const expected = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) };
    expect(readNpy(fixture(`version-${version}.npy`))).toEqual(expected);
  });

  it('writes the very bytes that np.save writes', () => {
    expect(writeNpy({ dtype: 'float32', shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) })).toEqual(
      fixture('version-1.npy'),
    );
  });
});

describe('npy', () => {
  it('keeps whatever is written', () => {
    fc.assert(
      fc.property(tensors, (tensor) => {
        expect(readNpy(writeNpy(tensor))).toEqual(tensor);
      }),
    );
  });

  it('rounds to half precision as NumPy does', () => {
    // The right column is from numpy.float16.
    const pairs = [
      [1 / 3, 0.333251953125],
      [1 + 2 ** -11, 1],
      [1 + 3 * 2 ** -11, 1 + 2 ** -9],
      [65519, 65504],
      [65520, Number.POSITIVE_INFINITY],
      [6e-8, 2 ** -24],
      [2 ** -25, 0],
      [-1e-7, -(2 ** -23)],
      [6.1e-5, 6.097555160522461e-5],
      [Number.NaN, Number.NaN],
    ];
    const data = Float32Array.from(pairs, ([value]) => value as number);
    const read = readNpy(writeNpy({ dtype: 'float16', shape: [pairs.length], data }));
    expect([...read.data]).toEqual(pairs.map(([, rounded]) => rounded));
  });

  it.each([
    [fixture('text.npy'), 'The file holds text (“<U2”); numbers and booleans can be read.'],
    [npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"), 'holds Python objects'],
    [npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}"), 'holds complex numbers'],
    [npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"), 'holds records of several fields'],
    [npy("{'descr': 'constructor', 'fortran_order': False, 'shape': (1,)}"), 'complex numbers'],
    [npy("{'fortran_order': False, 'shape': (1,)}"), "what the elements are ('descr')"],
    [npy("{'descr': '<f4', 'shape': (1,)}"), "the order of the axes ('fortran_order')"],
    [npy("{'descr': '<f4', 'fortran_order': False}"), "no 'shape'"],
    [npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, -1)}"), '“-1” in the shape (3, -1) is no size'],
    [npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}", [0, 0, 0]), 'take 16 bytes from byte 67 on'],
    [npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740991, 9007199254740991)}"), 'is cut off: its'],
    [npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,)}"), 'no whole number'],
    [npy('').subarray(0, 9), 'cut off in its header'],
    [new Uint8Array([1, 2, 3]), 'no .npy file'],
    [new Uint8Array(), 'no .npy file'],
  ])('refuses %#', (bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(FormatError);
    expect(() => readNpy(bytes)).toThrow(message);
  });

  it('refuses damaged files with a sentence, or reads what they say now', () => {
    const file = fixture('version-3.npy');
    fc.assert(fc.property(corrupted(file), (bytes) => readsOrRefuses(() => readNpy(bytes))));
  });
});

describe('npz', () => {
  it('keeps arrays and names', () => {
    const names = fc.stringMatching(/^[\w. /äθ-]{1,12}$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(names, tensors), { selector: ([name]) => name }), (entries) => {
        expect(readNpz(writeNpz(new Map(entries)))).toEqual(new Map(entries));
      }),
    );
  });

  it('names the array that is wrong', () => {
    const whole = writeNpz(new Map([['W', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }]]));
    const at = whole.indexOf('('.charCodeAt(0));
    const broken = whole.with(at + 1, '9'.charCodeAt(0));
    expect(() => readNpz(broken, 'w.npz')).toThrow('“W” in w.npz is cut off: its 9 elements of float32 take 36 bytes');
  });

  it('refuses what is no archive', () => {
    expect(() => readNpz(new Uint8Array(3))).toThrow('is no sound zip archive');
    expect(() => readNpz(fixture('version-1.npy'))).toThrow('is no sound zip archive');
  });

  it('refuses an archive that would unpack to too much', () => {
    const bytes = writeNpz(new Map([['W', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }]]));
    // The uncompressed size in the central directory, which begins with PK\1\2.
    const directory = bytes.findIndex((_, at) => bytes[at] === 80 && bytes[at + 1] === 75 && bytes[at + 2] === 1);
    new DataView(bytes.buffer).setUint32(directory + 24, 0xfffffff0, true);
    expect(() => readNpz(bytes)).toThrow('more than 2 GB');
  });

  it('refuses damaged archives with a sentence, or reads what they say now', () => {
    for (const file of [fixture('numpy.npz'), fixture('numpy-compressed.npz')]) {
      fc.assert(fc.property(corrupted(file), (bytes) => readsOrRefuses(() => readNpz(bytes))));
    }
  });
});

function readsOrRefuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
}
