/**
 * Tries whether an operator takes values of given types, by asking its own inference. Inputs that nothing is known of are
 * completed by what its contract cases say goes together.
 */
import type { Dim, Shape } from '../../compiler/dims.ts';
import type { Attributes } from '../../compiler/document.ts';
import { completeAttributes, type OpRecord, type PortSpec } from '../../compiler/op.ts';
import { type DType, sameType, type TensorType } from '../../compiler/types.ts';

export type Known = TensorType | undefined;

const DTYPES: Readonly<Record<string, DType>> = { f32: 'float32', i32: 'int32', bool: 'bool' };

function operandType(text: string): Known {
  const [, name = '', sizes = '', range] = /^(\w+)\[(.*?)\](?:\((.*)\))?$/.exec(text) ?? [];
  const dtype = DTYPES[name];
  if (!dtype) return undefined;
  const shape = sizes === '' ? [] : sizes.split(',').map((dim) => (/^\d+$/.test(dim) ? Number(dim) : dim));
  const high = Number(range?.split(',')[1] ?? Number.NaN);
  return dtype === 'int32' && Number.isFinite(high) ? { dtype, shape, bound: high + 1 } : { dtype, shape };
}

interface Case {
  readonly operands: readonly Known[];
  readonly attributes: Attributes;
}

const parsed = new WeakMap<OpRecord, readonly Case[]>();

function casesOf(record: OpRecord): readonly Case[] {
  let found = parsed.get(record);
  if (!found) {
    found = (record.cases ?? []).map(([text, attributes = {}]) => ({
      operands: text === '' ? [] : text.split(' ').map(operandType),
      attributes,
    }));
    parsed.set(record, found);
  }
  return found;
}

class Refused extends Error {
  readonly attribute: boolean;
  constructor(attribute: boolean) {
    super('refused');
    this.attribute = attribute;
  }
}

/** The specification of the input at a position; members of a variadic port share theirs. */
export function inputSpec(record: OpRecord, at: number): PortSpec | undefined {
  const last = record.inputs.at(-1);
  return record.inputs[at] ?? (last?.variadic ? last : undefined);
}

function takes(record: OpRecord, inputs: readonly Known[]): boolean {
  return inputs.every((type, at) => {
    const spec = inputSpec(record, at);
    if (!type) return spec?.optional === true || (spec?.variadic === true && at > 0);
    return spec !== undefined && (!spec.dtypes || spec.dtypes.includes(type.dtype));
  });
}

/** What inference says: types, `attribute` where only an attribute is not right yet, or null. */
function ask(
  record: OpRecord,
  attributes: Attributes,
  inputs: readonly Known[],
): readonly TensorType[] | 'attribute' | null {
  if (!takes(record, inputs)) return null;
  try {
    return record.infer({
      inputs,
      attributes: completeAttributes(record, attributes),
      badge: () => {},
      broadcasts: () => {},
      nameOf: (input) => inputSpec(record, input)?.name ?? '',
      fail: (_, { attribute, conflict }) => {
        throw new Refused(attribute !== undefined && conflict === undefined);
      },
    });
  } catch (error) {
    return error instanceof Refused && error.attribute ? 'attribute' : null;
  }
}

/** Sizes of `pattern` as those of `shape`; null where the two cannot be the same. A size of 1 is meant to be 1. */
function matchShape(pattern: Shape, shape: Shape, sizes: ReadonlyMap<Dim, Dim>): Map<Dim, Dim> | null {
  if (pattern.length !== shape.length) return null;
  const result = new Map(sizes);
  for (const [axis, dim] of pattern.entries()) {
    const size = shape[axis] as Dim;
    const old = dim === 1 ? 1 : result.get(dim);
    if (old !== undefined && old !== size) return null;
    if (dim !== 1) result.set(dim, size);
  }
  return result;
}

/** As `matchShape`, for several types at once; unknown ones match anything. */
function matchTypes(patterns: readonly Known[], types: readonly Known[]): Map<Dim, Dim> | null {
  let sizes: Map<Dim, Dim> | null = new Map();
  for (const [at, type] of types.entries()) {
    const pattern = patterns[at];
    if (!type) continue;
    sizes = pattern && pattern.dtype === type.dtype ? matchShape(pattern.shape, type.shape, sizes) : null;
    if (!sizes) return null;
    // How many classes there are is a size too.
    const { bound } = pattern ?? {};
    if (bound !== undefined && type.bound !== undefined && !sizes.has(bound)) sizes.set(bound, type.bound);
  }
  return sizes;
}

function substitute(type: TensorType, sizes: ReadonlyMap<Dim, Dim>): TensorType {
  const { bound } = type;
  const most = bound === undefined ? undefined : Number(sizes.get(bound) ?? bound);
  return {
    ...type,
    shape: type.shape.map((dim) => sizes.get(dim) ?? dim),
    ...(most !== undefined && Number.isFinite(most) && { bound: most }),
  };
}

const SCALAR: TensorType = { dtype: 'float32', shape: [] };

/** Ways to complete the inputs that are not known, likely ones first. */
function* completions(record: OpRecord, known: readonly Known[]): Generator<readonly [readonly Known[], Attributes]> {
  const width = Math.max(known.length, record.inputs.filter(({ variadic }) => !variadic).length);
  const row = Array.from({ length: width }, (_, at) => known[at]);
  const open = row.flatMap((type, at) => {
    const spec = inputSpec(record, at);
    return type || spec?.optional || (spec?.variadic && at > 0) ? [] : [at];
  });
  yield [row, {}];
  const [some] = row.filter((type) => type !== undefined);
  if (open.length > 0) {
    for (const filler of some ? [some, SCALAR] : [SCALAR]) {
      yield [row.map((type, at) => (open.includes(at) ? filler : type)), {}];
    }
  }
  for (const { operands, attributes } of casesOf(record)) {
    const sizes = matchTypes(operands, row);
    if (!sizes) continue;
    const inputs = operands.map((operand, at) => row[at] ?? (operand && substitute(operand, sizes)));
    yield [inputs, {}];
    yield [inputs, attributes];
  }
}

/** Types of the outputs for some completion of the inputs; `attribute` where one more attribute has to be set; null for never. */
export function tryInputs(
  record: OpRecord,
  own: Attributes,
  known: readonly Known[],
  accept: (outputs: readonly TensorType[]) => boolean = () => true,
): readonly TensorType[] | 'attribute' | null {
  let almost = false;
  for (const [inputs, attributes] of completions(record, known)) {
    const answer = ask(record, { ...attributes, ...own }, inputs);
    if (answer === 'attribute') almost = true;
    else if (answer && accept(answer)) return answer;
  }
  return almost ? 'attribute' : null;
}

/** Types that an operator could have at an input that others are known beside, likely ones first. */
export function wantedTypes(record: OpRecord, own: Attributes, known: readonly Known[], at: number): TensorType[] {
  const others = known.map((type, index) => (index === at ? undefined : type));
  const beside = others.filter((type) => type !== undefined);
  const fromCases = casesOf(record).flatMap(({ operands }) => {
    const sizes = matchTypes(operands, others);
    const operand = operands[at];
    return sizes && operand ? [substitute(operand, sizes)] : [];
  });
  const fromOthers = beside.flatMap((type) => [
    type,
    { ...type, shape: type.shape.slice(1) },
    ...(type.shape.length === 2 ? [{ ...type, shape: type.shape.toReversed() }] : []),
  ]);
  const plain: TensorType[] = [
    { dtype: 'float32', shape: ['batch', 7] },
    SCALAR,
    { dtype: 'float32', shape: [7] },
    { dtype: 'float32', shape: ['batch', 3, 8, 8] },
    { dtype: 'int32', shape: ['batch'], bound: 7 },
    { dtype: 'int32', shape: ['batch', 7], bound: 7 },
    { dtype: 'bool', shape: ['batch', 7] },
  ];
  const found: TensorType[] = [];
  for (const type of [...fromCases, ...fromOthers, ...plain]) {
    if (found.some((other) => sameType(other, type))) continue;
    const row = [...others];
    row[at] = type;
    if (tryInputs(record, own, row)) found.push(type);
  }
  return found;
}

/** Types of the outputs an operator can have, with its outputs brought to one of the wanted types where that is possible. */
export function* possibleOutputs(record: OpRecord, own: Attributes, wanted: readonly TensorType[]) {
  for (const { operands, attributes } of casesOf(record)) {
    for (const settings of [{ ...attributes, ...own }, own]) {
      const outputs = ask(record, settings, operands);
      if (!outputs || outputs === 'attribute') continue;
      yield outputs;
      for (const [at, output] of outputs.entries()) {
        for (const type of wanted) {
          const sizes = type.dtype === output.dtype ? matchShape(output.shape, type.shape, new Map()) : null;
          if (!sizes) continue;
          const inputs = operands.map((operand) => operand && substitute(operand, sizes));
          const brought = ask(record, settings, inputs);
          if (brought && brought !== 'attribute' && brought[at]) yield brought;
        }
      }
    }
  }
}
