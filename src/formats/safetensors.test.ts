import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corrupted } from '../../scripts/corrupt-bytes.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { FormatError, type StoredTensor } from './tensor.ts';

/** A file by the format's description, from a header in JSON and data. */
function file(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(Array.from(data), 8 + text.length);
  return bytes;
}

const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
const tensor = fc.array(fc.nat(3), { maxLength: 3 }).chain((shape): fc.Arbitrary<StoredTensor> => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return fc.oneof(
    fc
      .float32Array({ minLength: size, maxLength: size, noNaN: true })
      .map((data) => ({ dtype: 'float32' as const, shape, data })),
    fc
      .float64Array({ minLength: size, maxLength: size, noNaN: true })
      .map((data) => ({ dtype: 'float64' as const, shape, data })),
    fc.uint8Array({ minLength: size, maxLength: size }).map((data) => ({ dtype: 'uint8' as const, shape, data })),
    fc
      .array(fc.integer({ min: -256, max: 256 }), { minLength: size, maxLength: size })
      .map((values) => ({ dtype: 'bfloat16' as const, shape, data: Float32Array.from(values, (n) => n / 8) })),
  );
});

describe('safetensors', () => {
  it('reads a file put together by hand', () => {
    const header = {
      __metadata__: { format: 'pt' },
      b: { dtype: 'BF16', shape: [2], data_offsets: [4, 8] },
      a: { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] },
    };
    // 1.5 as float32; 1 and -2 as bfloat16.
    const { tensors, metadata } = readSafetensors(file(header, [0, 0, 0xc0, 0x3f, 0x80, 0x3f, 0, 0xc0]));
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.get('a')).toEqual({ dtype: 'float32', shape: [1, 1], data: Float32Array.of(1.5) });
    expect(tensors.get('b')).toEqual({ dtype: 'bfloat16', shape: [2], data: Float32Array.of(1, -2) });
  });

  it('keeps whatever is written, and aligns it', () => {
    const names = fc.string({ maxLength: 8 }).filter((name) => name !== '__metadata__' && name !== '__proto__');
    const texts = fc.dictionary(fc.string({ maxLength: 5 }), fc.string(), { maxKeys: 3, noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(names, tensor)), texts, (entries, metadata) => {
        const tensors = new Map(entries);
        const bytes = writeSafetensors({ tensors, metadata });
        expect(readSafetensors(bytes)).toEqual({ tensors, metadata });
        expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
      }),
    );
  });

  it.each([
    [new Uint8Array(5), 'The file has 5 bytes, too few for a safetensors file.'],
    [Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123), 'its header would have 18446744073709552000 bytes'],
    [file({ W: one }, [0, 0, 0, 0]).subarray(0, 20), 'is cut off: its header should end at byte'],
    [file('{"W": '), 'the header, bytes 8 to 14, is no JSON object'],
    [file('[1]'), 'is no JSON object'],
    [file({ __metadata__: { step: 3 } }), '__metadata__ in the header is no list of texts by name'],
    [file({ W: { ...one, dtype: 'F8_E4M3' } }, [0, 0, 0, 0]), '“W” in The file has elements of “F8_E4M3”'],
    [file({ W: { ...one, dtype: 'constructor' } }, [0, 0, 0, 0]), 'elements of “constructor”'],
    [file({ W: { ...one, shape: 'x' } }, [0, 0, 0, 0]), '“W” in The file has no shape that is a list of sizes'],
    [file({ W: { ...one, shape: [-1] } }, [0, 0, 0, 0]), 'has the size -1, which is no whole number'],
    [file({ W: { ...one, shape: [2] } }, [0, 0, 0, 0]), '“W” in The file of shape [2] and F32 takes 8 bytes, not 4'],
    [file({ W: { ...one, data_offsets: [4, 0] } }, [0, 0, 0, 0]), 'lies from byte 4 to byte 0 of the data'],
    [file({ W: { ...one, data_offsets: [0] } }, [0, 0, 0, 0]), 'has no data_offsets [begin, end]'],
    [file({ W: null }), '“W” in The file has elements of “undefined”'],
    [file({ W: one, b: one }, [0, 0, 0, 0]), '“b” begins at byte 0 of the data, within “W”'],
    [file({ W: one }, [0, 0, 0]), 'is cut off: “W” should end at byte 4 of the data, and 3 are there'],
    [file({ W: one }, [0, 0, 0, 0, 9]), 'bytes 4 to 5 of the data belong to no tensor'],
    [
      file({ W: one, b: { ...one, data_offsets: [8, 12] } }, new Array<number>(12).fill(0)),
      'bytes 4 to 8 of the data belong to no tensor',
    ],
  ])('refuses %#', (bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(FormatError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  it('refuses damaged files with a sentence, or reads what they say now', () => {
    const whole = writeSafetensors({
      tensors: new Map<string, StoredTensor>([
        ['W', { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
        ['n', { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 2n) }],
      ]),
      metadata: { step: '7' },
    });
    fc.assert(
      fc.property(corrupted(whole), (bytes) => {
        try {
          readSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
