/** Exported models run on ONNX Runtime and agree with each other, in every opset they can be written in. */
import { readFileSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { finish } from '../../../scripts/gradient-check.ts';
import { placeFixture, readFixtures } from '../../../scripts/gradient-fixtures.ts';
import { openBytes, runBytes } from '../../../scripts/run-onnx.ts';
import { registry } from '../../nodes/registry.ts';
import { initialState } from '../../runtime/worker/initializers.ts';
import { Builder } from '../builder.ts';
import { compile } from '../compile.ts';
import type { GraphDocument } from '../document.ts';
import { parseDocument } from '../document-parse.ts';
import { exportModel } from '../export.ts';
import { importModel } from '../import/import.ts';
import { ModelProtoSchema, NodeProtoSchema, StringStringEntryProtoSchema } from '../onnx/onnx_pb.ts';
import { emit } from '../phases/6-emit.ts';
import { type TensorData, tensorData } from '../types.ts';
import { checkTraining, stepModel } from './check-training.ts';
import { withoutDefaults } from './interface.ts';
import { toOpset } from './opset.ts';
import { tensorTypeOf } from './value-info.ts';

const EXAMPLES = ['line-fit', 'digits-mlp', 'two-spirals', 'mnist-logistic-regression', 'mnist-lenet'];

function example(name: string): GraphDocument {
  const { document } = parseDocument(readFileSync(`examples/${name}.json`, 'utf8'));
  return { ...(document as GraphDocument) };
}

function stateOf(document: GraphDocument): Record<string, Float32Array> {
  return { ...initialState(compile(document, registry).plan?.state ?? []) };
}

/** Rows for the inputs of a model: any numbers for float32, 0 and 1 for whole numbers, 0.1 for single numbers. */
function feedsFor(bytes: Uint8Array, batch: number, given: Readonly<Record<string, TensorData>> = {}) {
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  const known = new Set(graph?.initializer.map(({ name }) => name));
  const feeds: Record<string, TensorData> = {};
  for (const info of graph?.input ?? []) {
    const type = tensorTypeOf(info);
    if (!type || known.has(info.name)) continue;
    const shape = type.dims.map((dim) => (typeof dim === 'number' ? dim : batch));
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values = Array.from({ length: size }, (_, at) => (type.elem === 1 ? Math.abs(Math.sin(at)) : at % 2));
    feeds[info.name] =
      given[info.name] ?? tensorData(type.elem === 1 ? 'float32' : 'int32', shape, shape.length === 0 ? 0.1 : values);
  }
  return feeds;
}

const exported = (document: GraphDocument, options: Omit<Parameters<typeof exportModel>[2], 'weights'>) => {
  const weights = stateOf(document);
  const { onnx, diagnostics } = exportModel(document, registry, { weights, initial: weights, ...options });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return onnx as Uint8Array;
};

const near = (a: TensorData | undefined, b: TensorData | undefined, tolerance = 1e-4) => {
  expect(a?.shape).toEqual(b?.shape);
  const [x, y] = [a?.data as Float32Array, b?.data as Float32Array];
  const scale = Math.max(1, ...Array.from(y, Math.abs));
  expect(Array.from(x).filter((value, at) => !(Math.abs(value - Number(y[at])) <= tolerance * scale))).toEqual([]);
};

describe.each(EXAMPLES)('%s', (name) => {
  const document = example(name);
  const state = stateOf(document);

  test('the training model is valid, and its step is the exported one', async () => {
    const bytes = exported(document, { kind: 'training-model' });
    const model = fromBinary(ModelProtoSchema, bytes);
    expect(checkTraining(model, registry)).toEqual([]);
    const [info] = model.trainingInfo;
    if (!info) throw new Error('No training information');
    const slots = new Set(info.updateBinding.map(({ key }) => key));

    const { batchSize } = document.graph.training;
    const step = exported(document, { kind: 'train-step' });
    const merged = toBinary(ModelProtoSchema, stepModel(model, info));
    const alone = await openBytes(step);
    let values: Record<string, TensorData> = {};
    for (const { id, shape } of compile(document, registry).plan?.state ?? []) {
      values[id] = { dtype: 'float32', shape, data: state[id] as Float32Array };
    }
    for (let count = 0; count < 3; count++) {
      // State is initializers in the model; the values of each step are put there.
      const own = fromBinary(ModelProtoSchema, merged);
      for (const tensor of own.graph?.initializer ?? []) {
        const data = slots.has(tensor.name) ? values[tensor.name]?.data : undefined;
        if (data) tensor.rawData = new Uint8Array(new Float32Array(data as Float32Array).buffer);
      }
      const feeds = feedsFor(step, batchSize, values);
      const wanted = await alone.run(feeds);
      const found = await runBytes(
        withoutDefaults(toBinary(ModelProtoSchema, own), new Set(Object.keys(feeds))),
        feeds,
      );
      near(found.loss, wanted.loss, 1e-6);
      const next: Record<string, TensorData> = { ...values };
      for (const { key, value } of info.updateBinding) {
        near(found[value], wanted[value]);
        next[key] = wanted[value] as TensorData;
      }
      values = next;
    }
    await alone.close();
  });

  test('the algorithm reads what inference computes', () => {
    const model = fromBinary(ModelProtoSchema, exported(document, { kind: 'training-model' }));
    const results = new Set(model.graph?.node.flatMap(({ output }) => output));
    const read = model.trainingInfo[0]?.algorithm?.node.flatMap(({ input }) => input) ?? [];
    expect(read.some((input) => results.has(input))).toBe(true);
  });

  test('opset 13 computes what opset 21 does', async () => {
    for (const kind of ['inference', 'train-step', 'gradients'] as const) {
      const [newest, oldest] = [exported(document, { kind }), exported(document, { kind, opset: 13 })];
      expect(fromBinary(ModelProtoSchema, oldest).opsetImport[0]?.version).toBe(13n);
      const feeds = feedsFor(newest, document.graph.training.batchSize);
      const [wanted, found] = [await runBytes(newest, feeds), await runBytes(oldest, feeds)];
      for (const output of Object.keys(wanted)) near(found[output], wanted[output]);
    }
  });

  test('gradients of any number of rows', async () => {
    const free = exported(document, { kind: 'gradients', batch: 'free' });
    for (const batch of [3, 5]) {
      const fixed = exported(document, { kind: 'gradients', batch });
      const feeds = feedsFor(fixed, batch);
      const [wanted, found] = [await runBytes(fixed, feeds), await runBytes(free, feeds)];
      expect(Object.keys(found).length).toBeGreaterThan(1);
      for (const output of Object.keys(wanted)) near(found[output], wanted[output]);
    }
  });

  test('what is exported can be imported again', async () => {
    const bytes = exported(document, { kind: 'inference' });
    const again = importModel(bytes, registry);
    expect(again.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const second = exportModel(again.document as GraphDocument, registry, {
      kind: 'inference',
      weights: again.weights,
    });
    const feeds = feedsFor(bytes, 4);
    const [wanted, found] = [await runBytes(bytes, feeds), await runBytes(second.onnx as Uint8Array, feeds)];
    for (const output of Object.keys(wanted)) near(found[output], wanted[output]);
    const third = importModel(second.onnx as Uint8Array, registry);
    const shape = ({ document: drawn }: typeof again) =>
      Object.values(drawn?.graph.nodes ?? {})
        .map(({ op, attributes }) => `${op} ${JSON.stringify(attributes)}`)
        .sort();
    expect(shape(third)).toEqual(shape(again));
  });
});

describe('the validator', () => {
  const valid = () => fromBinary(ModelProtoSchema, exported(example('digits-mlp'), { kind: 'training-model' }));
  const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });

  test.each<readonly [string, RegExp, (model: ReturnType<typeof valid>) => void]>([
    [
      'an unknown state',
      /no initializer of this name/,
      (model) => model.trainingInfo[0]?.updateBinding.push(entry('nobody', 'loss')),
    ],
    [
      'an unknown output',
      /no output elsewhere/,
      (model) => model.trainingInfo[0]?.initializationBinding.push(entry('W1', 'elsewhere')),
    ],
    [
      'another shape',
      /it is \[.*\], but loss is \[\]/,
      (model) => model.trainingInfo[0]?.updateBinding.splice(0, 1, entry('W1', 'loss')),
    ],
    [
      'two updates',
      /is updated twice/,
      (model) => {
        const [first] = model.trainingInfo[0]?.updateBinding ?? [];
        if (first) model.trainingInfo[0]?.updateBinding.push(first);
      },
    ],
    [
      'inference that reads the algorithm',
      /The inference graph reads/,
      (model) => {
        const inner = model.trainingInfo[0]?.algorithm?.node[0]?.output[0] ?? '';
        model.graph?.node.push(create(NodeProtoSchema, { opType: 'Identity', input: [inner], output: ['peek'] }));
      },
    ],
    [
      'names that clash',
      /is defined twice/,
      (model) => {
        const name = model.graph?.node[0]?.output[0] ?? '';
        model.trainingInfo[0]?.algorithm?.node.push(
          create(NodeProtoSchema, { opType: 'Identity', input: ['W1'], output: [name] }),
        );
      },
    ],
    [
      'first values with inputs',
      /it must have none/,
      (model) => {
        const [input] = model.graph?.input ?? [];
        if (input) model.trainingInfo[0]?.initialization?.input.push(input);
      },
    ],
  ])('%s', (_, message, spoil) => {
    const model = valid();
    spoil(model);
    expect(checkTraining(model, registry).join('\n')).toMatch(message);
  });
});

test('every operator and its gradients in opset 13', async () => {
  const b = new Builder(registry);
  const placed = [...readFixtures().values()].flat().map((fixture, at) => placeFixture(b, fixture, `c${at}.`));
  const expected = placed.flatMap((each) => each.expected);
  const feeds = Object.assign({}, ...placed.map((each) => each.feeds)) as Record<string, TensorData>;
  const fn = finish(
    b,
    expected.map(({ value }) => value),
  );
  const plan = emit(fn, registry, { dims: {}, data: 'batch' });
  const model = fromBinary(ModelProtoSchema, plan.onnx);
  toOpset(model, 16);
  const wanted = await runBytes(plan.onnx, feeds);
  const found = await runBytes(toBinary(ModelProtoSchema, model), feeds);
  for (const [name, value] of Object.entries(wanted)) near(found[name], value);
});

test('what an opset does not have is refused with a sentence', () => {
  const document = example('digits-mlp');
  const { onnx, diagnostics } = exportModel(document, registry, {
    kind: 'inference',
    weights: stateOf(document),
    opset: 9,
  });
  expect(onnx).toBeNull();
  expect(diagnostics.map(({ cause }) => cause)).toContain('Models can be written in opsets 13 to 21, not 9.');
});
