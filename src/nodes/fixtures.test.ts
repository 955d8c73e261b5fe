/** Every operator against values and gradients of PyTorch, in fixtures/gradients; see the README there. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { finish, measure } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import type { AttributeValue } from '../compiler/document.ts';
import type { Value } from '../compiler/ir.ts';
import type { OpRecord } from '../compiler/op.ts';
import { gradients } from '../compiler/phases/3-differentiate.ts';
import { type DType, type TensorData, tensor, tensorData } from '../compiler/types.ts';
import { registry } from './registry.ts';

interface FixtureTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface FixtureCase {
  readonly op: string;
  readonly case: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly inputs: readonly ((FixtureTensor & { readonly gradient?: readonly number[] }) | null)[];
  readonly outputs: readonly (FixtureTensor & { readonly cotangent?: readonly number[] })[];
}

/** Operators of ONNX that the language does not have. */
const ABSENT = [
  'BatchNormalization',
  'DepthToSpace',
  'Einsum',
  'InstanceNormalization',
  'LayerNormalization',
  'TopK',
  'Trilu',
];

/** Inputs that are attributes in the language, in ONNX's order after the others. */
const INPUT_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  Clip: ['min', 'max'],
  CumSum: ['axis'],
  Expand: ['shape'],
  Pad: ['pads', 'value'],
  Reshape: ['shape'],
  Slice: ['starts', 'ends', 'axes', 'steps'],
  Split: ['split'],
  Squeeze: ['axes'],
  Tile: ['repeats'],
  Unsqueeze: ['axes'],
};

const folder = 'fixtures/gradients';
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string): FixtureCase[] => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
const present = (fixture: FixtureCase) => registry.has(fixture.op);
const cases = (file: string) =>
  read(file)
    .filter(present)
    .map((each) => [`${each.op} ${each.case}`, each] as const);

function toData({ dtype, shape, data }: FixtureTensor): TensorData {
  return tensorData(dtype === 'int64' ? 'int32' : dtype, shape, data);
}

/** A fixture in the language: its operands, and its attributes as the record types them. */
function translate(record: OpRecord, { op, inputs, attributes }: FixtureCase) {
  const names = INPUT_ATTRIBUTES[op] ?? [];
  const count = names.length > 0 ? record.inputs.length : inputs.length;
  const given: Record<string, AttributeValue> = { ...attributes };
  for (const [at, name] of names.entries()) {
    const data = inputs[count + at]?.data;
    if (data) given[name] = typeof record.attributes[name]?.default === 'number' ? (data[0] ?? 0) : data;
  }
  for (const [name, value] of Object.entries(given)) {
    const spec = record.attributes[name];
    if (!spec) throw new Error(`${op} has no attribute ${name}`);
    if (spec.type === 'boolean') given[name] = Boolean(value);
  }
  return { operands: inputs.slice(0, count), attributes: given };
}

/** The operator of a fixture on feeds, with cotangents as further feeds. */
function build(fixture: FixtureCase) {
  const record = registry.get(fixture.op);
  if (!record) throw new Error(`${fixture.op} is not registered`);
  const { operands, attributes } = translate(record, fixture);
  const b = new Builder(registry);
  const feeds: Record<string, TensorData> = {};
  const feed = (name: string, data: TensorData): Value => {
    feeds[name] = data;
    return b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: name, name });
  };
  const inputs = operands.map((operand, at) => operand && feed(`input${at}`, toData(operand)));
  const outputs = b.emitAll(fixture.op, inputs, attributes);
  const targets = fixture.outputs.flatMap(({ shape, cotangent }, at) => {
    const value = outputs[at];
    return cotangent && value
      ? [{ value, cotangent: feed(`cotangent${at}`, tensorData('float32', shape, cotangent)) }]
      : [];
  });
  const variables = operands.flatMap((operand, at) => {
    const value = inputs[at];
    return operand?.gradient && value ? [{ value, gradient: operand.gradient }] : [];
  });
  return { b, feeds, outputs, targets, variables };
}

function expectClose(actual: ArrayLike<number | bigint>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, `${what}: number of elements`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [Number(actual[i]), Number(expected[i])];
    // Written so that NaN fails.
    if (!(Math.abs(a - e) <= 1e-5 + 1e-4 * Math.abs(e))) expect.fail(`${what}[${i}]: ${a} instead of ${e}`);
  }
}

test('all operators of the fixtures run, but for those the language does not have', () => {
  const all = files.flatMap(read);
  expect([...new Set(all.filter((each) => !present(each)).map((each) => each.op))].sort()).toEqual(ABSENT);
  expect(all.filter(present)).toHaveLength(170);
});

describe.each(files.filter((file) => cases(file).length > 0))('%s', (file) => {
  test.each(cases(file))('%s', async (_, fixture) => {
    const { b, feeds, outputs, targets, variables } = build(fixture);
    const wrt = variables.map(({ value }) => value);
    const found = gradients(b, targets, wrt).values.map((value, at) => value ?? b.zerosLike(wrt[at] as Value));
    const results = await runFunction(finish(b, [...outputs, ...found]), registry, feeds);
    for (const [at, output] of fixture.outputs.entries()) {
      expect(results[at]?.shape).toEqual(output.shape);
      expectClose(results[at]?.data ?? [], output.data, `output ${at}`);
    }
    for (const [at, { gradient }] of variables.entries()) {
      expectClose(results[outputs.length + at]?.data ?? [], gradient, `gradient ${at}`);
    }
  });
});

const SMOOTH = ['linear.json', 'convolution.json', 'pooling.json', 'shape.json', 'indexing.json'];

describe.each(SMOOTH)('second derivatives, %s', (file) => {
  test.each(cases(file))('%s', async (_, fixture) => {
    const record = registry.get(fixture.op) as OpRecord;
    const { operands, attributes } = translate(record, fixture);
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
