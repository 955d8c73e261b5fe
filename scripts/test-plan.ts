/** A hand-made plan for tests: softmax regression on a data set, with the graphs of both backends. */

import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from '../src/compiler/onnx/onnx_pb.ts';
import type { DatasetInfo, GraphInput, GraphOutput, GraphPlan, ProbePlan, TrainingPlan } from '../src/compiler/plan.ts';
import { DEFAULT_LOOP, type LoopOptions } from '../src/compiler/training-options.ts';

type Node = MessageInitShape<typeof NodeProtoSchema>;
type Value = MessageInitShape<typeof ValueInfoProtoSchema>;
type Graph = MessageInitShape<typeof GraphProtoSchema>;
type Initial = MessageInitShape<typeof TensorProtoSchema>;
type Attribute = MessageInitShape<typeof AttributeProtoSchema>;
type TypeName = 'float32' | 'int32' | 'int64' | 'bool';

const TYPES: Record<TypeName, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

function value(name: string, dtype: TypeName, shape: readonly number[]): Value {
  const dim = shape.map((size) => ({
    value:
      size < 0 ? ({ case: 'dimParam', value: 'steps' } as const) : ({ case: 'dimValue', value: BigInt(size) } as const),
  }));
  return { name, type: { value: { case: 'tensorType', value: { elemType: TYPES[dtype], shape: { dim } } } } };
}

function node(
  opType: string,
  input: string[],
  output: string[],
  attributes: Record<string, number | Graph> = {},
): Node {
  const attribute = Object.entries(attributes).map(
    ([name, given]): Attribute =>
      typeof given === 'number'
        ? { name, type: AttributeProto_AttributeType.INT, i: BigInt(given) }
        : { name, type: AttributeProto_AttributeType.GRAPH, g: given },
  );
  return { opType, input, output, name: output[0] ?? opType, attribute };
}

function constant(name: string, dtype: TypeName, dims: number[], values: number[]): Initial {
  const base = { name, dataType: TYPES[dtype], dims: dims.map(BigInt) };
  if (dtype === 'float32') return { ...base, floatData: values };
  if (dtype === 'int32') return { ...base, int32Data: values };
  return { ...base, int64Data: values.map(BigInt) };
}

function external(name: string, dtype: TypeName, dims: number[]): Initial {
  return {
    name,
    dataType: TYPES[dtype],
    dims: dims.map(BigInt),
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [{ key: 'location', value: name }],
  };
}

export function model(graph: Graph): Uint8Array {
  const opsetImport = [{ domain: '', version: 21n }];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 10n, opsetImport, graph }));
}

const CLASSES = 10;
const METRIC = { kind: 'metric', name: 'error' } as const;

/** Inputs x and t, W and b; outputs loss, error, and the gradients dW and db. Constants: see `constants`. */
function body(batch: number): Node[] {
  return [
    node('MatMul', ['x', 'W'], ['xW']),
    node('Add', ['xW', 'b'], ['z']),
    node('ReduceMax', ['z', 'axis1'], ['top']),
    node('Sub', ['z', 'top'], ['shifted']),
    node('Exp', ['shifted'], ['e']),
    node('ReduceSum', ['e', 'axis1'], ['sum']),
    node('Log', ['sum'], ['logSum']),
    node('Sub', ['shifted', 'logSum'], ['logp']),
    node('Unsqueeze', ['t', 'axis1'], ['t1']),
    node('Equal', ['t1', 'range'], ['hits']),
    node('Cast', ['hits'], ['hot'], { to: TensorProto_DataType.FLOAT }),
    node('Mul', ['logp', 'hot'], ['picked']),
    node('ReduceSum', ['picked', 'axis1'], ['rowLogp'], { keepdims: 0 }),
    node('ReduceMean', ['rowLogp', 'axis0'], ['meanLogp'], { keepdims: 0 }),
    node('Neg', ['meanLogp'], ['loss']),
    node('Mul', ['shifted', 'hot'], ['own']),
    node('ReduceSum', ['own', 'axis1'], ['ownRow'], { keepdims: 0 }),
    node('Less', ['ownRow', 'zero'], ['wrong']),
    node('Cast', ['wrong'], ['wrongF'], { to: TensorProto_DataType.FLOAT }),
    node('ReduceMean', ['wrongF', 'axis0'], ['error'], { keepdims: 0 }),
    node('Exp', ['logp'], ['p']),
    node('Sub', ['p', 'hot'], ['diff']),
    node('Mul', ['diff', `per${batch}`], ['dz']),
    node('Transpose', ['x'], ['xT']),
    node('MatMul', ['xT', 'dz'], ['dW']),
    node('ReduceSum', ['dz', 'axis0'], ['db'], { keepdims: 0 }),
  ];
}

const update = (to: { W: string; b: string }): Node[] => [
  node('Mul', ['dW', 'lr'], ['stepW']),
  node('Sub', ['W', 'stepW'], [to.W]),
  node('Mul', ['db', 'lr'], ['stepB']),
  node('Sub', ['b', 'stepB'], [to.b]),
];

function constants(batch: number): Initial[] {
  return [
    constant('axis0', 'int64', [1], [0]),
    constant('axis1', 'int64', [1], [1]),
    constant('zero', 'float32', [], [0]),
    constant(`per${batch}`, 'float32', [], [1 / batch]),
    constant('range', 'int32', [1, CLASSES], [...Array(CLASSES).keys()]),
  ];
}

const gather = (x: string, t: string): Node[] => [
  node('Gather', [x, 'index'], ['x']),
  node('Gather', [t, 'index'], ['t']),
];

type Inputs = readonly GraphInput[];
type Outputs = readonly GraphOutput[];

function plan(
  batch: number,
  inputs: Inputs,
  outputs: Outputs,
  nodes: Node[],
  initializer: Initial[],
  external: string[] = [],
): GraphPlan {
  const input = inputs.map((given) => value(given.name, given.dtype as TypeName, given.shape));
  const output = outputs.map((given) => value(given.name, given.dtype as TypeName, given.shape));
  return { onnx: model({ name: 'graph', node: nodes, initializer, input, output }), inputs, outputs, external, batch };
}

export interface TestPlanOptions {
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly epochs?: number;
  readonly lr?: number;
  readonly key?: string;
  readonly splits?: DatasetInfo['splits'];
  readonly loop?: Partial<LoopOptions>;
  readonly dataset?: { readonly name: string; readonly rows: number; readonly features: number; readonly x: string };
}

const DIGITS = { name: 'digits', rows: 1797, features: 64, x: 'pixels' };

function parts({ batchSize = 50, dataset = DIGITS }: TestPlanOptions) {
  const [x, t] = [`${dataset.name}.${dataset.x}`, `${dataset.name}.label`];
  const F = 'float32' as const;
  const state: Inputs = [
    { name: 'W', dtype: F, shape: [dataset.features, CLASSES], binding: { kind: 'state', slot: 'W' } },
    { name: 'b', dtype: F, shape: [CLASSES], binding: { kind: 'state', slot: 'b' } },
  ];
  const newState: Outputs = [
    { name: 'W_', dtype: F, shape: [dataset.features, CLASSES], binding: { kind: 'state', slot: 'W' } },
    { name: 'b_', dtype: F, shape: [CLASSES], binding: { kind: 'state', slot: 'b' } },
  ];
  const index: GraphInput = { name: 'index', dtype: 'int32', shape: [batchSize], binding: { kind: 'index' } };
  const lr: GraphInput = { name: 'lr', dtype: F, shape: [], binding: { kind: 'hyperparameter', name: 'lr' } };
  const columns: Inputs = [
    { name: x, dtype: F, shape: [dataset.rows, dataset.features], binding: { kind: 'column', column: x } },
    { name: t, dtype: 'int32', shape: [dataset.rows], binding: { kind: 'column', column: t } },
  ];
  const gathered = (rows: number): Inputs => [
    { name: 'x', dtype: F, shape: [rows, dataset.features], binding: { kind: 'batch', column: x } },
    { name: 't', dtype: 'int32', shape: [rows], binding: { kind: 'batch', column: t } },
  ];
  const loss: GraphOutput = { name: 'loss', dtype: F, shape: [], binding: { kind: 'loss' } };
  const error: GraphOutput = { name: 'error', dtype: F, shape: [], binding: METRIC };
  return { x, t, state, newState, index, lr, columns, gathered, loss, error, dataset };
}

export function testPlan(options: TestPlanOptions = {}): TrainingPlan {
  const { batchSize = 50, splits = { train: [0, 1500], validation: [1500, 1797] } } = options;
  const { x, t, state, newState, index, lr, columns, gathered, loss, error, dataset } = parts(options);
  const [from, to] = splits.validation;
  const batches = [batchSize, (to - from) % batchSize].filter((rows) => rows > 0);

  const step = plan(
    batchSize,
    [index, lr, ...columns, ...state],
    [loss, ...newState],
    [...gather(x, t), ...body(batchSize), ...update({ W: 'W_', b: 'b_' })],
    constants(batchSize),
  );

  const bodyGraph: Graph = {
    name: 'step',
    node: [
      node('Gather', ['indexes', 'i'], ['index']),
      node('Gather', ['lrs', 'i'], ['lr']),
      ...gather(x, t),
      ...body(batchSize),
      ...update({ W: 'W2', b: 'b2' }),
      node('Identity', ['go'], ['goOn']),
    ],
    input: [
      value('i', 'int64', []),
      value('go', 'bool', []),
      value('W', 'float32', [dataset.features, CLASSES]),
      value('b', 'float32', [CLASSES]),
    ],
    output: [
      value('goOn', 'bool', []),
      value('W2', 'float32', [dataset.features, CLASSES]),
      value('b2', 'float32', [CLASSES]),
      value('loss', 'float32', []),
    ],
  };
  const loopInputs = [
    { name: 'steps', dtype: 'int64', shape: [], binding: { kind: 'steps' } },
    { ...index, name: 'indexes', shape: [-1, batchSize] },
    { ...lr, name: 'lrs', shape: [-1] },
    ...state.map((given) => ({ ...given, name: `${given.name}0` })),
  ] as const;
  const loop = plan(
    batchSize,
    loopInputs,
    [{ ...loss, name: 'losses', shape: [-1] }, ...newState],
    [node('Loop', ['steps', '', 'W0', 'b0'], ['W_', 'b_', 'losses'], { body: bodyGraph })],
    [
      ...constants(batchSize),
      external(x, 'float32', [dataset.rows, dataset.features]),
      external(t, 'int32', [dataset.rows]),
    ],
    [x, t],
  );

  const evaluate = batches.map((rows) => ({
    webgpu: plan(
      rows,
      [{ ...index, shape: [rows] }, ...columns, ...state],
      [loss, error],
      [...gather(x, t), ...body(rows)],
      constants(rows),
    ),
    wasm: plan(rows, [...gathered(rows), ...state], [loss, error], body(rows), constants(rows)),
  }));

  const zeros = { kind: 'constant', value: 0 } as const;
  return {
    key: options.key ?? 'digits-softmax',
    name: 'Softmax regression',
    batchSize,
    seed: 1,
    shuffle: options.shuffle ?? false,
    epochs: options.epochs ?? 0,
    loop: { ...DEFAULT_LOOP, ...options.loop },
    state: [
      { id: 'W', kind: 'parameter', node: 'W', shape: [dataset.features, CLASSES], initializer: zeros },
      { id: 'b', kind: 'parameter', node: 'b', shape: [CLASSES], initializer: zeros },
    ],
    hyperparameters: [{ name: 'lr', node: 'sgd', initial: options.lr ?? 0.5 }],
    columns: [
      { id: x, dataset: dataset.name, column: dataset.x, dtype: 'float32', shape: [dataset.rows, dataset.features] },
      { id: t, dataset: dataset.name, column: 'label', dtype: 'int32', shape: [dataset.rows] },
    ],
    splits,
    classes: { [t]: CLASSES },
    graphs: {
      webgpu: { train: step, rest: null, evaluate: evaluate.map((graphs) => graphs.webgpu) },
      wasm: { train: loop, rest: null, evaluate: evaluate.map((graphs) => graphs.wasm) },
    },
  };
}

/** One row, the gradient of b, in place of a summary. */
export function testProbe(options: TestPlanOptions = {}): ProbePlan {
  const { batchSize = 50 } = options;
  const { x, t, state, index, columns, gathered } = parts(options);
  const summary: GraphOutput = {
    name: 'summary',
    dtype: 'float32',
    shape: [1, CLASSES],
    binding: { kind: 'probe', name: 'summary' },
  };
  const nodes = [...body(batchSize), node('Unsqueeze', ['db', 'axis0'], ['summary'])];
  return {
    key: 'probe',
    entries: [{ node: 'b', port: 'value', of: 'gradient', row: 0, shape: [CLASSES], sampled: false, image: null }],
    graphs: {
      webgpu: plan(
        batchSize,
        [index, ...columns, ...state],
        [summary],
        [...gather(x, t), ...nodes],
        constants(batchSize),
      ),
      wasm: plan(batchSize, [...gathered(batchSize), ...state], [summary], nodes, constants(batchSize)),
    },
  };
}
