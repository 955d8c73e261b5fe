/** What the records of many families share: operands, dtype and axis checks, broadcasting, example tensors. */
import type { Shape } from '../compiler/dims.ts';
import type { Value } from '../compiler/ir.ts';
import {
  type Badge,
  type ContractCase,
  type InferContext,
  type LocalFix,
  type PortSpec,
  portName,
} from '../compiler/op.ts';
import {
  broadcastDims,
  broadcastShapes,
  type DType,
  normalizeAxis,
  printShape,
  printType,
  type TensorData,
  type TensorType,
  tensorData,
} from '../compiler/types.ts';

export const FLOAT: readonly DType[] = ['float32'];
export const NUMBER: readonly DType[] = ['float32', 'int32'];
export const BOOL: readonly DType[] = ['bool'];

/** Operands that broadcast in both directions. */
export const BROADCAST: readonly ContractCase[] = [['f32[batch,3,5] f32[3,1]'], ['f32[3] f32[batch,3]']];

/** LaTeX with its backslashes as they are. */
export const tex = String.raw;

export const f32 = (values: readonly number[], shape: readonly number[] = [values.length]): TensorData =>
  tensorData('float32', shape, values);
export const i32 = (values: readonly number[], shape: readonly number[] = [values.length]): TensorData =>
  tensorData('int32', shape, values);
export const bools = (values: readonly (0 | 1)[], shape: readonly number[] = [values.length]): TensorData =>
  tensorData('bool', shape, values);

/** An operand that the record requires. */
export function operand(values: readonly (Value | null)[], at: number): Value {
  const value = values[at];
  if (!value) throw new Error(`Operand ${at} is missing`);
  return value;
}

/** What a conversion does to values and gradients. */
export function castBadge(from: DType, to: DType): Badge {
  const effects = [
    to === 'int32' && from === 'float32' ? 'cut towards zero' : '',
    to === 'bool' ? 'all but zero is true' : '',
    from === 'bool' ? 'true is 1' : '',
    from === 'float32' ? 'no gradient' : '',
  ].filter(Boolean);
  return { kind: 'cast', text: `${from} → ${to}${effects.length > 0 ? `: ${effects.join(', ')}` : ''}` };
}

function castFix(port: string, from: DType, to: DType): LocalFix {
  return {
    label: `Cast to ${to}`,
    safety: to === 'float32' || from === 'bool' ? 'safe' : 'maybe',
    edit: { kind: 'insert-on-wire', port, op: 'Cast', attributes: { to } },
  };
}

/**
 * The types of the wired inputs, once each has a dtype its port takes. Optional inputs without a wire are left out, so
 * callers with optional ports use `ctx.inputs` for the rest.
 */
export function checkDtypes(ctx: InferContext<unknown>, ports: readonly PortSpec[]): readonly TensorType[] {
  const types: TensorType[] = [];
  const count = Math.max(ctx.inputs.length, ports.filter((port) => !port.optional).length);
  for (let at = 0; at < count; at++) {
    const spec = ports[Math.min(at, ports.length - 1)];
    const type = ctx.inputs[at];
    const port = portName(ports, at);
    if (!type) {
      if (!spec?.optional) ctx.fail('graph/missing-input', { title: `nothing is wired to ${port}`, port });
      continue;
    }
    types.push(type);
    if (!spec?.dtypes || spec.dtypes.includes(type.dtype)) continue;
    ctx.fail('type/dtype', {
      title: `${ctx.nameOf(at)} is ${type.dtype}, but ${port} takes ${spec.dtypes.join(' or ')}`,
      cause: 'Nothing is converted silently: a Cast does it where it is wanted.',
      port,
      fixes: spec.dtypes.slice(0, 1).map((to) => castFix(port, type.dtype, to)),
    });
  }
  return types;
}

/** Fails unless inputs `from`, `from + 1`, … have one dtype; offers to cast what is not float32 where one is. */
export function checkSameDtype(ctx: InferContext<unknown>, ports: readonly PortSpec[], from = 0): DType {
  const types = ctx.inputs.slice(from).filter((type) => type !== undefined);
  const first = types[0]?.dtype ?? 'float32';
  const other = types.findIndex((type) => type.dtype !== first);
  if (other < 0) return first;
  const target = types.some((type) => type.dtype === 'float32') ? 'float32' : 'int32';
  const second = types[other]?.dtype;
  return ctx.fail('type/dtype', {
    title: `${ctx.nameOf(from)} is ${first}, but ${ctx.nameOf(from + other)} is ${second}`,
    cause: 'All inputs have one dtype; nothing is converted silently.',
    fixes: types.flatMap((type, at) =>
      type.dtype === target ? [] : [castFix(portName(ports, from + at), type.dtype, target)],
    ),
  });
}

/** One operator on the wire that would make `shape` broadcast with `other`. */
function broadcastFixes(port: string, name: string, shape: Shape, other: Shape): LocalFix[] {
  const fixes: LocalFix[] = [];
  const missing = other.length - shape.length;
  // The new axes go together, first where the operand is a column.
  for (let at = shape.length; missing > 0 && shape.length > 0 && at > 0; at--) {
    const padded = [...shape.slice(0, at), ...new Array<number>(missing).fill(1), ...shape.slice(at)];
    const known = fixes.some(({ edit }) => edit.kind === 'insert-on-wire' && shape.at(at) === 1);
    if (known || !broadcastShapes(padded, other)) continue;
    const axes = Array.from({ length: missing }, (_, i) => at + i);
    fixes.push({
      label: `Unsqueeze ${name} to ${printShape(padded)}`,
      safety: 'maybe',
      edit: { kind: 'insert-on-wire', port, op: 'Unsqueeze', attributes: { axes } },
    });
  }
  const flipped = [...shape].reverse();
  if (shape.length === 2 && other.length === 2 && broadcastShapes(flipped, other)) {
    fixes.push({
      label: `Transpose ${name} to ${printShape(flipped)}`,
      safety: 'maybe',
      edit: { kind: 'insert-on-wire', port, op: 'Transpose', attributes: { perm: [1, 0] } },
    });
  }
  return fixes;
}

/** The shape all inputs broadcast to by NumPy's rule. */
export function broadcastInputs(ctx: InferContext<unknown>, ports: readonly PortSpec[]): Shape {
  const shapes = ctx.inputs.map((type) => type?.shape ?? []);
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: Shape[number][] = new Array(rank).fill(1);
  const source: number[] = new Array(rank).fill(0);
  shapes.forEach((shape, right) => {
    shape.forEach((dim, axis) => {
      const at = axis + rank - shape.length;
      const joined = broadcastDims(result[at] ?? 1, dim);
      if (joined === null) {
        const left = source[at] ?? 0;
        const leftShape = shapes[left] ?? [];
        ctx.fail('shape/broadcast', {
          title: `${ctx.nameOf(left)} ${printShape(leftShape)} and ${ctx.nameOf(right)} ${printShape(shape)} do not broadcast`,
          cause: `Shapes are aligned at the last axis; there, sizes have to be equal or one of them 1. Here ${result[at]} meets ${dim}.`,
          conflict: [
            [left, at - rank + leftShape.length],
            [right, axis],
          ],
          fixes: [
            ...broadcastFixes(portName(ports, right), ctx.nameOf(right), shape, leftShape),
            ...broadcastFixes(portName(ports, left), ctx.nameOf(left), leftShape, shape),
          ],
        });
      }
      if (dim !== 1) {
        result[at] = joined ?? dim;
        source[at] = right;
      }
    });
  });
  ctx.broadcasts(shapes, result);
  return result;
}

/** The last axis instead of one that does not exist. */
function axisFixes(ctx: InferContext<unknown>, attribute: string, axis: number, shape: Shape): LocalFix[] {
  const given = (ctx.attributes as Readonly<Record<string, unknown>>)[attribute];
  const value = Array.isArray(given) ? given.map((each: number) => (each === axis ? -1 : each)) : -1;
  const same = (at: number) => normalizeAxis(at, shape.length) === shape.length - 1;
  if (shape.length === 0 || (Array.isArray(value) && value.filter(same).length !== 1)) return [];
  return [{ label: 'Take the last axis', safety: 'maybe', edit: { kind: 'set-attribute', attribute, value } }];
}

/** The axis counted from the front; fails where it lies outside the shape. */
export function checkAxis(ctx: InferContext<unknown>, attribute: string, axis: number, shape: Shape): number {
  const at = normalizeAxis(axis, shape.length);
  if (Number.isInteger(at) && at >= 0 && at < shape.length) return at;
  return ctx.fail('shape/axis', {
    title: `axis ${axis} lies outside ${printShape(shape)}`,
    cause:
      shape.length === 0
        ? 'A scalar has no axes.'
        : `${ctx.nameOf(0)} has ${shape.length} axes: ${-shape.length} … ${shape.length - 1}.`,
    attribute,
    fixes: axisFixes(ctx, attribute, axis, shape),
  });
}

/** Fails unless the first input, a cost, is a single number; `cause` says what needs one. */
export function checkCost({ inputs: [cost], nameOf, fail }: InferContext<unknown>, cause: string): void {
  if (!cost || cost.shape.length === 0) return;
  const reduce = (label: string, op: string): LocalFix => ({
    label,
    safety: 'maybe',
    edit: { kind: 'insert-on-wire', port: 'cost', op },
  });
  fail('gradient/not-scalar', {
    title: `${nameOf(0)} is ${printType(cost)}, not a single number`,
    cause: `${cause} Reduce the cost to its mean or its sum first.`,
    port: 'cost',
    fixes: [reduce('Take the mean', 'ReduceMean'), reduce('Take the sum', 'ReduceSum')],
  });
}
