import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { runModel } from '../../../scripts/run-onnx.ts';
import { registry } from '../../nodes/registry.ts';
import type { GraphPlan } from '../plan.ts';
import { tensorData } from '../types.ts';
import { compileGradientCheck } from './check-gradients.ts';
import { compileExplanation } from './explain.ts';
import { type Part, partOf } from './pack.ts';
import { compileTrace } from './trace.ts';

/** Runs a graph at these parameters; the answer is its first output. */
async function answer(graph: GraphPlan, state: Record<string, number[]>): Promise<Float32Array> {
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, binding, shape, dtype }) => [
      name,
      tensorData(dtype, shape, binding.kind === 'state' ? (state[binding.slot] ?? []) : 0.1),
    ]),
  );
  const [results = []] = await runModel(graph, [feeds]);
  return results[0]?.data as Float32Array;
}

/** cost = Σ (w² + 3w)²: w is used three times, by two nodes. */
const branching = drawing({
  w: ['Parameter', {}, { shape: [2] }],
  three: ['Constant', {}, { values: [3], shape: [1] }],
  square: ['Mul', { a: 'w', b: 'w' }],
  triple: ['Mul', { a: 'w', b: 'three' }],
  sum: ['Add', { a: 'square', b: 'triple' }],
  power: ['Mul', { a: 'sum', b: 'sum' }],
  cost: ['ReduceSum', { x: 'power' }],
  sgd: ['SGD', { cost: 'cost' }],
});

const path = ['w', 'square', 'sum', 'power', 'cost'].map((node) => ({ node, port: node === 'w' ? 'value' : 'y' }));

test('what the users of a value hand back adds up to its gradient', async () => {
  const { nodes } = branching.graph;
  expect(Object.keys(nodes)).toContain('cost');
  const explanation = compileExplanation(branching, registry, { path, at: 0, element: 1 });
  if (!explanation?.step) throw new Error('nothing is explained');
  const numbers = await answer(explanation.probe.graphs.wasm, { w: [1, 2] });
  const read = (part: Part | null | undefined) => (part ? [...partOf(numbers, part)] : null);

  // z = w² + 3w = (4, 10); dcost/dz = 2z = (8, 20); by w: 2z(2w + 3) = (40, 140).
  const [w] = explanation.values;
  expect(read(w?.gradient)?.[0]).toBeCloseTo(Math.hypot(40, 140), 3);
  const handed = Object.fromEntries((w?.users ?? []).map((user) => [user.node, read(user.contribution)?.[0]]));
  expect(handed.square).toBeCloseTo(Math.hypot(16, 80), 3);
  expect(handed.triple).toBeCloseTo(Math.hypot(24, 60), 3);

  const { step } = explanation;
  expect(step.output.node).toBe('square');
  expect(read(step.input)).toEqual([1, 2]);
  expect(read(step.inputGradient)).toEqual([40, 140]);
  expect(read(step.contribution)).toEqual([16, 80]);
  expect(read(step.outputGradient)).toEqual([8, 20]);
  // Of w² by its second element.
  expect(read(step.local)).toEqual([0, 4]);
});

test('a matrix has the local derivatives of one element', async () => {
  const product = drawing({
    w: ['Parameter', {}, { shape: [2, 2] }],
    v: ['Parameter', {}, { shape: [2, 2] }],
    y: ['MatMul', { a: 'w', b: 'v' }],
    cost: ['ReduceSum', { x: 'y' }],
    sgd: ['SGD', { cost: 'cost' }],
  });
  const ports = ['value', 'y', 'y'];
  const way = ['w', 'y', 'cost'].map((node, at) => ({ node, port: ports[at] ?? 'y' }));
  const explanation = compileExplanation(product, registry, { path: way, at: 0, element: 2 });
  const numbers = await answer(explanation?.probe.graphs.wasm as GraphPlan, { w: [1, 2, 3, 4], v: [5, 6, 7, 8] });
  // y[1,:] grows with w[1,0] as v[0,:].
  expect([...partOf(numbers, explanation?.step?.local as Part)]).toEqual([0, 0, 5, 6]);
});

test('a value that the cost does not depend on has nothing to explain', () => {
  const [, ...rest] = path;
  expect(
    compileExplanation(branching, registry, { path: [{ node: 'three', port: 'y' }], at: 0, element: null }),
  ).toBeNull();
  expect(compileExplanation(branching, registry, { path: rest, at: 0, element: null })).not.toBeNull();
});

test('gradients and cost are graphs over the same parameters', async () => {
  const plan = compileGradientCheck(branching, registry);
  expect(plan?.parameters).toEqual([{ node: 'w', slot: 'w', shape: [2], output: 'gradient_0' }]);
  expect([...(await answer(plan?.gradients as GraphPlan, { w: [1, 2] }))]).toEqual([40, 140]);
  expect((await answer(plan?.cost as GraphPlan, { w: [1, 2] }))[0]).toBe(116);
});

test('a trace tells which equation is the first whose results are not finite', async () => {
  const broken = drawing({
    w: ['Parameter', {}, { shape: [2] }],
    log: ['Log', { x: 'w' }],
    cost: ['ReduceSum', { x: 'log' }],
    sgd: ['SGD', { cost: 'cost' }],
  });
  const trace = compileTrace(broken, registry);
  const firstBad = async (w: number[]) => {
    const numbers = await answer(trace?.graph as GraphPlan, { w });
    return trace?.values.find(({ range }) => !Number.isFinite(partOf(numbers, range)[2]));
  };
  expect(await firstBad([1, 2])).toBeUndefined();
  expect(await firstBad([1, 0])).toMatchObject({ node: 'log', role: 'forward', op: 'Log' });
});
