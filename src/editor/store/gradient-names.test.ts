import { expect, test } from 'vitest';
import { emptyDocument } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import { gradientName, wireTitle } from './gradient-names.ts';

/** A node of this operator called `subject`, with its inputs wired as `port` from `node.port`. */
function graphOf(op: string, wires: Readonly<Record<string, string>>) {
  const nodes = Object.fromEntries(
    [
      ['subject', op],
      ['loss', 'ReduceMean'],
      ['W1', 'Parameter'],
      ['b1', 'Parameter'],
      ['way', 'Input'],
      ['digits', 'Data'],
    ].map(([id = '', kind = '']) => [id, { id, op: kind, name: id, attributes: {} }]),
  );
  const edges = Object.fromEntries(
    Object.entries(wires).map(([port, source]) => {
      const [node = '', from = 'value'] = source.split('.');
      return [port, { id: port, source: { node, port: from }, target: { node: 'subject', port } }];
    }),
  );
  return { ...emptyDocument().graph, nodes, edges };
}

test.each([
  ['Grad', { cost: 'loss', 'wrt.0': 'W1', 'wrt.1': 'b1' }, 'gradient.1', 'dloss/db1'],
  ['Grad', { cost: 'loss', 'wrt.0': 'digits.x' }, 'gradient.0', 'dloss/ddigits.x'],
  ['VectorJacobianProduct', { y: 'loss', v: 'way', 'wrt.0': 'W1' }, 'gradient.0', 'way·dloss/dW1'],
  ['JacobianVectorProduct', { y: 'loss', x: 'W1', v: 'way' }, 'tangent', 'dloss/dW1·way'],
  ['HessianVectorProduct', { cost: 'loss', x: 'W1', v: 'way' }, 'product', 'd²loss/dW1²·way'],
  ['Jacobian', { y: 'loss', x: 'W1' }, 'jacobian', 'dloss/dW1'],
  ['Hessian', { cost: 'loss', x: 'W1' }, 'hessian', 'd²loss/dW1²'],
])('%s of %o', (op, wires, port, name) => {
  expect(gradientName(graphOf(op, wires), registry, { node: 'subject', port })).toBe(name);
});

test('every operator that differentiates has names', () => {
  for (const { name, kind, inputs, outputs } of registry.values()) {
    if (kind !== 'gradient') continue;
    const wires = Object.fromEntries(inputs.map((port) => [port.variadic ? `${port.name}.0` : port.name, 'W1']));
    const [output] = outputs;
    const port = output?.variadic ? `${output.name}.0` : (output?.name ?? '');
    expect(gradientName(graphOf(name, wires), registry, { node: 'subject', port }), name).toMatch(/d²?W1\/dW1/);
  }
});

test('what is not wired has no name, and neither has what is no gradient', () => {
  expect(gradientName(graphOf('Grad', { cost: 'loss' }), registry, { node: 'subject', port: 'gradient.0' })).toBeNull();
  expect(gradientName(graphOf('Relu', { x: 'W1' }), registry, { node: 'subject', port: 'y' })).toBeNull();
});

test('wires say what they carry and where', () => {
  const graph = graphOf('Grad', { cost: 'loss', 'wrt.0': 'W1' });
  const target = { node: 'b1', port: 'update' };
  expect(wireTitle(graph, registry, { source: { node: 'subject', port: 'gradient.0' }, target })).toBe(
    'dloss/dW1 → b1.update',
  );
  expect(wireTitle(graph, registry, { source: { node: 'digits', port: 'y' }, target })).toBe('digits.y → b1.update');
});
