/** Every operator against values and gradients of PyTorch, in fixtures/gradients; see the README there. */
import { describe, expect, test } from 'vitest';
import { finish, measure } from '../../scripts/gradient-check.ts';
import { mismatch, placeFixture, readFixtures, toData, translate } from '../../scripts/gradient-fixtures.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { OpRecord } from '../compiler/op.ts';
import { registry } from './registry.ts';

const fixtures = readFixtures();
const cases = (family: string) =>
  (fixtures.get(family) ?? [])
    .filter(({ op }) => registry.has(op))
    .map((each) => [`${each.op} ${each.case}`, each] as const);
const families = [...fixtures.keys()].filter((family) => cases(family).length > 0);

test('all operators of the fixtures run', () => {
  const all = [...fixtures.values()].flat();
  expect([...new Set(all.map(({ op }) => op).filter((op) => !registry.has(op)))].sort()).toEqual([]);
  expect(families.flatMap(cases)).toHaveLength(180);
});

describe.each(families)('%s', (family) => {
  test.each(cases(family))('%s', async (_, fixture) => {
    const b = new Builder(registry);
    const { feeds, expected } = placeFixture(b, fixture);
    const fn = finish(
      b,
      expected.map(({ value }) => value),
    );
    const results = await runFunction(fn, registry, feeds);
    expect(expected.flatMap((each, at) => mismatch(results[at], each) ?? [])).toEqual([]);
  });
});

const SMOOTH = ['linear', 'convolution', 'pooling', 'shape', 'indexing'];

describe.each(SMOOTH)('second derivatives, %s', (family) => {
  test.each(cases(family))('%s', async (_, fixture) => {
    const { operands, attributes } = translate(registry.get(fixture.op) as OpRecord, fixture);
    const { second } = await measure(registry, {
      op: fixture.op,
      operands: operands.map((operand) => operand && { data: toData(operand) }),
      attributes,
    });
    const { derivative, difference } = second;
    expect(Math.abs(derivative - difference), `${derivative} against ${difference}`).toBeLessThan(
      2e-3 * (1 + Math.abs(difference)),
    );
    expect(derivative).not.toBe(0);
  });
});
