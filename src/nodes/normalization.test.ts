/** Normalizations against plain loops, and batch normalization outside of training. */
import { expect, test } from 'vitest';
import { finish, scattered } from '../../scripts/gradient-check.ts';
import { runFunction } from '../../scripts/run-onnx.ts';
import { Builder } from '../compiler/builder.ts';
import { programOf } from '../compiler/compile.ts';
import { type DocumentEdge, type DocumentNode, emptyDocument } from '../compiler/document.ts';
import type { IrAttributes } from '../compiler/ir.ts';
import { buildOutputs } from '../compiler/phases/3-functions.ts';
import { type TensorData, tensor } from '../compiler/types.ts';
import { f32 } from './common.ts';
import { registry } from './registry.ts';

async function run(op: string, operands: readonly TensorData[], attributes: IrAttributes): Promise<number[]> {
  const b = new Builder(registry);
  const feeds = Object.fromEntries(operands.map((data, at) => [`x${at}`, data]));
  const inputs = operands.map(({ dtype, shape }, at) =>
    b.input(tensor(dtype, shape), { kind: 'feed', node: `x${at}`, name: `x${at}` }),
  );
  const [result] = await runFunction(finish(b, [b.emit(op, inputs, attributes)]), registry, feeds);
  return Array.from(result?.data ?? [], Number);
}

/** x with mean 0 and variance 1 within the elements that share a key. */
function standardized(x: readonly number[], eps: number, key: (at: number) => number): number[] {
  return x.map((value, at) => {
    const group = x.filter((_, other) => key(other) === key(at));
    const mean = group.reduce((sum, each) => sum + each, 0) / group.length;
    const variance = group.reduce((sum, each) => sum + (each - mean) ** 2, 0) / group.length;
    return (value - mean) / Math.sqrt(variance + eps);
  });
}

const x = scattered(2 * 6 * 5, 0.3);
const image = f32(x, [2, 6, 5]);
const ones = f32([1, 1, 1, 1, 1, 1]);
const zeros = f32([0, 0, 0, 0, 0, 0]);
const channel = (at: number) => Math.floor(at / 5) % 6;
const batch = (at: number) => Math.floor(at / 30);

test.each<[string, TensorData[], IrAttributes, (at: number) => number, eps: number]>([
  ['LayerNormalization', [image, f32([1])], { epsilon: 0.1 }, (at) => Math.floor(at / 5), 0.1],
  ['LayerNormalization', [image, f32([1])], { axis: 1, epsilon: 0.1 }, batch, 0.1],
  ['InstanceNormalization', [image, ones, zeros], { epsilon: 0.1 }, (at) => Math.floor(at / 5), 0.1],
  ['BatchNormalization', [image, ones, zeros, zeros, ones], { epsilon: 0.1 }, channel, 0.1],
  ['GroupNormalization', [image, ones, zeros], { epsilon: 0.1, num_groups: 1 }, batch, 0.1],
  ['GroupNormalization', [image, ones, zeros], { epsilon: 0.1, num_groups: 3 }, (at) => Math.floor(at / 10), 0.1],
  ['MeanVarianceNormalization', [image], { axes: [0, 2] }, channel, 0],
  ['MeanVarianceNormalization', [image], { axes: [-2, 0] }, (at) => at % 5, 0],
])('%s %# standardizes what belongs together', async (op, operands, attributes, key, eps) => {
  const wanted = standardized(x, eps, key);
  const found = await run(op, operands, attributes);
  expect(Math.max(...found.map((value, at) => Math.abs(value - (wanted[at] ?? 0))))).toBeLessThan(2e-6);
});

test('equal elements have no deviation', async () => {
  expect(await run('MeanVarianceNormalization', [f32([3, 3, 3])], { axes: [0] })).toEqual([0, 0, 0]);
});

test('outside of training batch normalization uses and keeps the running statistics', async () => {
  const nodes: Record<string, DocumentNode> = {};
  const edges: Record<string, DocumentEdge> = {};
  const wire = (from: string, output: string, to: string, port: string) => {
    const id = `${to}.${port}`;
    edges[id] = { id, source: { node: from, port: output }, target: { node: to, port } };
  };
  nodes.norm = { id: 'norm', op: 'BatchNormalization', name: 'norm', attributes: { epsilon: 0 } };
  const given = { x: [2, 2], scale: [2], b: [2], input_mean: [2], input_var: [2] };
  for (const [port, shape] of Object.entries(given)) {
    nodes[port] = { id: port, op: 'Input', name: port, attributes: { shape, dtype: 'float32' } };
    wire(port, 'value', 'norm', port);
  }
  for (const port of ['y', 'running_mean', 'running_var']) {
    nodes[`out_${port}`] = { id: `out_${port}`, op: 'Output', name: `out_${port}`, attributes: {} };
    wire('norm', port, `out_${port}`, 'value');
  }
  const empty = emptyDocument('norm');
  const program = programOf({ ...empty, graph: { ...empty.graph, nodes, edges } }, registry);
  const [name = ''] = program.outputs.map((output) => output.fn);
  const { fn } = buildOutputs(program, name);
  const values = { x: [1, 10, 3, 2], scale: [1, 2], b: [0, 5], input_mean: [1, 2], input_var: [4, 1] };
  const feeds = Object.fromEntries(
    Object.entries(values).map(([port, list]) => [port, f32(list, port === 'x' ? [2, 2] : [2])]),
  );
  const results = await runFunction(fn, registry, feeds);
  const byName = Object.fromEntries(
    fn.outputs.map(({ target }, at) => [
      'name' in target ? target.name : '',
      Array.from(results[at]?.data ?? [], Number),
    ]),
  );
  expect(byName).toEqual({ out_y: [0, 21, 1, 5], out_running_mean: [1, 2], out_running_var: [4, 1] });
});
