/** Damaged files for tests of readers. */
import fc from 'fast-check';

type Damage =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bits: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

/** The file with one to four damages anywhere, half of them in its first 200 bytes, where headers are. */
export function corrupted(file: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.oneof(fc.nat(Math.min(200, file.length - 1)), fc.nat(file.length - 1));
  const damage: fc.Arbitrary<Damage> = fc.oneof(
    fc.record({ kind: fc.constant('cut' as const), at }),
    fc.record({ kind: fc.constant('flip' as const), at, bits: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant('insert' as const), at, bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }) }),
  );
  return fc.array(damage, { minLength: 1, maxLength: 4 }).map((damages) => damages.reduce(apply, file));
}

function apply(bytes: Uint8Array, damage: Damage): Uint8Array {
  if (damage.kind === 'cut') return bytes.slice(0, damage.at);
  if (damage.kind === 'insert') {
    return Uint8Array.from([...bytes.subarray(0, damage.at), ...damage.bytes, ...bytes.subarray(damage.at)]);
  }
  const result = bytes.slice();
  if (damage.at < result.length) result[damage.at] = (result[damage.at] as number) ^ damage.bits;
  return result;
}
