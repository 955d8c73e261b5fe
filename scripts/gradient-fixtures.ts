/** The cases of fixtures/gradients in the language; see the README there for their format. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Builder } from '../src/compiler/builder.ts';
import type { AttributeValue } from '../src/compiler/document.ts';
import type { Value } from '../src/compiler/ir.ts';
import type { OpRecord } from '../src/compiler/op.ts';
import { gradients } from '../src/compiler/phases/3-differentiate.ts';
import { type DType, type TensorData, tensor, tensorData } from '../src/compiler/types.ts';

interface FixtureTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface FixtureCase {
  readonly op: string;
  readonly case: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly inputs: readonly ((FixtureTensor & { readonly gradient?: readonly number[] }) | null)[];
  readonly outputs: readonly (FixtureTensor & { readonly cotangent?: readonly number[] })[];
}

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
  TopK: ['k'],
  Trilu: ['k'],
  Unsqueeze: ['axes'],
};

const FOLDER = 'fixtures/gradients';

/** All cases by family. */
export function readFixtures(): ReadonlyMap<string, readonly FixtureCase[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => [file.replace('.json', ''), JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'))]),
  );
}

export function toData({ dtype, shape, data }: FixtureTensor): TensorData {
  return tensorData(dtype === 'int64' ? 'int32' : dtype, shape, data);
}

/** A case in the language: its operands, and its attributes as the record types them. */
export function translate(record: OpRecord, { op, inputs, attributes }: FixtureCase) {
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

export interface Expected {
  readonly what: string;
  readonly value: Value;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface PlacedFixture {
  /** By the names of feeds, which begin with the prefix. */
  readonly feeds: Readonly<Record<string, TensorData>>;
  /** Outputs, then gradients. */
  readonly expected: readonly Expected[];
}

/** Appends the operator of a case on feeds, with cotangents as further feeds, and its gradients. */
export function placeFixture(b: Builder, fixture: FixtureCase, prefix = ''): PlacedFixture {
  const record = b.registry.get(fixture.op);
  if (!record) throw new Error(`${fixture.op} is not registered`);
  const { operands, attributes } = translate(record, fixture);
  const feeds: Record<string, TensorData> = {};
  const feed = (name: string, data: TensorData): Value => {
    const key = `${prefix}${name}`;
    feeds[key] = data;
    return b.input(tensor(data.dtype, data.shape), { kind: 'feed', node: key, name: key });
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
    return operand?.gradient && value ? [{ at, value, shape: operand.shape, data: operand.gradient }] : [];
  });
  const found = gradients(
    b,
    targets,
    variables.map(({ value }) => value),
  ).values;
  const name = `${fixture.op} ${fixture.case}`;
  return {
    feeds,
    expected: [
      ...fixture.outputs.map(({ shape, data }, at) => ({
        what: `${name}, output ${at}`,
        value: outputs[at] as Value,
        shape,
        data,
      })),
      ...variables.map(({ at, value, shape, data }, which) => ({
        what: `${name}, gradient ${at}`,
        value: found[which] ?? b.zerosLike(value),
        shape,
        data,
      })),
    ],
  };
}

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** What float32 needs; see the README of the fixtures. */
export const FLOAT32: Tolerance = { absolute: 1e-5, relative: 1e-4 };

/** What is wrong with a result, or null. */
export function mismatch(
  actual: { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint> } | undefined,
  { what, shape, data }: Expected,
  { absolute, relative }: Tolerance = FLOAT32,
): string | null {
  if (actual?.shape.join() !== shape.join()) return `${what}: shape [${actual?.shape}] instead of [${shape}]`;
  const at = data.findIndex((wanted, i) => {
    // Written so that NaN is no match.
    return !(Math.abs(Number(actual.data[i]) - wanted) <= absolute + relative * Math.abs(wanted));
  });
  return at < 0 ? null : `${what}[${at}]: ${actual.data[at]} instead of ${data[at]}`;
}
