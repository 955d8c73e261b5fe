import { expect, test } from 'vitest';
import { type Operand, workedExample } from './worked.ts';

const operand = (shape: number[], ...numbers: number[]): Operand => ({ label: '', shape, numbers });

test('operands are stretched as in the result', () => {
  const a = operand([2, 1], 1, 2);
  const b = operand([3], 10, 20, 30);
  expect(workedExample('Add', {}, [a, b], [2, 3], 5)).toBe('2.000 + 30.00');
  expect(workedExample('Sub', {}, [a, operand([], -4)], [2, 1], 1)).toBe('2.000 − (−4.000)');
});

test('products go along a row and a column, transposed or not', () => {
  const a = operand([2, 2], 1, 2, 3, 4);
  const b = operand([2, 2], 5, 6, 7, 8);
  expect(workedExample('MatMul', {}, [a, b], [2, 2], 1)).toBe('1.000 × 6.000 + 2.000 × 8.000');
  expect(workedExample('Gemm', { transB: 1 }, [a, b, operand([2], 9, 10)], [2, 2], 2)).toBe(
    '3.000 × 5.000 + 4.000 × 6.000 + 9.000',
  );
  const wide = operand([1, 5], 1, 1, 1, 1, 1);
  expect(workedExample('MatMul', {}, [wide, operand([5, 1], 1, 2, 3, 4, 5)], [1, 1], 0)).toBe(
    '1.000 × 1.000 + 1.000 × 2.000 + 1.000 × 3.000 + … (5 terms)',
  );
});

test('what takes more than a line is left out', () => {
  expect(workedExample('ReduceMean', {}, [operand([2], 1, 3)], [], 0)).toBe('(1.000 + 3.000) ÷ 2');
  expect(workedExample('Tanh', {}, [operand([2], 1, 3)], [2], 1)).toBe('Tanh(3.000)');
  expect(workedExample('Softmax', {}, [operand([2], 1, 3), operand([2], 1, 3)], [2], 1)).toBeNull();
  expect(workedExample('MaxPool', {}, [operand([4], 1, 2, 3, 4)], [2], 1)).toBeNull();
});
