/** Cases of fixtures/gradients, forward and gradient, in a few models on WebGPU. */
import { expect, type Page, test } from '@playwright/test';
import { finish } from '../../scripts/gradient-check.ts';
import {
  type FixtureCase,
  FLOAT32,
  mismatch,
  placeFixture,
  readFixtures,
  type Tolerance,
} from '../../scripts/gradient-fixtures.ts';
import { Builder } from '../../src/compiler/builder.ts';
import type { OpRecord } from '../../src/compiler/op.ts';
import { emit } from '../../src/compiler/phases/6-emit.ts';
import { tensor, tensorData } from '../../src/compiler/types.ts';
import { registry } from '../../src/nodes/registry.ts';
import { modelPage, runOnWebGpu } from './webgpu-models.ts';

/** WGSL asks of sin and cos an absolute error of at most 2⁻¹¹ in ±π; SwiftShader's come near that. */
const TRIGONOMETRY: Tolerance = { absolute: 2 ** -11, relative: 0 };
const TOLERANCES: Readonly<Record<string, Tolerance>> = { Sin: TRIGONOMETRY, Cos: TRIGONOMETRY };

/** Sessions cost more than nodes, and a small model is easier to blame. */
const CASES_A_MODEL = 8;

const families = [...readFixtures()].map(
  ([family, cases]) => [family, cases.filter(({ op }) => registry.has(op))] as const,
);

async function failures(page: Page, cases: readonly FixtureCase[]): Promise<string[]> {
  const b = new Builder(registry);
  const placed = cases.map((fixture, at) => placeFixture(b, fixture, `case${at}_`));
  const expected = placed.flatMap((each, at) => each.expected.map((one) => ({ ...one, op: cases[at]?.op ?? '' })));
  const fn = finish(
    b,
    expected.map(({ value }) => value),
  );
  const plan = emit(fn, registry, { dims: {}, data: 'batch' });
  const feeds = Object.assign({}, ...placed.map((each) => each.feeds));
  const results = await runOnWebGpu(page, plan, feeds);
  return expected.flatMap((each, at) => mismatch(results[at], each, TOLERANCES[each.op] ?? FLOAT32) ?? []);
}

/** Tests every family, with at most so many cases of each, spread over its operators. Returns how many there are. */
export function describeFixtures(atMost = Number.POSITIVE_INFINITY): number {
  const page = modelPage();

  test('a model with a node that WebGPU lacks is refused', async () => {
    const sigmoid = registry.get('Sigmoid') as OpRecord;
    const withHardmax = new Map([...registry, ['Hardmax', { ...sigmoid, name: 'Hardmax' }]]);
    const b = new Builder(withHardmax);
    const x = b.input(tensor('float32', [3]), { kind: 'feed', node: 'x', name: 'x' });
    const plan = emit(finish(b, [b.emit('Hardmax', [x])]), withHardmax, { dims: {}, data: 'batch' });
    const run = runOnWebGpu(page(), plan, { x: tensorData('float32', [3], [1, 2, 3]) });
    await expect(run).rejects.toThrow(/fallback to CPU/i);
  });

  let count = 0;
  for (const [family, all] of families) {
    const every = Math.max(1, all.length / atMost);
    const cases = all.filter((_, at) => Math.floor(at / every) !== Math.floor((at - 1) / every));
    count += cases.length;
    for (let start = 0; start < cases.length; start += CASES_A_MODEL) {
      const group = cases.slice(start, start + CASES_A_MODEL);
      test(`${family}: ${group.map(({ op, case: name }) => `${op} ${name}`).join(', ')}`, async () => {
        expect(await failures(page(), group)).toEqual([]);
      });
    }
  }
  return count;
}
