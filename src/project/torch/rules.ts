/** How equations are written as expressions of PyTorch. */
import type { Dim, Shape } from '../../compiler/dims.ts';
import { normalizeAxis, type TensorType } from '../../compiler/types.ts';

/** Functions that the module brings with it, where an expression needs them. */
export type Helper = 'gradient' | 'jacobian' | 'filtered' | 'uniform' | 'normal' | 'dropout';

export interface Expression {
  /** The name of operand `at`, a tensor; `None` where it is left out. */
  readonly x: (at: number) => string;
  /** The same, or a literal where it is a single constant number and Python's arithmetic does with it. */
  readonly n: (at: number) => string;
  /** Number of operands. */
  readonly count: number;
  readonly isGiven: (at: number) => boolean;
  readonly type: (at: number) => TensorType;
  readonly outputs: readonly TensorType[];
  /** It has any number of outputs, which its expression gives as a list. */
  readonly isVariadic: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: each rule knows the attributes of its operator
  readonly a: any;
  readonly use: (helper: Helper) => void;
}

/** One expression; of several outputs a tuple of them. Null where these attributes need the operator's lowering. */
export type Rule = (e: Expression) => string | null;

export type Rules = Readonly<Record<string, Rule>>;

/** A number as Python reads it. */
export function number(value: number): string {
  if (Number.isNaN(value)) return "float('nan')";
  if (!Number.isFinite(value)) return value > 0 ? "float('inf')" : "float('-inf')";
  return String(value);
}

/** A number that is a float in Python, too. */
export function float(value: number): string {
  const text = number(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

export const bool = (value: unknown): string => (value ? 'True' : 'False');

/** Sizes are numbers, or arithmetic of names such as `batch`, which Python reads as it is. */
export const dim = (value: Dim): string => String(value);

/** `(2, 3)`; one number is no tuple without its comma. */
export const tuple = (values: readonly (string | number)[]): string =>
  values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`;

export const shapeTuple = (shape: Shape): string => tuple(shape.map(dim));

/** Axes counted from the front; none means all. */
export function axesOf(axes: readonly number[], rank: number): readonly number[] {
  return axes.length > 0 ? axes.map((axis) => normalizeAxis(axis, rank)) : Array.from({ length: rank }, (_, at) => at);
}

/** A call of a function of torch on all operands. */
export const call =
  (name: string): Rule =>
  ({ x, count }) =>
    `${name}(${Array.from({ length: count }, (_, at) => x(at)).join(', ')})`;
