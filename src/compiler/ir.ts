/**
 * The typed IR: a function is inputs, equations in order of dependence, and outputs, in single-assignment form.
 * Values and equations are immutable; phases build new functions. Every equation knows the node it came from.
 */
import type { AttributeValue, NodeId } from './document.ts';
import type { Initializer } from './plan.ts';
import { printType, type TensorData, type TensorType } from './types.ts';

export interface Value {
  /** Unique within a function; printing renumbers. */
  readonly id: number;
  readonly type: TensorType;
}

/** A value whose gradient is known: a cost with seed 1, or any wire with a given cotangent. */
export interface Target {
  readonly value: Value;
  readonly cotangent: Value;
}

export type IrAttribute = AttributeValue | TensorData;
export type IrAttributes = Readonly<Record<string, IrAttribute>>;

/** forward: what was drawn; backward: derived by differentiation; update: new values of parameters and optimizer state. */
export type Role = 'forward' | 'backward' | 'update';

export interface Equation {
  readonly op: string;
  readonly inputs: readonly (Value | null)[];
  /** Complete: defaults are filled in. */
  readonly attributes: IrAttributes;
  readonly outputs: readonly Value[];
  readonly origin: NodeId | null;
  readonly role: Role;
}

/** Where the value of a function's input comes from when it runs. */
export type InputSource =
  | { readonly kind: 'parameter'; readonly slot: string; readonly node: NodeId }
  | { readonly kind: 'slot'; readonly slot: string; readonly node: NodeId; readonly initializer: Initializer }
  | { readonly kind: 'data'; readonly node: NodeId; readonly dataset: string; readonly column: string }
  | { readonly kind: 'feed'; readonly node: NodeId; readonly name: string }
  | { readonly kind: 'hyperparameter'; readonly name: string; readonly node: NodeId; readonly initial: number };

export interface FunctionInput {
  readonly value: Value;
  readonly source: InputSource;
}

export type OutputTarget =
  | { readonly kind: 'loss'; readonly node: NodeId }
  | { readonly kind: 'metric'; readonly name: string; readonly node: NodeId }
  | { readonly kind: 'output'; readonly name: string; readonly node: NodeId }
  | { readonly kind: 'state'; readonly slot: string; readonly node: NodeId }
  | { readonly kind: 'probe'; readonly name: string };

export interface FunctionOutput {
  readonly value: Value;
  readonly target: OutputTarget;
}

export interface FunctionIR {
  readonly name: string;
  readonly inputs: readonly FunctionInput[];
  readonly equations: readonly Equation[];
  readonly outputs: readonly FunctionOutput[];
}

export function isTensorData(value: IrAttribute | undefined): value is TensorData {
  return typeof value === 'object' && value !== null && 'data' in value;
}

function printNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

function printAttribute(value: IrAttribute): string {
  if (isTensorData(value)) {
    const shown = Array.from(value.data.subarray(0, 8) as ArrayLike<number | bigint>, (item) =>
      printNumber(Number(item)),
    );
    const more = value.data.length > 8 ? ', …' : '';
    return value.shape.length === 0 ? (shown[0] ?? '') : `[${shown.join(', ')}${more}]`;
  }
  if (typeof value === 'object') {
    return `[${value.map((item) => (typeof item === 'number' ? printNumber(item) : item)).join(', ')}]`;
  }
  return typeof value === 'number' ? printNumber(value) : String(value);
}

function printSource(source: InputSource): string {
  switch (source.kind) {
    case 'parameter':
      return `parameter ${source.slot}`;
    case 'slot':
      return `state ${source.slot}`;
    case 'data':
      return `data ${source.dataset}.${source.column}`;
    case 'feed':
      return `input ${source.name}`;
    case 'hyperparameter':
      return `hyperparameter ${source.name}`;
  }
}

function printTarget(target: OutputTarget): string {
  switch (target.kind) {
    case 'loss':
      return 'loss';
    case 'state':
      return `state ${target.slot}`;
    default:
      return `${target.kind} ${target.name}`;
  }
}

export interface PrintOptions {
  /** Names for origins; without it the node id is printed. */
  readonly nameOf?: (node: NodeId) => string;
}

/**
 * The text form that golden tests hold. One line an equation:
 * `%3: f32[batch,32] = Gemm(%0, %1, %2) {transB=0} ; hidden forward`
 */
export function printFunction(fn: FunctionIR, { nameOf = (node) => node }: PrintOptions = {}): string {
  const numbers = new Map<Value, number>();
  const define = (value: Value): string => {
    numbers.set(value, numbers.size);
    return `%${numbers.get(value)}: ${printType(value.type)}`;
  };
  const use = (value: Value | null): string =>
    value === null ? '_' : `%${numbers.get(value) ?? `undefined#${value.id}`}`;
  const lines = [`function ${fn.name}`];
  for (const { value, source } of fn.inputs) lines.push(`  ${define(value)} = ${printSource(source)}`);
  for (const eq of fn.equations) {
    const inputs = eq.inputs.map(use).join(', ');
    const attributes = Object.keys(eq.attributes)
      .sort()
      .map((key) => `${key}=${printAttribute(eq.attributes[key] as IrAttribute)}`)
      .join(', ');
    const origin = eq.origin === null ? '' : ` ; ${nameOf(eq.origin)} ${eq.role}`;
    const left = eq.outputs.map(define).join(', ');
    lines.push(`  ${left} = ${eq.op}(${inputs})${attributes ? ` {${attributes}}` : ''}${origin}`);
  }
  for (const { value, target } of fn.outputs) lines.push(`  return ${printTarget(target)} ${use(value)}`);
  return `${lines.join('\n')}\n`;
}
