import { describe, expect, test } from 'vitest';
import { floats, type GraphGiven, graph, longs, type ModelGiven, onnxModel } from '../../../scripts/onnx-model.ts';
import { runBytes } from '../../../scripts/run-onnx.ts';
import { registry } from '../../nodes/registry.ts';
import { check, programOf } from '../compile.ts';
import { differentiateModel } from '../differentiate-model.ts';
import { exportModel } from '../export.ts';
import { printType, type TensorData, tensorData } from '../types.ts';
import { importModel } from './import.ts';

/** The nodes of the drawing by name, as `Operator {attributes}`. */
function drawn(given: ModelGiven) {
  const { document, diagnostics } = importModel(onnxModel(given), registry);
  const nodes = Object.values(document?.graph.nodes ?? {});
  return {
    nodes: Object.fromEntries(nodes.map(({ name, op, attributes }) => [name, `${op} ${JSON.stringify(attributes)}`])),
    ops: nodes.map(({ op }) => op).filter((op) => !['Input', 'Output', 'Parameter', 'Constant'].includes(op)),
    said: diagnostics.map(({ severity, title }) => `${severity}: ${title}`),
    types: Object.fromEntries(
      document
        ? programOf(document, registry).outputs.map(({ node, value }) => [node.name, printType(value.type)])
        : [],
    ),
  };
}

/** What the drawing of a model computes, exported again. */
async function computed(given: ModelGiven, feeds: Readonly<Record<string, TensorData>> = {}) {
  const { document, weights, diagnostics } = importModel(onnxModel(given), registry);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (!document) throw new Error('No drawing');
  const { onnx } = exportModel(document, registry, { kind: 'inference', weights });
  const results = await runBytes(onnx as Uint8Array, feeds);
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]));
}

const x = (shape: readonly number[], values: readonly number[]) => ({ x: tensorData('float32', shape, values) });

describe('versions of operators', () => {
  const reduced = (opset: number, given: Partial<GraphGiven>) =>
    drawn({ opset, inputs: { x: 'float32[2,3]' }, outputs: { y: 'float32[2]' }, nodes: [], ...given }).nodes.y_2;

  test('axes are attributes, then inputs', () => {
    const attribute = reduced(11, { nodes: [['ReduceSum', 'x', 'y', { axes: [1], keepdims: 0 }]] });
    const input = reduced(13, {
      initializers: [longs('axes', [1], [1])],
      nodes: [['ReduceSum', 'x axes', 'y', { keepdims: 0 }]],
    });
    expect(attribute).toBe('ReduceSum {"axes":[1]}');
    expect(input).toBe(attribute);
  });

  test('softmax took all axes from its own on together', async () => {
    const given = (opset: number): ModelGiven => ({
      opset,
      inputs: { x: 'float32[1,2,2]' },
      outputs: { y: 'float32[1,2,2]' },
      nodes: [['Softmax', 'x', 'y', { axis: 1 }]],
    });
    const feeds = x([1, 2, 2], [0, 0, 0, 0]);
    expect((await computed(given(12), feeds)).y).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect((await computed(given(13), feeds)).y).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  test('clip, slice, pad and squeeze', async () => {
    const old = await computed(
      {
        opset: 9,
        inputs: { x: 'float32[1,4]' },
        outputs: { y: 'float32[5]' },
        nodes: [
          ['Clip', 'x', 'c', { min: { float: 0 }, max: { float: 2 } }],
          ['Slice', 'c', 's', { axes: [1], starts: [1], ends: [9] }],
          ['Pad', 's', 'p', { pads: [0, 1, 0, 1], value: { float: 7 } }],
          ['Squeeze', 'p', 'y', { axes: [0] }],
        ],
      },
      x([1, 4], [-1, -1, 1, 5]),
    );
    expect(old.y).toEqual([7, 0, 1, 2, 7]);
  });

  test('upsampling with scales inside', async () => {
    const nodes: ModelGiven['nodes'] = [['Upsample', 'x scales', 'y', { mode: 'nearest' }]];
    const initializers = [floats('scales', [4], [1, 1, 1, 2])];
    const given = {
      opset: 9,
      inputs: { x: 'float32[1,1,1,2]' },
      outputs: { y: 'float32[1,1,1,4]' },
      initializers,
      nodes,
    };
    expect((await computed(given, x([1, 1, 1, 2], [3, 4]))).y).toEqual([3, 3, 4, 4]);
  });

  test('group normalization by groups, then by channels', async () => {
    const given = (opset: number, size: number): ModelGiven => ({
      opset,
      inputs: { x: 'float32[1,4,1]' },
      outputs: { y: 'float32[1,4,1]' },
      initializers: [
        floats('s', [size], size === 2 ? [1, 2] : [1, 1, 2, 2]),
        floats('b', [size], size === 2 ? [0, 1] : [0, 0, 1, 1]),
      ],
      nodes: [['GroupNormalization', 'x s b', 'y', { num_groups: 2 }]],
    });
    const feeds = x([1, 4, 1], [1, 3, 5, 9]);
    expect((await computed(given(18, 2), feeds)).y).toEqual((await computed(given(21, 4), feeds)).y);
  });
});

describe('shapes', () => {
  test('what is computed from shapes is known before anything runs', () => {
    const { ops, types } = drawn({
      inputs: { x: 'float32[batch,3,4]' },
      outputs: { y: 'float32[batch,12]' },
      initializers: [longs('zero', [], 0), longs('minus', [1], [-1]), longs('axes', [1], [0])],
      nodes: [
        ['Shape', 'x', 'shape'],
        ['Gather', 'shape zero', 'first'],
        ['Unsqueeze', 'first axes', 'rows'],
        ['Concat', 'rows minus', 'wanted', { axis: 0 }],
        ['Reshape', 'x wanted', 'y'],
      ],
    });
    expect(ops).toEqual(['Reshape']);
    expect(types).toEqual({ y: 'f32[batch,12]' });
  });

  test('sizes that have names are computed with', async () => {
    const given: ModelGiven = {
      inputs: { x: 'float32[n,2]' },
      outputs: { y: 'float32[n,2]' },
      initializers: [longs('zero', [], 0), longs('one', [], 1)],
      nodes: [
        ['Shape', 'x', 'shape'],
        ['Gather', 'shape zero', 'n'],
        ['Range', 'zero n one', 'positions'],
        ['Cast', 'positions', 'p', { to: 1 }],
        ['Unsqueeze', 'p axes', 'column'],
        ['Add', 'x column', 'y'],
      ],
    };
    const all = { ...given, initializers: [...(given.initializers ?? []), longs('axes', [1], [1])] };
    expect((await computed(all, x([3, 2], [0, 0, 0, 0, 0, 0]))).y).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test('names of sizes that are no names in the language', () => {
    const model = onnxModel({
      inputs: { x: 'float32[n,2]' },
      outputs: { y: 'float32[n,2]' },
      nodes: [['Relu', 'x', 'y']],
    });
    const strange = new TextDecoder('latin1').decode(model).replaceAll('\x12\x01n', '\x12\x01?');
    const { document, dims } = importModel(
      Uint8Array.from(strange, (letter) => letter.charCodeAt(0)),
      registry,
    );
    expect(Object.values(document?.graph.nodes ?? {})[0]?.attributes.shape).toEqual(['d__', 2]);
    expect([...dims]).toEqual([['d__', '?']]);
  });
});

describe('types', () => {
  test('what becomes another type is told', () => {
    const { said, nodes } = drawn({
      inputs: { x: 'float32[2]', i: 'int64[2]' },
      outputs: { y: 'float32[2]' },
      nodes: [
        ['Cast', 'i', 'f', { to: 11 }],
        ['Add', 'x f', 'y'],
      ],
    });
    expect(said).toEqual([
      'notice: Whole numbers become int32: i',
      'notice: Casts to types that the language does not have: f (float64 becomes float32)',
    ]);
    expect(nodes.i).toBe('Input {"shape":[2],"dtype":"int32"}');
  });

  test('half precision weights', () => {
    const half = floats('w', [2], [0, 0]);
    half.dataType = 10;
    half.rawData = Uint8Array.of(0x00, 0x3c, 0x00, 0xc1);
    const bytes = onnxModel({
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]' },
      initializers: [half],
      nodes: [['Mul', 'x w', 'y']],
    });
    const { weights, diagnostics } = importModel(bytes, registry);
    expect([...(weights.w ?? [])]).toEqual([1, -2.5]);
    expect(diagnostics.map(({ title }) => title)).toEqual(['A weight becomes float32: w']);
  });

  test('infinite constants are weights that nothing trains', () => {
    const value = { tensor: floats('', [], Number.NEGATIVE_INFINITY) };
    const given: ModelGiven = {
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]' },
      nodes: [
        ['Constant', '', 'low', { value }],
        ['Max', 'x low', 'y'],
      ],
    };
    expect(drawn(given).nodes.low).toBe('Parameter {"shape":[],"initializer":"zeros","trainable":false}');
    expect([...(importModel(onnxModel(given), registry).weights.low ?? [])]).toEqual([Number.NEGATIVE_INFINITY]);
  });
});

describe('graphs in graphs', () => {
  test('functions are written out with what the call gives', async () => {
    const given: ModelGiven = {
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]' },
      nodes: [
        ['own:Scaled', 'x', 'a', { factor: { float: 3 } }],
        ['own:Scaled', 'a', 'y', { factor: { float: 0.5 } }],
      ],
      domains: ['own'],
      functions: [
        {
          name: 'Scaled',
          domain: 'own',
          inputs: 'v',
          outputs: 'w',
          attributes: ['factor'],
          nodes: [
            ['Constant', '', 'f', { value_float: { ref: 'factor' } }],
            ['Mul', 'v f', 'w'],
          ],
        },
      ],
    };
    expect((await computed(given, x([2], [1, 2]))).y).toEqual([1.5, 3]);
  });

  const branches = {
    then_branch: { graph: graph({ outputs: { t: 'float32[2]' }, nodes: [['Neg', 'x', 't']] }) },
    else_branch: { graph: graph({ outputs: { e: 'float32[2]' }, nodes: [['Abs', 'x', 'e']] }) },
  };

  test('the branch that is taken', () => {
    const { ops } = drawn({
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]' },
      initializers: [longs('two', [], 2)],
      nodes: [
        ['Size', 'x', 'size'],
        ['Equal', 'size two', 'c'],
        ['If', 'c', 'y', branches],
      ],
    });
    expect(ops).toEqual(['Neg']);
  });

  test('a branch that depends on values is an error', () => {
    const { said } = drawn({
      inputs: { x: 'float32[2]', c: 'bool[]' },
      outputs: { y: 'float32[2]' },
      nodes: [['If', 'c', 'y', branches]],
    });
    expect(said).toEqual(['error: Node “y” (If): which branch is taken depends on values']);
  });

  test('loops of a known number of iterations', async () => {
    const body = graph({
      inputs: { i: 'int64[]', c: 'bool[]', s: 'float32[2]' },
      outputs: { d: 'bool[]', t: 'float32[2]' },
      nodes: [
        ['Identity', 'c', 'd'],
        ['Cast', 'i', 'f', { to: 1 }],
        ['Add', 's f', 'a'],
        ['Add', 'a x', 't'],
      ],
    });
    const given: ModelGiven = {
      inputs: { x: 'float32[2]' },
      outputs: { y: 'float32[2]' },
      initializers: [longs('three', [], 3)],
      nodes: [['Loop', 'three _ x', 'y', { body: { graph: body } }]],
    };
    expect((await computed(given, x([2], [1, 2]))).y).toEqual([7, 11]);
  });
});

describe('nodes without a counterpart', () => {
  const given: ModelGiven = {
    inputs: { x: 'float32[2,3]' },
    outputs: { y: 'float32[2,3]', loss: 'float32[]' },
    values: { d: 'float32[2,3]' },
    initializers: [floats('w', [3], [1, 2, 3])],
    nodes: [
      ['Mul', 'x w', 'm'],
      ['LRN', 'm', 'd', { size: 3 }],
      ['Add', 'd w', 'y'],
      ['ReduceMean', 'y', 'loss', { keepdims: 0 }],
    ],
  };

  test('are kept and exported unchanged', async () => {
    const type = 'float32[1,2,3,3]';
    const model = {
      ...given,
      inputs: { x: type },
      outputs: { y: type },
      values: { d: type },
      nodes: given.nodes.slice(0, 3),
    };
    expect(drawn(model).said[0]).toMatch(/^warning: Kept as they are, without a gradient: d \(LRN: /);
    const feeds = x(
      [1, 2, 3, 3],
      Array.from({ length: 18 }, (_, at) => at - 9),
    );
    const wanted = await runBytes(onnxModel(model), feeds);
    expect((await computed(model, feeds)).y).toEqual(Array.from(wanted.y?.data ?? [], Number));
  });

  test('let gradients pass beside them, and are an error on their way', () => {
    const grad = (wrt: string) => differentiateModel(onnxModel(given), registry, { loss: 'loss', wrt: [wrt] });
    const { diagnostics } = grad('x');
    const [error] = diagnostics.filter(({ severity }) => severity === 'error');
    expect(error?.code).toBe('gradient/undefined');
    expect(error?.evidence.map(({ label }) => label)).toContain('d');
    // The weight also reaches the loss directly; what it sends through the node is not known.
    expect(grad('w').onnx).not.toBeNull();
  });

  test('whose types the model does not tell are errors with the place', () => {
    const { said } = drawn({ ...given, values: {} });
    expect(said[0]).toBe('error: Node “d” (LRN): there is no operator LRN in the language');
  });
});

test('a drawing of a model has no errors, and its parts have the names of the model', () => {
  const { document } = importModel(
    onnxModel({
      inputs: { x: 'float32[batch,3]' },
      outputs: { y: 'float32[batch,2]' },
      initializers: [floats('layer.weight', [2, 3], [1, 2, 3, 4, 5, 6]), floats('layer.bias', [2], [1, 1])],
      nodes: [['Gemm', 'x layer.weight layer.bias', 'y', { transB: 1 }]],
    }),
    registry,
  );
  if (!document) throw new Error('No drawing');
  expect(check(document, registry).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const names = Object.values(document.graph.nodes).map(({ name }) => name);
  expect(names.sort()).toEqual(['layer.bias', 'layer.weight', 'x', 'y', 'y_2']);
  expect(Object.keys(document.layout.nodes).sort()).toEqual(Object.keys(document.graph.nodes).sort());
});
