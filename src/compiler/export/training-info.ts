/**
 * One file that is the inference model and says how to train it: `training_info` holds a graph that makes the first state, one
 * that makes a step, and which of their outputs become which state.
 */
import { clone, create } from '@bufbuild/protobuf';
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  type StringStringEntryProto,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TrainingInfoProtoSchema,
} from '../onnx/onnx_pb.ts';
import { nodeProto, type OnnxAttribute, tensorProto, valueInfoProto } from '../onnx/write.ts';
import type { Hyperparameter, StateSlot } from '../plan.ts';
import { tensor, tensorData } from '../types.ts';

const entry = (key: string, value: string): StringStringEntryProto =>
  create(StringStringEntryProtoSchema, { key, value });

/** What two nodes have in common that compute the same, once names of equal values are equal. */
function keyOf({ opType, domain, input, attribute, output }: NodeProto): string {
  // Nodes with graphs or tensors inside are not compared.
  if (attribute.some(({ g, t }) => g !== undefined || t !== undefined)) return output.join();
  const attributes = attribute
    .map(({ name, type, i, f, ints, floats, s }) => [name, type, String(i), f, ints.map(String), floats, [...s]])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return JSON.stringify([domain, opType, input, attributes]);
}

function constantKey({ dataType, dims, rawData }: GraphProto['initializer'][number]): string {
  return `${dataType}[${dims.join()}]${rawData.join()}`;
}

/** Constants of so many bytes are compared. */
const COMPARED = 256;

/**
 * The step as an algorithm beside the inference graph: state and inputs of that graph are read from there, as is everything
 * it computes already; other names get out of the way.
 */
function algorithmOf(inference: GraphProto, step: GraphProto, state: ReadonlySet<string>): GraphProto {
  const there = new Set<string>(inference.input.map(({ name }) => name));
  for (const { name } of inference.initializer) there.add(name);
  for (const { output } of inference.node) for (const name of output) there.add(name);
  const nodeNames = new Set(inference.node.map(({ name }) => name));
  const constants = new Map(
    inference.initializer.flatMap((each) =>
      each.rawData.length <= COMPARED && !state.has(each.name) ? [[constantKey(each), each.name] as const] : [],
    ),
  );
  const nodes = new Map(inference.node.map((node) => [keyOf(node), node.output]));

  const renamed = new Map<string, string>();
  const now = (name: string) => renamed.get(name) ?? name;
  const free = (name: string): string => {
    let title = name;
    for (let count = 1; there.has(title); count++) title = count === 1 ? `step/${name}` : `step/${name}_${count}`;
    there.add(title);
    return title;
  };
  const results = new Set(step.output.map(({ name }) => name));
  for (const { name } of step.output)
    if (there.has(name)) throw new Error(`${name} is a tensor of the model and a result of the step`);

  const inputs = step.input.filter(({ name }) => !there.has(name) && !state.has(name));
  for (const { name } of inputs) there.add(name);
  const initializers = step.initializer.flatMap((each) => {
    const same = each.rawData.length <= COMPARED ? constants.get(constantKey(each)) : undefined;
    if (same !== undefined) {
      renamed.set(each.name, same);
      return [];
    }
    const name = free(each.name);
    renamed.set(each.name, name);
    return [Object.assign(clone(TensorProtoSchema, each), { name })];
  });
  const written = step.node.flatMap((node) => {
    const copy = clone(NodeProtoSchema, node);
    copy.input = node.input.map(now);
    const same = node.output.some((name) => results.has(name)) ? undefined : nodes.get(keyOf(copy));
    if (same && same.length === node.output.length) {
      node.output.forEach((name, at) => void renamed.set(name, same[at] as string));
      return [];
    }
    copy.output = node.output.map((name) => {
      if (results.has(name) || name === '') return name;
      const title = free(name);
      renamed.set(name, title);
      return title;
    });
    if (nodeNames.has(copy.name)) copy.name = `step/${copy.name}`;
    return [copy];
  });
  return create(GraphProtoSchema, {
    name: 'step',
    node: written,
    initializer: initializers,
    input: inputs,
    output: step.output,
  });
}

export interface TrainingInfoOptions {
  readonly slots: readonly StateSlot[];
  readonly hyperparameters: readonly Hyperparameter[];
  /** Exact first values by slot; without them random ones are drawn by ONNX, and others are the values as they are. */
  readonly initial: Readonly<Record<string, Float32Array>>;
  /** Values as training left them. */
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** The graph without inputs that makes the first state. */
function initialization({ slots, initial, weights }: TrainingInfoOptions): GraphProto {
  const graph = create(GraphProtoSchema, { name: 'initialization' });
  for (const { id, shape, initializer } of slots) {
    const output = `${id}_initial`;
    graph.output.push(valueInfoProto(output, tensor('float32', shape)));
    const exact = initial[id];
    if (!exact && (initializer.kind === 'uniform' || initializer.kind === 'normal')) {
      const [low, high] =
        initializer.kind === 'uniform' ? [initializer.low, initializer.high] : [initializer.mean, initializer.std];
      const names = initializer.kind === 'uniform' ? ['low', 'high'] : ['mean', 'scale'];
      const attributes: Record<string, OnnxAttribute> = {
        [names[0] as string]: { kind: 'float', value: low },
        [names[1] as string]: { kind: 'float', value: high },
        seed: { kind: 'float', value: initializer.seed % 2 ** 23 },
        shape: { kind: 'ints', value: shape },
      };
      const op = initializer.kind === 'uniform' ? 'RandomUniform' : 'RandomNormal';
      graph.node.push(nodeProto({ op, name: `${id}:${op}`, inputs: [], outputs: [output], attributes }));
      continue;
    }
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values =
      exact ??
      (initializer.kind === 'constant'
        ? new Float32Array(size).fill(initializer.value)
        : initializer.kind === 'values'
          ? Float32Array.from(initializer.values)
          : weights[id]);
    if (!values) throw new Error(`Nothing tells the first value of ${id}`);
    const constant = `${id}_constant`;
    graph.initializer.push(tensorProto(constant, { dtype: 'float32', shape, data: values }));
    graph.node.push(nodeProto({ op: 'Identity', name: `${id}:Identity`, inputs: [constant], outputs: [output] }));
  }
  return graph;
}

/** Adds to the inference model how to train it. The step is a model of its own, as exported alone. */
export function addTrainingInfo(inference: ModelProto, step: ModelProto, options: TrainingInfoOptions): void {
  if (!inference.graph || !step.graph) throw new Error('A model without a graph');
  const updated = step.graph.output.flatMap(({ name }) => {
    const slot = options.slots.find(({ id }) => `${id}_next` === name);
    return slot ? [slot.id] : [];
  });
  const state = new Set(options.slots.map(({ id }) => id));
  const algorithm = algorithmOf(inference.graph, step.graph, state);
  const known = new Set(inference.graph.initializer.map(({ name }) => name));
  for (const { id, shape, initializer } of options.slots) {
    if (known.has(id)) continue;
    const size = shape.reduce((product, dim) => product * dim, 1);
    const start =
      initializer.kind === 'constant' ? new Float32Array(size).fill(initializer.value) : new Float32Array(size);
    const data = options.weights[id] ?? options.initial[id] ?? start;
    algorithm.initializer.push(tensorProto(id, { dtype: 'float32', shape, data }));
  }
  for (const { name, initial } of options.hyperparameters) {
    if (algorithm.input.some((input) => input.name === name)) {
      algorithm.initializer.push(tensorProto(name, tensorData('float32', [], initial)));
    }
  }
  inference.trainingInfo.push(
    create(TrainingInfoProtoSchema, {
      initialization: initialization(options),
      algorithm,
      initializationBinding: options.slots.map(({ id }) => entry(id, `${id}_initial`)),
      updateBinding: updated.map((id) => entry(id, `${id}_next`)),
    }),
  );
}
