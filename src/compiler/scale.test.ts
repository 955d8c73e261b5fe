/** Compiling is linear in the size of the drawing. */
import { expect, test } from 'vitest';
import { registry } from '../nodes/registry.ts';
import { check, compile, programOf } from './compile.ts';
import {
  type AttributeValue,
  type DocumentEdge,
  type DocumentNode,
  emptyDocument,
  type GraphDocument,
} from './document.ts';
import { rewrite } from './phases/4-rewrite.ts';
import { toKernels } from './phases/6-emit.ts';
import { buildTrain } from './phases/functions/train.ts';

/** A perceptron on the digits: `depth` tanh layers of 32, then one to the classes. */
function perceptron(depth: number): GraphDocument {
  const nodes: Record<string, DocumentNode> = {};
  const edges: Record<string, DocumentEdge> = {};
  const place = (
    id: string,
    op: string,
    attributes: Record<string, AttributeValue>,
    inputs: Record<string, string>,
  ) => {
    nodes[id] = { id, op, name: id, attributes };
    for (const [port, from] of Object.entries(inputs)) {
      const [node = '', output = ''] = from.split(':');
      const edge = `${id}:${port}`;
      edges[edge] = { id: edge, source: { node, port: output }, target: { node: id, port } };
    }
    return `${id}:y`;
  };
  const layer = (name: string, x: string, inSize: number, outSize: number) => {
    place(`${name}_w`, 'Parameter', { shape: [inSize, outSize], initializer: 'glorot_uniform' }, {});
    place(`${name}_b`, 'Parameter', { shape: [outSize] }, {});
    const product = place(`${name}_product`, 'MatMul', {}, { a: x, b: `${name}_w:value` });
    return place(`${name}_sum`, 'Add', {}, { a: product, b: `${name}_b:value` });
  };
  place('data', 'Data', { dataset: 'digits' }, {});
  let x = 'data:x';
  for (let at = 0; at < depth; at++) {
    x = place(`tanh${at}`, 'Tanh', {}, { x: layer(`layer${at}`, x, at === 0 ? 64 : 32, 32) });
  }
  const scores = layer('scores', x, 32, 10);
  place('loss', 'SoftmaxCrossEntropyLoss', {}, { logits: scores, labels: 'data:y' });
  place('sgd', 'SGD', {}, { cost: 'loss:loss' });
  const empty = emptyDocument('perceptron');
  return { ...empty, graph: { ...empty.graph, nodes, edges } };
}

/** Equations after differentiation, after rewriting, and as kernels. */
function counts(depth: number): number[] {
  const document = perceptron(depth);
  expect(check(document, registry).diagnostics).toEqual([]);
  const { fn } = buildTrain(programOf(document, registry), { fuseLearningRate: true });
  const rewritten = rewrite(fn, registry);
  return [fn, rewritten, toKernels(rewritten, registry, { batch: 64 })].map(({ equations }) => equations.length);
}

test('types of a thousand nodes are inferred within a frame', () => {
  const document = perceptron(199);
  expect(Object.keys(document.graph.nodes).length).toBeGreaterThan(1000);
  const times = Array.from({ length: 60 }, () => {
    const started = performance.now();
    programOf(document, registry);
    return performance.now() - started;
  });
  // The first runs are those of cold code, and others may use the machine meanwhile.
  expect(Math.min(...times)).toBeLessThan(16);
});

test('every layer adds the same number of equations', () => {
  const [two = [], three = [], many = []] = [2, 3, 40].map(counts);
  const added = three.map((count, at) => count - (two[at] ?? 0));
  expect(many).toEqual(two.map((count, at) => count + 38 * (added[at] ?? 0)));
  expect(added).toEqual([12, 10, 10]);
});

/** Milliseconds of processor time a layer, which other work on the machine hardly changes; the best of some runs. */
function time(depth: number): number {
  const document = perceptron(depth);
  const runs = (depth < 1000 ? [0, 1, 2] : [0]).map(() => {
    const started = process.cpuUsage();
    expect(compile(document, registry).plan).not.toBeNull();
    return process.cpuUsage(started).user / 1000;
  });
  return Math.min(...runs) / depth;
}

test('the time to compile a layer does not grow with their number', () => {
  time(100);
  const [small = 0, ...larger] = [250, 500, 1000, 2000].map(time);
  for (const layer of larger) expect(layer).toBeLessThan(2.5 * small);
});
