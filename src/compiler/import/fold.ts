/** Computes nodes whose operands are known: what exporters write around Reshape, Slice and Expand. */
import { addDims, type Dim, multiplyDims, sizeOf } from '../dims.ts';
import { type DType, normalizeAxis, type TensorType } from '../types.ts';
import type { OnnxAttributes } from './attributes.ts';
import {
  COMPARISON,
  countOf,
  elementwise,
  INTEGER,
  isNumbers,
  type Known,
  LARGEST_KNOWN,
  picked,
  REAL,
  stridesOf,
  UNARY,
} from './known.ts';
import { dtypeOf, readTensor } from './tensors.ts';

export interface FoldNode {
  readonly op: string;
  readonly attributes: OnnxAttributes;
  readonly opset: number;
  /** null for an omitted input. */
  readonly types: readonly (TensorType | null)[];
  /** null for what is not known, or omitted. */
  readonly inputs: readonly (Known | null)[];
  readonly outputs: number;
}

type Rule = (node: FoldNode, x: Known) => Known | readonly Known[] | null;

const vector = (values: readonly Dim[]): Known => ({ dtype: 'int32', shape: [values.length], values });

/** A list that later opsets take as an input; null where it is not known, undefined where it is left out. */
function listOf(node: FoldNode, input: number, attribute: string): readonly number[] | null | undefined {
  const given = node.attributes.ints(attribute);
  if (given) return given;
  if (!node.types[input]) return undefined;
  const values = node.inputs[input]?.values;
  return values && isNumbers(values) ? values : null;
}

function reshaped(x: Known, shape: readonly number[]): Known | null {
  return countOf(shape) === countOf(x.shape) ? { ...x, shape } : null;
}

function gather({ attributes, inputs }: FoldNode, x: Known): Known | null {
  const indices = inputs[1];
  if (!indices || !isNumbers(indices.values)) return null;
  const axis = normalizeAxis(attributes.int('axis') ?? 0, x.shape.length);
  const size = x.shape[axis] ?? 0;
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const [strides, inner] = [stridesOf(x.shape), stridesOf(indices.shape)];
  const { values } = indices;
  return picked(x, shape, (index) => {
    const at = inner.reduce((sum, stride, which) => sum + stride * (index[axis + which] as number), 0);
    const row = values[at] as number;
    const where = [...index.slice(0, axis), row < 0 ? row + size : row, ...index.slice(axis + indices.shape.length)];
    return where.some((each, which) => each < 0 || each >= (x.shape[which] as number))
      ? -1
      : where.reduce((sum, each, which) => sum + each * (strides[which] as number), 0);
  });
}

function concat({ attributes, inputs }: FoldNode, x: Known): Known | null {
  const parts = inputs as readonly Known[];
  if (parts.some((part) => !part || part.shape.length !== x.shape.length)) return null;
  const axis = normalizeAxis(attributes.int('axis') ?? 0, x.shape.length);
  const total = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  const shape = x.shape.map((size, at) => (at === axis ? total : size));
  if (countOf(shape) > LARGEST_KNOWN) return null;
  const blocks = countOf(x.shape.slice(0, axis));
  const values: Dim[] = [];
  for (let block = 0; block < blocks; block++) {
    for (const part of parts) {
      const size = countOf(part.shape.slice(axis));
      values.push(...part.values.slice(block * size, (block + 1) * size));
    }
  }
  return values.length === countOf(shape) ? { dtype: x.dtype, shape, values } : null;
}

function slice(node: FoldNode, x: Known): Known | null {
  const [starts, ends, axes, steps] = ['starts', 'ends', 'axes', 'steps'].map((name, at) => listOf(node, at + 1, name));
  if (!starts || !ends || axes === null || steps === null) return null;
  const from = x.shape.map((size) => ({ first: 0, step: 1, count: size }));
  for (const [at, start] of starts.entries()) {
    const axis = normalizeAxis(axes?.[at] ?? at, x.shape.length);
    const [size, step] = [x.shape[axis] ?? 0, steps?.[at] ?? 1];
    if (step === 0) return null;
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const clamp = (position: number) => Math.min(high, Math.max(low, position < 0 ? position + size : position));
    const [first, stop] = [clamp(start), clamp(ends[at] ?? size)];
    from[axis] = { first, step, count: Math.max(0, Math.ceil((stop - first) / step)) };
  }
  const strides = stridesOf(x.shape);
  return picked(
    x,
    from.map(({ count }) => count),
    (index) =>
      index.reduce((sum, each, axis) => {
        const { first, step } = from[axis] as (typeof from)[number];
        return sum + (first + each * step) * (strides[axis] as number);
      }, 0),
  );
}

function reshape({ inputs, attributes }: FoldNode, x: Known): Known | null {
  const wanted = attributes.ints('shape') ?? inputs[1]?.values;
  if (!wanted || !isNumbers(wanted)) return null;
  const copied = wanted.map((size, axis) => (size === 0 && !attributes.int('allowzero') ? (x.shape[axis] ?? 0) : size));
  const rest = countOf(copied.filter((size) => size !== -1));
  return reshaped(
    x,
    copied.map((size) => (size === -1 ? x.values.length / rest : size)),
  );
}

function squeeze(node: FoldNode, x: Known): Known | null {
  const axes = listOf(node, 1, 'axes');
  if (axes === null) return null;
  const dropped = axes?.map((axis) => normalizeAxis(axis, x.shape.length));
  return reshaped(
    x,
    x.shape.filter((size, axis) => !(dropped ? dropped.includes(axis) : size === 1)),
  );
}

function unsqueeze(node: FoldNode, x: Known): Known | null {
  const axes = listOf(node, 1, 'axes');
  if (!axes) return null;
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const sizes = [...x.shape];
  return reshaped(
    x,
    Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (sizes.shift() ?? 1))),
  );
}

function transpose({ attributes }: FoldNode, x: Known): Known | null {
  const perm = attributes.ints('perm') ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  const strides = stridesOf(x.shape);
  return picked(
    x,
    perm.map((axis) => x.shape[axis] ?? 0),
    (index) => index.reduce((sum, each, at) => sum + each * (strides[perm[at] as number] ?? 0), 0),
  );
}

function expand({ inputs }: FoldNode, x: Known): Known | null {
  const shape = inputs[1]?.values;
  if (!shape || !isNumbers(shape) || countOf(shape) > LARGEST_KNOWN) return null;
  const ones: Known = { dtype: x.dtype, shape, values: new Array<number>(countOf(shape)).fill(1) };
  return elementwise(x.dtype, [x, ones], (value) => value ?? null);
}

function tile({ inputs }: FoldNode, x: Known): Known | null {
  const repeats = inputs[1]?.values;
  if (!repeats || !isNumbers(repeats)) return null;
  const strides = stridesOf(x.shape);
  return picked(
    x,
    x.shape.map((size, axis) => size * (repeats[axis] ?? 1)),
    (index) => index.reduce((sum, each, axis) => sum + (each % (x.shape[axis] ?? 1)) * (strides[axis] as number), 0),
  );
}

function reduce(apply: (a: Dim, b: Dim) => Dim | null, start: Dim | null): Rule {
  return (node, x) => {
    const axes = listOf(node, 1, 'axes');
    if (axes === null || (axes?.length === 0 && node.attributes.int('noop_with_empty_axes'))) return null;
    const all = !axes || axes.length === 0;
    const dropped = new Set(axes?.map((axis) => normalizeAxis(axis, x.shape.length)));
    // Shapes are vectors; there is no need for more.
    if (x.shape.length > 1 && !(all || dropped.size === x.shape.length)) return null;
    let total: Dim | null = start;
    for (const value of x.values) {
      total = total === null ? value : apply(total, value);
      if (total === null) return null;
    }
    const keeps = (node.attributes.int('keepdims') ?? 1) !== 0;
    return total === null ? null : { dtype: x.dtype, shape: keeps ? x.shape.map(() => 1) : [], values: [total] };
  };
}

function cast({ attributes }: FoldNode, x: Known): Known | null {
  const dtype: DType = dtypeOf(attributes.int('to') ?? 1);
  if (dtype === x.dtype || !isNumbers(x.values)) return dtype === 'float32' || x.dtype !== dtype ? null : x;
  const change = (value: number) =>
    dtype === 'bool' ? Number(value !== 0) : dtype === 'int32' ? Math.trunc(value) : Math.fround(value);
  return { ...x, dtype, values: x.values.map(change) };
}

function split(node: FoldNode, x: Known): readonly Known[] | null {
  if (x.shape.length !== 1) return null;
  const given = listOf(node, 1, 'split');
  if (given === null) return null;
  const each = Math.ceil(x.values.length / node.outputs);
  const sizes = given ?? Array.from({ length: node.outputs }, () => each);
  let from = 0;
  return sizes.map((size) => {
    const values = x.values.slice(from, from + size);
    from += size;
    return { ...x, shape: [values.length], values };
  });
}

function range({ inputs }: FoldNode, x: Known): Known | null {
  const [start, limit, delta] = inputs.map((input) => input?.values[0]);
  if (typeof start !== 'number' || typeof limit !== 'number' || typeof delta !== 'number' || delta === 0) return null;
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  if (length > LARGEST_KNOWN) return null;
  return { dtype: x.dtype, shape: [length], values: Array.from({ length }, (_, at) => start + at * delta) };
}

/** A tensor of one value, by its sizes. */
function filled({ attributes, inputs }: FoldNode): Known | null {
  const shape = inputs[0]?.values;
  const tensor = attributes.tensor('value');
  if (!shape || !isNumbers(shape) || countOf(shape) > LARGEST_KNOWN) return null;
  const value = tensor && readTensor(tensor);
  const dtype = value ? dtypeOf(value.elem) : 'float32';
  return { dtype, shape, values: new Array<number>(countOf(shape)).fill(value?.values[0] ?? 0) };
}

/** The larger of two, or the smaller where the sign is negative. */
const largerOf = (sign: number) => (a: Dim, b: Dim) =>
  typeof a === 'number' && typeof b === 'number' ? (sign * a > sign * b ? a : b) : null;

const RULES: Readonly<Record<string, Rule>> = {
  Gather: gather,
  Concat: concat,
  Slice: slice,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Cast: cast,
  Split: split,
  Range: range,
  ConstantOfShape: filled,
  ReduceProd: reduce(multiplyDims, 1),
  ReduceSum: reduce(addDims, 0),
  ReduceMax: reduce(largerOf(1), null),
  ReduceMin: reduce(largerOf(-1), null),
};

/** The sizes of an operand, which are known even where its values are not. */
function sizes({ op, types, attributes }: FoldNode): Known | null {
  const [x] = types;
  if (!x) return null;
  if (op === 'Shape') {
    const rank = x.shape.length;
    const [start, end] = [attributes.int('start') ?? 0, attributes.int('end') ?? rank];
    return vector(x.shape.slice(start, end));
  }
  if (op !== 'Size') return null;
  return { dtype: 'int32', shape: [], values: [sizeOf(x.shape)] };
}

/** The outputs of a node, or null where they depend on more than what is known. */
export function fold(node: FoldNode): readonly Known[] | null {
  const { op, types, inputs } = node;
  const shape = sizes(node);
  if (shape) return [shape];
  const [x] = inputs;
  if (!x || inputs.some((known, at) => types[at] !== null && known === null)) return null;
  const rule = RULES[op];
  if (rule) {
    const result = rule(node, x);
    if (result === null) return null;
    return Array.isArray(result) ? result : [result as Known];
  }
  const operands = inputs as readonly Known[];
  const real = x.dtype === 'float32';
  if (op === 'Where') {
    const dtype = operands[1]?.dtype ?? 'int32';
    const result = elementwise(dtype, operands, (condition = 0, a = 0, b = 0) =>
      typeof condition === 'number' ? (condition !== 0 ? a : b) : null,
    );
    return result && [result];
  }
  const unary = UNARY[op];
  if (unary && operands.length === 1) {
    const result = elementwise(x.dtype, operands, (value = 0) =>
      typeof value === 'number' ? (real ? Math.fround(unary(value)) : unary(value)) : null,
    );
    return result && [result];
  }
  if (operands.length !== 2) return null;
  const comparison = COMPARISON[op];
  const binary = comparison ?? (real ? REAL : INTEGER)[op];
  if (!binary) return null;
  const result = elementwise(comparison ? 'bool' : x.dtype, operands, (a = 0, b = 0) => {
    const value = binary(a, b);
    return real && !comparison && typeof value === 'number' ? Math.fround(value) : value;
  });
  return result && [result];
}
