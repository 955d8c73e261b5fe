/**
 * Models of older opsets: what the operators that are emitted were before. Emitted models are of opset 21; a step of the table
 * leads below the opset that introduced a form.
 */
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../onnx/onnx_pb.ts';
import { attributeProto, nodeProto, type OnnxAttribute, tensorProto } from '../onnx/write.ts';
import { type DType, tensorData } from '../types.ts';

export const OLDEST_OPSET = 13;
export const NEWEST_OPSET = 21;

/** Why a model cannot be written in an older opset; the message is a sentence. */
export class OpsetError extends Error {}

class Graph {
  readonly #graph: GraphProto;
  #count = 0;

  constructor(graph: GraphProto) {
    this.#graph = graph;
  }

  constant(of: NodeProto, dtype: DType, shape: readonly number[], values: number | readonly number[]): string {
    const name = `${of.output[0]}:${of.opType}_${this.#count++}`;
    this.#graph.initializer.push(tensorProto(name, tensorData(dtype, shape, values)));
    return name;
  }

  /** The values of an initializer of whole numbers. */
  list(name: string): readonly number[] | null {
    const tensor = this.#graph.initializer.find((each) => each.name === name);
    return tensor ? numbersOf(tensor) : null;
  }
}

function numbersOf({ rawData, int64Data }: TensorProto): readonly number[] {
  if (int64Data.length > 0) return int64Data.map(Number);
  return Array.from(new BigInt64Array(new Uint8Array(rawData).buffer), Number);
}

type Adapter = (node: NodeProto, graph: Graph) => readonly NodeProto[];

const attributeOf = (node: NodeProto, name: string) => node.attribute.find((each) => each.name === name);

function without(node: NodeProto, ...names: readonly string[]): readonly NodeProto[] {
  node.attribute = node.attribute.filter(({ name }) => !names.includes(name));
  return [node];
}

/** Nodes in place of another: their last output is its output. */
function chain(
  node: NodeProto,
  parts: readonly (readonly [op: string, inputs: string[], Record<string, OnnxAttribute>?])[],
) {
  const [output = ''] = node.output;
  const name = (at: number) => (at === parts.length - 1 ? output : `${output}:${node.opType}.${at}`);
  return parts.map(([op, inputs, attributes = {}], at) =>
    nodeProto({
      op,
      name: `${node.name}.${at}`,
      inputs: inputs.map((input) => input.replace(/^#(\d+)$/, (_, which) => name(Number(which)))),
      outputs: [name(at)],
      attributes,
    }),
  );
}

/** `axes` as an attribute. */
const axesAttribute: Adapter = (node, graph) => {
  const [x = '', axes = ''] = node.input;
  const list = axes === '' ? [] : graph.list(axes);
  if (!list) throw new OpsetError(`${node.opType} has axes that are computed, which opset 17 does not have.`);
  node.input = [x];
  if (list.length > 0) node.attribute.push(attributeProto('axes', { kind: 'ints', value: list }));
  return without(node, 'noop_with_empty_axes');
};

const gelu: Adapter = (node, graph) => {
  const [x = ''] = node.input;
  const scalar = (value: number) => graph.constant(node, 'float32', [], value);
  const tanh = new TextDecoder().decode(attributeOf(node, 'approximate')?.s) === 'tanh';
  const half: readonly [string, string[]][] = tanh
    ? [
        ['Mul', [x, x]],
        ['Mul', ['#0', x]],
        ['Mul', ['#1', scalar(0.044715)]],
        ['Add', ['#2', x]],
        ['Mul', ['#3', scalar(Math.sqrt(2 / Math.PI))]],
        ['Tanh', ['#4']],
      ]
    : [
        ['Mul', [x, scalar(Math.SQRT1_2)]],
        ['Erf', ['#0']],
      ];
  const at = half.length;
  return chain(node, [
    ...half,
    ['Add', [`#${at - 1}`, scalar(1)]],
    ['Mul', [`#${at}`, x]],
    ['Mul', [`#${at + 1}`, scalar(0.5)]],
  ]);
};

const hardSwish: Adapter = (node) => {
  const [x = ''] = node.input;
  return chain(node, [
    ['HardSigmoid', [x], { alpha: { kind: 'float', value: 1 / 6 }, beta: { kind: 'float', value: 0.5 } }],
    ['Mul', [x, '#0']],
  ]);
};

/** Sizes of all axes, and those of them that are wanted. */
const shapeOfAll: Adapter = (node, graph) => {
  const [start, end] = ['start', 'end'].map((name) => attributeOf(node, name)?.i);
  if (start === undefined && end === undefined) return [node];
  const bound = (value: bigint) => graph.constant(node, 'int64', [1], [Number(value)]);
  return chain(node, [
    ['Shape', [...node.input]],
    ['Slice', ['#0', bound(start ?? 0n), bound(end ?? 2n ** 31n - 1n)]],
  ]);
};

const refuse =
  (what: string, when: (node: NodeProto) => boolean): Adapter =>
  (node) => {
    if (when(node)) throw new OpsetError(what);
    return [node];
  };

const reduction = (node: NodeProto) => new TextDecoder().decode(attributeOf(node, 'reduction')?.s);

const REDUCTIONS = ['Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'];

/** By the opset that introduced the form. */
const TABLE: readonly (readonly [since: number, Readonly<Record<string, Adapter>>])[] = [
  [20, { Gelu: gelu }],
  [
    19,
    {
      AveragePool: (node) => {
        if (attributeOf(node, 'dilations')?.ints.some((each) => each !== 1n)) {
          throw new OpsetError('Means of dilated windows need opset 19.');
        }
        return without(node, 'dilations');
      },
      Pad: refuse('Padding that wraps around needs opset 19.', (node) => {
        return new TextDecoder().decode(attributeOf(node, 'mode')?.s) === 'wrap';
      }),
    },
  ],
  [
    18,
    {
      ...Object.fromEntries(REDUCTIONS.map((name) => [`Reduce${name}`, axesAttribute])),
      Split: (node) => without(node, 'num_outputs'),
      Pad: refuse('Padding of some axes needs opset 18.', ({ input }) => (input[3] ?? '') !== ''),
      ScatterElements: refuse('Scattering the largest or the smallest needs opset 18.', (node) =>
        ['max', 'min'].includes(reduction(node)),
      ),
    },
  ],
  [
    16,
    {
      ScatterElements: (node) => {
        if (!['', 'none'].includes(reduction(node)))
          throw new OpsetError('Scattering sums and products needs opset 16.');
        return without(node, 'reduction');
      },
    },
  ],
  [15, { Shape: shapeOfAll }],
  [14, { HardSwish: hardSwish, Reshape: (node) => without(node, 'allowzero') }],
];

/** The version of the file format that came with an opset. */
function irVersion(opset: number): bigint {
  if (opset >= 21) return 10n;
  if (opset >= 19) return 9n;
  return opset >= 15 ? 8n : 7n;
}

function adapt(graph: GraphProto, opset: number): void {
  for (const [since, adapters] of TABLE) {
    if (since <= opset) continue;
    const context = new Graph(graph);
    graph.node = graph.node.flatMap((node) => {
      if (node.domain !== '') return [node];
      return adapters[node.opType]?.(node, context) ?? [node];
    });
  }
  for (const { attribute } of graph.node) for (const { g } of attribute) if (g) adapt(g, opset);
}

/** Writes an emitted model in an older opset, in place. Throws an OpsetError where that is impossible. */
export function toOpset(model: ModelProto, opset: number): void {
  if (!Number.isInteger(opset) || opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    throw new OpsetError(`Models can be written in opsets ${OLDEST_OPSET} to ${NEWEST_OPSET}, not ${opset}.`);
  }
  const graphs = [
    model.graph,
    ...model.trainingInfo.flatMap(({ algorithm, initialization }) => [algorithm, initialization]),
  ];
  for (const graph of graphs) if (graph) adapt(graph, opset);
  for (const each of model.opsetImport) if (each.domain === '') each.version = BigInt(opset);
  model.irVersion = irVersion(opset);
}
