/** Whatever is typed into an attribute, the answer is a diagnostic or a plan. */

import { describe, expect, test } from 'vitest';
import { contractOperands } from '../../scripts/contract-operands.ts';
import { check, compile } from '../compiler/compile.ts';
import { type AttributeValue, type DocumentEdge, type DocumentNode, emptyDocument } from '../compiler/document.ts';
import { type OpRecord, portName } from '../compiler/op.ts';
import { registry } from './registry.ts';

const ODD: readonly AttributeValue[] = [
  ...[0, -1, 1e9, 2.5, '', 'none', true],
  ...[[], [0], [-1], [2.5], [1e6, 1e6], [1, 1, 1, 1, 1, 1], [1e9], ['a', 1]],
  ...[['batch'], ['n'], [2, 'n'], ['x y'], ['-batch'], ['batch*']],
];

/** The operator in its first case, on parameters, with the mean of its first output as the cost. */
function drawing(record: OpRecord, attribute: string, value: AttributeValue) {
  const nodes: Record<string, DocumentNode> = {};
  const edges: Record<string, DocumentEdge> = {};
  const place = (id: string, op: string, attributes: Readonly<Record<string, AttributeValue>>) => {
    nodes[id] = { id, op, name: id, attributes };
  };
  const wire = (from: string, output: string, to: string, port: string) => {
    const id = `${to}.${port}`;
    edges[id] = { id, source: { node: from, port: output }, target: { node: to, port } };
  };
  const [operands = '_', attributes = {}] = record.cases?.[0] ?? [];
  place('node', record.name, { ...attributes, [attribute]: value });
  for (const [at, operand] of contractOperands(operands, { batch: 2 }).entries()) {
    if (!operand) continue;
    const { dtype, shape } = operand.data;
    if (dtype === 'float32') place(`x${at}`, 'Parameter', { shape });
    else place(`x${at}`, 'Input', { shape, dtype });
    wire(`x${at}`, 'value', 'node', portName(record.inputs, at));
  }
  const [output] = record.outputs;
  if (output && (record.kind ?? 'operator') === 'operator') {
    place('mean', 'ReduceMean', {});
    place('sgd', 'SGD', {});
    wire('node', portName(record.outputs, 0), 'mean', 'x');
    wire('mean', 'y', 'sgd', 'cost');
  }
  const empty = emptyDocument('odd');
  return { ...empty, graph: { ...empty.graph, nodes, edges } };
}

const withAttributes = [...registry.values()].filter(({ attributes }) => Object.keys(attributes).length > 0);

describe('odd attributes', () => {
  test.each(withAttributes.map((record) => [record.name, record] as const))('%s', (_, record) => {
    for (const attribute of Object.keys(record.attributes)) {
      for (const value of ODD) {
        const document = drawing(record, attribute, value);
        const refused = check(document, registry).diagnostics.some(({ severity }) => severity === 'error');
        expect(compile(document, registry).plan === null, `${attribute} ${JSON.stringify(value)}`).toBe(refused);
      }
    }
  });

  test.each<[string, string, AttributeValue, string]>([
    ['Expand', 'shape', ['n'], 'node is f32[3,n]: in training the size n is not known'],
    ['Expand', 'shape', ['-batch'], 'node: shape has to be a list of whole numbers and names'],
    ['Slice', 'starts', [2.5], 'node: starts has to be a list of whole numbers and names'],
    ['MaxPool', 'strides', [1, 0], 'node: strides has to be at least 1 everywhere'],
    ['Constant', 'shape', [1e9], 'node: a constant of shape [1000000000] is too large'],
    ['ConvKernelGradient', 'strides', [1, 1], 'node: g is not of a convolution of x with these windows'],
  ])('%s refuses %s %j', (op, attribute, value, title) => {
    const record = registry.get(op) as OpRecord;
    const { diagnostics } = check(drawing(record, attribute, value), registry);
    expect(diagnostics.map((found) => found.title)).toContain(title);
  });
});
