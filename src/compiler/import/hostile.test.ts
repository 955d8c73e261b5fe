/** Models that are damaged, or that were made to do harm: an answer that names the place, soon, and nothing else. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { floats, type GraphGiven, graph, type NodeGiven, node, onnxModel } from '../../../scripts/onnx-model.ts';
import { besideModel } from '../../cli/files.ts';
import { registry } from '../../nodes/registry.ts';
import {
  TensorProto_DataLocation as DataLocation,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
} from '../onnx/onnx_pb.ts';
import { importModel } from './import.ts';

const models = ['attention', 'gru', 'residual-training', 'elementwise'].map(
  (name) => new Uint8Array(readFileSync(`fixtures/models/${name}.onnx`)),
);

const errors = (bytes: Uint8Array, external?: Parameters<typeof importModel>[2]) =>
  importModel(bytes, registry, external).diagnostics.flatMap(({ severity, title }) =>
    severity === 'error' ? [title] : [],
  );

/** A small generator of numbers, so that every run has the same mutants. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('a thousand mutants are drawn or refused', () => {
  const next = numbers(7);
  let refused = 0;
  for (let count = 0; count < 1000; count++) {
    const bytes = (models[count % models.length] as Uint8Array).slice();
    for (let flips = 1 + next(4); flips > 0; flips--) {
      const at = next(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << next(8));
    }
    const { document, diagnostics } = importModel(bytes, registry);
    if (document) continue;
    refused++;
    expect(diagnostics.some(({ severity, title }) => severity === 'error' && title.length > 10)).toBe(true);
  }
  expect(refused).toBeGreaterThan(100);
});

test('a model that is cut off anywhere is drawn or refused', () => {
  const [bytes = new Uint8Array()] = models;
  for (let length = 0; length < bytes.length; length += 97) {
    const { document, diagnostics } = importModel(bytes.subarray(0, length), registry);
    if (!document) expect(diagnostics).not.toEqual([]);
  }
  expect(errors(new Uint8Array())).toEqual(['The model: the file is no ONNX model, or is cut off: it has no graph']);
  expect(errors(new TextEncoder().encode('<!doctype html>'))).toHaveLength(1);
});

const base: GraphGiven = { inputs: { x: 'float32[2]' }, outputs: { y: 'float32[2]' }, nodes: [['Relu', 'x', 'y']] };

test('functions that call themselves, or each other', () => {
  const call = (name: string, to: string) => ({
    name,
    domain: 'own',
    inputs: 'a',
    outputs: 'b',
    nodes: [[`own:${to}`, 'a', 'b']] as NodeGiven[],
  });
  const bytes = onnxModel({
    ...base,
    nodes: [['own:F', 'x', 'y']],
    functions: [call('F', 'G'), call('G', 'F')],
    domains: ['own'],
  });
  expect(errors(bytes)).toEqual(['Node “y/b/b” (F): the function calls itself: “own::F” → “own::G” → “own::F”']);
});

test('functions that grow without end', () => {
  const double = (level: number) => ({
    name: `F${level}`,
    domain: 'own',
    inputs: 'a',
    outputs: 'c',
    nodes: (level === 0
      ? [['Relu', 'a', 'c']]
      : [
          [`own:F${level - 1}`, 'a', 'b'],
          [`own:F${level - 1}`, 'b', 'c'],
        ]) as NodeGiven[],
  });
  const functions = Array.from({ length: 40 }, (_, level) => double(level));
  const bytes = onnxModel({ ...base, nodes: [['own:F39', 'x', 'y']], functions, domains: ['own'] });
  expect(errors(bytes)[0]).toMatch(/make more than \d+ nodes/);
});

test('graphs in graphs without end', () => {
  let inner = graph(base);
  for (let depth = 0; depth < 200; depth++) {
    inner = graph({
      outputs: { y: 'float32[2]' },
      nodes: [['If', 'c', 'y', { then_branch: { graph: inner }, else_branch: { graph: inner } }]],
    });
  }
  const model = fromBinary(ModelProtoSchema, onnxModel(base));
  // Each level is written twice, so only the first branch is kept.
  for (let at = inner; at.node[0]?.attribute[1]; at = at.node[0].attribute[0]?.g ?? graph(base))
    at.node[0].attribute.pop();
  model.graph = inner;
  expect(errors(toBinary(ModelProtoSchema, model))).toHaveLength(1);
});

/** What a tensor has whose values are in a file. */
const outside = (fields: Readonly<Record<string, string>>) => ({
  rawData: new Uint8Array(),
  dataLocation: DataLocation.EXTERNAL,
  externalData: Object.entries(fields).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
});

describe('tensors', () => {
  const withTensor = (change: Partial<ReturnType<typeof floats>>) =>
    onnxModel({
      ...base,
      initializers: [Object.assign(floats('w', [2], [1, 2]), change)],
      nodes: [['Add', 'x w', 'y']],
    });

  test.each([
    ['2^62 elements', [2n ** 31n, 2n ** 31n]],
    ['more than int64 holds', [2n ** 62n, 2n ** 62n]],
    ['a negative size', [-2n]],
    ['more than there are', [3n]],
  ])('%s', (_, dims) => {
    const found = errors(withTensor({ dims }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^Initializer “w”: /);
  });

  test('elements that are no numbers', () => {
    expect(errors(withTensor({ dataType: 8 }))).toEqual(['Initializer “w”: its elements are text']);
  });

  test.each(['../secret', '/etc/passwd', 'a/../../secret', 'C:\\secret', '..\\secret', 'a\0b', ''])(
    'values in the file %j',
    (path) => {
      let asked = 0;
      const bytes = withTensor(outside({ location: path }));
      const external = () => {
        asked++;
        return new Uint8Array(8);
      };
      expect(errors(bytes, { external })[0]).toMatch(/^Initializer “w”: its values are to be in the file/);
      expect(asked).toBe(0);
    },
  );
});

describe('files beside a model', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'beside-'));
    mkdirSync(join(folder, 'model'));
    writeFileSync(join(folder, 'secret'), 'secret12');
    writeFileSync(join(folder, 'model', 'weights.bin'), Float32Array.of(0, 3, 4).slice());
    symlinkSync(join(folder, 'secret'), join(folder, 'model', 'link'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const stored = (path: string, offset: number) => {
    const tensor = Object.assign(floats('w', [2], [1, 2]), outside({ location: path, offset: String(offset) }));
    return onnxModel({ ...base, initializers: [tensor], nodes: [['Add', 'x w', 'y']] });
  };

  test('are read from its folder', () => {
    const external = besideModel(join(folder, 'model', 'm.onnx'));
    const { weights } = importModel(stored('weights.bin', 4), registry, { external });
    expect([...(weights.w ?? [])]).toEqual([3, 4]);
  });

  test('are not followed out of it', () => {
    const external = besideModel(join(folder, 'model', 'm.onnx'));
    expect(errors(stored('link', 0), { external })[0]).toMatch(/which is not there/);
  });

  test('that are too short are told', () => {
    const external = besideModel(join(folder, 'model', 'm.onnx'));
    expect(errors(stored('weights.bin', 8), { external })[0]).toMatch(/from byte 8 on, but 4 are there/);
  });
});

test('names with control characters', () => {
  const model = fromBinary(ModelProtoSchema, onnxModel(base));
  model.graph?.node.push(node(['Relu', 'y', 'z']));
  const [, last] = model.graph?.node ?? [];
  if (last) last.name = 'bell\u0007\u001b[2J';
  expect(errors(toBinary(ModelProtoSchema, model))).toEqual([
    'The model: the name “bell\\u0007\\u001b[2J” of a node has control characters',
  ]);
});

test('tensors that are computed twice, too late, or never', () => {
  const nodes = (list: readonly NodeGiven[]) => errors(onnxModel({ ...base, nodes: list }));
  expect(
    nodes([
      ['Relu', 'x', 'y'],
      ['Neg', 'x', 'y'],
    ]),
  ).toEqual(['Node “y” (Neg): “y” is computed twice']);
  expect(
    nodes([
      ['Relu', 'z', 'y'],
      ['Neg', 'x', 'z'],
    ]),
  ).toEqual(['Node “y” (Relu): it reads “z”, which no node before it computes']);
  expect(nodes([['Neg', 'x', 'z']])).toEqual(['Output “y”: it reads “y”, which no node before it computes']);
});

test('nodes with too few inputs, too many, or of no rank', () => {
  const nodes = (list: readonly NodeGiven[]) => errors(onnxModel({ ...base, nodes: list }));
  expect(nodes([['Add', 'x', 'y']])).toEqual(['Node “y” (Add): its input 2 is missing']);
  // With declared types, what has no counterpart is kept.
  expect(
    nodes([
      ['Sub', 'x x x', 'z'],
      ['Relu', 'z', 'y'],
    ]),
  ).toEqual(['Node “z” (Sub): its input 3 has no counterpart']);
  expect(nodes([['Reshape', 'x', 'y']])[0]).toMatch(/^Node “y” \(Reshape\): /);
  expect(nodes([['Softmax', '', 'y']])[0]).toMatch(/^Node “y” \(Softmax\): /);
  expect(nodes([['Gather', 'x', 'y']])[0]).toMatch(/^Node “y” \(Gather\): /);
});

test('a long chain of nodes is no problem', () => {
  const nodes = Array.from(
    { length: 5000 },
    (_, at): NodeGiven => ['Relu', at === 0 ? 'x' : `t${at}`, at === 4999 ? 'y' : `t${at + 1}`],
  );
  const { document } = importModel(onnxModel({ ...base, nodes }), registry);
  expect(Object.keys(document?.graph.nodes ?? {})).toHaveLength(5002);
});
