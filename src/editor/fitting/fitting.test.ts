/** Every operator that is offered can be wired, and what cannot be wired is not offered: both told by the compiler itself. */
import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { registry } from '../../nodes/registry.ts';
import { createEditor } from '../store/create-editor.ts';
import { fitNodeOnWire, fitPort, fitWire, type PortEnd } from './fitting.ts';

function stateOf(document: GraphDocument) {
  return createEditor({ registry, check, document }).document.getState();
}

const net = drawing({
  digits: ['Data'],
  W: ['Parameter', {}, { shape: [64, 10] }],
  scores: ['MatMul', { a: 'digits:x', b: 'W' }],
  loss: ['SoftmaxCrossEntropyLoss', { logits: 'scores', labels: 'digits:y' }],
  open: ['MatMul', { a: 'digits:x' }],
  sum: ['Add', { a: 'scores' }],
  picture: ['Input', {}, { shape: ['batch', 1, 28, 28] }],
});
const state = stateOf(net);

const fits = (end: PortEnd) => fitPort(state, registry, end);
const from = (node: string, port: string) => fits({ node, port, side: 'source' });
const into = (node: string, port: string) => fits({ node, port, side: 'target' });

describe('from an output', () => {
  test('labels go where labels belong', () => {
    const found = from('digits', 'y');
    expect(found.get('OneHot')?.input).toBe('indices');
    expect(found.get('SoftmaxCrossEntropyLoss')?.input).toBe('labels');
    expect(found.get('Cast')?.input).toBe('x');
    for (const op of ['Relu', 'MatMul', 'Softmax', 'Conv', 'SGD', 'Data', 'Parameter'])
      expect(found.has(op)).toBe(false);
  });

  test('rows go into layers and not into what needs images or one number', () => {
    const found = from('digits', 'x');
    for (const op of [
      'Relu',
      'MatMul',
      'Gemm',
      'Softmax',
      'Add',
      'Reshape',
      'Transpose',
      'Concat',
      'LayerNormalization',
    ]) {
      expect([op, found.has(op)]).toEqual([op, true]);
    }
    for (const op of ['Conv', 'MaxPool', 'SGD', 'And']) expect([op, found.has(op)]).toEqual([op, false]);
    expect(found.get('Concat')?.input).toMatch(/\.0$/);
  });

  test('images go into convolutions, a loss into optimizers', () => {
    expect(from('picture', 'value').get('Conv')?.input).toBe('x');
    expect(from('picture', 'value').has('MaxPool')).toBe(true);
    expect(from('loss', 'loss').get('SGD')?.input).toBe('cost');
    expect(from('loss', 'loss').get('Grad')?.input).toBe('cost');
    expect(from('scores', 'y').has('SGD')).toBe(false);
  });
});

describe('into an input', () => {
  test('a parameter gets the shape that fits', () => {
    const { output, attributes } = into('open', 'b').get('Parameter') ?? {};
    expect(output).toBe('value');
    expect(attributes?.shape).toEqual([64, expect.anything()]);
  });

  test('labels come from data, scores do not come from comparisons', () => {
    expect(into('loss', 'labels').get('Data')?.output).toBe('y');
    expect(into('loss', 'labels').has('ArgMax')).toBe(true);
    expect(into('loss', 'labels').has('Relu')).toBe(false);
    expect(into('loss', 'logits').has('MatMul')).toBe(true);
    expect(into('loss', 'logits').has('Less')).toBe(false);
    expect(into('sum', 'b').has('Relu')).toBe(true);
  });

  test('an update has the type of its parameter', () => {
    expect(into('W', 'update').has('MatMul')).toBe(true);
    expect(into('W', 'update').has('ArgMax')).toBe(false);
    expect(into('W', 'update').has('ReduceMax')).toBe(true);
  });
});

describe('on a wire', () => {
  const wire = (id: string) => {
    const edge = net.graph.edges[id];
    if (!edge) throw new Error(id);
    return edge;
  };

  test('what keeps the next operator content', () => {
    const found = fitWire(state, registry, wire('loss.logits'));
    expect(found.get('Relu')).toEqual({ input: 'x', output: 'y' });
    expect(found.has('Add')).toBe(true);
    for (const op of ['ArgMax', 'Data', 'SGD', 'ReduceSum']) expect([op, found.has(op)]).toEqual([op, false]);
  });

  test('a drawn node only where nothing hangs on it and an input is free', () => {
    const document = drawing({
      digits: ['Data'],
      tanh: ['Tanh', { x: 'digits:x' }],
      loose: ['Relu'],
      whole: ['Relu', { x: 'digits:x' }],
      image: ['MaxPool'],
      end: ['ReduceSum', { x: 'tanh' }],
    });
    const drawn = stateOf(document);
    const edge = document.graph.edges['end.x'];
    if (!edge) throw new Error('no wire');
    expect(fitNodeOnWire(drawn, registry, 'loose', edge)).toEqual({ input: 'x', output: 'y' });
    for (const id of ['whole', 'image', 'tanh', 'end', 'digits']) {
      expect(fitNodeOnWire(drawn, registry, id, edge)).toBeNull();
    }
  });
});

/** The document with the operator wired as the fit says; what else it needs stays open. */
function wired(end: PortEnd, op: string): GraphDocument {
  const fit = fits(end).get(op);
  if (!fit) throw new Error(op);
  const { nodes, edges } = net.graph;
  const here = { node: end.node, port: end.port };
  const [source, target] =
    end.side === 'source'
      ? [here, { node: 'new', port: fit.input ?? '' }]
      : [{ node: 'new', port: fit.output ?? '' }, here];
  const kept = Object.entries(edges).filter(
    ([, edge]) => edge.target.node !== target.node || edge.target.port !== target.port,
  );
  return {
    ...net,
    graph: {
      ...net.graph,
      nodes: { ...nodes, new: { id: 'new', op, name: 'new', attributes: fit.attributes ?? {} } },
      edges: { ...Object.fromEntries(kept), new: { id: 'new', source, target } },
    },
  };
}

const ENDS: readonly PortEnd[] = [
  { node: 'digits', port: 'x', side: 'source' },
  { node: 'digits', port: 'y', side: 'source' },
  { node: 'loss', port: 'loss', side: 'source' },
  { node: 'picture', port: 'value', side: 'source' },
  { node: 'open', port: 'b', side: 'target' },
  { node: 'loss', port: 'labels', side: 'target' },
];

test.each(ENDS)('the compiler agrees with all that is offered at $port of $node', (end) => {
  const offered = fits(end);
  expect(offered.size).toBeGreaterThan(0);
  for (const [op] of offered) {
    const { diagnostics } = check(wired(end, op), registry);
    const at = end.side === 'source' ? 'new' : end.node;
    const refused = diagnostics.filter(
      ({ severity, place, code }) =>
        severity === 'error' &&
        place.node === at &&
        place.attribute === undefined &&
        code !== 'graph/missing-input' &&
        !code.startsWith('attribute/'),
    );
    expect([op, refused.map(({ title }) => title)]).toEqual([op, []]);
  }
});
