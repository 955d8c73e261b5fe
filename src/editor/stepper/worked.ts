/** One element of a result with the numbers it was made of, for operators whose arithmetic fits on a line. */
import type { WalkTensor } from '../../compiler/questions/walk.ts';
import { formatFigure } from '../widgets/format.ts';

export interface Operand extends Pick<WalkTensor, 'label' | 'shape'> {
  readonly numbers: ArrayLike<number>;
}

const INFIX: Readonly<Record<string, string>> = { Add: '+', Sub: '−', Mul: '×', Div: '÷', Pow: '^' };
const FOLDED: Readonly<Record<string, string>> = { Sum: '+', Max: 'max', Min: 'min', Mean: 'mean' };
/** Products or addends that are written out. */
const TERMS = 3;

function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

/** The element of an operand that NumPy's stretching puts at a place of the result. */
function stretched({ shape }: Operand, place: readonly number[]): number {
  return shape.reduce((index, size, axis) => {
    const at = place[place.length - shape.length + axis] ?? 0;
    return index * size + (size === 1 ? 0 : at);
  }, 0);
}

const figure = (value: number | undefined) => formatFigure(value, 4);
const signed = (value: number | undefined) => ((value ?? 0) < 0 ? `(${figure(value)})` : figure(value));

function sum(terms: readonly string[], count: number): string {
  const shown = terms.slice(0, TERMS).join(' + ');
  return count > TERMS ? `${shown} + … (${count} terms)` : shown;
}

function product(
  operands: readonly Operand[],
  place: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
) {
  const [a, b, c] = operands;
  if (!a || !b || a.shape.length !== 2 || b.shape.length !== 2 || place.length !== 2) return null;
  const [row = 0, column = 0] = place;
  const [transA, transB] = [Boolean(attributes.transA), Boolean(attributes.transB)];
  const inner = a.shape[transA ? 0 : 1] ?? 0;
  const [aWidth, bWidth] = [a.shape[1] ?? 1, b.shape[1] ?? 1];
  const terms = Array.from({ length: Math.min(inner, TERMS) }, (_, k) => {
    const x = a.numbers[transA ? k * aWidth + row : row * aWidth + k];
    const y = b.numbers[transB ? column * bWidth + k : k * bWidth + column];
    return `${signed(x)} × ${signed(y)}`;
  });
  const bias = c ? ` + ${signed(c.numbers[stretched(c, place)])}` : '';
  return `${sum(terms, inner)}${bias}`;
}

/** `3.000 × 2.000`; null for operators that would need more than a line. */
export function workedExample(
  op: string,
  attributes: Readonly<Record<string, unknown>>,
  operands: readonly Operand[],
  shape: readonly number[],
  element: number,
): string | null {
  const place = placeOf(element, shape);
  const at = (operand: Operand) => operand.numbers[stretched(operand, place)];
  const [only] = operands;
  if (INFIX[op] && operands.length === 2) return operands.map((each) => signed(at(each))).join(` ${INFIX[op]} `);
  if (FOLDED[op]) {
    const parts = operands.map((each) => signed(at(each)));
    return FOLDED[op] === '+' ? sum(parts, parts.length) : `${FOLDED[op]}(${parts.join(', ')})`;
  }
  if (op === 'MatMul' || op === 'Gemm') return product(operands, place, attributes);
  if (!only || operands.length !== 1) return null;
  if ((op === 'ReduceSum' || op === 'ReduceMean') && shape.every((size) => size === 1)) {
    const count = only.shape.reduce((all, size) => all * size, 1);
    const terms = sum(
      Array.from({ length: Math.min(count, TERMS) }, (_, k) => signed(only.numbers[k])),
      count,
    );
    return op === 'ReduceSum' ? terms : `(${terms}) ÷ ${count}`;
  }
  return only.shape.join() === shape.join() ? `${op}(${figure(only.numbers[element])})` : null;
}
