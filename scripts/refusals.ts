/** What operators say of inputs they do not take, for tests. */
import { expect, test } from 'vitest';
import type { DiagnosticCode } from '../src/compiler/diagnostics.ts';
import type { IrAttributes } from '../src/compiler/ir.ts';
import { completeAttributes, type InferFailure, type OpRecord } from '../src/compiler/op.ts';
import { type TensorType, tensor } from '../src/compiler/types.ts';
import { registry } from '../src/nodes/registry.ts';

export interface Refusal {
  readonly code: DiagnosticCode;
  readonly failure: InferFailure;
}

class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.failure.title);
    this.refusal = refusal;
  }
}

export const f = (...shape: (number | string)[]): TensorType => tensor('float32', shape);
export const whole = (...shape: (number | string)[]): TensorType => tensor('int32', shape);
export const truth = (...shape: (number | string)[]): TensorType => tensor('bool', shape);

/** Names of what is wired to the inputs, as messages call them. */
const NAMES = ['left', 'right', 'third'] as const;

type Inputs = readonly (TensorType | undefined)[];

export function inferTypes(
  record: OpRecord,
  inputs: Inputs,
  attributes: IrAttributes = {},
  names: readonly string[] = NAMES,
) {
  return record.infer({
    inputs,
    attributes: completeAttributes(record, attributes),
    badge: () => {},
    broadcasts: () => {},
    nameOf: (input) => names[input] ?? `input ${input}`,
    fail: (code, failure) => {
      throw new Refused({ code, failure });
    },
  });
}

/** Throws where the operator takes the inputs. */
export function refusalOf(
  op: string,
  inputs: Inputs,
  attributes: IrAttributes = {},
  names?: readonly string[],
): Refusal {
  const record = registry.get(op);
  if (!record) throw new Error(`There is no operator ${op}`);
  try {
    inferTypes(record, inputs, attributes, names);
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
  throw new Error(`${op} accepts this`);
}

type RefusalCase = readonly [
  op: string,
  attributes: IrAttributes,
  inputs: readonly TensorType[],
  code: DiagnosticCode,
  title: string,
  more?: { readonly fixes?: readonly string[]; readonly conflict?: InferFailure['conflict'] },
];

/** A test for each case: what is said, and what is offered. */
export function describeRefusals(cases: readonly RefusalCase[]): void {
  test.each(cases.map((each) => ({ each, name: each[4] })))('$name', ({ each }) => {
    const [op, attributes, inputs, code, title, more = {}] = each;
    const { code: found, failure } = refusalOf(op, inputs, attributes);
    expect({ code: found, title: failure.title }).toEqual({ code, title });
    if (more.fixes) expect(failure.fixes?.map((fix) => fix.label)).toEqual(more.fixes);
    if (more.conflict) expect(failure.conflict).toEqual(more.conflict);
  });
}
