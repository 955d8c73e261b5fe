import { expect, test } from 'vitest';
import type { AttributeValue } from '../../compiler/document.ts';
import { attr } from '../../compiler/op.ts';
import { parseAttribute, printAttribute } from './attribute-text.ts';

const accepted: [Parameters<typeof parseAttribute>[0], string, AttributeValue][] = [
  [attr.int(0, ''), ' -3 ', -3],
  [attr.float(0, ''), '1e-3', 0.001],
  [attr.float(0, ''), '−0.5', -0.5],
  [attr.ints([], ''), '[2, 3]', [2, 3]],
  [attr.ints([], ''), '', []],
  [attr.floats([], ''), '0.5 1', [0.5, 1]],
  [attr.shape([], ''), '[batch, 28, 28]', ['batch', 28, 28]],
  [attr.shape([], ''), '8×3', [8, 3]],
  [attr.strings([], ''), 'a, b', ['a', 'b']],
  [attr.text('', ''), ' two\nlines ', ' two\nlines '],
];

test.each(accepted)('%o reads %j', (spec, text, value) => {
  expect(parseAttribute(spec, text)).toEqual({ ok: true, value });
});

test.each([
  [attr.int(0, ''), '1.5', 'whole number'],
  [attr.int(0, ''), '0x10', 'not a whole number'],
  [attr.float(0, ''), 'Infinity', 'not a number'],
  [attr.float(0, '', { min: 0 }), '-1', 'least value is 0'],
  [attr.float(0, '', { max: 1 }), '2', 'largest value is 1'],
  [attr.ints([], ''), '1, x', '“x”'],
  [attr.shape([], ''), 'batch, 2.5', '“2.5”'],
  [attr.choice(['a', 'b'], 'a', ''), 'c', 'a, b'],
])('%o refuses %j', (spec, text, reason) => {
  expect(parseAttribute(spec, text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
});

test('what is printed reads back as itself', () => {
  for (const value of [['batch', 3], [1, 2], [], 0.001, -4]) {
    const spec = Array.isArray(value) ? attr.shape([], '') : attr.float(0, '');
    expect(parseAttribute(spec, printAttribute(value))).toEqual({ ok: true, value });
  }
});
