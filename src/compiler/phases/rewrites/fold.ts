import { CONSTANT } from '../../builder.ts';
import { isTensorData, type Value } from '../../ir.ts';
import { type TensorData, tensorData } from '../../types.ts';
import type { RewriteContext, RewriteRule } from '../4-rewrite.ts';

/** The literal behind a value, if it is one. */
export function literal(ctx: RewriteContext, value: Value | null | undefined): TensorData | null {
  const eq = value ? ctx.definition(value) : undefined;
  const data = eq?.op === CONSTANT ? eq.attributes.value : undefined;
  return isTensorData(data) ? data : null;
}

/** Larger results would weigh more in the model than the kernel that computes them. */
const MOST_ELEMENTS = 256;

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

/** Whole numbers wrap at 32 bits; division is left to the kernel, which decides what 1/0 is. */
const WHOLE: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: Math.imul,
};

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Floor: Math.floor,
  Ceil: Math.ceil,
};

/** Position in `data` of the element that broadcasts to position `at` of `shape`, both row-major. */
function broadcastIndex(data: TensorData, shape: readonly number[], at: number): number {
  let index = 0;
  let rest = at;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    const own = data.shape[axis - shape.length + data.shape.length] ?? 1;
    if (own > 1) index += (rest % size) * stride;
    stride *= own;
    rest = Math.floor(rest / size);
  }
  return index;
}

/** The literal shape of an output that is small enough to be stored. */
function storable(shape: readonly (number | string)[] | undefined): readonly number[] | null {
  if (!shape?.every((dim) => typeof dim === 'number')) return null;
  const sizes = shape as readonly number[];
  return sizes.reduce((size, dim) => size * dim, 1) <= MOST_ELEMENTS ? sizes : null;
}

const foldBinary: RewriteRule = {
  name: 'fold constants',
  ops: Object.keys(BINARY),
  apply: (eq, ctx) => {
    const [a, b] = eq.inputs.map((value) => literal(ctx, value));
    const shape = storable(eq.outputs[0]?.type.shape);
    if (!a || !b || !shape || a.dtype !== b.dtype) return null;
    const operation = (a.dtype === 'float32' ? BINARY : a.dtype === 'int32' ? WHOLE : {})[eq.op];
    if (!operation) return null;
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values = Array.from({ length: size }, (_, at) =>
      operation(Number(a.data[broadcastIndex(a, shape, at)]), Number(b.data[broadcastIndex(b, shape, at)])),
    );
    return [ctx.b.constant(tensorData(a.dtype, shape, values))];
  },
};

const foldUnary: RewriteRule = {
  name: 'fold constants',
  ops: Object.keys(UNARY),
  apply: (eq, ctx) => {
    const data = literal(ctx, eq.inputs[0]);
    const operation = UNARY[eq.op];
    if (!operation || data?.dtype !== 'float32' || data.data.length > MOST_ELEMENTS) return null;
    return [ctx.b.constant(tensorData('float32', data.shape, Array.from(data.data as Float32Array, operation)))];
  },
};

/** Operators on small literals become literals, rounded to float32 as kernels do. */
export const foldings: readonly RewriteRule[] = [foldBinary, foldUnary];
