/** Nodes of ONNX as nodes of the language: one rule for most operators, which the records share names with, and special ones. */
import type { AttributeValue } from '../document.ts';
import type { AttributeSpec, OpRecord } from '../op.ts';
import { attributeProblem } from '../phases/resolve/attributes.ts';
import type { DType } from '../types.ts';
import type { OnnxAttributes } from './attributes.ts';
import type { Wire } from './draft.ts';
import { type Call, type Entry, valuesOf } from './entry.ts';
import { isNumbers } from './known.ts';
import { OnnxProblem } from './problem.ts';
import { INPUT_ATTRIBUTES, onnxDefaults, WITHOUT_EFFECT } from './table.ts';

export type Given = Record<string, AttributeValue>;

export function unsupported(what: string, cause?: string): never {
  throw new OnnxProblem('onnx/operator', what, cause);
}

/** An attribute in the form of the record; null where the node does not have it. */
function readAttribute(attributes: OnnxAttributes, name: string, { type }: AttributeSpec): AttributeValue | null {
  switch (type) {
    case 'int':
      return attributes.int(name);
    case 'float':
      return attributes.float(name);
    case 'boolean': {
      const value = attributes.int(name);
      return value === null ? null : value !== 0;
    }
    case 'ints':
    case 'shape':
      return attributes.ints(name);
    case 'floats':
      return attributes.floats(name);
    case 'strings':
      return attributes.strings(name);
    default:
      return attributes.string(name);
  }
}

/** ONNX writes the ends of an axis as numbers beyond what int32 holds. */
const MOST = 2 ** 31 - 1;
const within = (value: number) => Math.max(-MOST, Math.min(MOST, value));

/** An input that is an attribute of the record. */
function fromInput(entry: Entry, name: string, spec: AttributeSpec): AttributeValue {
  const known = valuesOf(entry);
  if (!known) {
    return unsupported(
      `${name} is computed from values (${entry.name})`,
      'Sizes, axes and bounds have to follow from shapes and constants, so that they are known before the graph runs.',
    );
  }
  const values = known.values.map((value) =>
    typeof value === 'number' && spec.type !== 'float' ? within(value) : value,
  );
  if (spec.type === 'shape') return values;
  if (!isNumbers(values)) {
    return unsupported(
      `${name} depends on the size of a dimension that has a name`,
      'The operator needs it as a number.',
    );
  }
  if (spec.type === 'ints' || spec.type === 'floats') return values;
  const [first = 0] = values;
  return spec.type === 'boolean' ? first !== 0 : first;
}

/** The attributes of the record that the node gives, by attribute or by input. */
export function givenAttributes(call: Call, record: OpRecord): Given {
  const { attributes, inputs, op } = call;
  const result: Given = {};
  for (const [name, value] of Object.entries(onnxDefaults(record.name))) result[name] = value;
  for (const name of attributes.names) {
    const spec = record.attributes[name];
    const harmless = WITHOUT_EFFECT[op]?.[name];
    if (harmless === 'any' || (harmless && isOneOf(attributes, name, harmless))) continue;
    if (!spec) unsupported(`its attribute ${name} has no counterpart`);
    const value = spec && readAttribute(attributes, name, spec);
    if (value === null || value === undefined) continue;
    const problem = spec && attributeProblem(value, spec);
    if (problem) unsupported(`${name} ${problem}`, `It is ${JSON.stringify(value)}.`);
    result[name] = value;
  }
  for (const [at, name] of Object.entries(INPUT_ATTRIBUTES[op] ?? {})) {
    const entry = inputs[Number(at)];
    const spec = record.attributes[name];
    if (entry && spec) result[name] = fromInput(entry, name, spec);
  }
  return result;
}

function isOneOf(attributes: OnnxAttributes, name: string, values: readonly (number | string)[]): boolean {
  try {
    return values.includes(attributes.int(name) ?? '');
  } catch {
    return values.includes(attributes.string(name) ?? '');
  }
}

/** Inputs that are no attributes of the record. */
export function valueInputs({ inputs, op, wire }: Call): (Wire | null)[] {
  const taken = INPUT_ATTRIBUTES[op] ?? {};
  const kept = inputs.flatMap((entry, at) => (at in taken ? [] : [entry && wire(entry)]));
  while (kept.at(-1) === null) kept.pop();
  return kept;
}

const RANK: readonly DType[] = ['bool', 'int32', 'float32'];

/**
 * Casts inputs that the record takes only in a wider dtype. Returns the dtype that outputs are cast back to: where all
 * inputs of one port went along, the operator moves elements around, or computes what is exact in the wider one.
 */
function widened(call: Call, record: OpRecord, inputs: readonly (Wire | null)[]) {
  const ports = record.inputs;
  let back: DType | null = null;
  const wires = inputs.map((wire, at) => {
    const port = ports[Math.min(at, ports.length - 1)];
    if (!wire || !port?.dtypes || port.dtypes.includes(wire.type.dtype)) return wire;
    const from = RANK.indexOf(wire.type.dtype);
    const to = RANK.slice(from + 1).find((dtype) => port.dtypes?.includes(dtype));
    if (!to) return wire;
    back ??= wire.type.dtype;
    return cast(call, wire, to);
  });
  return { wires, back: back as DType | null };
}

/** The wire in another dtype. */
export function cast({ draft, name }: Call, wire: Wire, to: DType): Wire {
  if (wire.type.dtype === to) return wire;
  return draft.add('Cast', `${name}/cast`, { to }, [wire])[0] as Wire;
}

/** Operands of one dtype: that of the first where ONNX lets them differ, as in Pow. */
function alike(call: Call, record: OpRecord, wires: (Wire | null)[]): (Wire | null)[] {
  if (record.name !== 'Pow') return wires;
  const [a, b] = wires;
  return a && b ? [a, cast(call, b, a.type.dtype)] : wires;
}

/** Fails where operands are missing, or more than the record has ports for. */
function checkCount({ inputs: ports }: OpRecord, wires: readonly (Wire | null)[]): void {
  const missing = ports.findIndex(({ optional, variadic }, at) => !optional && !variadic && !wires[at]);
  if (missing >= 0) throw new OnnxProblem('onnx/malformed', `its input ${missing + 1} is missing`);
  if (wires.length > ports.length && !ports.at(-1)?.variadic)
    unsupported(`its input ${ports.length + 1} has no counterpart`);
}

/** The rule for operators that the language shares with ONNX. */
export function translate(
  call: Call,
  record: OpRecord,
  given?: Given,
  inputs?: readonly (Wire | null)[],
): readonly Wire[] {
  const attributes = given ?? givenAttributes(call, record);
  checkCount(record, [...(inputs ?? valueInputs(call))]);
  const { wires, back } = widened(call, record, alike(call, record, [...(inputs ?? valueInputs(call))]));
  const outputs = call.draft.add(record.name, call.name, attributes, wires);
  const [first] = outputs;
  if (!back || !first || first.type.dtype === back || first.type.dtype === 'bool') return outputs;
  return outputs.map((wire) => cast(call, wire, back));
}
