/** Models of a single operator, differentiated as `wiregrad grad` does and compared with PyTorch. */
import { expect, test } from 'vitest';
import { type FixtureCase, readFixtures } from '../../../scripts/gradient-fixtures.ts';
import { type AttributeGiven, type NodeGiven, onnxModel } from '../../../scripts/onnx-model.ts';
import { runBytes } from '../../../scripts/run-onnx.ts';
import { registry } from '../../nodes/registry.ts';
import { differentiateModel } from '../differentiate-model.ts';
import { tensorProto } from '../onnx/write.ts';
import { type TensorData, tensorData } from '../types.ts';

const cases = [...readFixtures().values()].flat();

function attributesOf({ op, attributes }: FixtureCase): Record<string, AttributeGiven> {
  const types = registry.get(op)?.attributes ?? {};
  return Object.fromEntries(
    Object.entries(attributes).map(([name, given]): [string, AttributeGiven] => {
      const { type } = types[name] ?? {};
      if (type === 'float') return [name, { float: Number(given) }];
      if (type === 'floats') return [name, { floats: given as readonly number[] }];
      return [name, typeof given === 'boolean' ? Number(given) : (given as AttributeGiven)];
    }),
  );
}

/** The sum of the outputs, each times its cotangent; whole numbers of the operator are initializers. */
function model(fixture: FixtureCase) {
  const { op, inputs, outputs } = fixture;
  const feeds: Record<string, TensorData> = {};
  const types: Record<string, string> = {};
  const initializers = inputs.flatMap((input, at) => {
    if (!input) return [];
    const data = tensorData(input.dtype, input.shape, input.data);
    if (!input.gradient) return [tensorProto(`x${at}`, data)];
    feeds[`x${at}`] = data;
    types[`x${at}`] = `float32[${input.shape}]`;
    return [];
  });
  const names = inputs.map((input, at) => (input ? `x${at}` : '_')).join(' ');
  const nodes: NodeGiven[] = [[op, names, outputs.map((_, at) => `y${at}`).join(' '), attributesOf(fixture)]];
  const terms = outputs.flatMap(({ cotangent, shape }, at) => {
    if (!cotangent) return [];
    initializers.push(tensorProto(`c${at}`, tensorData('float32', shape, cotangent)));
    nodes.push(['Mul', `y${at} c${at}`, `m${at}`], ['ReduceSum', `m${at}`, `s${at}`, { keepdims: 0 }]);
    return [`s${at}`];
  });
  nodes.push(['Sum', terms.join(' '), 'loss']);
  const wrt = inputs.flatMap((input, at) => (input?.gradient ? [`x${at}`] : []));
  const bytes = onnxModel({ opset: 21, inputs: types, outputs: { loss: 'float32[]' }, initializers, nodes });
  return { bytes, wrt, feeds };
}

const differentiable = cases.filter(({ inputs }) => inputs.some((input) => input?.gradient));

test.each(differentiable.map((each) => [`${each.op} ${each.case}`, each] as const))('%s', async (_, fixture) => {
  const { bytes, wrt, feeds } = model(fixture);
  const { onnx, diagnostics } = differentiateModel(bytes, registry, { loss: 'loss', wrt });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const results = await runBytes(onnx as Uint8Array, feeds);
  for (const [at, input] of fixture.inputs.entries()) {
    if (!input?.gradient) continue;
    const found = results[`x${at}_grad`];
    expect(found?.shape).toEqual(input.shape);
    const wrong = input.gradient.filter(
      (wanted, i) => !(Math.abs(Number(found?.data[i]) - wanted) <= 1e-5 + 1e-4 * Math.abs(wanted)),
    );
    expect(wrong).toEqual([]);
  }
});

test('most operators of the fixtures have gradients', () => {
  expect(new Set(differentiable.map(({ op }) => op)).size).toBeGreaterThan(80);
});
