import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { registry } from '../../nodes/registry.ts';
import { generatorText, initialOf, lawOf, previewOf } from './initial.ts';

const document = drawing({
  x: ['Input', {}, { shape: ['batch', 3, 20, 20] }],
  W: ['Parameter', {}, { shape: [2, 3, 9, 9], initializer: 'fan_in_uniform', seed: 23455 }],
  b: ['Parameter', {}, { shape: [2], initializer: 'uniform', low: -0.5, high: 0.25, after: 'W' }],
  y: ['Conv', { x: 'x', w: 'W', b: 'b' }],
  Q: ['Parameter', {}, { shape: [200, 200], initializer: 'orthogonal' }],
  z: ['Parameter', {}, { shape: [4], initializer: 'zeros' }],
});
const initial = (node: string) => {
  const found = initialOf(document, registry, node);
  if (!found) throw new Error(`${node} has no initial values`);
  return found;
};

test('tells bound, fans and generator', () => {
  const { fans, initializer } = initial('W');
  expect(fans).toEqual({ in: 243, out: 162 });
  expect(lawOf(initializer)).toBe('uniform, bound ±0.0642');
  expect(generatorText(initializer)).toBe('RandomState(23455)');
  expect(lawOf(initial('b').initializer)).toBe('uniform from −0.500 to 0.250');
  expect(generatorText(initial('b').initializer)).toBe('RandomState(23455), after 486 uniform numbers');
  expect(generatorText(initial('z').initializer)).toBeNull();
  expect(initialOf(document, registry, 'y')).toBeNull();
});

test('previews what training begins with', () => {
  const preview = previewOf(initial('W'));
  expect(preview?.most).toBeLessThanOrEqual(1 / Math.sqrt(243));
  expect(preview?.std).toBeCloseTo(1 / Math.sqrt(3 * 243), 2);
  expect(preview?.histogram.reduce((sum, fraction) => sum + fraction, 0)).toBeCloseTo(1, 6);
  expect(previewOf(initial('z'))).toMatchObject({ mean: 0, std: 0, least: 0, most: 0 });
  expect(previewOf(initial('Q'))).toBeNull();
});
