/** The operands of contract cases, made from their text; see `ContractCase`. */
import { bindShape, type DimBindings } from '../src/compiler/dims.ts';
import { type DType, type TensorData, type TensorType, tensor, tensorData } from '../src/compiler/types.ts';

const DTYPES: Readonly<Record<string, DType>> = { f32: 'float32', i32: 'int32', bool: 'bool' };

function coprime(a: number, b: number): boolean {
  return b === 0 ? a === 1 : coprime(b, a % b);
}

/** 0 … n-1 in another order. */
function shuffled(n: number): number[] {
  let stride = Math.max(1, Math.round(0.618 * n));
  while (!coprime(stride, n)) stride++;
  return Array.from({ length: n }, (_, i) => (i * stride + 1) % n);
}

/** Keeps x away from multiples of ½, where steps and corners are. */
function clear(x: number): number {
  const whole = Math.floor(2 * x);
  return (whole + 0.06 + 0.88 * (2 * x - whole)) / 2;
}

function parseOperand(text: string, at: number, dims: DimBindings): { type: TensorType; data: TensorData } {
  const [, name = '', sizes = '', range] = /^(\w+)\[(.*)\](?:\((.*)\))?$/.exec(text) ?? [];
  const dtype = DTYPES[name];
  if (!dtype) throw new Error(`${text} is not an operand`);
  const [low = -1.9, high = 1.9] = range?.split(',').map(Number) ?? [];
  const named = sizes === '' ? [] : sizes.split(',').map((dim) => (/^\d+$/.test(dim) ? Number(dim) : dim));
  const shape = bindShape(named, dims) as readonly number[];
  const n = shape.reduce((size, dim) => size * dim, 1);
  // Operands of one shape are shifted against each other, so that none of their elements are equal.
  const shift = [0.5, 0.21, 0.83][at % 3] ?? 0.5;
  const steps = shuffled(n);
  const whole = dtype === 'int32' ? shuffled(high - low + 1) : [];
  const values = Array.from({ length: n }, (_, i) => {
    if (dtype === 'bool') return (i + at) % 3 === 0 ? 0 : 1;
    if (dtype === 'int32') return low + (whole[i % whole.length] ?? 0);
    return clear(low + ((high - low) * ((steps[i] ?? 0) + shift)) / n);
  });
  const bound = dtype === 'int32' ? high + 1 : undefined;
  return { type: tensor(dtype, named, bound), data: tensorData(dtype, shape, values) };
}

/** The operands of a case with `batch` bound; none for an empty text. */
export function contractOperands(text: string, dims: DimBindings) {
  if (text === '') return [];
  return text.split(' ').map((each, at) => (each === '_' ? null : parseOperand(each, at, dims)));
}
