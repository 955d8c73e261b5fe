import { expect, test } from 'vitest';
import { emptyDocument } from '../../compiler/document.ts';
import { irLines } from './ir-lines.ts';

const { graph } = emptyDocument();
const nodes = Object.fromEntries(
  ['W1', 'mean loss', 'sgd'].map((name) => [`id of ${name}`, { id: `id of ${name}`, op: 'Mul', name, attributes: {} }]),
);
const text = `function train
  %0: f32[batch,1] = data line.x
  %1: f32[1] = parameter W1
  %2: f32[1] = state W1.momentum_buffer
  %3: f32[1] = Sub(%1, %2) {axis=1} ; mean loss backward
  %4: f32[1] = Sub(%1, %3)
  return loss %4
  return state W1 %3
  return state sgd.bias_correction1 %2
`;

test('lines of a resolved drawing lead to their nodes', () => {
  const drawn = 'drawing\n  W1 = Parameter() {shape=[1]}\n  mean loss = Mul(a: W1.value)\n';
  expect(irLines(drawn, { ...graph, nodes }).map(({ node }) => node)).toEqual([null, 'id of W1', 'id of mean loss']);
});

test('lines lead to the nodes they come from', () => {
  const lines = irLines(text, { ...graph, nodes });
  expect(lines.map(({ node }) => node)).toEqual([
    ...[null, null, 'id of W1', 'id of W1', 'id of mean loss', null, null, 'id of W1', 'id of sgd'],
  ]);
  expect(lines[4]).toMatchObject({
    number: 5,
    text: '  %3: f32[1] = Sub(%1, %2) {axis=1}',
    origin: 'mean loss backward',
    role: 'backward',
  });
});
