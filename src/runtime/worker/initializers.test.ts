import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { initialValues } from './initializers.ts';
import { orthonormal } from './orthonormal.ts';
import { RandomState } from './random.ts';

const f32 = (values: readonly number[]) => [...Float32Array.from(values)];
const digest = (values: Float32Array | Float64Array) =>
  createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');

/** Mersenne Twister as published, mt19937ar.c: init_genrand and genrand_res53, with the same names. */
function genrandRes53(seed: number, count: number): number[] {
  const mt: bigint[] = [BigInt(seed)];
  for (let i = 1; i < 624; i++) {
    const last = mt[i - 1] as bigint;
    mt[i] = (1812433253n * (last ^ (last >> 30n)) + BigInt(i)) & 0xffffffffn;
  }
  let mti = 624;
  const genrandInt32 = () => {
    if (mti === 624) {
      for (let kk = 0; kk < 624; kk++) {
        const y = ((mt[kk] as bigint) & 0x80000000n) | ((mt[(kk + 1) % 624] as bigint) & 0x7fffffffn);
        mt[kk] = (mt[(kk + 397) % 624] as bigint) ^ (y >> 1n) ^ (y & 1n ? 0x9908b0dfn : 0n);
      }
      mti = 0;
    }
    let y = mt[mti++] as bigint;
    y ^= y >> 11n;
    y ^= (y << 7n) & 0x9d2c5680n;
    y ^= (y << 15n) & 0xefc60000n;
    return Number(y ^ (y >> 18n));
  };
  return Array.from({ length: count }, () => {
    const [a, b] = [genrandInt32() >>> 5, genrandInt32() >>> 6];
    return (a * 67108864 + b) / 9007199254740992;
  });
}

describe('the generator', () => {
  test('is the published Mersenne Twister', () => {
    const random = new RandomState(23455);
    expect(Array.from({ length: 1500 }, () => random.uniform())).toEqual(genrandRes53(23455, 1500));
  });

  test('begins with the first output that its authors publish for seed 5489', () => {
    // The ISO C++ standard asks of mt19937 that its 10000th number be 4123659995; 5489 is its seed.
    const random = new RandomState(5489);
    for (let i = 1; i < 10_000; i++) random.uint32();
    expect(random.uint32()).toBe(4123659995);
  });

  test('draws for RandomState(23455) what NumPy draws', () => {
    const random = new RandomState(23455);
    expect(Array.from({ length: 5 }, () => random.uniform())).toEqual([
      0.8349431851679617, 0.11482951405951503, 0.668997510460124, 0.46594987275864086, 0.6018166562747105,
    ]);
    const words = new RandomState(23455);
    expect(Array.from({ length: 5 }, () => words.uint32())).toEqual([
      3586053676, 1384384485, 493189012, 2080534401, 2873322413,
    ]);
    const normals = new RandomState(23455);
    expect(Array.from({ length: 5 }, () => normals.normal())).toEqual([
      -0.40763092413137775, 2.023152832189322, 1.5009419880458497, 1.7290544399640315, -1.0316678713544267,
    ]);
    expect([...new RandomState(23455).permutation(10)]).toEqual([0, 7, 6, 8, 2, 3, 9, 1, 4, 5]);
  });

  test('agrees with NumPy on twenty thousand numbers', () => {
    const random = new RandomState(9);
    const uniform = Float64Array.from({ length: 20_000 }, () => random.uniform(-0.3, 0.7));
    // Of RandomState(9).uniform(-.3, .7, 20000).tobytes(), and of normal(.5, .1, 20000) as float32.
    expect(digest(uniform)).toBe('74fdcc0180f14355bc5e35192c7e7ada09ac9fb5c4e763b260a017b8b184746e');
    expect(digest(initialValues({ kind: 'normal', mean: 0.5, std: 0.1, seed: 9 }, [20_000]))).toBe(
      'e980676279a8c8661d4824585447bf8bce493ab21d7d791d70045130626f63ce',
    );
  });

  test('keeps the second of a pair of normals while it draws something else', () => {
    const random = new RandomState(3);
    expect([random.normal(), random.normal(), random.normal()]).toEqual([
      1.7886284734303186, 0.43650985051198943, 0.09649746807200862,
    ]);
    expect([random.uniform(), random.uniform()]).toEqual([0.8929469543476547, 0.8962930889334381]);
    // Logarithms of two libraries may differ in the last bit of a float64, which float32 does not keep.
    expect(f32([random.normal(), random.normal()])).toEqual(f32([-1.8634927033644908, -0.27738820251439905]));
  });
});

describe('one generator for several arrays', () => {
  test('makes W and b of the convolution tutorial', () => {
    const bound = Math.sqrt(3 * 9 * 9);
    const w = initialValues({ kind: 'uniform', low: -1 / bound, high: 1 / bound, seed: 23455 }, [2, 3, 9, 9]);
    const before = [{ law: 'uniform', count: w.length }] as const;
    const b = initialValues({ kind: 'uniform', low: -0.5, high: 0.5, seed: 23455, before }, [2]);
    expect([...w.subarray(0, 3), w[485]]).toEqual([
      0.04297323152422905, -0.049417395144701004, 0.021682390943169594, 0.04729378968477249,
    ]);
    expect([...b]).toEqual([-0.3943425118923187, 0.1681896448135376]);
  });

  test('goes on after normals, pairs included', () => {
    const before = [
      { law: 'normal', count: 3 },
      { law: 'uniform', count: 2 },
    ] as const;
    expect([...initialValues({ kind: 'normal', mean: 0, std: 1, seed: 3, before }, [2])]).toEqual(
      f32([-1.8634927033644908, -0.27738820251439905]),
    );
  });
});

describe('orthogonal', () => {
  test('is what QR makes of the same normals', () => {
    // numpy.linalg.qr of RandomState(5).normal(size=(3, 2)), signs made those of a positive diagonal.
    const tall = initialValues({ kind: 'orthogonal', gain: 1, seed: 5 }, [3, 2]);
    const expected = [0.17842350900173187, -0.17827947437763214, 0.9829549193382263, -0.012006087228655815];
    expected.push(0.04432401433587074, 0.983906626701355);
    tall.forEach((value, at) => void expect(value).toBeCloseTo(expected[at] as number, 6));
    const wide = initialValues({ kind: 'orthogonal', gain: 2, seed: 5 }, [2, 3]);
    const rows = [0.35403701663017273, -0.26548728346824646, 1.9504292011260986];
    rows.push(-1.6761903762817383, 0.9983265995979309, 0.4401474595069885);
    wide.forEach((value, at) => void expect(value).toBeCloseTo(rows[at] as number, 6));
  });

  test('has columns of length one at right angles, filters counted as rows', () => {
    const drawn = new RandomState(1);
    const q = orthonormal(
      Float64Array.from({ length: 60 * 40 }, () => drawn.normal()),
      60,
    );
    for (let a = 0; a < 40; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let row = 0; row < 60; row++) product += (q[row * 40 + a] as number) * (q[row * 40 + b] as number);
        expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(1e-14);
      }
    }
    const filters = initialValues({ kind: 'orthogonal', gain: 1, seed: 2 }, [4, 3, 2, 2]);
    const lengths = [0, 1, 2, 3].map((row) => Math.hypot(...filters.subarray(row * 12, row * 12 + 12)));
    for (const length of lengths) expect(length).toBeCloseTo(1, 6);
  });
});

test('identity is a diagonal, cut where the matrix ends', () => {
  expect([...initialValues({ kind: 'identity', gain: 2 }, [2, 3])]).toEqual([2, 0, 0, 0, 2, 0]);
});
