import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { compile, compileProbe } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import type { TrainingPlan } from '../../compiler/plan.ts';
import { compileReading } from '../../compiler/questions/readings.ts';
import { compileTimings } from '../../compiler/questions/timings.ts';
import { compileWalk, type Walk, type WalkTensor } from '../../compiler/questions/walk.ts';
import { registry } from '../../nodes/registry.ts';
import { Trainer } from './trainer.ts';

let trainer: Trainer;

beforeEach(() => {
  trainer = new Trainer({
    emit: () => {},
    readFile: async (path) => new Uint8Array(await readFile(`public/${path}`)),
  });
});

afterEach(() => trainer.close());

const load = (document: GraphDocument) =>
  trainer.load(compile(document, registry).plan as TrainingPlan, { backend: 'wasm', keep: false });
const example = (name: string) => {
  const json: unknown = JSON.parse(readFileSync(`examples/${name}.json`, 'utf8'));
  return readDocument(json).document as GraphDocument;
};
const examples = readdirSync('examples').flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));

async function walk(document: GraphDocument) {
  const { graph, stops, cost } = compileWalk(document, registry) as Walk;
  const { outputs } = await trainer.inquire({ key: 'walk', graph, runs: [{ rows: 'next' }] });
  const numbers = ({ output }: WalkTensor) => outputs[0]?.[output] as Float32Array;
  return { stops, cost, numbers };
}

describe('a step, node by node', () => {
  test.each(examples)('of %s comes to the state that training comes to', async (name) => {
    const document = example(name);
    await load(document);
    await trainer.run(2);
    const { stops, cost, numbers } = await walk(document);
    const before = await trainer.readState();
    await trainer.step(1);
    const after = await trainer.readState();
    const updates = stops.filter(({ phase }) => phase === 'update');
    expect(updates).not.toHaveLength(0);
    for (const { node, takes, gives } of updates) {
      const slot = document.graph.nodes[node]?.name ?? '';
      const [old, next] = [numbers(takes[0] as WalkTensor), numbers(gives[0] as WalkTensor)];
      expect(old).toEqual(before[slot]?.subarray(0, old.length));
      next.forEach((value, at) => void expect(value).toBeCloseTo(after[slot]?.[at] ?? Number.NaN, 5));
    }
    const phases = stops.map(({ phase }) => phase);
    expect(phases).toEqual(phases.toSorted((a, b) => 'fbu'.indexOf(a[0] ?? '') - 'fbu'.indexOf(b[0] ?? '')));
    expect(numbers(stops[cost]?.gives[0] as WalkTensor)).toHaveLength(1);
  });

  test('has the numbers of the observation', async () => {
    const document = example('digits-mlp');
    await load(document);
    const { stops, numbers } = await walk(document);
    const probe = compileProbe(document, registry, Object.keys(document.graph.nodes));
    if (!probe) throw new Error('nothing is observed');
    const { outputs } = await trainer.probe(probe);
    const width = (outputs.summary?.length ?? 0) / probe.entries.length;
    const meanOf = (node: string, of: 'value' | 'gradient') => {
      const entry = probe.entries.find((each) => each.node === node && each.of === of);
      return outputs.summary?.[(entry?.row ?? 0) * width] ?? Number.NaN;
    };
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    let compared = 0;
    for (const { phase, node, takes, gives } of stops) {
      const [tensor] = phase === 'forward' ? gives : takes;
      if (phase === 'update' || tensor?.dtype !== 'float32') continue;
      expect(mean(numbers(tensor))).toBeCloseTo(meanOf(node, phase === 'forward' ? 'value' : 'gradient'), 5);
      compared++;
    }
    expect(compared).toBeGreaterThan(8);
  });

  test('goes through the nodes inside of modules', () => {
    const json: unknown = JSON.parse(readFileSync('src/compiler/samples/modules/graph.json', 'utf8'));
    const { stops } = compileWalk(readDocument(json).document as GraphDocument, registry) as Walk;
    const inside = stops.filter(({ node }) => node.includes('/'));
    expect(new Set(inside.map(({ phase }) => phase))).toEqual(new Set(['forward', 'backward', 'update']));
  });

  test('tells what each user of a value hands back', async () => {
    const document = drawing({
      w: ['Parameter', {}, { shape: [1], initializer: 'values', values: [3] }],
      two: ['Constant', {}, { values: [2], shape: [1] }],
      square: ['Mul', { a: 'w', b: 'w' }],
      twice: ['Mul', { a: 'w', b: 'two' }],
      both: ['Add', { a: 'square', b: 'twice' }],
      cost: ['ReduceSum', { x: 'both' }],
      sgd: ['SGD', { cost: 'cost' }, { lr: 0.5 }],
    });
    await load(document);
    const { stops, numbers } = await walk(document);
    const told = stops.map(({ phase, node, gives }) => [
      phase,
      node,
      ...gives.map((tensor) => `${tensor.label} ${Array.from(numbers(tensor))}`),
    ]);
    expect(told).toEqual([
      ['forward', 'square', 'y 9'],
      ['forward', 'twice', 'y 6'],
      ['forward', 'both', 'y 15'],
      ['forward', 'cost', 'y 15'],
      ['backward', 'cost', 'dx 1'],
      ['backward', 'both', 'da 1', 'db 1'],
      // A constant has no gradient.
      ['backward', 'twice', 'da 2'],
      ['backward', 'square', 'da 6'],
      ['update', 'w', 'new w -1'],
    ]);
  });
});

test.each(examples)('the parts of a step of %s can each be made alone, many times in a row', async (name) => {
  const document = example(name);
  await load(document);
  const parts = compileTimings(document, registry) ?? [];
  expect(new Set(parts.map(({ role }) => role))).toEqual(new Set(['forward', 'backward', 'update']));
  for (const [at, { graph, kernels }] of parts.entries()) {
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name: input, dtype, shape, binding }) => {
        const count = shape.reduce((all, dim) => all * dim, 1);
        if (binding.kind === 'steps') return [input, BigInt64Array.of(3n)];
        return [input, dtype === 'float32' ? new Float32Array(count) : new Int32Array(count)];
      }),
    );
    const { outputs, milliseconds } = await trainer.inquire({ key: `${at}`, graph, runs: [{ rows: null, feeds }] });
    expect(kernels).toBeGreaterThan(0);
    expect(milliseconds[0]).toBeGreaterThan(0);
    for (const values of Object.values(outputs[0] ?? {})) expect(values).toHaveLength(3);
  }
});

describe('a wire is read', () => {
  test('for values of one’s own', async () => {
    const document = drawing({
      x: ['Input', {}, { shape: ['batch'] }],
      square: ['Mul', { a: 'x:value', b: 'x:value' }],
    });
    await load(document);
    const reading = compileReading(document, registry, {
      values: [{ node: 'square', port: 'y' }],
      mode: 'inference',
      batch: 3,
    });
    expect(reading?.fed).toEqual([{ node: 'x', port: 'value', name: 'x', dtype: 'float32', shape: [3] }]);
    const feeds = { x: Float32Array.from([2, 3, 0]) };
    const { outputs } = await trainer.inquire({
      key: 'square',
      graph: reading?.graph as never,
      runs: [{ rows: null, feeds }],
    });
    expect(Array.from(outputs[0]?.[reading?.values[0]?.output ?? ''] ?? [])).toEqual([4, 9, 0]);
  });

  test('with values in place of rows, in whatever number', async () => {
    const document = example('two-spirals');
    await load(document);
    const data = Object.values(document.graph.nodes).find(({ op }) => op === 'Data')?.id ?? '';
    const logits = { node: 'logits', port: 'y' };
    const rows = Int32Array.from([5, 77]);
    const byRow = compileReading(document, registry, {
      values: [logits, { node: data, port: 'x' }],
      mode: 'inference',
      batch: 2,
    });
    const fromData = await trainer.inquire({ key: 'a', graph: byRow?.graph as never, runs: [{ rows }] });
    const [expected, points] = (byRow?.values ?? []).map((value) => fromData.outputs[0]?.[value?.output ?? '']);
    const fed = new Set([`${data}:x`]);
    const own = compileReading(document, registry, { values: [logits], mode: 'inference', batch: 2, fed });
    expect(own?.readsData).toBe(false);
    const feeds = { [own?.fed[0]?.name ?? '']: points as Float32Array };
    const { outputs } = await trainer.inquire({ key: 'b', graph: own?.graph as never, runs: [{ rows: null, feeds }] });
    expect(outputs[0]?.[own?.values[0]?.output ?? '']).toEqual(expected);
    expect(expected).toHaveLength(4);
  });
});
